# SPDX-License-Identifier: MIT
"""The file descriptors of the test's own process: which are open, files in memory, and numbers that are too high."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator

_BEYOND_SELECT = 1100
"""Above FD_SETSIZE of select(2), 1024, with some to spare."""


def descriptors() -> list[str]:
    """The descriptors of this process that are open."""
    return sorted(os.listdir("/proc/self/fd"))


def memory_file(content: bytes = b"") -> int:
    """A descriptor of a file in memory; the caller's to close."""
    made = os.memfd_create("test", os.MFD_CLOEXEC)
    os.pwrite(made, content, 0)
    return made


@contextlib.contextmanager
def beyond_select() -> Iterator[None]:
    """Descriptors that are opened in here get numbers that select(2) cannot take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    held: list[int] = []
    try:
        while not held or held[-1] < _BEYOND_SELECT:
            held.append(os.dup(0))
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
