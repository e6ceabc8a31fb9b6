# SPDX-License-Identifier: MIT
"""The calls that we have made, and what becomes of them: an answer counts only if it is of whom we asked."""

from __future__ import annotations

from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from typewright.bus.framing import Oversized
from typewright.bus.message import ERROR, RETURN, Incoming
from typewright.errors import LimitsExceeded

DAEMON = "org.freedesktop.DBus"
"""The bus itself, as destination, sender and interface."""


class ErrorReply(Exception):
    """The peer answered a call with an error. `str` is its name only: the sentence may hold what is not ours to log."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name)
        self.name = name
        self.sentence = sentence


class Calls:
    """
    I hold what is to be told of each call, by its serial.

    Any peer may send us an answer that nobody asked it for, and serials are easy to guess; who sent it the bus says, and
    nobody can forge that. A call by a well-known name may be answered by each peer that has owned it since.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, _Call] = {}
        self._owners: dict[str, str] = {}

    def follow(self, name: str) -> bool:
        """Whether I must be told from now on who owns `name`: it is a well-known one, and I am not told yet."""
        if name.startswith(":") or name == DAEMON or name in self._owners:
            return False
        self._owners[name] = ""
        return True

    def owned(self, name: str, owner: str) -> None:
        """The bus says that `name` has this owner now; empty: none."""
        if name in self._owners:
            self._owners[name] = owner
            for call in self._waiting.values():
                if owner and call.destination == name:
                    call.asked.add(owner)

    def owner_of(self, name: str) -> str:
        """Who owns `name`, as far as I am told."""
        return self._owners.get(name, "")

    def made(self, serial: int, destination: str) -> Deferred[list[Any]]:
        """A call was made: fires with the values of its answer; errbacks with ErrorReply or LimitsExceeded."""
        answered: Deferred[list[Any]] = Deferred(lambda _: self._waiting.__delitem__(serial))
        asked = {self._owners.get(destination, destination)} - {""}
        self._waiting[serial] = _Call(destination, asked, answered)
        return answered

    def answered(self, answer: Incoming) -> None:
        """A message of the kind RETURN or ERROR has come."""
        waiting = self._take(answer)
        if waiting is None:
            return
        try:
            values = answer.arguments()
        except Exception:
            waiting.errback(ErrorReply("org.freedesktop.DBus.Error.InvalidSignature", "The answer can't be read."))
            return
        if answer.kind == RETURN:
            waiting.callback(values)
        else:
            sentence = values[0] if values and isinstance(values[0], str) else ""
            waiting.errback(ErrorReply(answer.error_name, sentence))

    def turned_away(self, answer: Oversized) -> None:
        """One of that kind has come that was too long."""
        waiting = self._take(answer)
        if waiting is not None:
            waiting.errback(LimitsExceeded())

    def end(self) -> list[Deferred[list[Any]]]:
        """Those that will have no answer any more."""
        waiting, self._waiting = self._waiting, {}
        return [call.answered for call in waiting.values()]

    def _take(self, answer: Incoming | Oversized) -> Deferred[list[Any]] | None:
        call = self._waiting.get(answer.reply_serial)
        if call is not None and call.is_answered_by(answer):
            del self._waiting[answer.reply_serial]
            return call.answered
        return None


class _Call(NamedTuple):
    """A call that waits: to whom it was made, the names of those who may have got it, and who waits."""

    destination: str
    asked: set[str]
    answered: Deferred[list[Any]]

    def is_answered_by(self, answer: Incoming | Oversized) -> bool:
        if answer.sender == DAEMON:
            return self.destination == DAEMON or answer.kind == ERROR  # the bus tells when nobody else will answer
        return answer.sender in self.asked
