# SPDX-License-Identifier: MIT
"""
The item in the tray.

A click switches typing on or off, one with the middle button stops what is being typed, and one with the right button opens
the menu.

Source: the StatusNotifierItem specification of freedesktop.org, with the names that KDE gave its interfaces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twisted.internet.defer import Deferred

from typewright.bus.connection import BusConnection
from typewright.bus.contract import parse
from typewright.bus.message import Message
from typewright.bus.properties import Properties, PropertySource
from typewright.bus.values import Container
from typewright.desktop.controls import Controls
from typewright.desktop.icon import icon
from typewright.desktop.menu import MENU_PATH
from typewright.desktop.status import Status

ITEM_PATH = "/StatusNotifierItem"

(INTERFACE,) = parse(
    """\
<node>
  <interface name="org.kde.StatusNotifierItem">
    <property name="Category" type="s" access="read"/>
    <property name="Id" type="s" access="read"/>
    <property name="Title" type="s" access="read"/>
    <property name="Status" type="s" access="read"/>
    <property name="WindowId" type="i" access="read"/>
    <property name="IconName" type="s" access="read"/>
    <property name="IconPixmap" type="a(iiay)" access="read"/>
    <property name="IconThemePath" type="s" access="read"/>
    <property name="OverlayIconName" type="s" access="read"/>
    <property name="OverlayIconPixmap" type="a(iiay)" access="read"/>
    <property name="AttentionIconName" type="s" access="read"/>
    <property name="AttentionIconPixmap" type="a(iiay)" access="read"/>
    <property name="AttentionMovieName" type="s" access="read"/>
    <property name="ToolTip" type="(sa(iiay)ss)" access="read"/>
    <property name="ItemIsMenu" type="b" access="read"/>
    <property name="Menu" type="o" access="read"/>
    <method name="Activate"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>
    <method name="SecondaryActivate"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>
    <method name="ContextMenu"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>
    <method name="Scroll"><arg type="i" direction="in"/><arg type="s" direction="in"/></method>
    <signal name="NewIcon"/>
    <signal name="NewToolTip"/>
    <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>
  </interface>
</node>
"""
)


_UNUSED: Mapping[str, object] = {"s": "", "a(iiay)": Container("a(iiay)")}
"""The values of properties that hosts ask for and this item has no use for, by their types."""


class Item:
    """Implements org.kde.StatusNotifierItem; `properties` are to be published with it."""

    interface = INTERFACE

    def __init__(self, connection: BusConnection, status: Status, controls: Controls) -> None:
        self.methods: Mapping[str, Callable[..., object]] = {
            "Activate": self.activate,
            "SecondaryActivate": self.secondary_activate,
            "ContextMenu": self.context_menu,
            "Scroll": self.scroll,
        }
        self.properties = Properties(connection, ITEM_PATH, [PropertySource(INTERFACE, self._property)])
        self._connection = connection
        self._status = status
        self._controls = controls
        self._shown = ""

    def update(self) -> None:
        """Tell the host what has changed."""
        self._emit("NewToolTip")
        if self._status.state != self._shown:
            self._shown = self._status.state
            self._emit("NewIcon")

    def activate(self, call: Message, x: int, y: int) -> Deferred[None]:
        """Switch typing on or off."""
        return self._controls.switch(call.sender)

    def secondary_activate(self, call: Message, x: int, y: int) -> Deferred[None]:
        """Stop what is being typed."""
        return self._controls.cancel(call.sender)

    def context_menu(self, call: Message, x: int, y: int) -> None:
        """Do nothing: the host shows the menu itself, since the item names one."""

    def scroll(self, call: Message, delta: int, orientation: str) -> None:
        """Do nothing."""

    def _property(self, name: str) -> object:
        values: Mapping[str, Callable[[], object]] = {
            "Category": lambda: "ApplicationStatus",
            "Id": lambda: "typewright",
            "Title": lambda: "Typewright",
            "Status": lambda: "Active",
            "WindowId": lambda: 0,
            "IconPixmap": lambda: icon(self._status.state),
            "ToolTip": self._tool_tip,
            "ItemIsMenu": lambda: False,
            "Menu": lambda: MENU_PATH,
        }
        return values[name]() if name in values else _UNUSED[INTERFACE.properties[name].signature]

    def _tool_tip(self) -> Container:
        nothing = Container("a(iiay)")
        return Container("(sa(iiay)ss)", ["", nothing, "Typewright", self._status.sentence])

    def _emit(self, member: str) -> None:
        self._connection.emit(ITEM_PATH, INTERFACE.name, member, "", [])
