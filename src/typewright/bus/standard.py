# SPDX-License-Identifier: MIT
"""
The standard interfaces Peer and Introspectable, which every object implements, and the definition of Properties.

Source: D-Bus specification, "Standard Interfaces".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from typewright.bus.contract import parse
from typewright.bus.message import Message
from typewright.bus.standard_errors import FileNotFound

PEER, INTROSPECTABLE, PROPERTIES = parse(
    """\
<node>
  <interface name="org.freedesktop.DBus.Peer">
    <method name="Ping"/>
    <method name="GetMachineId">
      <arg name="machine_uuid" type="s" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Introspectable">
    <method name="Introspect">
      <arg name="xml_data" type="s" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Properties">
    <method name="Get">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="property_name" type="s" direction="in"/>
      <arg name="value" type="v" direction="out"/>
    </method>
    <method name="GetAll">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="properties" type="a{sv}" direction="out"/>
    </method>
    <method name="Set">
      <arg name="interface_name" type="s" direction="in"/>
      <arg name="property_name" type="s" direction="in"/>
      <arg name="value" type="v" direction="in"/>
    </method>
    <signal name="PropertiesChanged">
      <arg name="interface_name" type="s"/>
      <arg name="changed_properties" type="a{sv}"/>
      <arg name="invalidated_properties" type="as"/>
    </signal>
  </interface>
</node>
"""
)

_MACHINE_ID = re.compile(r"[0-9a-f]{32}")


class Peer:
    """Implements org.freedesktop.DBus.Peer."""

    interface = PEER

    def __init__(self, files: tuple[Path, ...] = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))) -> None:
        self.methods: dict[str, Callable[..., object]] = {"Ping": self.ping, "GetMachineId": self.machine_id}
        self._files = files

    def ping(self, call: Message) -> None:
        """Do nothing: the reply itself is what the caller wants."""

    def machine_id(self, call: Message) -> str:
        """Return the machine id, 32 hexadecimal digits. Raises FileNotFound."""
        for file in self._files:
            try:
                text = file.read_text(encoding="ascii").strip()
            except (OSError, UnicodeDecodeError):
                continue
            if _MACHINE_ID.fullmatch(text):
                return text
        raise FileNotFound()


class Introspectable:
    """Implements org.freedesktop.DBus.Introspectable; `document` returns the text."""

    interface = INTROSPECTABLE

    def __init__(self, document: Callable[[], str]) -> None:
        self.methods: dict[str, Callable[..., object]] = {"Introspect": self.introspect}
        self._document = document

    def introspect(self, call: Message) -> str:
        """Return the introspection document."""
        return self._document()
