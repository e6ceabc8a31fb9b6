# SPDX-License-Identifier: MIT
"""A fake program with a window: takes its events when the test allows that, and answers as the test wants."""

from __future__ import annotations

from typing import Any

from tests.x11.stage import Other
from twisted.internet import reactor
from twisted.internet.interfaces import IReadDescriptor
from Xlib import X, Xatom
from Xlib.protocol import event
from zope.interface import implementer

PING = ["_NET_WM_PING"]


@implementer(IReadDescriptor)
class Program:
    """
    A program with a window. While it reads, it takes its events in order, and notes them in `log`.

    `announced` are the protocols in WM_PROTOCOLS (None: there is no such property). It answers pings with `mask`, and
    refuses selections, unless it is `mute`.
    """

    def __init__(self, other: Other, announced: list[str] | None = None, mask: int = X.SubstructureNotifyMask) -> None:
        self.display = other.display
        self.root = other.root
        self.window = other.window()
        self.mask = mask
        self.mute = False
        self.log: list[str] = []
        self.protocols = self.display.intern_atom("WM_PROTOCOLS")
        if announced is not None:
            atoms = [self.display.intern_atom(name) for name in announced]
            self.window.change_property(self.protocols, Xatom.ATOM, 32, atoms)
        self.display.sync()
        reactor.addReader(self)

    def read(self) -> None:
        """Take events, beginning with those that came meanwhile."""
        reactor.addReader(self)
        reactor.callLater(0, self.doRead)

    def rest(self) -> None:
        """Take no events."""
        reactor.removeReader(self)

    def fileno(self) -> int:
        return self.display.fileno()

    def logPrefix(self) -> str:
        return "program"

    def connectionLost(self, reason: object) -> None:
        pass

    def doRead(self) -> None:
        while self.display.pending_events():  # answering reads as well, and may leave more of them in the queue
            self._take(self.display.next_event())

    def _take(self, got: Any) -> None:
        if got.type == X.KeyPress:
            self.log.append("key")
        elif got.type == X.ClientMessage and got.client_type == self.protocols:
            self.log.append("ping")
            self.pong(got.data[1])
        elif got.type == X.SelectionRequest:
            self.log.append("selection")
            self.refuse(got.requestor, got.selection, got.time)

    def pong(self, data: list[int]) -> None:
        """Answer a ping."""
        if not self.mute:
            answer = event.ClientMessage(window=self.root, client_type=self.protocols, data=(32, list(data)))
            self.root.send_event(answer, event_mask=self.mask)
            self.display.flush()

    def refuse(self, requestor: Any, selection: int, time: int) -> None:
        """Answer the request for a selection."""
        if not self.mute:
            self.notify(requestor, selection, time, selection, X.NONE)

    def notify(self, requestor: Any, selection: int, time: int, target: int, given: int) -> None:
        """Tell that the requestor's property `given` has the selection; NONE if it gets none."""
        answer = event.SelectionNotify(time=time, requestor=requestor, selection=selection, target=target, property=given)
        requestor.send_event(answer)
        self.display.flush()
