# SPDX-License-Identifier: MIT
"""The service's side of the guardian (`guardian`): started before the first key, and again if it dies."""

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


class Guardianship:
    """I keep a guardian of `window` on `display` (see `address.display_name`) beside this process."""

    def __init__(self, reactor: Any, display: str, window: int) -> None:
        self._reactor = reactor
        self._arguments = [sys.executable, "-P", "-m", _MODULE, display, str(window)]
        self._process: Any = None
        self._guards = False
        self._again: IDelayed | None = None
        self._started: Deferred[None] | None = None
        self._ended: Deferred[None] | None = None

    def start(self) -> Deferred[None]:
        """Fires when it guards. One that can't is logged and does not keep anybody from typing."""
        started: Deferred[None] = Deferred()
        self._started = started
        self._spawn()
        return started.addTimeout(_STARTING_S, self._reactor).addErrback(self._late)

    def end(self) -> Deferred[None]:
        """
        Fires when it is gone, as it is a moment after the connection with the window has been closed.

        Where the display does not answer it stays until that does, and nobody waits.
        """
        if self._again is not None and self._again.active():
            self._again.cancel()
        self._ended = Deferred()
        if self._process is None:
            return succeed(None)
        self._process.closeStdin()
        return self._ended.addTimeout(_ENDING_S, self._reactor, onTimeoutCancel=lambda *_: None)

    def _spawn(self) -> None:
        self._guards = False
        pipes = {0: "w", 1: "r", 2: 2}  # its standard error is ours
        try:
            self._process = self._reactor.spawnProcess(
                _Process(self), sys.executable, self._arguments, env=None, childFDs=pipes
            )
        except OSError:  # There may be no room for another process.
            self._failed()
            self._start_is_over()

    def guards(self) -> None:
        """It has said so."""
        self._guards = True
        self._start_is_over()

    def gone(self, status: int | None) -> None:
        """It has ended with this status, None for a signal. With 0 it thinks that we are gone."""
        self._process = None
        if self._ended is not None:
            if not self._ended.called:
                self._ended.callback(None)
        elif self._guards and status != 0:
            log.warn("the guardian of the keyboard ended; another one is started")
            self._again = self._reactor.callLater(_AGAIN_S, self._spawn)
        elif not self._guards:
            self._failed()
        self._start_is_over()

    def _start_is_over(self) -> None:
        started, self._started = self._started, None
        if started is not None and not started.called:
            started.callback(None)

    def _late(self, failure: Failure) -> None:
        failure.trap(TimeoutError)  # Who does not want to wait any more has found nothing wrong.
        self._failed()

    def _failed(self) -> None:
        log.error("nobody guards the keyboard: if this process is killed, the next one puts right what it leaves behind")


class _Process(ProcessProtocol):
    """The reactor's side of the process."""

    def __init__(self, guardianship: Guardianship) -> None:
        self._guardianship = guardianship

    def outReceived(self, data: bytes) -> None:
        self._guardianship.guards()

    def processEnded(self, reason: Failure) -> None:
        self._guardianship.gone(getattr(reason.value, "exitCode", None))
