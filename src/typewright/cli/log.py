# SPDX-License-Identifier: MIT
"""The log of the program: a line an event on standard error, which is a file where nothing else keeps it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, cast

from twisted.logger import FilteringLogObserver, LogLevel, LogLevelFilterPredicate, formatEvent, globalLogBeginner

from typewright.installation.places import log_path

_LONGEST = 1 << 20
"""Bytes in the file; a longer one is put aside when the service starts."""


def log_to_stderr(verbose: bool, *, stamped: bool = False) -> None:
    """
    Write a line for each event to standard error, as a journal expects it; warnings and worse unless verbose.

    `stamped` puts the time before each, which a journal does by itself.
    """
    predicate: Any = LogLevelFilterPredicate(LogLevel.info if verbose else LogLevel.warn)
    observer: Any = FilteringLogObserver(cast(Any, partial(_write, stamped)), [predicate])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)


def keep_stderr(environ: Mapping[str, str]) -> bool:
    """Append standard error to the file of `log_path` from now on, unless it goes to the journal; return whether it does."""
    if _is_journal(environ.get("JOURNAL_STREAM", "")):
        return False
    path = log_path(environ)
    with suppress(OSError):  # a service without a log is better than none
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LONGEST:
            path.replace(path.with_suffix(".old"))
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        os.dup2(file, 2)
        os.close(file)
        return True
    return False


def _is_journal(stream: str) -> bool:
    """Return whether standard error is the stream that systemd names in JOURNAL_STREAM; see sd-daemon(3)."""
    try:
        told = os.fstat(2)
    except OSError:
        return False
    return stream == f"{told.st_dev}:{told.st_ino}"


def _write(stamped: bool, event: Any) -> None:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S ", time.localtime(event["log_time"])) if stamped else ""
    sys.stderr.write(f"{stamp}{event['log_level'].name}: {formatEvent(event)}\n")
    if "log_failure" in event:
        # Where and what kind, but not the message: it might contain a part of the text.
        failure = event["log_failure"]
        places = " < ".join(f"{name} ({file}:{line})" for name, file, line, *_ in reversed(failure.frames[-8:]))
        sys.stderr.write(f"  {failure.type.__name__} in {places}\n")
