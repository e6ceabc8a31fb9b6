# SPDX-License-Identifier: MIT
"""Forged events, lying programs, programs that do not answer, and the end of the accessibility bus or its registry."""

from __future__ import annotations

import os
import signal
import time
from typing import Any
from unittest import mock

from tests.a11y.stage import Stage, Steps, launcher, switch
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from txdbus import message

from typewright.a11y import accessibility
from typewright.bus.connection import DAEMON, BusConnection
from typewright.bus.message import Message
from typewright.interfaces.accessibility import CARET_MOVED, TEXT_DELETED, TEXT_INSERTED, FocusedObject, TextEvent

FIELD, OTHER = "/field", "/other"
TEXT_ROLE, PASSWORD_ROLE, EDITABLE_STATE = 61, 40, 1 << 7
REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"


class Puppet:
    """A program on the accessibility bus that the test controls; `answers` are signature and value by member."""

    def __init__(self, connection: BusConnection) -> None:
        self.connection = connection
        self.asked: list[str] = []
        self.mute = False
        self.answers: dict[str, tuple[str, Any]] = {
            "GetRole": ("u", TEXT_ROLE),
            "GetState": ("au", [EDITABLE_STATE, 0]),
            "Get": ("v", 0),
            "GetNSelections": ("i", 0),
            "GetText": ("s", ""),
        }
        connection.answer_with(self._answer)

    def _answer(self, call: Message) -> None:
        self.asked.append(call.member)
        if self.mute:
            return
        if call.member not in self.answers:
            self.connection.refuse(call, "org.freedesktop.DBus.Error.UnknownMethod", "no")
            return
        signature, value = self.answers[call.member]
        self.connection.reply(call, signature, [value])

    def say(self, member: str, *values: Any, path: str = FIELD, to: str = "", interface: str = "Object") -> None:
        """Send an event: to all, or directly to one peer, past its match rules."""
        said = message.SignalMessage(
            path, member, f"org.a11y.atspi.Event.{interface}", destination=to or None, signature="siiv(so)",
            body=[*values, *["", 0, 0, 0][len(values):], [self.connection.unique_name, ROOT]],
        )  # fmt: skip
        self.connection.sendMessage(said)

    def focus(self, value: int = 1, **options: str) -> None:
        self.say("StateChanged", "focused", value, **options)

    def insert(self, text: str, at: int = 0, **options: str) -> None:
        self.say("TextChanged", "insert", at, len(text), text, **options)


class Hearsay(Stage):
    __test__ = False

    @inlineCallbacks
    def setUp(self) -> Steps:
        self.patches = [
            mock.patch.object(accessibility, "_LINGER_S", 0.05), mock.patch.object(accessibility, "_FIRST_RETRY_S", 0.05)
        ]  # fmt: skip
        for patch in self.patches:
            patch.start()
            self.addCleanup(patch.stop)
        yield super().setUp()
        self.bus = yield self.accessibility_bus()
        self.puppet = Puppet((yield self.accessibility_bus()))
        self.forger = Puppet((yield self.accessibility_bus()))
        self.us = self.a11y._session._connection.unique_name

    @inlineCallbacks
    def heed(self) -> Steps:
        """Fires when everything that the puppets have sent so far has been processed."""
        for puppet in (self.puppet, self.forger):
            yield puppet.connection.call(self.us, "/", "org.example", "Fence").addErrback(lambda _: None)

    @inlineCallbacks
    def in_field(self) -> Steps:
        """Give the focus to the puppet, and listen to it."""
        self.puppet.focus()
        yield self.heed()
        focused = yield self.a11y.focused_object()
        assert focused == FocusedObject(password=False, editable=True, process=os.getpid())
        self.listen()
        return (yield self.a11y.hearing())

    @inlineCallbacks
    def nobody(self) -> Steps:
        return (yield self.a11y.focused_object()) is None


