# SPDX-License-Identifier: MIT
"""The text of an object: what stands before its caret, and what programs put into a text that is no text."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, FirstError, gatherResults, inlineCallbacks

from typewright.a11y.objects import NotTold, Objects, Reference

EMBEDDED = "\ufffc"
"""Stands in a text for an object inside it, whose own text is told of elsewhere."""

_NOT_TOLD = -1
_LINE_ENDS = str.maketrans({"\u2028": "\n", "\u2029": "\n"})


def with_newlines(text: str) -> str:
    """`text` with line ends as everyone else has them: Qt's are separators of lines and of paragraphs."""
    return text.translate(_LINE_ENDS)


@inlineCallbacks
def text_before(objects: Objects, of: Reference, characters: int) -> Generator[Deferred[Any], Any, str]:
    """
    Fires with the last `characters` or fewer before the caret of `of`, or before the selection that a key would replace.

    Errbacks with NotTold where the object has no text, or where another object stands right before the caret.
    """
    # One question behind the other in the same write, since each answer costs a turn of the program's main loop.
    questions = [objects.caret(of), objects.selections(of), objects.selection_start(of).addErrback(lambda _: _NOT_TOLD)]
    try:
        caret, selections, start = yield gatherResults(questions, consumeErrors=True)
    except FirstError as problem:
        raise problem.subFailure.value from None  # NotTold; or it was cancelled, which is not the same.
    end = min(caret, start) if selections > 0 else caret
    if end <= _NOT_TOLD:
        raise NotTold()
    if end == 0:
        return ""
    text = yield objects.text(of, max(0, end - characters), end)
    # Qt counts in UTF-16, and may be made to cut a character in two.
    *objects_before, known = with_newlines(text).removeprefix("\ufffd").split(EMBEDDED)
    if objects_before and not known:
        raise NotTold()
    return str(known)
