# SPDX-License-Identifier: MIT
"""`typewright dictate`: what a recognizer prints drives Revise, Commit and Undo."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol

from twisted.internet.defer import Deferred, inlineCallbacks, succeed

from typewright.cli.hypotheses import FINAL, PARTIAL, UNDO, Heard, Hypotheses
from typewright.errors import InvalidArgs, LimitsExceeded


class IDictating(Protocol):
    """The part of `typewright.bus.client.Client` that is needed here."""

    @property
    def served_by(self) -> str:
        """See there."""

    def revise(self, text: str) -> Deferred[bool]:
        """See there."""

    def commit(self) -> Deferred[None]:
        """See there."""

    def undo(self) -> Deferred[bool]:
        """See there."""

    def set_property(self, name: str, value: object) -> Deferred[None]:
        """See there."""


class Dictation:
    """
    I pass hypotheses on to `client`; `complain(sentence)` tells the user what went wrong, without a word of the text.

    With `adjust`, ContextAdjust is set, and I see to it that it stays so with another service.
    """

    def __init__(self, client: IDictating, complain: Callable[[str], object], *, adjust: bool = False) -> None:
        self._client = client
        self._complain = complain
        self._adjust = adjust
        self._adjusted = client.served_by
        self._begun = False
        self._draft = ""
        self._drafted_by = ""
        self._drafted: Deferred[Any] = succeed(None)
        self._good = True

    @inlineCallbacks
    def run(self, hypotheses: Hypotheses) -> Generator[Deferred[Any], Any, bool]:
        """
        Fires at the end of `hypotheses`, with whether each was understood and each final one confirmed.

        Errbacks when the service can't go on.
        """
        while (heard := (yield hypotheses.next())) is not None:
            if heard.kind == PARTIAL:
                self._partial(heard.text)
            elif heard.kind == FINAL:
                yield self._final(heard)
            elif heard.kind == UNDO:
                yield self._undo(heard)
            else:
                self._not_good(heard, heard.problem)
        yield self._drafted  # hanging up now would stop it half-way
        return self._good

    def _partial(self, text: str) -> None:
        # Nobody waits for the answer: the service drops the older for the newer. What is wrong, the final one will tell.
        if text != self._draft:
            self._begun, self._draft = True, text
            if not self._is_orphaned():
                self._drafted = self._revise(text).addErrback(lambda failure: None)

    def _revise(self, text: str) -> Deferred[bool]:
        if self._adjust and self._client.served_by != self._adjusted:
            self._adjusted = self._client.served_by
            self._client.set_property("ContextAdjust", True).addErrback(lambda failure: None)
        return self._client.revise(text)

    def _is_orphaned(self) -> bool:
        """Whether the service that has the draft is gone. Another one would type all of it behind what stands."""
        self._drafted_by = self._drafted_by or self._client.served_by  # which the first hypothesis may have started
        return self._client.served_by != self._drafted_by

    @inlineCallbacks
    def _final(self, heard: Heard) -> Generator[Deferred[Any], Any, None]:
        # A draft that reads nothing is one, too. Were it not ended, what the user types would spoil the next utterance.
        if heard.text or self._begun:
            orphaned = self._is_orphaned()
            self._begun, self._draft, self._drafted_by = False, "", ""
            if orphaned:
                self._not_good(heard, "the service went away in the middle of it, and the rest is not typed")
                return
            try:
                if not (yield self._revise(heard.text)):
                    self._not_good(heard, "its text is not confirmed; the log of the service says why")
            except (InvalidArgs, LimitsExceeded) as problem:
                self._not_good(heard, str(problem))
            yield self._client.commit()

    @inlineCallbacks
    def _undo(self, heard: Heard) -> Generator[Deferred[Any], Any, None]:
        # What stands of the command itself goes first.
        yield self._final(Heard(heard.number, FINAL, ""))
        if not (yield self._client.undo()):
            self._not_good(heard, "nothing is taken back; the log of the service says why")

    def _not_good(self, heard: Heard, sentence: str) -> None:
        self._good = False
        self._complain(f"line {heard.number}: {sentence}")
