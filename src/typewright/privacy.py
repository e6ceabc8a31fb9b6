# SPDX-License-Identifier: MIT
"""
What is typed is in this process's memory, and stays there: no core file, no other process's eyes, no swap if possible.

Sources: prctl(2), core(5), mlockall(2); the last only where the limit can be lifted, as under it any allocation may fail.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource

_PR_SET_DUMPABLE = 4
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4


def keep_private() -> None:
    """Make it so for this process, from now on, as far as the system lets us; what it runs has to do so for itself."""
    system = ctypes.CDLL(None)
    # Also keeps the user's other processes from tracing it and from reading /proc/PID/mem.
    system.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        system.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT)
