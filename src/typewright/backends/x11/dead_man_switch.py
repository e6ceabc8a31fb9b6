# SPDX-License-Identifier: MIT
"""
The dead man's switch: kills this process if it stands still while it keeps every other program from acting.

A timer of the kernel, so that it also works for a process that is stopped (SIGSTOP) or swapped out: timer_create(2) with
SIGKILL as the signal. The X server then drops the grab with the connection, and the guardian lifts what is down.
"""

from __future__ import annotations

import ctypes
import math
import signal
import time

_SIGNAL = 0
"""SIGEV_SIGNAL: the timer's end is a signal."""


class _Event(ctypes.Structure):
    """A sigevent, which has 64 bytes."""

    _fields_ = (("value", ctypes.c_void_p), ("signo", ctypes.c_int), ("notify", ctypes.c_int), ("rest", ctypes.c_byte * 48))


class _Spec(ctypes.Structure):
    """An itimerspec: the interval, which is not used here, and the time that is left."""

    _fields_ = (("_every", ctypes.c_long * 2), ("s", ctypes.c_long), ("ns", ctypes.c_long))


class DeadManSwitch:
    """Kills this process `stall_s` seconds after the last `arm`, unless it is disarmed. Raises OSError if there is none."""

    def __init__(self, stall_s: float) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)
        self._timer = ctypes.c_void_p()
        event = _Event(signo=signal.SIGKILL, notify=_SIGNAL)
        try:
            failed = self._library.timer_create(time.CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(self._timer))
        except AttributeError:
            raise OSError("the C library has no timer_create") from None
        if failed:
            raise OSError(ctypes.get_errno(), "timer_create")
        fraction, whole = math.modf(stall_s)
        self._due, self._never = _Spec(s=int(whole), ns=int(fraction * 1e9)), _Spec()

    def arm(self) -> None:
        """Begin anew to count the time."""
        self._library.timer_settime(self._timer, 0, ctypes.byref(self._due), None)

    def disarm(self) -> None:
        """Stop counting."""
        self._library.timer_settime(self._timer, 0, ctypes.byref(self._never), None)

    def close(self) -> None:
        """Give the timer back; nothing else may be called after this."""
        self._library.timer_delete(self._timer)
