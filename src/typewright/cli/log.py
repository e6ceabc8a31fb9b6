# SPDX-License-Identifier: MIT
"""The log of the program: a line an event on standard error."""

from __future__ import annotations

import sys
from typing import Any, cast

from twisted.logger import FilteringLogObserver, LogLevel, LogLevelFilterPredicate, formatEvent, globalLogBeginner


def log_to_stderr(verbose: bool) -> None:
    """Write a line for each event to standard error, as a journal expects it; warnings and worse unless verbose."""
    predicate: Any = LogLevelFilterPredicate(LogLevel.info if verbose else LogLevel.warn)
    observer: Any = FilteringLogObserver(cast(Any, _write), [predicate])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)


def _write(event: Any) -> None:
    sys.stderr.write(f"{event['log_level'].name}: {formatEvent(event)}\n")
    if "log_failure" in event:
        # Where and what kind, but not the message: it might contain a part of the text.
        failure = event["log_failure"]
        places = " < ".join(f"{name} ({file}:{line})" for name, file, line, *_ in reversed(failure.frames[-8:]))
        sys.stderr.write(f"  {failure.type.__name__} in {places}\n")
