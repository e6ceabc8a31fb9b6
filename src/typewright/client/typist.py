# SPDX-License-Identifier: MIT
"""The calls of the contract that a process makes which is there for one call alone, and the errors that they end with."""

from __future__ import annotations

import os
import struct

from typewright.client.connection import Connection, ErrorReply
from typewright.errors import BusLost, InvalidArgs, error_of_reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_NAME = "org.typewright.Typist1"
_PATH = "/org/typewright/Typist1"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class Typist:
    """
    Calls the service on the session bus of `environ`.

    Every method raises an error of `typewright.errors`; the first one connects, and may raise NoBus. A report is that of
    the contract. Leaving the bus, by `close` or by the end of the process, ends the job that runs.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._connection: Connection | None = None

    def type(self, text: str, options: Mapping[str, object]) -> dict[str, Any]:
        """Type `text`; return the report."""
        return self._report("Type", "sa{sv}", text, options)

    def press(self, chords: str, options: Mapping[str, object]) -> dict[str, Any]:
        """Press chords; return the report."""
        return self._report("PressWithOptions", "sa{sv}", chords, options)

    def backspace(self, count: int, options: Mapping[str, object]) -> dict[str, Any]:
        """Delete `count` characters backwards; return the report."""
        return self._report("BackspaceWithOptions", "ua{sv}", count, options)

    def cancel_all(self) -> int:
        """End the jobs of all callers; return how many there were."""
        return int(self._call(_NAME, "CancelAll", "", (), int))

    @property
    def enabled(self) -> bool:
        """The property TypingEnabled."""
        return bool(self._call(_PROPERTIES, "Get", "ss", (_NAME, "TypingEnabled"), bool))

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._call(_PROPERTIES, "Set", "ssv", (_NAME, "TypingEnabled", value))

    def close(self) -> None:
        """Leave the bus."""
        if self._connection is not None:
            self._connection.close()

    def _report(self, member: str, signature: str, *arguments: object) -> dict[str, Any]:
        report: dict[str, Any] = self._call(_NAME, member, signature, arguments, dict)
        wanted = (("confirmed", bool), ("typed", int), ("total", int), ("window", int), ("code", str), ("reason", str))
        if not all(isinstance(report.get(entry), kind) for entry, kind in wanted):
            raise BusLost("The service sent a report that cannot be read: restart it, it may be of another version.")
        return report

    def _call(self, interface: str, member: str, signature: str, arguments: tuple[object, ...], answers: Any = None) -> Any:
        """Call a method of the service; the first value of the reply must be of the type `answers`."""
        self._connection = self._connection or Connection(self._environ)
        try:
            values = self._connection.call(_NAME, _PATH, interface, member, signature, arguments)
        except ErrorReply as reply:
            raise error_of_reply(reply.name, reply.sentence) from None
        except (ValueError, struct.error):  # UnicodeEncodeError is a ValueError, and would name the text.
            raise InvalidArgs(
                "The text has a NUL, or something that is not Unicode, which cannot be sent over the bus; remove it."
            ) from None
        if answers is None:
            return None
        if len(values) != 1 or not isinstance(values[0], answers):
            raise BusLost("The service sent a reply that cannot be read: restart it, it may be of another version.")
        return values[0]