class HearsayTest(Hearsay):
    __test__ = True

    @inlineCallbacks
    def test_a_forged_event_is_not_heard(self) -> Steps:
        generation = yield self.in_field()
        self.forger.insert("forged", to=self.us)
        self.forger.insert("\ufffc", to=self.us)
        self.puppet.insert("of another object", path=OTHER, to=self.us)
        yield self.heed()
        self.puppet.insert("true")
        yield self.heed()
        assert self.heard == [TextEvent(TEXT_INSERTED, "true")]
        assert (yield self.a11y.hearing()) == generation

    @inlineCallbacks
    def test_nobody_can_take_the_focus_from_another_program_by_saying_that_it_lost_it(self) -> Steps:
        generation = yield self.in_field()
        self.forger.focus(0, to=self.us)
        self.forger.say("Deactivate", interface="Window", to=self.us)
        self.forger.connection.sendMessage(
            message.SignalMessage(
                "/org/freedesktop/DBus", "NameOwnerChanged", DAEMON, destination=self.us, signature="sss",
                body=[self.puppet.connection.unique_name, self.puppet.connection.unique_name, ""],
            )
        )  # fmt: skip
        yield self.heed()
        assert (yield self.a11y.hearing()) == generation
        for lose in (
            lambda: self.puppet.focus(0),
            lambda: self.puppet.say("Deactivate", interface="Window", path=OTHER),
        ):
            lose()
            yield self.heed()
            assert (yield self.a11y.focused_object()) is None
            assert (yield self.a11y.hearing()) == 0
            self.puppet.focus()
            yield self.heed()
            assert (yield self.a11y.focused_object()) is not None

    @inlineCallbacks
    def test_who_leaves_the_bus_has_the_focus_no_more(self) -> Steps:
        yield self.in_field()
        yield self.puppet.connection.close()
        yield self.until(self.nobody)

    @inlineCallbacks
    def test_who_loses_the_focus_while_it_is_searched_for_has_it_not(self) -> Steps:
        name, window = self.puppet.connection.unique_name, "/window"
        inside = {ROOT: [[name, window]], window: [[name, FIELD]], FIELD: []}
        states = {ROOT: 0, window: 1 << 1, FIELD: 1 << 12}
        losses = [lambda: None, lambda: self.puppet.focus(0), lambda: self.puppet.say("Deactivate", interface="Window")]

        def answer(call: Message) -> None:
            told = {
                "GetChildren": ("a(so)", inside[call.path]),
                "GetState": ("au", [states[call.path], 0]),
                "GetRole": ("u", PASSWORD_ROLE),
            }
            self.puppet.connection.reply(call, told[call.member][0], [told[call.member][1]])
            if (call.path, call.member) == (FIELD, "GetState"):
                lose()

        self.puppet.connection.answer_with(answer)
        yield self.puppet.connection.call(REGISTRY, ROOT, "org.a11y.atspi.Socket", "Embed", "(so)", [[name, ROOT]])
        found = []
        for each in losses:
            lose = each
            other = yield self.open("if-on")
            found.append((yield other.focused_object()))
            yield other.close()
        assert found == [FocusedObject(password=True, editable=False, process=os.getpid()), None, None]

    @inlineCallbacks
    def test_a_program_that_never_answers_holds_nobody_up(self) -> Steps:
        self.puppet.mute = True
        self.puppet.focus()
        yield self.heed()
        self.listen()
        for ask, nothing in [
            (self.a11y.focused_object, None), (lambda: self.a11y.before(9), None), (self.a11y.hearing, 0)
        ]:  # fmt: skip
            begun = time.monotonic()
            assert (yield ask()) == nothing
            assert time.monotonic() - begun < 1.0

    @inlineCallbacks
    def test_one_that_fell_silent_is_not_waited_for_twice(self) -> Steps:
        yield self.in_field()
        self.puppet.mute = True
        assert (yield self.a11y.before(9)) is None
        del self.puppet.asked[:]
        assert (yield self.a11y.before(9)) is None
        assert self.puppet.asked == []
        self.puppet.mute = False
        self.puppet.focus(0)
        self.puppet.focus()
        yield self.heed()
        assert (yield self.a11y.before(9)) == ""

    @inlineCallbacks
    def test_one_that_answers_late_is_asked_again(self) -> Steps:
        del self.puppet.answers["GetRole"]
        self.puppet.focus()
        yield self.heed()
        assert (yield self.a11y.focused_object()) is None
        self.puppet.answers["GetRole"] = ("u", TEXT_ROLE)
        assert (yield self.a11y.focused_object()) is not None

    @inlineCallbacks
    def test_nonsense_is_no_answer(self) -> Steps:
        yield self.in_field()
        for member, nonsense in [
            ("Get", ("v", "three")), ("Get", ("v", -1)), ("GetText", ("i", 3)), ("GetNSelections", ("s", "none")),
        ]:  # fmt: skip
            with mock.patch.dict(self.puppet.answers, {"Get": ("v", 3), member: nonsense}):
                assert (yield self.a11y.before(9)) is None, member
            self.puppet.focus(0)
            self.puppet.focus()
            yield self.heed()
        for member, nonsense in [("GetRole", ("s", "password")), ("GetState", ("au", [1])), ("GetState", ("u", 1))]:
            self.puppet.focus(0)
            with mock.patch.dict(self.puppet.answers, {member: nonsense}):
                self.puppet.focus()
                yield self.heed()
                assert (yield self.a11y.focused_object()) is None, member

    @inlineCallbacks
    def test_an_event_that_does_not_tell_all_ends_the_spell(self) -> Steps:
        generation = yield self.in_field()
        for spoilt in [
            ("insert", 0, 1, "\ufffc"), ("insert", 0, 3, ""), ("insert", 0, 3, 3), ("replace", 0, 1, "x"),
        ]:  # fmt: skip
            self.puppet.say("TextChanged", *spoilt)
            yield self.heed()
            assert (yield self.a11y.hearing()) == 0, spoilt
            self.puppet.focus(0)
            self.puppet.focus()
            yield self.heed()
            generation, before = (yield self.a11y.hearing()), generation
            assert generation > before
        self.puppet.say("TextChanged", "delete", 0, -1, "")
        yield self.heed()
        assert (yield self.a11y.hearing()) > generation
        assert self.heard == [TextEvent(CARET_MOVED)]

    @inlineCallbacks
    def test_toolkits_have_ways_of_their_own(self) -> Steps:
        yield self.in_field()
        self.puppet.insert("one\u2029two\u2028")
        self.puppet.say("TextChanged", "delete:system", 7, 1, "\u2028")
        self.puppet.insert("x", at=7)
        self.puppet.insert("y", at=7)
        yield self.heed()
        assert self.heard == [
            TextEvent(TEXT_INSERTED, "one\ntwo\n"), TextEvent(TEXT_DELETED, "\n"), TextEvent(TEXT_INSERTED, "x"),
            TextEvent(CARET_MOVED), TextEvent(TEXT_INSERTED, "y"),
        ]  # fmt: skip

    @inlineCallbacks
    def test_gtk_4_tells_the_position_before_the_text_so_that_the_first_is_less_than_nothing(self) -> Steps:
        yield self.in_field()
        for at in (-1, 0, 1):
            self.puppet.insert("d", at=at)
        yield self.heed()
        assert [event.kind for event in self.heard] == [TEXT_INSERTED] * 3

    @inlineCallbacks
    def test_a_terminal_is_no_text_field(self) -> Steps:
        with mock.patch.dict(self.puppet.answers, {"GetRole": ("u", 60)}):
            self.puppet.focus()
            yield self.heed()
            assert not (yield self.a11y.focused_object()).editable

    @inlineCallbacks
    def test_the_focus_that_a_program_has_told_of_before_it_answers_is_known(self) -> Steps:
        assert not (yield self.a11y.caught_up())
        yield self.in_field()
        known: list[FocusedObject | None] = []
        unwatch = self.a11y.watch(known.append)
        with mock.patch.dict(self.puppet.answers, {"GetRole": ("u", PASSWORD_ROLE)}):
            caught_up = self.a11y.caught_up()
            self.puppet.focus(0)
            self.puppet.focus(path=OTHER)
            assert (yield caught_up)
        assert known[0] is None
        assert known[-1].password
        unwatch()
        self.puppet.focus(0, path=OTHER)
        self.puppet.focus()
        yield self.heed()
        assert known[-1].password
        self.puppet.mute = True
        assert not (yield self.a11y.caught_up())

    @inlineCallbacks
    def test_an_object_inside_the_text_hides_what_stands_before_it(self) -> Steps:
        yield self.in_field()
        self.puppet.answers["Get"] = ("v", 5)
        self.puppet.answers["GetText"] = ("s", "ab\ufffccd")
        assert (yield self.a11y.before(9)) == "cd"
        self.puppet.answers["GetText"] = ("s", "abcd\ufffc")
        assert (yield self.a11y.before(9)) is None
        # It has answered, so it may be asked again.
        self.puppet.answers["GetText"] = ("s", "bcd\ufffc ")
        assert (yield self.a11y.before(9)) == " "

    @inlineCallbacks
    def test_a_selection_that_is_not_told_is_not_taken_for_one_at_the_beginning(self) -> Steps:
        yield self.in_field()
        self.puppet.answers |= {"Get": ("v", 5), "GetNSelections": ("i", 1), "GetText": ("s", "ab")}
        assert (yield self.a11y.before(9)) is None

    @inlineCallbacks
    def test_a_switch_that_does_not_answer_in_time_is_asked_again(self) -> Steps:
        address = yield self.session.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        slow = yield self.connected(self.environ["DBUS_SESSION_BUS_ADDRESS"])
        silent = {"GetAll": 1, "GetAddress": 2}

        def answer(call: Message) -> None:
            if silent[call.member]:
                silent[call.member] -= 1
            elif call.member == "GetAll":
                slow.reply(call, "a{sv}", [{"IsEnabled": True}])
            else:
                slow.reply(call, "s", address)

        slow.answer_with(answer)
        yield slow.call_daemon("RequestName", "su", "org.example.Slow", 0)
        with mock.patch.multiple("typewright.a11y.status", _NAME="org.example.Slow", _ANSWER_S=0.1):
            other = yield self.open("if-on")
            yield self.until(lambda: other._session)
            yield other.close()

    @inlineCallbacks
    def test_events_are_asked_for_only_while_somebody_listens(self) -> Steps:
        us = self.us

        @inlineCallbacks
        def registered() -> Steps:
            answer = yield self.bus.call(REGISTRY, "/org/a11y/atspi/registry", REGISTRY, "GetRegisteredEvents")
            return {event.rstrip(":").lower() for who, event in answer[0] if who == us}

        before = yield registered()
        assert not any("text" in event for event in before)
        self.puppet.focus()
        yield self.heed()
        first, second = self.listen(), self.listen()
        yield self.a11y.hearing()
        during = yield registered()
        assert [event.split(":")[1] for event in during - before] == ["textchanged"]
        first()
        first()
        assert (yield self.a11y.hearing())
        second()

        @inlineCallbacks
        def as_before() -> Steps:
            return (yield registered()) == before

        yield self.until(as_before)

    def test_no_text_is_shown(self) -> None:
        assert "secret" not in repr(TextEvent(TEXT_INSERTED, "secret"))


