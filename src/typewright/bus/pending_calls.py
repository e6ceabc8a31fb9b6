# SPDX-License-Identifier: MIT
"""The calls that wait for a reply, which counts only if it comes from the peer that was called."""

from __future__ import annotations

from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from typewright.bus.framing import Oversized
from typewright.bus.message import ERROR, RETURN, Message
from typewright.errors import LimitsExceeded

DAEMON = "org.freedesktop.DBus"
"""The bus itself, as destination, sender and interface."""


class ErrorReply(Exception):
    """The peer replied with an error. `str` is the error's name only: the sentence may contain what must not be logged."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name)
        self.name = name
        self.sentence = sentence


class PendingCalls:
    """
    Matches replies to calls, by serial and sender.

    Any peer can send a reply to a call that it did not get, and serials are easy to guess; but the sender is set by the bus.
    The reply to a call by a well-known name may come from any peer that has owned the name since the call.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, _Call] = {}
        self._owners: dict[str, str] = {}

    def follow(self, name: str) -> bool:
        """Return True if the caller must report from now on who owns `name`: it is well-known, and new here."""
        if name.startswith(":") or name == DAEMON or name in self._owners:
            return False
        self._owners[name] = ""
        return True

    def owned(self, name: str, owner: str) -> None:
        """Take note that `name` has this owner now; empty if it has none."""
        if name in self._owners:
            self._owners[name] = owner
            for call in self._waiting.values():
                if owner and call.destination == name:
                    call.asked.add(owner)

    def owner_of(self, name: str) -> str:
        """Return the owner of `name`, as far as it was reported."""
        return self._owners.get(name, "")

    def made(self, serial: int, destination: str) -> Deferred[list[Any]]:
        """Add a call. Fires with the values of its reply; errbacks with ErrorReply or LimitsExceeded."""
        answered: Deferred[list[Any]] = Deferred(lambda _: self._waiting.__delitem__(serial))
        asked = {self._owners.get(destination, destination)} - {""}
        self._waiting[serial] = _Call(destination, asked, answered)
        return answered

    def answered(self, answer: Message) -> None:
        """Process a message of the kind RETURN or ERROR."""
        waiting = self._take(answer)
        if waiting is None:
            return
        try:
            values = answer.arguments()
        except Exception:
            waiting.errback(ErrorReply("org.freedesktop.DBus.Error.InvalidSignature", "The reply cannot be read."))
            return
        if answer.kind == RETURN:
            waiting.callback(values)
        else:
            sentence = values[0] if values and isinstance(values[0], str) else ""
            waiting.errback(ErrorReply(answer.error_name, sentence))

    def oversized(self, answer: Oversized) -> None:
        """Process a message of that kind which was too long."""
        waiting = self._take(answer)
        if waiting is not None:
            waiting.errback(LimitsExceeded())

    def end(self) -> list[Deferred[list[Any]]]:
        """Forget all calls; return the Deferreds that will not be fired."""
        waiting, self._waiting = self._waiting, {}
        return [call.answered for call in waiting.values()]

    def _take(self, answer: Message | Oversized) -> Deferred[list[Any]] | None:
        call = self._waiting.get(answer.reply_serial)
        if call is not None and call.is_answered_by(answer):
            del self._waiting[answer.reply_serial]
            return call.answered
        return None


class _Call(NamedTuple):
    """A call without a reply so far: its destination, the unique names of those that may have got it, and its Deferred."""

    destination: str
    asked: set[str]
    answered: Deferred[list[Any]]

    def is_answered_by(self, answer: Message | Oversized) -> bool:
        if answer.sender == DAEMON:
            return self.destination == DAEMON or answer.kind == ERROR  # The bus reports that there will be no reply.
        return answer.sender in self.asked
