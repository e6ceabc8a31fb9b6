# SPDX-License-Identifier: MIT
"""`typewright dictate`: what a recognizer prints becomes revisions, commits and undos."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, Protocol

from twisted.internet.defer import Deferred, inlineCallbacks, succeed

from typewright.cli.hypotheses import FINAL, PARTIAL, UNDO, Heard, Hypotheses
from typewright.client.report import problem
from typewright.errors import InvalidArgs, LimitsExceeded

_CLOSING = ".,;:!?)]}…’”»"
"""Characters that follow a word without a space, for recognizers that print them as utterances of their own."""


class IDictating(Protocol):
    """The part of `typewright.bus.client.Client` that is needed here."""

    @property
    def served_by(self) -> str:
        """See `Client`."""

    def revise_with_options(self, text: str, options: Mapping[str, object]) -> Deferred[dict[str, Any]]:
        """See `Client`."""

    def commit(self) -> Deferred[None]:
        """See `Client`."""

    def undo_with_options(self, options: Mapping[str, object]) -> Deferred[dict[str, Any]]:
        """See `Client`."""


class Dictation:
    """
    Passes hypotheses on to `client`, each revision with `options`.

    With `spaces`, an utterance begins with a space if the one before it, and still there, has not ended with one.
    `complain(sentence)` tells the user what went wrong, without any of the text.
    """

    def __init__(
        self,
        client: IDictating,
        complain: Callable[[str], object],
        options: Mapping[str, object] | None = None,
        *,
        spaces: bool = False,
    ) -> None:
        self._client = client
        self._complain = complain
        self._options = dict(options or {})
        self._spaces = spaces
        self._ends: list[str] = []  # the last character of each utterance that is there
        self._begun = False
        self._draft = ""
        self._drafted_by = ""
        self._drafted: Deferred[Any] = succeed(None)
        self._good = True

    @inlineCallbacks
    def run(self, hypotheses: Hypotheses) -> Generator[Deferred[Any], Any, bool]:
        """
        Fires at the end of `hypotheses`, with whether each was understood and each final one confirmed.

        Errbacks when the service cannot go on.
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
        yield self._drafted  # closing the connection now would stop it half-way
        return self._good

    def _partial(self, text: str) -> None:
        # The answer is not waited for: the service drops the older for the newer. The final one tells what is wrong.
        if text != self._draft:
            self._begun, self._draft = True, text
            if not self._is_orphaned():
                self._drafted = self._revise(text).addErrback(lambda failure: None)

    def _revise(self, text: str) -> Deferred[dict[str, Any]]:
        return self._client.revise_with_options(self._gap(text) + text, self._options)

    def _gap(self, text: str) -> str:
        """Return what comes between the utterances before and `text`."""
        wanted = self._spaces and self._ends and not self._ends[-1].isspace()
        return " " if wanted and text and not text[0].isspace() and text[0] not in _CLOSING else ""

    def _is_orphaned(self) -> bool:
        """Return whether the service that has the draft is gone. Another one would type all of it again, after it."""
        self._drafted_by = self._drafted_by or self._client.served_by  # the first hypothesis may have started the service
        return self._client.served_by != self._drafted_by

    @inlineCallbacks
    def _final(self, heard: Heard) -> Generator[Deferred[Any], Any, None]:
        # An empty draft is one, too: if it were not ended, what the user types would be taken for its beginning.
        if heard.text or self._begun:
            orphaned = self._is_orphaned()
            self._begun, self._draft, self._drafted_by = False, "", ""
            if orphaned:
                self._not_good(heard, "the service went away in the middle of it, and the rest is not typed")
                return
            try:
                report = yield self._revise(heard.text)
                if not report["confirmed"]:
                    self._not_good(heard, problem(report))
                elif heard.text:
                    self._ends.append(heard.text[-1])
            except (InvalidArgs, LimitsExceeded) as refused:
                self._not_good(heard, str(refused))
            yield self._client.commit()

    @inlineCallbacks
    def _undo(self, heard: Heard) -> Generator[Deferred[Any], Any, None]:
        # What was typed of the spoken command itself is deleted first.
        yield self._final(Heard(heard.number, FINAL, ""))
        report = yield self._client.undo_with_options({})
        if not report["confirmed"]:
            self._not_good(heard, problem(report))
        elif self._ends:
            self._ends.pop()

    def _not_good(self, heard: Heard, sentence: str) -> None:
        self._good = False
        self._complain(f"line {heard.number}: {sentence}")