class EndTest(Hearsay):
    __test__ = True

    @inlineCallbacks
    def process_of(self, name: str) -> Steps:
        return (yield self.bus.call_daemon("GetConnectionUnixProcessID", "s", name))[0]

    @inlineCallbacks
    def no_launcher(self) -> Steps:
        return not (yield self.session.call_daemon("NameHasOwner", "s", "org.a11y.Bus"))[0]

    @inlineCallbacks
    def again(self) -> Steps:
        """Fires with whether a program is followed and heard on a new bus, or with a new registry."""
        if self.a11y._session is None:
            return False
        self.us = self.a11y._session._connection.unique_name
        self.puppet = self.forger = Puppet((yield self.accessibility_bus()))
        self.puppet.focus()
        yield self.heed()
        if not (yield self.a11y.hearing()):
            return False
        self.puppet.insert("again")
        yield self.heed()
        return self.heard[-1:] == [TextEvent(TEXT_INSERTED, "again")]

    @inlineCallbacks
    def test_1_the_end_of_the_registry_is_outlived(self) -> Steps:
        yield self.in_field()
        before = self.us
        os.kill((yield self.process_of(REGISTRY)), signal.SIGKILL)
        yield self.until(lambda: self.a11y._session and self.a11y._session._connection.unique_name != before)
        yield self.until(self.again)

    @inlineCallbacks
    def test_2_the_end_of_the_bus_is_outlived(self) -> Steps:
        generation = yield self.in_field()
        os.kill((yield self.process_of(DAEMON)), signal.SIGKILL)
        yield self.until(self.nobody)
        assert (yield self.a11y.before(9)) is None
        # The launcher ends a moment after its bus. While it has the name, a second launcher would give up.
        yield self.until(self.no_launcher)
        with launcher(self.environ, on=True):
            yield self.until(self.again)
            assert (yield self.a11y.hearing()) > generation
            yield self.a11y.close()


