# SPDX-License-Identifier: MIT
"""
What the program says: to the user on standard error, and as its result on standard output.

A stream that is closed, full, or read by no program any more never stops or fails the program: its work is done, and its
exit status tells how that went.
"""

from __future__ import annotations

import os
import sys

_PATIENCE_MS = 200
"""How long a full pipe is waited for."""


def complain(sentences: str, program: str = "typewright") -> None:
    """Print `sentences` to standard error, a line for each of theirs, if that can be written to."""
    told("".join(f"{program}: {line}\n" for line in sentences.splitlines()))


def told(text: str) -> None:
    """Write `text` to standard error as it is, if that can be written to."""
    if sys.stderr is None:  # It was closed; its number may be that of another file by now.
        return
    try:
        if _writable(sys.stderr.fileno()):
            sys.stderr.write(text)
            sys.stderr.flush()
    except (OSError, ValueError):
        pass


def say(line: str) -> None:
    """Print a line to standard output; if its reader has gone, it has read enough."""
    if sys.stdout is None:
        return
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # The rest is in the buffer, and would be tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _writable(descriptor: int) -> bool:
    import select

    waiting = select.poll()
    waiting.register(descriptor, select.POLLOUT)
    return bool(waiting.poll(_PATIENCE_MS))
