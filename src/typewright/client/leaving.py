# SPDX-License-Identifier: MIT
"""The end of the process by Ctrl+C, which ends its job as well."""

from __future__ import annotations

import _signal as signal  # `signal` itself imports `enum`, which takes as long as a whole call
import os

_INTERRUPTED = 130


def leave_at_an_interrupt() -> None:
    """
    Have an interrupt end the process at once, with status 130: the service stops the job when its caller has left.

    Where interrupts are ignored, as in the background of a script, they stay so.
    """
    if signal.getsignal(signal.SIGINT) in (signal.SIG_DFL, signal.default_int_handler):
        signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