class SwitchTest(Stage):
    on = False

    def accessibility_runs(self) -> bool:
        return any(os.scandir(self.environ["XDG_RUNTIME_DIR"]))

    @inlineCallbacks
    def is_on(self) -> Steps:
        arguments = ["org.a11y.Status", "IsEnabled"]
        properties = "org.freedesktop.DBus.Properties"
        return (yield self.session.call("org.a11y.Bus", "/org/a11y/bus", properties, "Get", "ss", arguments))[0]

    @inlineCallbacks
    def test_1_what_is_off_is_left_off_and_followed_when_the_user_switches_it(self) -> Steps:
        assert self.a11y._session is None
        for answered, nothing in [(self.a11y.focused_object(), None), (self.a11y.before(9), None), (self.a11y.hearing(), 0)]:
            assert (yield answered) == nothing
        self.listen()
        assert not (yield self.is_on())
        assert not self.accessibility_runs()
        switch(self.environ, True)
        yield self.until(lambda: self.a11y._session)
        assert self.accessibility_runs()
        switch(self.environ, False)
        yield self.until(lambda: self.a11y._session is None)

    @inlineCallbacks
    def test_2_switched_on_where_the_configuration_says_so(self) -> Steps:
        assert not (yield self.is_on())
        other = yield self.open("switch-on")
        assert (yield self.is_on())
        assert other._session is not None
        off = yield self.open("off")
        assert off._session is None
        assert (yield off.focused_object()) is None

    @inlineCallbacks
    def test_3_a_switch_that_does_not_answer_delays_the_start_by_a_second(self) -> Steps:
        mute = yield self.connected(self.environ["DBUS_SESSION_BUS_ADDRESS"])
        mute.answer_with(lambda call: None)
        yield mute.call_daemon("RequestName", "su", "org.example.Mute", 0)
        with mock.patch("typewright.a11y.status._NAME", "org.example.Mute"):
            begun = reactor.seconds()
            other = yield self.open("switch-on")
            assert 0.5 < reactor.seconds() - begun < 3.0
            assert (yield other.focused_object()) is None
            yield other.close()

    @inlineCallbacks
    def test_4_a_session_without_accessibility(self) -> Steps:
        with mock.patch("typewright.a11y.status._NAME", "org.example.Absent"):
            for choice in ("if-on", "switch-on"):
                other = yield self.open(choice)
                assert (yield other.focused_object()) is None
                yield other.close()
