# SPDX-License-Identifier: MIT
"""The EI wire against a fake EIS: what is living, what ends it, and what is broken."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks
from twisted.internet.task import deferLater

from tests.ei.stage import Stage
from tests.helpers.fake_eis import KEYMAP, FakeEis
from tests.helpers.open_files import beyond_select, descriptors, memory_file
from tests.helpers.wire_stage import NothingLeftOpen, Steps, StrayDescriptors
from typewright.ei.connection import connect
from typewright.ei.failures import Disconnected, NoAnswer, NotReading, ProtocolBroken
from typewright.ei.keyboards import Modifiers
from typewright.errors import DisplayLost
from typewright.wire import transport
from typewright.wire.codec import Unsendable

SECRET = "correct horse battery staple"
A, SHIFT = 38, 50


class LivingTest(Stage):
    def test_the_handshake_says_what_we_are_and_what_we_know(self) -> None:
        self.assertEqual(self.eis.requests[0].full_name, "ei_handshake.handshake_version")
        self.assertEqual(self.eis.asked("ei_handshake.handshake_version"), [(1,)])
        self.assertEqual(self.eis.asked("ei_handshake.context_type"), [(2,)])
        self.assertEqual(self.eis.asked("ei_handshake.name"), [("test",)])
        told = dict(self.eis.asked("ei_handshake.interface_version"))
        self.assertEqual(
            told, dict.fromkeys(["ei_connection", "ei_callback", "ei_pingpong", "ei_seat", "ei_device", "ei_keyboard"], 1)
        )
        self.assertEqual(len(self.eis.asked("ei_handshake.finish")), 1)

    def test_only_the_keyboard_is_bound(self) -> None:
        self.assertEqual(self.eis.asked("ei_seat.bind"), [(1 << 5,)])

    def test_a_device_is_known_with_its_keymap_and_emulating_once_it_is_resumed(self) -> None:
        self.assertEqual((self.device.name, self.device.keymap, self.device.ready), ("keyboard 1", KEYMAP, True))
        self.assertEqual(self.eis.asked("ei_device.start_emulating"), [(2, 1)])

    @inlineCallbacks
    def test_a_chord_and_its_sync_are_one_write_each_key_in_a_frame_of_its_own(self) -> Steps:
        self.eis.reads.clear()
        self.device.key(A, True)
        self.device.key(A, False)
        yield self.connection.sync()
        self.assertEqual(self.eis.reads, [2 * (24 + 28) + 28])
        self.assertEqual(self.eis.asked("ei_keyboard.key"), [(30, 1), (30, 0)])
        self.assertEqual([serial for serial, _ in self.eis.asked("ei_device.frame")], [2, 2])
        self.assertEqual(self.eis.keys, [(A, True), (A, False)])

    @inlineCallbacks
    def test_frames_carry_the_time_in_microseconds(self) -> Steps:
        self.patch(__import__("time"), "monotonic_ns", lambda: 5_000_123)
        self.device.key(A, True)
        yield self.connection.sync()
        self.assertEqual(self.eis.asked("ei_device.frame"), [(2, 5_000)])

    @inlineCallbacks
    def test_syncs_fire_in_order_also_when_one_is_cancelled(self) -> Steps:
        done: list[int] = []
        waiting = [self.connection.sync().addCallback(lambda _, at=at: done.append(at)) for at in range(5)]
        waiting[2].addErrback(lambda failure: failure.trap(CancelledError))
        waiting[2].cancel()
        yield self.connection.sync()
        self.assertEqual(done, [0, 1, 3, 4])

    @inlineCallbacks
    def test_a_ping_is_answered(self) -> Steps:
        ping = self.eis.create("ei_pingpong")
        self.eis.event(self.eis.newest("ei_connection"), "ping", ping, 1)
        yield self.until(lambda: self.eis.asked("ei_pingpong.done"))
        self.assertNotIn(ping, self.eis.objects)

    @inlineCallbacks
    def test_modifiers_are_told_in_the_protocols_order(self) -> Steps:
        told: list[Modifiers] = []
        self.keyboards.on_modifiers = lambda: told.append(self.device.modifiers)
        self.assertFalse(self.device.told)
        self.eis.modifiers(depressed=1, locked=2, latched=4, group=1)
        yield self.connection.sync()
        self.assertEqual(told, [Modifiers(depressed=1, locked=2, latched=4, group=1)])
        self.assertTrue(self.device.told)

    @inlineCallbacks
    def test_a_paused_device_takes_no_keys_and_forgets_its_modifiers(self) -> Steps:
        changes: list[bool] = []
        self.keyboards.on_change = lambda: changes.append(self.device.ready)
        device, generation = self.device, self.device.generation
        self.eis.modifiers(depressed=1)
        self.eis.pause()
        yield self.connection.sync()
        self.assertEqual((device.ready, device.modifiers), (False, Modifiers()))
        self.assertNotEqual(device.generation, generation)
        self.eis.resume()
        yield self.connection.sync()
        self.assertEqual(changes, [False, True])
        # Each time it is resumed it must be told anew that we emulate, with a number that grows.
        yield self.connection.sync()
        self.assertEqual([sequence for _, sequence in self.eis.asked("ei_device.start_emulating")], [1, 2])

    @inlineCallbacks
    def test_a_device_that_is_replaced(self) -> Steps:
        first = self.device
        self.eis.remove(self.eis.newest("ei_device"))
        self.eis.add_device("other", keymap=b"another keymap")
        yield self.connection.sync()
        self.assertIsNot(self.device, first)
        self.assertEqual((self.device.name, self.device.keymap, self.device.ready), ("other", b"another keymap", True))
        self.assertFalse(first.ready)
        with self.assertRaises(Unsendable):
            first.key(A, True)

    @inlineCallbacks
    def test_without_any_device_there_is_none_to_type_on(self) -> Steps:
        self.eis.remove(self.eis.newest("ei_device"))
        yield self.connection.sync()
        self.assertIsNone(self.keyboards.current)

    @inlineCallbacks
    def test_a_device_that_is_ready_goes_before_one_that_is_not(self) -> Steps:
        first = self.device
        self.eis.pause()
        self.eis.add_device("second")
        yield self.connection.sync()
        self.assertEqual(self.device.name, "second")
        self.assertFalse(first.ready)

    @inlineCallbacks
    def test_a_device_without_a_keymap_is_not_typed_on(self) -> Steps:
        self.eis.keymap = None
        self.eis.remove(self.eis.newest("ei_device"))
        self.eis.add_device("no keymap")
        yield self.connection.sync()
        self.assertIsNone(self.keyboards.current)

    @inlineCallbacks
    def test_a_request_for_an_object_that_is_gone_is_told_as_keys_that_were_not_processed(self) -> Steps:
        device, generation = self.device, self.device.generation
        number = self.eis.newest("ei_keyboard")
        del self.eis.objects[number]
        device.key(A, True)
        yield self.connection.sync()
        self.assertNotEqual(device.generation, generation)
        self.assertFalse(device.ready)

    @inlineCallbacks
    def test_another_seat_may_come_and_go(self) -> Steps:
        seat = self.eis.add_seat()
        yield self.connection.sync()
        yield self.connection.sync()
        self.assertEqual(len(self.eis.asked("ei_seat.bind")), 2)
        self.eis.event(seat, "destroyed", self.eis.next_serial())
        yield self.connection.sync()
        self.assertIsNone(self.connection.reason)

    @inlineCallbacks
    def test_a_peer_that_reads_slowly_gets_all_of_it_in_order(self) -> Steps:
        self.eis.deaf()
        count = 5_000
        for at in range(count):
            self.device.key(A + at % 3, True)
            self.connection.flush()
        done = self.connection.sync()
        self.assertGreater(self.connection._transport.waiting, 0)
        self.eis.hears()
        yield done
        self.assertEqual([keycode for keycode, _ in self.eis.keys], [A + at % 3 for at in range(count)])

    def test_what_can_not_be_sent_is_told(self) -> None:
        device = self.device._device
        for name, arguments, complaint in (
            ("type", (SECRET,), "ei_device has no request type"),
            ("frame", (1,), "ei_device.frame can't be sent: it takes 2 arguments, not 1"),
            ("frame", (1, SECRET), "ei_device.frame can't be sent: argument 2 does not fit the signature 'ut'"),
        ):
            problem = self.assertRaises(Unsendable, device.queue, name, *arguments)
            self.assertEqual(str(problem), complaint)
        self.assertRaises(ValueError, device.listen, "keymap", print)

    @inlineCallbacks
    def test_descriptors_beyond_select_are_no_matter(self) -> Steps:
        with beyond_select():
            other = FakeEis(reactor)
            high = yield connect(reactor, other.theirs, "test")
            self.assertGreater(high._transport.fileno(), 1023)
            yield high.sync()
            high.close()
            other.close()


class EndTest(Stage):
    @inlineCallbacks
    def test_a_dead_compositor_is_told_at_once_to_all_that_wait_and_once_to_the_listener(self) -> Steps:
        self.eis.answers = False
        waiting = [self.connection.sync(), self.connection.sync()]
        yield self.until(lambda: len(self.eis.unanswered) == 2)
        self.eis.close()
        for each in waiting:
            problem = yield self.assertFailure(each, DisplayLost)
            self.assertEqual(str(problem), "The compositor closed the connection for typing.")
        self.assertNotIsInstance(self.connection.reason, Disconnected)
        yield self.until(lambda: self.lost)
        self.connection.close()
        yield deferLater(reactor, 0)
        self.assertEqual(self.lost, [self.connection.reason])

    @inlineCallbacks
    def test_a_session_that_is_ended_in_order_says_so(self) -> Steps:
        waiting = self.connection.sync()
        self.eis.disconnect(0)
        yield self.assertFailure(waiting, Disconnected)
        reason = yield self.when_lost()
        self.assertTrue(reason.orderly)
        self.assertEqual(str(reason), "The compositor ended the typing session (disconnected).")

    @inlineCallbacks
    def test_a_refusal_is_told_with_the_compositors_words(self) -> Steps:
        self.eis.disconnect(3, "no\nsuch thing.")
        reason = yield self.when_lost()
        self.assertFalse(reason.orderly)
        self.assertEqual(str(reason), "The compositor ended the typing session (protocol): no such thing.")

    @inlineCallbacks
    def test_a_refusal_is_heard_though_the_next_write_fails_before_it_is_read(self) -> Steps:
        self.eis.disconnect(9, None)
        problem = yield self.assertFailure(self.connection.sync(), Disconnected)  # Into a socket that nothing reads.
        self.assertEqual(str(problem), "The compositor ended the typing session (9).")

    @inlineCallbacks
    def test_we_leave_in_order(self) -> Steps:
        done = self.connection.sync()
        self.connection.close()
        self.connection.close()
        yield self.assertFailure(done, DisplayLost)
        yield self.until(lambda: self.eis.gone)
        self.assertEqual(len(self.eis.asked("ei_connection.disconnect")), 1)
        self.assertEqual(self.lost, [])
        yield self.assertFailure(self.connection.sync(), DisplayLost)
        problem = self.assertRaises(DisplayLost, self.device.key, A, True)
        self.assertEqual(str(problem), "The connection for typing is closed.")
        self.connection.flush()

    @inlineCallbacks
    def test_it_can_be_closed_by_a_listener(self) -> Steps:
        self.keyboards.on_modifiers = self.connection.close
        done = self.connection.sync()
        self.eis.modifiers(1)
        self.eis.modifiers(0)
        with contextlib.suppress(DisplayLost):
            yield done
            yield self.connection.sync()
        self.assertTrue(self.connection.closed)
        self.assertEqual(self.lost, [])

    @inlineCallbacks
    def test_a_listener_that_fails_ends_the_connection_and_leaks_nothing(self) -> Steps:
        self.keyboards.on_change = lambda: 1 / 0
        self.eis.pause()
        reason = yield self.when_lost()
        self.assertEqual(str(reason), "The connection for typing was lost.")
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    @inlineCallbacks
    def test_a_compositor_that_does_not_read_is_given_up(self) -> Steps:
        self.patch(transport, "BACKLOG", 1 << 14)
        self.eis.deaf()
        with contextlib.suppress(DisplayLost):
            for _ in range(100_000):
                self.device.key(A, True)
                self.connection.flush()
                if self.connection._transport._ending is not None:
                    break
        reason = yield self.when_lost()
        self.assertIsInstance(reason, NotReading)

    @inlineCallbacks
    def test_a_keymap_that_is_too_long_ends_it_before_it_is_read(self) -> Steps:
        file = memory_file()
        device = self.eis.create("ei_device")
        self.eis.event(self.eis.newest("ei_seat"), "device", device, 1)
        keyboard = self.eis.create("ei_keyboard")
        self.eis.event(device, "interface", keyboard, "ei_keyboard", 1)
        self.eis.event(keyboard, "keymap", 1, 0xFFFFFFFF, file)
        os.close(file)
        reason = yield self.when_lost()
        self.assertIn("a keymap of 4294967295 bytes", str(reason))

    @inlineCallbacks
    def test_a_keymap_that_can_not_be_read_ends_it(self) -> Steps:
        reading, writing = os.pipe()
        device = self.eis.create("ei_device")
        self.eis.event(self.eis.newest("ei_seat"), "device", device, 1)
        keyboard = self.eis.create("ei_keyboard")
        self.eis.event(device, "interface", keyboard, "ei_keyboard", 1)
        self.eis.event(keyboard, "keymap", 1, 10, reading)
        os.close(reading)
        os.close(writing)
        reason = yield self.when_lost()
        self.assertIn("a keymap that can't be read: Illegal seek", str(reason))


def _head(target: int, size: int, opcode: int) -> bytes:
    return struct.pack("=QII", target, size, opcode)


def _short(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_connection"), 8, 0)


def _crooked(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_connection"), 22, 0) + bytes(6)


def _oversized(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_connection"), 1 << 20, 0)


def _too_small(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_device"), 16, 7)


def _too_large(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_device"), 24, 7) + bytes(8)


def _unknown_opcode(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_connection"), 16, 4)


def _unknown_object(eis: FakeEis) -> bytes:
    return _head(4711, 16, 0)


def _no_descriptor(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_keyboard"), 24, 1) + struct.pack("=II", 1, 5)


def _null_object(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_connection"), 28, 1) + bytes(12)


def _endless_string(eis: FakeEis) -> bytes:
    return _head(eis.newest("ei_device"), 20, 1) + struct.pack("=I", 0xFFFFFFFF)


def _old_number(eis: FakeEis) -> bytes:
    return eis.packed(eis.newest("ei_seat"), "device", eis.newest("ei_device"), 1)


def _our_number(eis: FakeEis) -> bytes:
    return eis.packed(eis.newest("ei_seat"), "device", 2, 1)


def _high_version(eis: FakeEis) -> bytes:
    return eis.packed(eis.newest("ei_seat"), "device", eis.create("ei_device"), 2)


def _unknown_interface(eis: FakeEis) -> bytes:
    return eis.packed(eis.newest("ei_device"), "interface", eis._next, SECRET, 1)


def _second_handshake(eis: FakeEis) -> bytes:
    return _head(0, 20, 0) + struct.pack("=I", 1)


BROKEN: dict[Callable[[FakeEis], bytes], str] = {
    _short: "a message of 8 bytes, shorter than its header",
    _crooked: "a message of 22 bytes, not a multiple of 4",
    _oversized: "a message of 1048576 bytes, longer than 65535",
    _too_small: "0 bytes of arguments where 4 belong, in ei_device.resumed",
    _too_large: "8 bytes of arguments where 4 belong, in ei_device.resumed",
    _unknown_opcode: "event 4 of ei_connection, which has 4",
    _unknown_object: "an event for object 0x1267, which does not exist",
    _no_descriptor: "a message without its descriptor, in ei_keyboard.keymap",
    _null_object: "a null object where there must be one, in ei_connection.seat",
    _endless_string: "a string or an array that goes on after the end of its message, in ei_device.name",
    _old_number: "a new object under a number that is not new",
    _our_number: "a new object under a number that is not new",
    _high_version: "a new object of ei_device in version 2",
    _unknown_interface: "a new object of an interface that was not offered",
    _second_handshake: "an event for object 0x0, which does not exist",
}


class BrokenTest(StrayDescriptors, Stage):
    @property
    def server(self) -> FakeEis:
        return self.eis

    @property
    def good(self) -> bytes:
        return self.eis.packed(self.eis.newest("ei_keyboard"), "modifiers", 1, 0, 0, 0, 0)

    @inlineCallbacks
    def test_each_is_a_sentence_and_the_end(self) -> Steps:
        for spoil, complaint in BROKEN.items():
            good = self.good
            self.eis.raw(good + spoil(self.eis) + good)
            reason = yield self.when_lost()
            self.assertIsInstance(reason, ProtocolBroken)
            self.assertEqual(str(reason), f"The compositor sent what is not the EI protocol: {complaint}.")
            self.assertEqual(self.lost, [reason])
            yield self.again()

    @inlineCallbacks
    def test_a_message_may_come_in_pieces_but_the_last_may_not_be_missing(self) -> Steps:
        told: list[Modifiers] = []
        self.keyboards.on_modifiers = lambda: told.append(self.device.modifiers)
        whole = self.eis.packed(self.eis.newest("ei_keyboard"), "modifiers", 1, 2, 3, 4, 5)
        for at in range(len(whole)):
            self.eis.raw(whole[at : at + 1])
            yield deferLater(reactor, 0)
        yield self.connection.sync()
        self.assertEqual(told, [Modifiers(2, 3, 4, 5)])
        self.eis.raw(whole[:10])
        self.eis.close()
        reason = yield self.when_lost()
        self.assertEqual(str(reason), "The compositor closed the connection for typing.")

    @inlineCallbacks
    def test_more_objects_than_any_compositor_has_end_it(self) -> Steps:
        self.patch(__import__("typewright.ei.objects", fromlist=["_MOST"]), "_MOST", 20)
        for _ in range(20):
            self.eis.add_seat()
        reason = yield self.when_lost()
        self.assertIn("more than 20 objects", str(reason))

    @inlineCallbacks
    def again(self) -> Steps:
        """Check that nothing is left of the last one, and begin with a new one."""
        self.eis.close()
        self.connection.close()
        self.assertEqual(descriptors(), self._open_before)
        self.eis = self.fake()
        yield self.connect()


class OpeningTest(NothingLeftOpen):
    @inlineCallbacks
    def test_a_compositor_that_does_not_answer_is_given_up_in_time(self) -> Steps:
        ours, theirs = socket.socketpair()
        with ours:
            problem = yield self.assertFailure(connect(reactor, theirs, "test", patience_s=0.05), NoAnswer)
        self.assertEqual(str(problem), "The compositor does not answer on the connection for typing.")

    @inlineCallbacks
    def test_opening_can_be_cancelled(self) -> Steps:
        ours, theirs = socket.socketpair()
        with ours:
            opening = connect(reactor, theirs, "test")
            opening.cancel()
            yield self.assertFailure(opening, CancelledError)

    @inlineCallbacks
    def test_one_that_hangs_up_or_talks_nonsense_is_told(self) -> Steps:
        second = _head(0, 20, 0) + struct.pack("=I", 1)
        for says, complaint in (
            (b"", "The compositor closed the connection for typing."),
            (b"\1", "The compositor closed the connection for typing."),
            (b"HTTP/1.1 400 Bad Request\r\n", "The compositor sent what is not the EI protocol: "),
            (_head(0, 20, 0) + bytes(4), "a handshake of version 0"),
            (second + second, "a second handshake"),
            (_head(0, 32, 2) + struct.pack("=IQI", 1, 5, 1), "a new object under a number that is not new"),
        ):
            ours, theirs = socket.socketpair()
            with ours:
                ours.sendall(says)
                ours.shutdown(socket.SHUT_WR)
                problem = yield self.assertFailure(connect(reactor, theirs, "test"), DisplayLost)
            self.assertIn(complaint, str(problem))

    @inlineCallbacks
    def test_before_the_handshake_is_done_there_is_nothing_to_sync(self) -> Steps:
        from typewright.ei.connection import Connection

        ours, theirs = socket.socketpair()
        with ours:
            connection = Connection(reactor, theirs, "test")
            waiting: Deferred[Any] = connection.sync()
            yield self.assertFailure(waiting, NoAnswer)
            connection.close()
