# SPDX-License-Identifier: MIT
"""The X11 backend, put together: two connections to one display, and who works on them."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks, succeed  # noqa: A004
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.backends.x11 import event_sources as devices
from typewright.backends.x11 import keyer, observer, xkb, xtest
from typewright.backends.x11.accessx import CORE_KEYBOARD, ControlsReader
from typewright.backends.x11.address import display_name
from typewright.backends.x11.barrier import Barrier
from typewright.backends.x11.compose_files import ComposeFiles
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.focus import Guard
from typewright.backends.x11.keyboard import Keyboard
from typewright.backends.x11.layout_names import NamesReader
from typewright.backends.x11.ledger import Leases
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.programs import Programs
from typewright.backends.x11.recovery.restore import LONGEST_GRAB_S, Recovery
from typewright.backends.x11.recovery.stuck_keys import sweep
from typewright.backends.x11.recovery.supervisor import Guardianship
from typewright.backends.x11.requests import Extension, RequestError
from typewright.backends.x11.root_events import RootEvents
from typewright.errors import NoDisplay
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.layout import Layout

_OPENING_S = 10.0

log = Logger()


@dataclass(frozen=True)
class Backend:
    """
    What the service needs of a display. `focus`, `programs`, `keyer`, `observer`, `keyboard` and `barrier` are the seams
    of `interfaces.backend`; `name` is what the bus property `Backend` says. The `guardian` has to be started. `inherit`
    puts right what an earlier Typewright left behind, and keeps others from doing so with what is ours, unless another one
    lives.
    """

    keyer: keyer.Keyer
    observer: observer.Observer
    keyboard: Keyboard
    barrier: Barrier
    focus: Guard
    programs: Programs
    guardian: Guardianship
    _control: Connection
    _data: Connection
    inherit: Callable[[], Deferred[None]]
    _sweep: Callable[[], Deferred[int]]
    name: str = "x11"

    @property
    def lost(self) -> bool:
        """Whether the display has gone away already, which nobody is told of any more."""
        return self._control.closed or self._data.closed

    def when_lost(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, once, when the display goes away by itself."""
        lost: list[bool] = []

        def once() -> None:
            if not lost:
                lost.append(True)
                self.observer.lost()
                callback()

        self._control.on_lost = self._data.on_lost = once

    @inlineCallbacks
    def close(self) -> Generator[Deferred[Any], Any, None]:
        """Leave the display as we found it: keys up, group and keycodes back, the guardian gone. Fires when it is so."""
        try:
            yield self.keyer.settle()
            yield self.keyboard.give_back()
            yield self._sweep()
        finally:
            yield self.abandon()

    def abandon(self) -> Deferred[None]:
        """Drop the connections at once; for a display that is lost, or does not answer. Fires when the guardian is gone."""
        self._control.companion = self._data.companion = None
        self.when_lost(lambda: None)
        self.observer.forget()
        self._control.close()
        self._data.close()
        return self.guardian.end()


def open_backend(reactor: Any, name: str | None, *, linger_s: float, settle_s: float) -> Deferred[Backend]:
    """
    Open the display `name` (`$DISPLAY` if None), put right what an earlier Typewright left behind, and fire with the
    backend, ready to type.

    Errbacks with NoDisplay, WaylandOnly, ExtensionMissing or DisplayLost. The connections are made in this call, and block,
    for seconds at most; all that comes later does not.
    """
    opening = _open(reactor, name, linger_s, settle_s)
    return opening.addTimeout(_OPENING_S, reactor).addErrback(_told)


def _told(failure: Failure) -> Failure:
    """What the user must be told when the display can't be opened."""
    if failure.check(TimeoutError):
        return Failure(NoDisplay("The X server does not answer."))
    if failure.check(RequestError):
        return Failure(NoDisplay(f"The X server refuses what Typewright needs of it: {failure.getErrorMessage()}."))
    if failure.check(LookupError, ValueError, struct.error):
        return Failure(NoDisplay("What the X server answers can't be understood."))
    return failure


