# SPDX-License-Identifier: MIT
"""
What becomes of an exception: the one place where errors turn into what a caller reads, and defects into a log line.

An exception that we did not foresee may have the text to be typed in its message or in its frames' variables. So its
class and where it came from are logged, and no more; and nothing of it goes over the bus.
"""

from __future__ import annotations

import os
from pathlib import Path

from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.bus.values import clean
from typewright.errors import TypewrightError

_OURS = str(Path(__file__).resolve().parent.parent) + os.sep

log = Logger(namespace="typewright.bus")


def answer(failure: Failure) -> tuple[str, str]:
    """The D-Bus error name and the sentence to answer `failure` with; logs it if it is a defect."""
    error = failure.value
    if isinstance(error, TypewrightError):
        sentence = str(error)
        return error.dbus_name, sentence if clean(sentence) else error.sentence
    note("a call failed", failure)
    return TypewrightError.dbus_name, TypewrightError.sentence


def note(happening: str, failure: Failure) -> None:
    """Log that `happening` came of a defect: the exception's class and our own frames, without any value."""
    log.error(
        "Defect, {happening}: {kind} at {frames}",
        happening=happening,
        kind=getattr(failure.type, "__qualname__", str(failure.type)),
        frames=" < ".join(_frames(failure)) or "no frame of ours",
    )


def _frames(failure: Failure) -> list[str]:
    # Innermost first. The compiled-in file name is of the same form as __file__, unless a link is on the way.
    return [
        f"{os.path.realpath(file)[len(_OURS) :]}:{line} ({function})"
        for function, file, line, *_ in reversed(failure.frames)
        if os.path.realpath(file).startswith(_OURS)
    ]
