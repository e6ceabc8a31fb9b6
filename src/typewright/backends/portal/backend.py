# SPDX-License-Identifier: MIT
"""
The portal backend: a bus connection of its own, a session of the portal once the user has consented, and EI in that.

A connection of its own, since the portal hands out a file descriptor, and since a session lives as long as the connection.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.internet.defer import TimeoutError as TimedOut
from twisted.internet.task import deferLater
from twisted.logger import Logger

from typewright.backends.portal.consent import Consent
from typewright.backends.portal.keyboard import Keyboard, NoSlots
from typewright.backends.portal.keyer import Keyer
from typewright.backends.portal.session import INTERFACE, KEYBOARD, VERSION_WITH_EI, Failed, Session, open_session
from typewright.backends.portal.token import TokenFile, token_path
from typewright.backends.shared.barrier import Barrier
from typewright.backends.shared.compose_files import ComposeFiles
from typewright.backends.shared.synced_observer import SyncedObserver
from typewright.backends.shared.unread import Unread
from typewright.backends.shared.xwayland import Xwayland
from typewright.bus.connect import connect
from typewright.bus.connection import BusConnection, ErrorReply
from typewright.bus.descriptors import DescriptorConnection
from typewright.bus.portal import Portal
from typewright.ei.connection import Connection
from typewright.ei.connection import connect as connect_to
from typewright.ei.failures import Disconnected
from typewright.ei.keyboards import Keyboards
from typewright.errors import DisplayLost, NoDisplay, NoWayToType
from typewright.interfaces.backend import (
    CONSENT_ENDED,
    SHORTCUTS,
    IBackend,
    IListener,
    Place,
    Program,
)
from typewright.wayland.address import open_socket

_CLIENT = "Typewright"
_ANSWER_S = 10.0
_DEVICE_S = 5.0
_DIALOG_S = 0.3
"""A session that takes longer to start has shown a dialog, which has had the focus."""
_AFTER_DIALOG_S = 0.5
_NEW_KEYBOARD_S = 0.2
"""On a seat that had no keyboard, programs listen to ours only a moment after it is there; until then, keys are lost."""

log = Logger()


class Nothing:
    """The focus and its program, which EI does not tell: satisfies `IFocus` and `IPrograms`."""

    def __init__(self, keyer: Keyer) -> None:
        self._keyer = keyer

    def focused(self) -> Deferred[Place]:
        """See `IFocus`."""
        return succeed(self._keyer.place)

    def program(self, place: Place) -> Deferred[Program]:
        """See `IPrograms`."""
        return succeed(Program("", ""))

    def process(self, place: Place) -> Deferred[int]:
        """See `IPrograms`."""
        return succeed(0)


class PortalBackend:
    """
    Satisfies `IBackend`. `portal` speaks over `bus`, which belongs to the backend; `unread` are the programs on the display,
    if the kernel tells of them.
    """

    name = "portal"
    committer = None
    runs = None

    def __init__(
        self, reactor: Any, bus: BusConnection, portal: Portal, token: TokenFile, unread: Unread | None = None
    ) -> None:
        self.keyboard = Keyboard(ComposeFiles(os.environ).sequences)
        self.observer = SyncedObserver()
        self.keyer = Keyer(self.keyboard, self.observer, reactor)
        self.slots = NoSlots(self.keyboard)
        self.barrier = Barrier(reactor, unread)
        self.focus = self.programs = Nothing(self.keyer)
        self.consent = Consent(self._open)
        self._reactor = reactor
        self._bus = bus
        self._portal = portal
        self._token = token
        self._session: Session | None = None
        self._connection: Connection | None = None
        self._keyboards: Keyboards | None = None
        self._listener: IListener | None = None

    @property
    def capabilities(self) -> frozenset[str]:
        """See `IBackend`. Some compositors tell of locks, others do not; which one this is shows only when there is one."""
        return frozenset({SHORTCUTS})

    def start(self, listener: IListener) -> Deferred[None]:
        """See `IBackend`. The user is not asked for consent yet."""
        self._listener = listener
        self.keyboard.on_layout = listener.layout_changed
        self.consent.on_change = listener.consent_changed
        return succeed(None)

    def inherit(self) -> Deferred[None]:
        """See `IBackend`. The compositor lifts the keys of a session that ends."""
        return succeed(None)

    def close(self) -> Deferred[None]:
        """See `IBackend`."""
        return self.abandon()

    def abandon(self) -> Deferred[None]:
        """See `IBackend`."""
        self._listener = None
        self.consent.on_change = lambda state: None
        self.consent.close()
        self._drop()
        self.barrier.close()
        return self._bus.close()

    # --- the session -------------------------------------------------------------------------------------------------

    @inlineCallbacks
    def _open(self) -> Generator[Deferred[Any], Any, None]:
        """Start a session, and fire when keys can be sent in it."""
        began = self._reactor.seconds()
        token = self._token.read()
        if token:
            # It is good for this one start, even if that fails.
            self._token.write("")
        session: Session = yield open_session(self._portal, token)
        self._keep(session.restore_token)
        try:
            connection: Connection = yield connect_to(self._reactor, (yield session.connect_to_eis()), _CLIENT)
        except DisplayLost as problem:
            session.close()
            raise Failed(str(problem)) from None
        except BaseException:
            session.close()
            raise
        self._session, self._connection = session, connection
        session.on_closed(self._closed)
        connection.on_disconnected = self._disconnected
        connection.on_lost = self._lost
        self._keyboards = Keyboards(connection)
        self._keyboards.on_modifiers = self.keyboard.update
        ready: Deferred[None] = Deferred()
        self._keyboards.on_change = lambda: self._changed(ready)
        try:
            yield ready.addTimeout(_DEVICE_S, self._reactor)
        except TimedOut:
            self._drop()
            raise Failed("the compositor offers no keyboard") from None
        except BaseException:
            self._drop()
            raise
        # After a dialog, the focus goes back to where it was before.
        asked = self._reactor.seconds() - began > _DIALOG_S
        yield deferLater(self._reactor, _AFTER_DIALOG_S if asked else _NEW_KEYBOARD_S)

    def _keep(self, token: str) -> None:
        try:
            self._token.write(token)
        except OSError as problem:
            log.warn("the consent cannot be kept for the next time: {problem}", problem=problem.strerror)

    def _changed(self, ready: Deferred[None]) -> None:
        device = self._keyboards.current if self._keyboards is not None else None
        if device is not None and not device.ready:
            device = None
        self.keyer.use(self._connection, device)
        self.keyboard.use(self._connection, device)
        if device is not None and not ready.called:
            ready.callback(None)

    def _closed(self) -> None:
        """The portal has closed the session, as when the user stops it."""
        self._end(CONSENT_ENDED)

    def _disconnected(self, reason: Disconnected) -> None:
        if reason.orderly:
            self._end(CONSENT_ENDED)

    def _lost(self) -> None:
        """The compositor is gone without a word, or does not speak the protocol."""
        self._drop()
        self.observer.lost()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.lost()

    def _end(self, state: str) -> None:
        log.info("the session for typing was ended")
        # The job hears why before its confirmations fail.
        self.consent.end(state)
        self._drop()
        self.observer.forget()

    def _drop(self) -> None:
        session, self._session = self._session, None
        connection, self._connection = self._connection, None
        self._keyboards = None
        self.keyer.use(None, None)
        self.keyboard.use(None, None)
        if connection is not None:
            connection.close()
        if session is not None:
            session.close()


@inlineCallbacks
def open_backend(reactor: Any) -> Generator[Deferred[Any], Any, IBackend]:
    """
    Fires with the backend on the portal of this session. The user is asked for consent when something is to be typed.

    Errbacks with NoBus, and with NoWayToType when the portal lets no program send keys over EI.
    """
    bus: BusConnection = yield connect(reactor, make=DescriptorConnection)
    portal = Portal(bus)
    try:
        version: int = yield portal.property(INTERFACE, "version").addTimeout(_ANSWER_S, reactor)
        types: int = yield portal.property(INTERFACE, "AvailableDeviceTypes").addTimeout(_ANSWER_S, reactor)
    except (ErrorReply, TimedOut):
        bus.close()
        raise NoWayToType(
            "This compositor lets programs type only through the desktop's portal, and there is none that offers it: "
            "install xdg-desktop-portal and the backend of your desktop."
        ) from None
    except BaseException:
        bus.close()
        raise
    if version < VERSION_WITH_EI or not types & KEYBOARD:
        bus.close()
        raise NoWayToType(
            f"The desktop's portal (RemoteDesktop, version {version}) does not confirm the keys that are sent through it; "
            "GNOME 45, Plasma 6.1 and later do."
        )
    return PortalBackend(reactor, bus, portal, TokenFile(token_path()), _unread())


def _unread() -> Unread | None:
    """Return the programs of the Wayland display, found by a connection that is made only for that."""
    try:
        with open_socket(os.environ.get("WAYLAND_DISPLAY"), os.environ) as connected:
            xwayland = Xwayland(os.environ)
            return Unread.of(connected.fileno(), xwayland.paths, xwayland.sockets)
    except (NoDisplay, OSError):
        return None