@inlineCallbacks
def _open(reactor: Any, name: str | None, linger_s: float, settle_s: float) -> Generator[Deferred[Any], Any, Backend]:
    address = display_name(name, os.environ)
    # After a second login the environment may name another one than the user sees.
    log.info("the display is {display}", display=address)
    control = Connection(reactor, address)
    try:
        data = Connection(reactor, address)
    except BaseException:
        control.close()
        raise
    try:
        faking: Extension = yield control.extension(xtest.NAME)
        recording: Extension = yield control.extension(observer.NAME)
        xinput: Extension = yield control.extension(xtest.XINPUT)
        keyboards: Extension = yield control.extension(xkb.NAME)
        sources = devices.Devices(control, xinput)
        yield sources.prepare()
        guard = Guard(control)
        root = RootEvents(control)
        barrier = Barrier(control, reactor, guard.window, root, settle_s=settle_s)
        yield barrier.prepare()
        recovery = Recovery(control, keyboards, sources.xtest)
        yield control.carry_out(recovery.prepare())
        alone = False

        def sweep_alone() -> Deferred[int]:
            """What another living Typewright holds down is not for us to lift, neither now nor at our end."""
            return control.carry_out(sweep(xinput, faking, sources.xtest)) if alone else succeed(0)

        @inlineCallbacks
        def inherit() -> Generator[Deferred[Any], Any, None]:
            nonlocal alone
            if alone:
                return
            redeemed = yield _redeem(reactor, control, recovery, guard.window)
            alone = not (yield control.carry_out(recovery.is_anothers(guard.window)))
            swept = yield sweep_alone()
            if swept or redeemed:
                log.warn("an earlier program left {swept} keys down; they are up again", swept=swept)

        yield inherit()
        waking = xtest.fake_input(faking.major, xtest.NO_KEY, False)
        keyboard, locks, controls = yield _open_keyboard(
            control, keyboards, reactor, root, linger_s=linger_s, device=sources.xtest, waking=waking
        )
        control.companion, data.companion = data, control
        # Clients that speak XKB are spared the MappingNotify events, which RECORD's connection can't bear (see devices).
        yield data.ask(xkb.use_extension(keyboards.major))
        watcher = observer.Observer(control, data, recording, sources, reactor)
        yield watcher.start()
    except BaseException:
        control.close()
        data.close()
        raise
    return Backend(
        keyer=keyer.Keyer(control, faking, locks, guard, controls, reactor),
        observer=watcher,
        keyboard=keyboard,
        barrier=barrier,
        focus=guard,
        programs=Programs(control),
        guardian=Guardianship(reactor, address, guard.window),
        _control=control,
        _data=data,
        inherit=inherit,
        _sweep=sweep_alone,
    )


@inlineCallbacks
def read_layout(reactor: Any, name: str | None) -> Generator[Deferred[Any], Any, tuple[Layout, KeyboardState]]:
    """Fires with the layout and state of the display `name`; looks only. Errbacks as `open_backend` does."""
    control = Connection(reactor, display_name(name, os.environ))
    try:
        keyboards: Extension = yield control.extension(xkb.NAME)
        keyboard, *_ = yield _open_keyboard(control, keyboards, reactor, RootEvents(control), linger_s=0)
        return (yield keyboard.read())
    finally:
        control.close()


@inlineCallbacks
def sweep_display(reactor: Any, name: str | None) -> Generator[Deferred[Any], Any, int]:
    """
    Put right what a Typewright that died left on the display `name`: keys up, borrowed keycodes and group back.

    Fires with the number of keys that were down. Errbacks as `open_backend` does.
    """
    control = Connection(reactor, display_name(name, os.environ))
    try:
        faking: Extension = yield control.extension(xtest.NAME)
        xinput: Extension = yield control.extension(xtest.XINPUT)
        keyboards: Extension = yield control.extension(xkb.NAME)
        device: int = yield control.carry_out(xtest.keyboard(xinput))
        swept: int = yield control.carry_out(sweep(xinput, faking, device))
        recovery = Recovery(control, keyboards, device)
        yield control.carry_out(recovery.prepare())
        yield _redeem(reactor, control, recovery)
        return swept
    finally:
        control.close()


def _redeem(reactor: Any, control: Connection, recovery: Recovery, heir: int = 0) -> Deferred[bool]:
    """As `Recovery.redeem`; for two seconds at most, since the server is grabbed meanwhile."""
    return control.carry_out(recovery.redeem(heir)).addTimeout(LONGEST_GRAB_S, reactor, lambda *_: False)


@inlineCallbacks
def _open_keyboard(
    control: Connection,
    extension: Extension,
    reactor: Any,
    root: RootEvents,
    *,
    linger_s: float,
    device: int = CORE_KEYBOARD,
    waking: bytes = b"",
) -> Generator[Deferred[Any], Any, tuple[Keyboard, Locks, ControlsReader]]:
    """
    Fires with the keyboard, its layout read, and the locks and the controls that it shares with the keyer.

    `device` is the one whose map and controls count; `waking` as `Keyboard` has it.
    """
    leases = Leases(control.root)
    locks = Locks(extension, leases)
    controls = ControlsReader(control, extension, device)
    names = NamesReader(control, root)
    compose = ComposeFiles(os.environ).sequences
    keyboard = Keyboard(
        control, extension, leases, locks, controls, names, reactor,
        linger_s=linger_s, device=device, waking=waking, compose=compose,
    )  # fmt: skip
    yield keyboard.start()
    return keyboard, locks, controls
