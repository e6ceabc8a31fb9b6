# SPDX-License-Identifier: MIT
"""
The hypotheses that a recognizer prints.

A hypothesis is a line `partial TEXT` or `final TEXT`, or a JSON object with one of the keys `partial`, `final` and `text`
(Vosk's word for a final one), which may be spread over several lines if those after the first are indented or close it.
A line `undo` takes back the last utterance. The input is UTF-8; empty lines are ignored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from typewright.errors import InvalidArgs, LimitsExceeded

PARTIAL, FINAL, UNDO = "partial", "final", "undo"

_KINDS = {"partial": PARTIAL, "final": FINAL, "text": FINAL}
_LONGEST_BYTES = 256 * 1024
"""The most that one hypothesis may have: about as much as one message on the bus."""
_NOT_UNDERSTOOD = "it is neither 'partial ...' nor 'final ...', nor a JSON object with such a key"


@dataclass(frozen=True)
class Heard:
    """
    One hypothesis, or command. `number` is that of its last line.

    `kind` is `PARTIAL`, `FINAL` or `UNDO`, or empty if the line was not understood; then `problem` says why.
    """

    number: int
    kind: str
    text: str = ""
    problem: str = ""

    def __repr__(self) -> str:
        return f"Heard({self.number}, {self.kind!r}, {len(self.text)} characters)"


@implementer(IReadDescriptor)
class Lines:
    """
    Reads lines from a file descriptor, and only when asked for one, so that the recognizer waits while none is wanted.

    The descriptor stays blocking: other processes may share it.
    """

    def __init__(self, reactor: Any, descriptor: int) -> None:
        self._reactor = reactor
        self._descriptor = descriptor
        self._data = b""
        self._ended = False
        self._asked: Deferred[bytes] | None = None

    def next(self) -> Deferred[bytes]:
        """
        Fires with the next line, its end included, or with nothing at the end.

        Errbacks with InvalidArgs or LimitsExceeded.
        """
        line, end, rest = self._data.partition(b"\n")
        if end or self._ended:
            self._data = rest
            return succeed(line + end)
        self._asked = Deferred(self._unasked)
        self._reactor.addReader(self)
        return self._asked

    def fileno(self) -> int:
        return self._descriptor

    def logPrefix(self) -> str:
        return "dictate"

    def doRead(self) -> None:
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:
            self._answer(lambda asked: asked.errback(InvalidArgs("Standard input cannot be read.")))
            return
        self._data += data
        self._ended = not data
        if self._ended or b"\n" in data:
            self._answer(lambda asked: self.next().chainDeferred(asked))
        elif len(self._data) > _LONGEST_BYTES:
            self._answer(lambda asked: asked.errback(LimitsExceeded("Standard input has a line that is too long.")))

    def connectionLost(self, reason: Failure) -> None:
        """The reactor has dropped the descriptor: there is nothing more to read."""
        self._ended = True
        self._answer(lambda asked: self.next().chainDeferred(asked))

    def _answer(self, answer: Callable[[Deferred[bytes]], object]) -> None:
        self._reactor.removeReader(self)
        asked, self._asked = self._asked, None
        if asked is not None:
            answer(asked)

    def _unasked(self, asked: Deferred[bytes]) -> None:
        self._asked = None
        self._reactor.removeReader(self)


class Hypotheses:
    """Makes hypotheses of `lines`."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._number = 0
        self._ahead: bytes | None = None

    @inlineCallbacks
    def next(self) -> Generator[Deferred[Any], Any, Heard | None]:
        """Fires with the next hypothesis, or with None at the end."""
        line = b"\n"
        while line and not line.strip():
            line = yield self._line()
        if not line:
            return None
        if line.startswith(b"{"):
            while not _whole(line):
                more = yield self._line()
                if more[:1] not in (b" ", b"\t", b"}", b"]") or len(line) > _LONGEST_BYTES:
                    self._ahead, self._number = more, self._number - 1
                    break
                line += more
        return understood(line, self._number)

    @inlineCallbacks
    def _line(self) -> Generator[Deferred[Any], Any, bytes]:
        line, self._ahead = self._ahead, None
        if line is None:
            line = yield self._lines.next()
        self._number += 1
        return line


def understood(line: bytes, number: int) -> Heard:
    """Return what a line, or the lines of a JSON object, mean; `number` is that of the last one."""
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return Heard(number, "", problem="it is not UTF-8")
    if text.startswith("{"):
        return _from_json(text, number)
    word, _, rest = text.partition(" ")
    if word in (PARTIAL, FINAL):
        return Heard(number, word, rest)
    if text.strip() == UNDO:
        return Heard(number, UNDO)
    return Heard(number, "", problem=_NOT_UNDERSTOOD)


def _from_json(text: str, number: int) -> Heard:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return Heard(number, "", problem="it is not a complete JSON object")
    found = [(kind, told[key]) for key, kind in _KINDS.items() if isinstance(told.get(key), str)]
    if len(found) != 1:
        return Heard(number, "", problem=_NOT_UNDERSTOOD)
    return Heard(number, *found[0])


def _whole(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
