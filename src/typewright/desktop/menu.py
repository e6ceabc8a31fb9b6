# SPDX-License-Identifier: MIT
"""
The menu of the item in the tray.

Source: the interface com.canonical.dbusmenu, version 3. Entries are described by properties; one that is not given has its
default: a visible, enabled entry with a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from typewright.bus.connection import BusConnection
from typewright.bus.contract import parse
from typewright.bus.dispatch import Results
from typewright.bus.message import Message
from typewright.bus.properties import Properties, PropertySource
from typewright.bus.values import Container, checked
from typewright.desktop.controls import Controls
from typewright.desktop.status import Status
from typewright.errors import InvalidArgs
from typewright.interfaces.backend import CONSENT_ASKING, CONSENT_GIVEN
from typewright.interfaces.services import CONSENT_NOT_NEEDED

MENU_PATH = "/MenuBar"
_ROOT = 0
_LONGEST_LABEL = 90

log = Logger()

(INTERFACE,) = parse(
    """\
<node>
  <interface name="com.canonical.dbusmenu">
    <property name="Version" type="u" access="read"/>
    <property name="TextDirection" type="s" access="read"/>
    <property name="Status" type="s" access="read"/>
    <property name="IconThemePath" type="as" access="read"/>
    <method name="GetLayout">
      <arg type="i" direction="in"/><arg type="i" direction="in"/><arg type="as" direction="in"/>
      <arg type="u" direction="out"/><arg type="(ia{sv}av)" direction="out"/>
    </method>
    <method name="GetGroupProperties">
      <arg type="ai" direction="in"/><arg type="as" direction="in"/><arg type="a(ia{sv})" direction="out"/>
    </method>
    <method name="GetProperty">
      <arg type="i" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/>
    </method>
    <method name="Event">
      <arg type="i" direction="in"/><arg type="s" direction="in"/>
      <arg type="v" direction="in"/><arg type="u" direction="in"/>
    </method>
    <method name="EventGroup">
      <arg type="a(isvu)" direction="in"/><arg type="ai" direction="out"/>
    </method>
    <method name="AboutToShow"><arg type="i" direction="in"/><arg type="b" direction="out"/></method>
    <method name="AboutToShowGroup">
      <arg type="ai" direction="in"/><arg type="ai" direction="out"/><arg type="ai" direction="out"/>
    </method>
    <signal name="ItemsPropertiesUpdated"><arg type="a(ia{sv})"/><arg type="a(ias)"/></signal>
    <signal name="LayoutUpdated"><arg type="u"/><arg type="i"/></signal>
    <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>
  </interface>
