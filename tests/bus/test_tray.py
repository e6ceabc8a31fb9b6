# SPDX-License-Identifier: MIT
"""The item in the tray, its menu, and the notifications: the service on a private bus, and a host that shows them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_method_call,
    new_method_return,
)
from jeepney.io.blocking import open_dbus_connection
from printing_bench import LONG, Caller, Served
from tests.helpers.desktop import PATIENCE_S, until

from typewright.reasons import DISABLED, UNTYPEABLE

WATCHER, NOTIFICATIONS = "org.kde.StatusNotifierWatcher", "org.freedesktop.Notifications"
GREEN, BLUE, GREY, ORANGE = "2e9e5b", "2979d9", "7a7a7a", "d9732b"
DO_NOT_QUEUE = 4


class Host:
    """The desktop's side: it owns the names of the watcher and of the notifications, and keeps what the service tells it."""

    def __init__(self, address: str) -> None:
        self._connection = open_dbus_connection(address)
        self._told: list[Message] = []
        self.item = ""

    def own(self, name: str) -> None:
        self.call(message_bus, "RequestName", "su", name, DO_NOT_QUEUE)

    def register(self) -> None:
        """Come, and wait for the item."""
        self.own(WATCHER)
        self.item = str(self.told("RegisterStatusNotifierItem").body[0])
        rule = MatchRule(type="signal", sender=self.item)
        self.call(message_bus, "AddMatch", "s", rule.serialise())

    def call(self, to: DBusAddress, member: str, signature: str = "", *arguments: object) -> tuple[object, ...]:
        """The results of a call; what comes meanwhile is kept. Raises DBusErrorResponse."""
        serial = next(self._connection.outgoing_serial)
        self._connection.send(new_method_call(to, member, signature or None, arguments), serial=serial)
        while True:
            message = self._connection.receive(timeout=PATIENCE_S)
            if message.header.fields.get(HeaderFields.reply_serial) != serial:
                self._keep(message)
            elif message.header.message_type is MessageType.error:
                raise DBusErrorResponse(message)
            else:
                return message.body

    def told(self, member: str) -> Message:
        """The next call or signal of this name."""
        while not any(self._is(message, member) for message in self._told):
            self._keep(self._connection.receive(timeout=PATIENCE_S))
        found = next(message for message in self._told if self._is(message, member))
        self._told.remove(found)
        return found

    def heard(self, member: str) -> bool:
        """Whether such a call or signal has come until now."""
        self.call(message_bus, "GetId")
        return any(self._is(message, member) for message in self._told)

    def get(self, name: str) -> object:
        """A property of the item."""
        properties = DBusAddress("/StatusNotifierItem", self.item, "org.freedesktop.DBus.Properties")
        ((_, value),) = self.call(properties, "Get", "ss", "org.kde.StatusNotifierItem", name)
        return value

    def colour(self) -> str:
        """That of the icon: of its pixel in the middle of the upper edge."""
        ((width, height, pixels),) = self.get("IconPixmap")
        assert len(pixels) == 4 * width * height
        place = 4 * (width * 2 + width // 4)
        return bytes(pixels[place + 1 : place + 4]).hex()

    def click(self, member: str = "Activate") -> None:
        self.call(DBusAddress("/StatusNotifierItem", self.item, "org.kde.StatusNotifierItem"), member, "ii", 0, 0)

    def menu(self, member: str, signature: str, *arguments: object) -> tuple[object, ...]:
        return self.call(DBusAddress("/MenuBar", self.item, "com.canonical.dbusmenu"), member, signature, *arguments)

    def entries(self) -> dict[str, tuple[int, dict[str, object]]]:
        """The visible entries of the menu by their labels: number and properties."""
        _, (root, properties, children) = self.menu("GetLayout", "iias", 0, -1, [])
        assert (root, properties) == (0, {"children-display": ("s", "submenu")})
        nodes = [node for _, node in children]
        plain = [(number, {name: value for name, (_, value) in described.items()}) for number, described, _ in nodes]
        shown = [(number, entry) for number, entry in plain if entry.get("visible", True)]
        return {str(entry.get("label", entry.get("type"))): (number, entry) for number, entry in shown}

    def choose(self, label: str) -> None:
        """Click an entry."""
        self.menu("Event", "isvu", self.entries()[label][0], "clicked", ("s", ""), 0)

    def close(self) -> None:
        self._connection.close()

    def _keep(self, message: Message) -> None:
        if message.header.message_type is MessageType.method_call:
            answer = ("u", (7,)) if message.header.fields[HeaderFields.member] == "Notify" else (None, ())
            self._connection.send(new_method_return(message, *answer))
        self._told.append(message)

    @staticmethod
    def _is(message: Message, member: str) -> bool:
        return message.header.fields.get(HeaderFields.member) == member


@pytest.fixture
def host(served: Served, caller: Caller) -> Iterator[Host]:
    """A host that shows the item; typing is enabled, and the last text was typed."""
    caller.set("TypingEnabled", True)
    assert caller.call("Insert", "s", "a") is True
    desktop = Host(served.bus.address)
    desktop.register()
    yield desktop
    desktop.close()


def test_the_item_registers_with_each_watcher_that_comes(served: Served, host: Host) -> None:
    assert host.item.startswith("org.kde.StatusNotifierItem-")
    assert [host.get(name) for name in ("Category", "Id", "Title", "Status", "Menu", "ItemIsMenu")] == [
        "ApplicationStatus", "typewright", "Typewright", "Active", "/MenuBar", False,
    ]  # fmt: skip
    every = DBusAddress("/StatusNotifierItem", host.item, "org.freedesktop.DBus.Properties")
    (properties,) = host.call(every, "GetAll", "s", "org.kde.StatusNotifierItem")
    assert properties["OverlayIconPixmap"] == ("a(iiay)", [])
    assert properties["IconName"] == ("s", "")
    host.close()
    another = Host(served.bus.address)
    another.register()
    assert another.item == host.item
    another.close()


def test_a_click_switches_typing(caller: Caller, host: Host) -> None:
    assert host.colour() == GREEN
    host.click()
    assert caller.get("TypingEnabled") is False
    host.told("NewIcon")
    assert host.colour() == GREY
    assert host.get("ToolTip")[2:] == ("Typewright", "Typing is disabled")
    host.click()
    assert caller.get("TypingEnabled") is True
    host.told("NewIcon")
    assert host.colour() == GREEN


def test_the_menu_switches_typing_and_shows_that(caller: Caller, host: Host) -> None:
    assert host.entries()["Typing enabled"][1]["toggle-state"] == 1
    host.choose("Typing enabled")
    host.told("LayoutUpdated")
    assert caller.get("TypingEnabled") is False
    assert host.entries()["Typing enabled"][1]["toggle-state"] == 0
    caller.set("TypingEnabled", True)
    host.told("LayoutUpdated")
    assert host.entries()["Typing enabled"][1]["toggle-state"] == 1


@pytest.mark.parametrize("by_menu", [True, False], ids=["menu", "middle button"])
def test_a_long_text_is_shown_and_can_be_stopped(caller: Caller, host: Host, by_menu: bool) -> None:
    text = caller.begin("Insert", "s", LONG)
    host.told("NewIcon")
    assert host.colour() == BLUE
    assert host.get("ToolTip")[3] == "Typing"
    if by_menu:
        host.choose("Stop what is being typed")
    else:
        host.click("SecondaryActivate")
    assert caller.answer(text) is False
    host.told("NewIcon")
    assert host.colour() == GREEN  # whoever stops a text knows why it was not typed
    assert host.entries()["Stop what is being typed"][1]["enabled"] is False


def test_a_refused_text_is_shown_with_its_reason_until_the_next_one(caller: Caller, host: Host) -> None:
    assert caller.call("Press", "s", "F24") is False
    host.told("NewIcon")
    assert host.colour() == ORANGE
    label = next(label for label in host.entries() if label.startswith("Not typed: "))
    assert host.entries()[label][1]["enabled"] is False
    assert host.get("ToolTip")[3].startswith(label.removesuffix("…"))
    assert caller.call("Insert", "s", "a") is True
    host.told("NewIcon")
    assert host.colour() == GREEN
    assert "The last text was typed" in host.entries()


def test_consent_is_asked_for_only_where_it_is_needed(host: Host) -> None:
    assert [label for label in host.entries() if "Allow" in label] == []


def test_the_menu_answers_as_the_protocol_has_it(host: Host) -> None:
    revision, _ = host.menu("GetLayout", "iias", 0, 0, [])
    assert host.menu("GetLayout", "iias", 0, 0, [])[1][2] == []
    number = host.entries()["Typing enabled"][0]
    assert host.menu("GetLayout", "iias", number, -1, ["label"]) == (
        revision, (number, {"label": ("s", "Typing enabled")}, []),
    )  # fmt: skip
    assert host.menu("GetGroupProperties", "aias", [number, 99], ["toggle-type"]) == (
        [(number, {"toggle-type": ("s", "checkmark")})],
    )
    assert len(host.menu("GetGroupProperties", "aias", [], [])[0]) == 6
    assert host.menu("GetProperty", "is", number, "toggle-state") == (("i", 1),)
    assert host.menu("AboutToShow", "i", 0) == (False,)
    assert host.menu("AboutToShowGroup", "ai", [0, number, 99]) == ([], [99])
    events = [(number, "hovered", ("s", ""), 0), (0, "opened", ("s", ""), 0), (99, "clicked", ("s", ""), 0)]
    assert host.menu("EventGroup", "a(isvu)", events) == ([99],)
    for member, signature, arguments in (("GetLayout", "iias", (99, -1, [])), ("GetProperty", "is", (number, "none"))):
        with pytest.raises(DBusErrorResponse, match="InvalidArgs"):
            host.menu(member, signature, *arguments)


def test_each_refusal_is_told_once_with_its_cure_and_without_the_text(caller: Caller, host: Host) -> None:
    for enabled in (False, True):
        caller.set("TypingEnabled", enabled)  # after a switch, each reason is news again
    host.own(NOTIFICATIONS)
    for _ in range(3):
        assert caller.call("Press", "s", "F24") is False
    name, replaces, _, title, body, actions, hints, _ = host.told("Notify").body
    assert (name, replaces, title, actions) == ("Typewright", 0, "Not typed", [])
    assert UNTYPEABLE.cure.partition(";")[0] in body
    assert hints["transient"] == ("b", True)
    caller.set("TypingEnabled", False)
    assert host.told("Notify").body[1:4:2] == (7, "Typing is disabled")
    for _ in range(3):
        assert caller.call("Insert", "s", "secret") is False
    body = host.told("Notify").body[4]
    assert DISABLED.sentence[1:] in body
    assert "secret" not in body
    assert not host.heard("Notify")


def test_what_the_tray_itself_switches_is_not_told(caller: Caller, host: Host) -> None:
    host.own(NOTIFICATIONS)
    host.click()
    host.click()
    assert caller.get("TypingEnabled") is True
    assert not host.heard("Notify")


def test_the_service_takes_its_item_along(tmp_path: Path) -> None:
    served = Served(tmp_path)
    served.wait()
    host = Host(served.bus.address)
    host.register()
    served.child.process.terminate()
    assert served.child.process.wait(PATIENCE_S) == 0
    assert host.call(message_bus, "NameHasOwner", "s", host.item) == (False,)
    host.close()
    served.end()


@pytest.mark.parametrize("rule", ["", '[[callers]]\nenable = "deny"\n'], ids=["all may", "nobody may enable"])
def test_the_rules_for_callers_hold_for_hosts(tmp_path: Path, rule: str) -> None:
    configuration = tmp_path / ".config" / "typewright" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(rule)
    served = Served(tmp_path)
    served.wait()
    host = Host(served.bus.address)
    host.register()
    caller = Caller(served.bus.address)
    host.click()
    assert caller.get("TypingEnabled") is False
    if rule:
        with pytest.raises(DBusErrorResponse, match="AccessDenied"):
            host.click()
    else:
        host.click()
    assert caller.get("TypingEnabled") is (not rule)
    caller.close()
    host.close()
    served.end()


@pytest.mark.parametrize("wanted", ["none", "refusals", "switches"])
def test_the_configuration_chooses(tmp_path: Path, wanted: str) -> None:
    configuration = tmp_path / ".config" / "typewright" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f'tray = false\nnotifications = "{wanted}"\n')
    served = Served(tmp_path)
    served.wait()
    host = Host(served.bus.address)
    host.own(WATCHER)
    host.own(NOTIFICATIONS)
    caller = Caller(served.bus.address)
    assert caller.call("Press", "s", "F24") is False
    caller.set("TypingEnabled", False)
    expected = {"none": [], "refusals": ["Not typed"], "switches": ["Typing is disabled"]}[wanted]
    assert [host.told("Notify").body[3] for _ in expected] == expected
    assert not host.heard("Notify")
    assert not host.heard("RegisterStatusNotifierItem")
    caller.close()
    host.close()
    served.end()


def terminal(directory: Path, name: str = "x-terminal-emulator") -> Path:
    """A program that stands for a terminal: it notes its words in the file that is returned."""
    program, words = directory / name, directory / "words"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{words}.new"\nmv "{words}.new" "{words}"\n')
    program.chmod(0o755)
    return words


def test_the_log_is_shown_in_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = terminal(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    served = Served(tmp_path)
    served.wait()
    host = Host(served.bus.address)
    host.register()
    host.choose("Show the log")
    until(words.exists)
    shown = words.read_text().splitlines()
    assert (shown[0], shown[-4:]) == ("-e", ["-m", "typewright", "log", "--follow"])
    host.close()
    served.end()


def test_without_a_terminal_the_command_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = shutil.which("dbus-daemon")
    assert bus is not None
    (tmp_path / "dbus-daemon").symlink_to(bus)
    monkeypatch.setenv("PATH", str(tmp_path))
    served = Served(tmp_path)
    served.wait()
    host = Host(served.bus.address)
    host.register()
    host.own(NOTIFICATIONS)
    host.choose("Show the log")
    assert "`typewright log`" in host.told("Notify").body[4]
    host.close()
    served.end()
