# SPDX-License-Identifier: MIT
"""
The dead man's switch: for a process that stands still while it keeps every other program from acting.

Two timers of the kernel (timer_create(2)), so that it also works for a process that is stopped or swapped out. The first has
SIGCONT for a signal: it wakes a process that was stopped (SIGSTOP), and does nothing to one that only waits for its turn on
a busy machine. The second has SIGKILL. The X server then drops the grab with the connection, and the guardian lifts what is
down.
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
    """
    Wakes this process `wake_s` seconds after the last `arm`, and kills it after `kill_s`, unless it is disarmed before.

    Raises OSError if there are no such timers.
    """

    def __init__(self, wake_s: float, kill_s: float) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)
        self._timers = [(self._timer(signal.SIGCONT), _spec(wake_s)), (self._timer(signal.SIGKILL), _spec(kill_s))]
        self._never = _Spec()

    def arm(self) -> None:
        """Begin anew to count the time."""
        for timer, due in self._timers:
            self._library.timer_settime(timer, 0, ctypes.byref(due), None)

    def disarm(self) -> None:
        """Stop counting."""
        for timer, _ in self._timers:
            self._library.timer_settime(timer, 0, ctypes.byref(self._never), None)

    def close(self) -> None:
        """Give the timers back; nothing else may be called after this."""
        for timer, _ in self._timers:
            self._library.timer_delete(timer)

    def _timer(self, signo: int) -> ctypes.c_void_p:
        timer, event = ctypes.c_void_p(), _Event(signo=signo, notify=_SIGNAL)
        try:
            failed = self._library.timer_create(time.CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(timer))
        except AttributeError:
            raise OSError("the C library has no timer_create") from None
        if failed:
            raise OSError(ctypes.get_errno(), "timer_create")
        return timer


def _spec(seconds: float) -> _Spec:
    fraction, whole = math.modf(seconds)
    return _Spec(s=int(whole), ns=int(fraction * 1e9))
