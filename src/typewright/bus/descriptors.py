# SPDX-License-Identifier: MIT
"""
A connection over which file descriptors can be received, for the few calls that return one.

The connection that serves callers negotiates none: any peer could fill the service with descriptors. This one has no
objects, so that nothing is sent to it but replies and the signals that it asked for; what comes all the same is closed.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import replace

from twisted.python.failure import Failure
from txdbus.authentication import ClientAuthenticator

from typewright.bus.connection import BusConnection
from typewright.bus.framing import Frame, Oversized
from typewright.bus.message import Message

_MOST_WAITING = 16
"""Descriptors that came without their message."""


class _Authenticator(ClientAuthenticator):
    """Authenticates by the kernel's credentials only, and negotiates file descriptors."""

    preference = [b"EXTERNAL"]

    def _usesUnixSocketTransport(self, protocol: object) -> bool:
        return True


class DescriptorConnection(BusConnection):
    """
    As `BusConnection`; a descriptor among the results of a call is open only until its Deferred has fired.

    Duplicate it there. A descriptor that is no result of a call is closed unseen.
    """

    authenticator = _Authenticator

    def __init__(self) -> None:
        super().__init__()
        self._descriptors: deque[int] = deque()

    def fileDescriptorReceived(self, fd: int) -> None:
        """Keep it for the message that it comes with."""
        self._descriptors.append(fd)
        if len(self._descriptors) > _MOST_WAITING:
            self.abort()

    def connectionLost(self, reason: Failure) -> None:
        """Close what no message has taken."""
        self._close(self._descriptors)
        self._descriptors.clear()
        super().connectionLost(reason)

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Oversized):
            self.abort()  # It is not known which of the descriptors are its own.
            return
        incoming = Message.parse(frame)
        if incoming.descriptor_count > len(self._descriptors):
            self.abort()
            return
        taken = [self._descriptors.popleft() for _ in range(incoming.descriptor_count)]
        try:
            self._process(replace(incoming, descriptors=tuple(taken)))
        finally:
            self._close(taken)

    @staticmethod
    def _close(descriptors: deque[int] | list[int]) -> None:
        for descriptor in descriptors:
            os.close(descriptor)
