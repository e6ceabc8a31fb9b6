# SPDX-License-Identifier: MIT
"""The text before an object's caret, and the characters that are no text in it."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, FirstError, gatherResults, inlineCallbacks

from typewright.a11y.objects import NotTold, Objects, Reference

EMBEDDED = "\ufffc"
"""The character for an embedded object, which has a text of its own."""

_NOT_TOLD = -1
_FILLED = re.compile("([\U00010000-\U0010ffff])\ufeff")
_LINE_ENDS = str.maketrans({"\u2028": "\n", "\u2029": "\n"})


def as_typed(text: str) -> str:
    """
    Return what a program tells as it would be typed.

    Qt has line and paragraph separators for newlines; Firefox puts U+FEFF after each character of two UTF-16 units.
    """
    return _FILLED.sub(r"\1", text.translate(_LINE_ENDS))


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
    # Qt and Firefox count UTF-16 units, two of which may be one character; and the text may begin with half of one.
    text = yield objects.text(of, max(0, end - 2 * characters), end)
    *objects_before, known = as_typed(text).removeprefix("\ufffd").split(EMBEDDED)
    if objects_before and not known:
        raise NotTold()
    return str(known[-characters:])
