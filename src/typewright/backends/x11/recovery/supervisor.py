# SPDX-License-Identifier: MIT
"""The supervisor of the guardian: starts it before the first key, and again if it dies."""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError, succeed  # noqa: A004
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.interfaces.backend import IDelayed

_MODULE = "typewright.backends.x11.recovery.guardian"
_STARTING_S, _AGAIN_S, _ENDING_S = 5.0, 1.0, 1.0

log = Logger()


class Supervisor:
    """Keeps a guardian of `window` on `display` (see `address.display_name`) running beside this process."""

    def __init__(self, reactor: Any, display: str, window: int) -> None:
        self._reactor = reactor
        self._arguments = [sys.executable, "-P", "-m", _MODULE, display, str(window)]
        self._process: Any = None
        self._guards = False
        self._again: IDelayed | None = None
        self._started: Deferred[None] | None = None
        self._ended: Deferred[None] | None = None

    def start(self) -> Deferred[None]:
        """Fires when the guardian guards, or cannot: that is logged, and prevents no typing."""
        started: Deferred[None] = Deferred()
        self._started = started
        self._spawn()
        return started.addTimeout(_STARTING_S, self._reactor).addErrback(self._late)

    def end(self) -> Deferred[None]:
        """
        Fires when the guardian is gone, as it is a moment after the connection with the window was closed.

        If the display does not answer, the guardian stays until that does, and this fires after a second.
        """
        if self._again is not None and self._again.active():
            self._again.cancel()
        self._ended = Deferred()
        if self._process is None:
            return succeed(None)
        self._process.closeStdin()
        return self._ended.addTimeout(_ENDING_S, self._reactor, onTimeoutCancel=lambda *_: None)

    def guards(self) -> None:
        """Note that the guardian has said so."""
        self._guards = True
        self._start_is_over()

    def gone(self, status: int | None) -> None:
        """Note that the guardian has ended with this status, None for a signal; with 0 it took the service for dead."""
        self._process = None
        if self._ended is not None:
            if not self._ended.called:
                self._ended.callback(None)
        elif self._guards and status != 0:
            log.warn("the guardian of the keyboard ended; another one is being started")
            self._again = self._reactor.callLater(_AGAIN_S, self._spawn)
        elif not self._guards:
            self._failed()
        self._start_is_over()

    def _spawn(self) -> None:
        self._guards = False
        pipes = {0: "w", 1: "r", 2: 2}  # it shares this process's standard error
        try:
            self._process = self._reactor.spawnProcess(
                _Process(self), sys.executable, self._arguments, env=None, childFDs=pipes
            )
        except OSError:  # the system may have no room for another process
            self._failed()
            self._start_is_over()

    def _start_is_over(self) -> None:
        started, self._started = self._started, None
        if started is not None and not started.called:
            started.callback(None)

    def _late(self, failure: Failure) -> None:
        failure.trap(TimeoutError)  # a cancelled start says nothing about the guardian
        self._failed()

    def _failed(self) -> None:
        log.error(
            "the guardian of the keyboard could not be started: "
            "if this process is killed, only the next start restores what it leaves behind"
        )


class _Process(ProcessProtocol):
    """The reactor's side of the process."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def outReceived(self, data: bytes) -> None:
        self._supervisor.guards()

    def processEnded(self, reason: Failure) -> None:
        self._supervisor.gone(getattr(reason.value, "exitCode", None))
