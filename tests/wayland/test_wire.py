# SPDX-License-Identifier: MIT
"""The Wayland connection to a compositor that keeps to the protocol, to one that dies, and to one that breaks it."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, inlineCallbacks
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers.fake_compositor import DISPLAY, Client
from tests.helpers.open_files import beyond_select, descriptors, memory_file
from tests.helpers.wire_stage import NothingLeftOpen, Steps, StrayDescriptors
from tests.wayland.stage import Stage
from typewright.errors import DisplayLost, NoDisplay
from typewright.wayland import address
from typewright.wayland.address import check_peer, open_socket, socket_path
from typewright.wayland.connection import Connection, connect
from typewright.wayland.failures import CompositorError, GlobalMissing, NotReading, ProtocolBroken
from typewright.wire import transport
from typewright.wire.codec import Unsendable

SECRET = "correct horse battery staple"


class LivingTest(Stage):
    def test_the_globals_are_known_once_it_is_connected(self) -> None:
        found = self.connection.registry.find("wl_seat")
        self.assertEqual((found.name, found.interface, found.version), (2, "wl_seat", 7))
        self.assertEqual(len(self.connection.registry.globals), 5)
        self.assertIsNone(self.connection.registry.find("wl_shm"))

    @inlineCallbacks
    def test_globals_come_and_go(self) -> Steps:
        heard: list[tuple[str, Any]] = []
        self.connection.registry.on_added = lambda added: heard.append(("added", added.interface))
        self.connection.registry.on_removed = lambda removed: heard.append(("removed", removed.interface))
        name = self.compositor.offer("wl_seat", 9)
        yield self.connection.sync()
        second = self.connection.registry.globals[-1]
        self.compositor.withdraw(name)
        self.compositor.client.event(self.client.newest("wl_registry"), "global_remove", 999)
        yield self.connection.sync()
        self.assertEqual(heard, [("added", "wl_seat"), ("removed", "wl_seat")])
        self.assertRaises(GlobalMissing, self.connection.registry.bind, second)

    @inlineCallbacks
    def test_a_bound_version_is_one_that_both_sides_know(self) -> Steps:
        self.compositor.offer("zwp_input_method_v2", 99)
        yield self.connection.sync()
        self.assertEqual(self.bind("wl_seat", 5).version, 5)
        self.assertEqual(self.bind("wl_seat", 99).version, 7)
        self.assertEqual(self.bind("zwp_input_method_v2").version, 1)
        yield self.connection.sync()
        self.assertEqual(
            [(arguments[1], arguments[2]) for arguments in self.client.asked("wl_registry.bind")],
            [("wl_seat", 5), ("wl_seat", 7), ("zwp_input_method_v2", 1)],
        )

    def test_what_is_not_offered_or_not_known_is_told(self) -> None:
        problem = self.assertRaises(GlobalMissing, self.bind, "zwlr_screencopy_manager_v1")
        self.assertEqual(str(problem), "The compositor does not offer zwlr_screencopy_manager_v1, or not to this program.")
        self.assertRaises(Unsendable, self.bind, "wl_compositor")

    @inlineCallbacks
    def test_a_chord_and_its_sync_are_one_write(self) -> Steps:
        keyboard = yield self.keyboard()
        self.client.reads.clear()
        keyboard.queue("key", 1, 30, 1)
        keyboard.queue("key", 1, 30, 0)
        yield self.connection.sync()
        self.assertEqual(self.client.reads, [20 + 20 + 12])
        self.assertEqual(self.client.asked("zwp_virtual_keyboard_v1.key"), [(1, 30, 1), (1, 30, 0)])

    @inlineCallbacks
    def test_a_request_goes_out_at_once_and_after_what_is_queued(self) -> Steps:
        keyboard = yield self.keyboard()
        self.client.reads.clear()
        keyboard.queue("key", 1, 30, 1)
        keyboard.request("modifiers", 1, 0, 0, 0)
        yield self.until(lambda: self.client.reads)
        self.assertEqual(self.client.reads, [20 + 24])

    @inlineCallbacks
    def test_syncs_fire_in_order_and_their_numbers_are_used_again(self) -> Steps:
        done: list[int] = []
        for at in range(5):
            self.connection.sync().addCallback(lambda _, at=at: done.append(at))
        yield self.connection.sync()
        self.assertEqual(done, [0, 1, 2, 3, 4])
        for _ in range(50):
            yield self.connection.sync()
        numbers = {arguments[0] for arguments in self.client.asked("wl_display.sync")}
        self.assertLessEqual(max(numbers), 12)

    @inlineCallbacks
    def test_a_number_is_not_used_again_before_it_is_free(self) -> Steps:
        self.client.frees = False
        for _ in range(5):
            yield self.connection.sync()
        numbers = [arguments[0] for arguments in self.client.asked("wl_display.sync")]
        self.assertEqual(len(set(numbers[1:])), 5)
        for number in self.client.unfreed:  # late
            self.client.free(number)
        self.client.unfreed.clear()
        self.client.frees = True
        yield self.connection.sync()
        yield self.connection.sync()
        numbers = [arguments[0] for arguments in self.client.asked("wl_display.sync")]
        self.assertIn(numbers[-1], numbers[1:-1])

    @inlineCallbacks
    def test_a_sync_that_is_cancelled_disturbs_no_other(self) -> Steps:
        first = self.connection.sync()
        second = self.connection.sync()
        first.cancel()
        yield self.assertFailure(first, CancelledError)
        yield second

    @inlineCallbacks
    def test_a_descriptor_goes_with_its_message(self) -> Steps:
        keyboard = yield self.keyboard()
        for content in (b"first", b"second", b"third"):
            keymap = memory_file(content)
            keyboard.queue("keymap", 1, keymap, len(content))
            os.close(keymap)  # Ours is a duplicate.
            keyboard.queue("key", 1, 30, 1)
        yield self.connection.sync()
        self.assertEqual(
            self.client.asked("zwp_virtual_keyboard_v1.keymap"), [(1, b"first", 5), (1, b"second", 6), (1, b"third", 5)]
        )

    @inlineCallbacks
    def test_a_descriptor_that_comes_is_open_for_the_listener_and_closed_after_it(self) -> Steps:
        keyboard = self.bind("wl_seat", 5).request("get_keyboard")
        heard: list[tuple[int, bytes, int]] = []
        keyboard.listen("keymap", lambda form, keymap, size: heard.append((form, os.pread(keymap, size, 0), size)))
        yield self.connection.sync()
        self.send_keymap(b"a keymap")
        yield self.connection.sync()
        self.assertEqual(heard, [(1, b"a keymap", 8)])
        before = descriptors()
        del keyboard._listeners["keymap"]
        self.send_keymap(b"a keymap that no listener takes")
        yield self.connection.sync()
        self.assertEqual(descriptors(), before)

    @inlineCallbacks
    def test_an_object_of_the_compositors_can_be_heard_from_its_first_event_on(self) -> Steps:
        manager = self.bind("zwlr_foreign_toplevel_manager_v1")
        heard: list[tuple[str, Any]] = []

        def appeared(window: Any) -> None:
            for event in ("title", "app_id", "state", "parent"):
                window.listen(event, lambda value, event=event: heard.append((event, value)))
            window.listen("done", lambda: heard.append(("done", window)))

        manager.listen("toplevel", appeared)
        yield self.connection.sync()
        first = self.client.toplevel(self.client.newest(manager.interface.name), app_id="foot", title="é", active=True)
        self.client.event(first, "parent", None)
        yield self.connection.sync()
        window = heard[3][1]
        self.assertEqual(
            heard,
            [("app_id", "foot"), ("title", "é"), ("state", struct.pack("=I", 2)), ("done", window), ("parent", None)],
        )
        self.assertEqual((window.id, window.version, window.alive), (0xFF000000, 3, True))

    @inlineCallbacks
    def test_a_destroyed_object_is_not_heard_and_its_descriptors_are_closed(self) -> Steps:
        keyboard = self.bind("wl_seat", 5).request("get_keyboard")
        keyboard.listen("keymap", lambda *arguments: self.fail("heard of a destroyed object"))
        yield self.connection.sync()
        before = descriptors()
        number = keyboard.id
        self.client.frees = False
        keyboard.request("release")
        # What was on its way when the compositor had not heard of it yet.
        self.client.objects[number] = (keyboard.interface, 5)
        for _ in range(3):
            self.send_keymap(b"late")
        yield self.connection.sync()
        self.assertEqual(descriptors(), before)
        self.assertRaises(Unsendable, keyboard.request, "release")

    @inlineCallbacks
    def test_windows_of_a_destroyed_manager_are_understood(self) -> Steps:
        manager = self.bind("zwlr_foreign_toplevel_manager_v1")
        yield self.connection.sync()
        there = self.client.newest(manager.interface.name)
        self.client.event(there, "finished")
        self.assertTrue(manager.alive)
        self.client.toplevel(there, app_id="late")
        yield self.connection.sync()
        self.assertFalse(manager.alive)
        self.assertIsNone(self.connection.reason)

    @inlineCallbacks
    def test_the_compositor_gives_a_number_out_anew(self) -> Steps:
        manager = self.bind("zwlr_foreign_toplevel_manager_v1")
        windows: list[Any] = []
        manager.listen("toplevel", windows.append)
        yield self.connection.sync()
        there = self.client.newest(manager.interface.name)
        number = self.client.toplevel(there, app_id="one")
        yield self.connection.sync()
        windows[0].request("destroy")
        self.client._next = number
        self.client.toplevel(there, app_id="two")
        yield self.connection.sync()
        self.assertEqual([window.id for window in windows], [number, number])
        self.assertEqual([window.alive for window in windows], [False, True])

    @inlineCallbacks
    def test_an_object_that_the_compositor_destroyed_takes_no_more_requests(self) -> Steps:
        seat = self.bind("wl_seat", 5)
        yield self.connection.sync()
        self.client.free(seat.id)
        yield self.connection.sync()
        self.assertFalse(seat.alive)
        problem = self.assertRaises(Unsendable, seat.request, "get_keyboard")
        self.assertEqual(str(problem), "wl_seat.get_keyboard can't be sent: the object is destroyed")

    @inlineCallbacks
    def test_a_number_that_is_not_in_use_may_be_freed(self) -> Steps:
        for number in (0, 1, 4711, 0xFF000000, 0xFFFFFFFF):
            self.client.free(number)
        yield self.connection.sync()
        yield self.connection.sync()

    @inlineCallbacks
    def test_what_can_not_be_sent_is_told_and_nothing_is_sent(self) -> Steps:
        seat, manager = self.bind("wl_seat", 1), self.bind("zwp_virtual_keyboard_manager_v1")
        keyboard = manager.queue("create_virtual_keyboard", seat)
        method = self.bind("zwp_input_method_manager_v2").request("get_input_method", seat)
        other = yield connect(reactor, self.path)
        self.addCleanup(other.close)
        stranger = other.registry.bind("wl_seat")
        server, client = self.compositor.clients[0], self.connection
        yield client.sync()
        count, before = len(server.requests), descriptors()
        with contextlib.closing(socket.socket()) as closed:
            no_file = closed.fileno()
        for proxy, name, arguments, complaint in (
            (keyboard, "type", (SECRET,), "zwp_virtual_keyboard_v1 has no request type"),
            (keyboard, "key", (1, 2), "zwp_virtual_keyboard_v1.key can't be sent: it takes 3 arguments, not 2"),
            (keyboard, "key", (1, 2, SECRET), "key can't be sent: argument 3 does not fit the signature 'uuu'"),
            (keyboard, "keymap", (1, no_file, 5), "its descriptor can't be passed on: Bad file descriptor"),
            (keyboard, "keymap", (1, "x", 5), "its descriptor can't be passed on: not a number"),
            (manager, "create_virtual_keyboard", (), "it takes 1 arguments, not 0"),
            (manager, "create_virtual_keyboard", (None,), "argument 1 may not be null"),
            (manager, "create_virtual_keyboard", (seat.id,), "argument 1 is not an object of this connection"),
            (manager, "create_virtual_keyboard", (stranger,), "argument 1 is not an object of this connection"),
            (seat, "release", (), "wl_seat.release can't be sent: it is in version 5, not 1"),
            (seat, "get_pointer", (), "it makes a wl_pointer, which Typewright does not know"),
            (method, "commit_string", (SECRET * 200,), "the message has 5616 bytes, and 4096 is all that may be sent"),
        ):
            problem = self.assertRaises(Unsendable, proxy.request, name, *arguments)
            self.assertIn(complaint, str(problem))
            self.assertNotIn(SECRET[:5], str(problem))
        self.assertRaises(ValueError, keyboard.listen, "keymap", print)
        yield client.sync()
        self.assertEqual(len(server.requests), count + 1)
        self.assertEqual(descriptors(), before)

    @inlineCallbacks
    def test_a_peer_that_reads_slowly_gets_all_of_it_in_order(self) -> Steps:
        keyboard = yield self.keyboard()
        self.client.deaf()
        count = 20_000
        keymap = memory_file(b"in the middle")
        for at in range(count):
            if at == count // 2:
                keyboard.queue("keymap", 1, keymap, 13)
            keyboard.request("key", at, 30, at & 1)
        os.close(keymap)
        done = self.connection.sync()
        self.assertGreater(self.connection._transport.waiting, 0)
        reactor.addReader(self.client.transport)
        yield done
        self.assertEqual(self.connection._transport.waiting, 0)
        self.assertEqual([key[0] for key in self.client.asked("zwp_virtual_keyboard_v1.key")], list(range(count)))
        (at,) = [at for at, request in enumerate(self.client.requests) if request.name == "keymap"]
        self.assertEqual(self.client.requests[at].arguments, (1, b"in the middle", 13))
        self.assertEqual(self.client.requests[at + 1].arguments[0], count // 2)

    @inlineCallbacks
    def test_descriptors_beyond_select_are_no_matter(self) -> Steps:
        with beyond_select():
            high = yield connect(reactor, self.path)
            self.assertGreater(high._transport.fileno(), 1023)
            yield high.sync()
            high.close()
            self.client.close()

    # --- steps -------------------------------------------------------------------------------------------------------

    @inlineCallbacks
    def keyboard(self) -> Any:
        manager = self.bind("zwp_virtual_keyboard_manager_v1")
        made = manager.request("create_virtual_keyboard", self.bind("wl_seat", 5))
        yield self.connection.sync()
        return made

    def send_keymap(self, content: bytes) -> None:
        keymap = memory_file(content)
        self.client.event(self.client.newest("wl_keyboard"), "keymap", 1, keymap, len(content))
        os.close(keymap)


class EndTest(Stage):
    @inlineCallbacks
    def test_a_dead_compositor_is_told_at_once_to_all_that_wait_and_once_to_the_listener(self) -> Steps:
        self.client.answers = False
        waiting = [self.connection.sync(), self.connection.sync()]
        yield self.until(lambda: len(self.client.asked("wl_display.sync")) == 3)
        self.client.close()
        for each in waiting:
            problem = yield self.assertFailure(each, DisplayLost)
            self.assertEqual(str(problem), "The compositor closed the connection.")
        yield self.until(lambda: self.lost)
        self.assertEqual(self.lost, [self.connection.reason])
        self.connection.close()
        yield deferLater(reactor, 0)
        self.assertEqual(self.lost, [self.connection.reason])

    @inlineCallbacks
    def test_after_the_end_all_fails_in_words(self) -> Steps:
        seat = self.bind("wl_seat", 5)
        self.connection.close()
        self.connection.close()
        for ask in (seat.request, seat.queue):
            problem = self.assertRaises(DisplayLost, ask, "get_keyboard")
            self.assertEqual(str(problem), "The connection to the compositor is closed.")
        self.assertRaises(DisplayLost, self.bind, "wl_seat")
        yield self.assertFailure(self.connection.sync(), DisplayLost)
        self.connection.flush()
        self.assertTrue(self.connection.closed)
        self.assertEqual(self.lost, [])

    @inlineCallbacks
    def test_closing_it_ourselves_fails_what_waits_and_tells_no_loss(self) -> Steps:
        done = self.connection.sync()
        self.connection.close()
        yield self.assertFailure(done, DisplayLost)
        self.assertEqual(self.lost, [])

    @inlineCallbacks
    def test_it_can_be_closed_by_a_listener(self) -> Steps:
        manager = self.bind("zwlr_foreign_toplevel_manager_v1")
        manager.listen("toplevel", lambda window: self.connection.close())
        yield self.connection.sync()
        there = self.client.newest(manager.interface.name)
        done = self.connection.sync()
        self.client.raw(self.client.packed(there, "toplevel", self.client.create("zwlr_foreign_toplevel_handle_v1")) * 2)
        yield self.assertFailure(done, DisplayLost)
        self.assertEqual(str(self.connection.reason), "The connection to the compositor is closed.")
        self.assertEqual(self.lost, [])

    @inlineCallbacks
    def test_a_listener_that_fails_ends_the_connection_and_leaks_nothing(self) -> Steps:
        keyboard = self.bind("wl_seat", 5).request("get_keyboard")
        keyboard.listen("keymap", lambda *arguments: 1 / 0)
        yield self.connection.sync()
        keymap = memory_file(b"x")
        self.client.event(self.client.newest("wl_keyboard"), "keymap", 1, keymap, 1)
        os.close(keymap)
        reason = yield self.when_lost()
        self.assertEqual(str(reason), "The connection to the compositor was lost.")
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    @inlineCallbacks
    def test_a_refusal_is_told_with_the_interface_the_code_and_the_compositors_words(self) -> Steps:
        self.bind("zwp_virtual_keyboard_manager_v1")
        yield self.connection.sync()
        self.client.refuse(self.client.newest("zwp_virtual_keyboard_manager_v1"), 0, "not\nallowed.")
        reason = yield self.when_lost()
        self.assertIsInstance(reason, CompositorError)
        self.assertEqual(
            str(reason),
            "The compositor ended the connection: zwp_virtual_keyboard_manager_v1 error 0 (unauthorized): not allowed.",
        )

    @inlineCallbacks
    def test_a_refusal_is_heard_though_the_next_write_fails_before_it_is_read(self) -> Steps:
        seat = self.bind("wl_seat", 5)
        yield self.connection.sync()
        self.client.refuse(seat.id, 0, "no keyboard here")
        problem = yield self.assertFailure(self.connection.sync(), CompositorError)  # Into a socket that nothing reads.
        self.assertIn("wl_seat error 0 (missing_capability): no keyboard here", str(problem))

    @inlineCallbacks
    def test_what_is_said_of_an_object_that_gets_text_is_not_repeated(self) -> Steps:
        method = self.bind("zwp_input_method_manager_v2").request("get_input_method", self.bind("wl_seat"))
        method.request("commit_string", SECRET)
        yield self.connection.sync()
        self.client.refuse(method.id, 7, f"bad string {SECRET}")
        reason = yield self.when_lost()
        self.assertEqual(str(reason), "The compositor ended the connection: zwp_input_method_v2 error 7.")
        self.assertNotIn(SECRET, repr(method) + repr(self.connection) + repr(reason))

    @inlineCallbacks
    def test_a_refusal_over_an_object_that_is_gone(self) -> Steps:
        self.client.refuse(4711, 1, SECRET)
        reason = yield self.when_lost()
        self.assertEqual(str(reason), "The compositor ended the connection: object 4711 error 1.")

    @inlineCallbacks
    def test_a_peer_that_does_not_read_is_given_up_in_bounded_memory(self) -> Steps:
        self.patch(transport, "BACKLOG", 1 << 16)
        seat = self.bind("wl_seat", 5)
        manager = self.bind("zwp_virtual_keyboard_manager_v1")
        keyboard = manager.request("create_virtual_keyboard", seat)
        yield self.connection.sync()
        self.client.deaf()
        done = self.connection.sync()
        for _ in range(50_000):
            keyboard.request("key", 1, 30, 1)
            self.assertLessEqual(self.connection._transport.waiting, 1 << 16)
        self.assertEqual(self.lost, [])  # Never from inside a request.
        problem = yield self.assertFailure(done, NotReading)
        self.assertEqual(str(problem), "The compositor does not read what it is sent; the connection was given up.")
        yield self.when_lost()
        self.assertEqual(self.lost, [problem])

    @inlineCallbacks
    def test_descriptors_that_are_not_taken_are_bounded_too(self) -> Steps:
        manager = self.bind("zwp_virtual_keyboard_manager_v1")
        keyboard = manager.request("create_virtual_keyboard", self.bind("wl_seat", 5))
        yield self.connection.sync()
        keymap = memory_file(b"x")
        before = descriptors()
        for _ in range(100):
            keyboard.queue("keymap", 1, keymap, 1)
        self.assertEqual(descriptors(), before)
        os.close(keymap)
        reason = yield self.when_lost()
        self.assertIsInstance(reason, NotReading)

    @inlineCallbacks
    def test_a_compositor_that_never_frees_a_number_is_given_up(self) -> Steps:
        self.patch(__import__("typewright.wayland.objects", fromlist=["_MOST"]), "_MOST", 20)
        self.client.frees = False
        with contextlib.suppress(DisplayLost):
            for _ in range(50):
                yield self.connection.sync()
        reason = yield self.when_lost()
        self.assertIn("it never frees the number of an object", str(reason))

    @inlineCallbacks
    def test_what_goes_after_the_end_is_not_sent_and_leaks_nothing(self) -> Steps:
        manager = self.bind("zwp_virtual_keyboard_manager_v1")
        keyboard = manager.request("create_virtual_keyboard", self.bind("wl_seat", 5))
        yield self.connection.sync()
        self.client.close()
        keymap = memory_file(b"x")
        for _ in range(10):
            keyboard.request("keymap", 1, keymap, 1)  # The end is not known yet: it is told in words a moment later.
        os.close(keymap)
        yield self.when_lost()


def _short(client: Client) -> bytes:
    return struct.pack("=II", DISPLAY, 4 << 16)


def _crooked(client: Client) -> bytes:
    return struct.pack("=II", DISPLAY, 14 << 16) + bytes(6)


def _oversized(client: Client) -> bytes:
    return struct.pack("=III", DISPLAY, 0xFFFC << 16 | 1, 5) + bytes(0xFFFC - 12)


def _too_small(client: Client) -> bytes:
    return struct.pack("=II", DISPLAY, 8 << 16 | 1)


def _too_large(client: Client) -> bytes:
    return struct.pack("=IIII", DISPLAY, 16 << 16 | 1, 5, 5)


def _unknown_opcode(client: Client) -> bytes:
    return struct.pack("=II", DISPLAY, 8 << 16 | 2)


def _unknown_object(client: Client) -> bytes:
    return struct.pack("=II", 4711, 8 << 16)


def _no_descriptor(client: Client) -> bytes:
    return client.packed(client.newest("wl_keyboard"), "keymap", 1, 0, 5)


def _unknown_argument(client: Client) -> bytes:
    return client.packed(client.newest("wl_keyboard"), "leave", 1, 4711)


def _null_argument(client: Client) -> bytes:
    return struct.pack("=IIII", client.newest("wl_keyboard"), 16 << 16 | 2, 1, 0)


def _endless_string(client: Client) -> bytes:
    return struct.pack("=IIII", client.newest("wl_seat"), 16 << 16 | 1, 0xFFFFFFFF, 0)


def _our_number(client: Client) -> bytes:
    return struct.pack("=III", client.newest("zwlr_foreign_toplevel_manager_v1"), 12 << 16, 2)


def _version_zero(client: Client) -> bytes:
    return client.packed(client.newest("wl_registry"), "global", 99, "wl_seat", 0)


BROKEN: dict[Callable[[Client], bytes], str] = {
    _short: "a message of 4 bytes, shorter than its header",
    _crooked: "a message of 14 bytes, not a multiple of 4",
    _oversized: "65524 bytes of arguments where 4 belong, in wl_display.delete_id",
    _too_small: "0 bytes of arguments where 4 belong, in wl_display.delete_id",
    _too_large: "8 bytes of arguments where 4 belong, in wl_display.delete_id",
    _unknown_opcode: "event 2 of wl_display, which has 2",
    _unknown_object: "an event for object 4711, which does not exist",
    _no_descriptor: "a message without its descriptor, in wl_keyboard.keymap",
    _unknown_argument: "an argument that names object 4711, which does not exist",
    _null_argument: "a null object where there must be one, in wl_keyboard.leave",
    _endless_string: "a string or an array that goes on after the end of its message, in wl_seat.name",
    _our_number: "a new object under a number that is not free",
    _version_zero: "a global of version 0",
}


class BrokenTest(StrayDescriptors, Stage):
    @property
    def server(self) -> Client:
        return self.client

    @property
    def good(self) -> bytes:
        return self.client.packed(self.client.newest("wl_seat"), "name", "seat0")

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        yield self.bind_all()

    @inlineCallbacks
    def bind_all(self) -> Steps:
        self.bind("wl_seat", 5).request("get_keyboard")
        self.bind("zwlr_foreign_toplevel_manager_v1")
        yield self.connection.sync()

    @inlineCallbacks
    def test_each_is_a_sentence_and_the_end(self) -> Steps:
        for spoil, complaint in BROKEN.items():
            good = self.good
            self.client.raw(good + spoil(self.client) + good)
            reason = yield self.when_lost()
            self.assertIsInstance(reason, ProtocolBroken)
            self.assertEqual(str(reason), f"The compositor sent what is not the Wayland protocol: {complaint}.")
            self.assertEqual(self.lost, [reason])
            yield self.again()

    @inlineCallbacks
    def test_a_message_may_come_in_pieces_but_the_last_may_not_be_missing(self) -> Steps:
        heard: list[int] = []
        seat = self.bind("wl_seat", 5)
        seat.listen("capabilities", heard.append)
        yield self.connection.sync()
        whole = self.client.packed(seat.id, "capabilities", 2)
        for at in range(len(whole)):
            self.client.raw(whole[at : at + 1])
            yield deferLater(reactor, 0)
        yield self.connection.sync()
        self.assertEqual(heard, [2])
        self.client.raw(whole[:10])
        self.client.close()
        reason = yield self.when_lost()
        self.assertEqual(str(reason), "The compositor closed the connection.")

    @inlineCallbacks
    def test_a_sync_that_is_freed_before_it_is_done_is_no_hang(self) -> Steps:
        self.client.answers = False
        done = self.connection.sync()
        yield self.until(lambda: len(self.client.asked("wl_display.sync")) == 3)
        self.client.free(self.client.asked("wl_display.sync")[-1][0])
        problem = yield self.assertFailure(done, ProtocolBroken)
        self.assertIn("a sync that is deleted before it is done", str(problem))

    @inlineCallbacks
    def test_descriptors_for_which_the_process_has_no_room_are_no_hang(self) -> Steps:
        keymap = memory_file(b"x")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("=40i", *[keymap] * 40))
        self.client.transport._socket.sendmsg([self.good], [rights])
        resource.setrlimit(resource.RLIMIT_NOFILE, (keymap + 5, hard))
        os.close(keymap)
        try:
            reason = yield self.when_lost()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        self.assertIn("descriptors that could not all be received", str(reason))

    @inlineCallbacks
    def again(self) -> Steps:
        """Check that nothing is left of the last client, and begin with a new one."""
        self.client.close()
        yield self.connect(self.path)
        yield self.bind_all()
        self.assertEqual(len(descriptors()), len(self._open_before) + 3)  # the listening socket, and both ends


@contextlib.contextmanager
def listening(backlog: int = 5) -> Iterator[tuple[str, socket.socket]]:
    """A socket that listens, and its path; what connects to it waits until it is accepted."""
    with tempfile.TemporaryDirectory(prefix="typewright-wayland-") as home, socket.socket(socket.AF_UNIX) as server:
        path = str(Path(home) / "wayland-0")
        server.bind(path)
        server.listen(backlog)
        yield path, server


class OpeningTest(NothingLeftOpen):
    @inlineCallbacks
    def test_a_compositor_that_does_not_answer_is_given_up_in_time(self) -> Steps:
        with listening() as (path, _):
            problem = yield self.assertFailure(connect(reactor, path, patience_s=0.05), NoDisplay)
        self.assertEqual(str(problem), "The Wayland display can't be used: the compositor does not answer.")

    @inlineCallbacks
    def test_opening_can_be_cancelled(self) -> Steps:
        with listening() as (path, _):
            opening = connect(reactor, path)
            opening.cancel()
            yield self.assertFailure(opening, CancelledError)

    @inlineCallbacks
    def test_one_that_hangs_up_or_talks_nonsense_is_told(self) -> Steps:
        for says, complaint in (
            (b"", "The compositor closed the connection."),
            (b"\1", "The compositor closed the connection."),
            (b"HTTP/1.1 400 Bad Request\r\n", "The compositor sent what is not the Wayland protocol: "),
        ):
            with listening() as (path, server):
                opening = connect(reactor, path)
                accepted, _ = server.accept()
                accepted.sendall(says)
                accepted.close()
                problem = yield self.assertFailure(opening, NoDisplay)
            self.assertIn(f"The Wayland display can't be used. {complaint}", str(problem))

    @inlineCallbacks
    def test_a_full_queue_is_told_and_not_waited_for(self) -> Steps:
        with listening(0) as (path, _), contextlib.ExitStack() as stack:
            with contextlib.suppress(BlockingIOError):
                while True:
                    waiting = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
                    waiting.connect(path)
            problem = yield self.assertFailure(connect(reactor, path), NoDisplay)
            self.assertEqual(str(problem), f"The Wayland display {path} can't be opened: it accepts no connection.")

    @inlineCallbacks
    def test_a_connection_that_is_inherited_is_used_once(self) -> Steps:
        ours, theirs = socket.socketpair()
        with theirs:
            os.set_inheritable(ours.fileno(), True)
            environ = {"WAYLAND_SOCKET": str(ours.detach()), "WAYLAND_DISPLAY": "/nowhere"}
            connection = Connection(reactor, open_socket(None, environ))
            self.assertFalse(os.get_inheritable(connection._transport.fileno()))
            self.assertEqual(environ, {"WAYLAND_DISPLAY": "/nowhere"})
            yield deferLater(reactor, 0)
            connection.close()
            problem = yield self.assertFailure(connect(reactor, None, environ), NoDisplay)
            self.assertEqual(str(problem), "The Wayland display /nowhere can't be opened: No such file or directory.")

    def test_what_is_inherited_and_is_no_connection_is_told(self) -> None:
        for number in ("x", "-1", "99999", "99999999999999999999"):
            problem = self.assertRaises(NoDisplay, open_socket, None, {"WAYLAND_SOCKET": number})
            self.assertEqual(str(problem), "WAYLAND_SOCKET is not the number of an open socket.")
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        problem = self.assertRaises(NoDisplay, open_socket, None, {"WAYLAND_SOCKET": str(datagrams.detach())})
        self.assertEqual(str(problem), "WAYLAND_SOCKET is not a local stream socket.")
        file = memory_file()
        self.assertRaises(NoDisplay, open_socket, None, {"WAYLAND_SOCKET": str(file)})
        os.close(file)  # It was not ours to close.

    def test_a_strangers_compositor_is_not_typed_to(self) -> None:
        self.patch(address.os, "getuid", lambda: 4712)
        with listening() as (path, server):
            if os.geteuid() == 0:
                open_socket(path, {}).close()  # Root's is trusted.
                os.seteuid(4711)
                try:
                    server.listen()  # The kernel tells the user that called this.
                finally:
                    os.seteuid(0)
            self.assertRaises(NoDisplay, open_socket, path, {})
            self.patch(address.os, "getuid", lambda: 4711 if os.geteuid() == 0 else os.geteuid())
            open_socket(path, {}).close()


class AddressTest(SynchronousTestCase):
    def test_where_the_compositor_listens(self) -> None:
        runtime = {"XDG_RUNTIME_DIR": "/run/user/1000"}
        for name, environ, path in (
            (None, {**runtime, "WAYLAND_DISPLAY": "wayland-1"}, "/run/user/1000/wayland-1"),
            (None, {"WAYLAND_DISPLAY": "/tmp/w"}, "/tmp/w"),
            ("wayland-2", {**runtime, "WAYLAND_DISPLAY": "wayland-1"}, "/run/user/1000/wayland-2"),
            ("/tmp/w", {**runtime, "WAYLAND_DISPLAY": "wayland-1"}, "/tmp/w"),
        ):
            self.assertEqual(socket_path(name, environ), path)

    def test_what_is_missing_is_told(self) -> None:
        for name, environ, complaint in (
            (None, {}, "There is no Wayland display: WAYLAND_DISPLAY is not set."),
            ("", {"WAYLAND_DISPLAY": ""}, "There is no Wayland display"),
            ("wayland-1", {}, "XDG_RUNTIME_DIR, and that is not set to an absolute path."),
            ("wayland-1", {"XDG_RUNTIME_DIR": "run"}, "XDG_RUNTIME_DIR, and that is not set to an absolute path."),
            ("/" + "x" * 107, {}, "is longer than a socket's may be."),
            ("/a\0b", {}, "NUL"),
        ):
            problem = self.assertRaises(NoDisplay, socket_path, name, environ)
            self.assertIn(complaint, str(problem))

    def test_an_unconnected_socket_has_no_peer_to_trust(self) -> None:
        with socket.socket(socket.AF_UNIX) as alone:
            self.assertRaises(NoDisplay, check_peer, alone)
