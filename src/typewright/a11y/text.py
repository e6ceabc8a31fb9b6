# SPDX-License-Identifier: MIT
"""The text before an object's caret, and the characters that are no text in it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, FirstError, gatherResults, inlineCallbacks

from typewright.a11y.objects import NotTold, Objects, Reference

EMBEDDED = "\ufffc"
"""The character for an embedded object, which has a text of its own."""

_NOT_TOLD = -1
_LINE_ENDS = str.maketrans({"\u2028": "\n", "\u2029": "\n"})


def with_newlines(text: str) -> str:
    """Return `text` with newlines as line ends; Qt's are line separators and paragraph separators."""
    return text.translate(_LINE_ENDS)


@inlineCallbacks
def text_before(objects: Objects, of: Reference, characters: int) -> Generator[Deferred[Any], Any, str]:
    """
    Fires with at most the last `characters` before the caret of `of`, or before the selection that a key would replace.

    Errbacks with NotTold if the object has no text, or if an embedded object is right before the caret.
    """
    # All questions in one write, since each answer takes a turn of the program's main loop.
    questions = [objects.caret(of), objects.selections(of), objects.selection_start(of).addErrback(lambda _: _NOT_TOLD)]
    try:
        caret, selections, start = yield gatherResults(questions, consumeErrors=True)
    except FirstError as problem:
        raise problem.subFailure.value from None  # NotTold, or CancelledError.
    end = min(caret, start) if selections > 0 else caret
    if end <= _NOT_TOLD:
        raise NotTold()
    if end == 0:
        return ""
    text = yield objects.text(of, max(0, end - characters), end)
    # Qt counts UTF-16 units, so its text may begin with half a character.
    *objects_before, known = with_newlines(text).removeprefix("\ufffd").split(EMBEDDED)
    if objects_before and not known:
        raise NotTold()
    return str(known)
