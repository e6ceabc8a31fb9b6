# SPDX-License-Identifier: MIT
"""
Keeps typed text inside this process: no core files, no reading by other processes, and no swap if possible.

Sources: prctl(2), core(5), mlockall(2). Memory is locked only if the limit can be lifted: with a limit, any allocation may
fail.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource

_PR_SET_DUMPABLE = 4
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4


def keep_private() -> None:
    """Do all of that for this process, as far as the system allows; its child processes have to do it themselves."""
    system = ctypes.CDLL(None)
    # This also keeps the user's other processes from tracing it and from reading /proc/PID/mem.
    system.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        system.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT)
