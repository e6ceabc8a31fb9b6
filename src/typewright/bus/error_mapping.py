# SPDX-License-Identifier: MIT
"""
Maps exceptions: an error of Typewright becomes a D-Bus error, anything else a log line and an error that tells no details.

The message of an unexpected exception, or the variables in its frames, may contain the text to be typed. So only its class
and where it was raised are logged, and none of it goes over the bus.
"""

from __future__ import annotations

import os
from pathlib import Path

from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.bus.values import clean
from typewright.errors import TypewrightError

_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep

log = Logger(namespace="typewright.bus")


def error_reply(failure: Failure) -> tuple[str, str]:
    """Return the D-Bus error name and the sentence to reply with. Logs `failure` if it is a defect."""
    error = failure.value
    if isinstance(error, TypewrightError):
        sentence = str(error)
        return error.dbus_name, sentence if clean(sentence) else error.sentence
    log_defect("a call failed", failure)
    return TypewrightError.dbus_name, TypewrightError.sentence


def log_defect(effect: str, failure: Failure) -> None:
    """Log a defect: its `effect`, the exception's class, and the frames of this package, without any value."""
    log.error(
        "Defect, {effect}: {kind} at {frames}",
        effect=effect,
        kind=getattr(failure.type, "__qualname__", str(failure.type)),
        frames=" < ".join(_frames(failure)) or "no frame of Typewright",
    )


def _frames(failure: Failure) -> list[str]:
    # Innermost first. The compiled-in file name has the same form as __file__, unless there is a link on the way.
    return [
        f"{os.path.realpath(file)[len(_PACKAGE) :]}:{line} ({function})"
        for function, file, line, *_ in reversed(failure.frames)
        if os.path.realpath(file).startswith(_PACKAGE)
    ]