</node>
"""
)


class Entry(NamedTuple):
    """An entry of the menu: its properties now, and what a click on it does."""

    properties: Callable[[], Mapping[str, object]]
    click: Callable[[str], Deferred[None]] | None = None


class Menu:
    """Implements com.canonical.dbusmenu; `properties` are to be published with it."""

    interface = INTERFACE

    def __init__(self, connection: BusConnection, status: Status, controls: Controls) -> None:
        self.methods: Mapping[str, Callable[..., object]] = {
            "GetLayout": self.layout,
            "GetGroupProperties": self.group_properties,
            "GetProperty": self.one_property,
            "Event": self.event,
            "EventGroup": self.event_group,
            "AboutToShow": self.about_to_show,
            "AboutToShowGroup": self.about_to_show_group,
        }
        self.properties = Properties(connection, MENU_PATH, [PropertySource(INTERFACE, _PROPERTIES.__getitem__)])
        self._connection = connection
        self._status = status
        self._revision = 1
        separator = Entry(lambda: {"type": "separator"})
        entries = (
            Entry(self._switch, controls.switch),
            Entry(self._cancel, controls.cancel),
            Entry(self._allow, controls.allow),
            separator,
            Entry(self._refusal),
            Entry(lambda: {"label": "Show the log"}, controls.show_log),
        )
        self._entries = dict(enumerate(entries, _ROOT + 1))

    def update(self) -> None:
        """Tell the host that the menu has changed."""
        self._revision += 1
        self._connection.emit(MENU_PATH, INTERFACE.name, "LayoutUpdated", "ui", [self._revision, _ROOT])

    # --- com.canonical.dbusmenu --------------------------------------------------------------------------------------

    def layout(self, call: Message, parent: int, depth: int, names: Sequence[str]) -> Results:
        """GetLayout(i, i, as) -> u, (ia{sv}av)."""
        if parent != _ROOT:
            return Results((self._revision, self._node(parent, names)))
        below = [] if depth == 0 else [self._node(number, names) for number in self._entries]
        root = {"children-display": checked("s", "submenu")}
        return Results((self._revision, _node(_ROOT, root, below)))

    def group_properties(self, call: Message, numbers: Sequence[int], names: Sequence[str]) -> Container:
        """GetGroupProperties(ai, as) -> a(ia{sv})."""
        known = [number for number in numbers or self._entries if number in self._entries]
        found = [Container("(ia{sv})", [checked("i", number), self._described(number, names)]) for number in known]
        return Container("a(ia{sv})", found)

    def one_property(self, call: Message, number: int, name: str) -> Any:
        """GetProperty(i, s) -> v."""
        properties = self._described(number, [name])
        if name not in properties:
            raise InvalidArgs("The menu entry has no such property.")
        return properties[name]

    def event(self, call: Message, number: int, kind: str, data: object, timestamp: int) -> Deferred[None] | None:
        """Event(i, s, v, u)."""
        entry = self._entries.get(number)
        if entry is None or entry.click is None or kind != "clicked":
            return None
        return entry.click(call.sender)

    def event_group(self, call: Message, events: Iterable[tuple[int, str, object, int]]) -> Container:
        """EventGroup(a(isvu)) -> ai."""
        unknown = []
        for number, kind, data, timestamp in events:
            if number not in self._entries and number != _ROOT:
                unknown.append(checked("i", number))
            elif (done := self.event(call, number, kind, data, timestamp)) is not None:
                done.addErrback(lambda failure: log.warn("a menu entry: {problem}", problem=failure.type.__name__))
        return Container("ai", unknown)

    def about_to_show(self, call: Message, number: int) -> bool:
        """AboutToShow(i) -> b: whether the layout must be read anew, which `LayoutUpdated` has told already."""
        return False

    def about_to_show_group(self, call: Message, numbers: Sequence[int]) -> Results:
        """AboutToShowGroup(ai) -> ai, ai."""
        unknown = [checked("i", number) for number in numbers if number not in self._entries and number != _ROOT]
        return Results((Container("ai"), Container("ai", unknown)))

    # --- the entries -------------------------------------------------------------------------------------------------

    def _switch(self) -> Mapping[str, object]:
        enabled = self._status.enabled
        return {"label": "Typing enabled", "toggle-type": "checkmark", "toggle-state": int(enabled)}

    def _cancel(self) -> Mapping[str, object]:
        return {"label": "Stop what is being typed", "enabled": self._status.busy}

    def _allow(self) -> Mapping[str, object]:
        consent = self._status.consent
        needed = consent not in (CONSENT_GIVEN, CONSENT_NOT_NEEDED)
        return {"label": "Allow typing…", "visible": needed, "enabled": consent != CONSENT_ASKING}

    def _refusal(self) -> Mapping[str, object]:
        refusal = self._status.refusal
        label = f"Not typed: {refusal}" if refusal else "The last text was typed"
        if len(label) > _LONGEST_LABEL:
            label = label[: _LONGEST_LABEL - 1] + "…"
        return {"label": label, "enabled": False}

    def _node(self, number: int, names: Sequence[str]) -> Container:
        return _node(number, self._described(number, names), [])

    def _described(self, number: int, names: Sequence[str]) -> dict[str, Any]:
        """Return the properties of an entry, of those `names` alone unless there are none. Raises InvalidArgs."""
        if number not in self._entries:
            raise InvalidArgs("The menu has no such entry.")
        properties = self._entries[number].properties()
        return {name: _variant(name, value) for name, value in properties.items() if not names or name in names}


_PROPERTIES: Mapping[str, object] = {"Version": 3, "TextDirection": "ltr", "Status": "normal", "IconThemePath": []}


def _node(number: int, properties: dict[str, Any], children: Sequence[Container]) -> Container:
    return Container("(ia{sv}av)", [checked("i", number), properties, Container("av", children)])


def _variant(name: str, value: object) -> Any:
    if isinstance(value, bool):
        return checked("b", value)
    if isinstance(value, int):
        return checked("i", value)
    # An underscore would mark the next letter as the entry's key.
    return checked("s", str(value).replace("_", "__") if name == "label" else value)
