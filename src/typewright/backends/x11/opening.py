# SPDX-License-Identifier: MIT
"""Opens an X11 display: for the backend, to read its keyboard, or to restore what a service that died left there."""

from __future__ import annotations

import os
import struct
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, TimeoutError, inlineCallbacks  # noqa: A004
from twisted.logger import Logger
from twisted.python.failure import Failure

from typewright.backends.shared.compose_files import ComposeFiles
from typewright.backends.x11 import record, xkb, xtest
from typewright.backends.x11.accessx import CORE_KEYBOARD, AccessX
from typewright.backends.x11.address import display_name
from typewright.backends.x11.backend import Keys, X11Backend
from typewright.backends.x11.barrier import Barrier
from typewright.backends.x11.borrowed_keycodes import BorrowedKeycodes
from typewright.backends.x11.connection import Connection
from typewright.backends.x11.event_sources import EventSources
from typewright.backends.x11.focus import Focus
from typewright.backends.x11.keyboard import Keyboard
from typewright.backends.x11.keyer import Keyer
from typewright.backends.x11.keymap_writer import KeymapWriter
from typewright.backends.x11.layout_names import LayoutNames
from typewright.backends.x11.ledger import SEATS, Ledger
from typewright.backends.x11.locks import Locks
from typewright.backends.x11.observer import Observer
from typewright.backends.x11.programs import Programs
from typewright.backends.x11.record import Record
from typewright.backends.x11.recovery.inheritance import Inheritance, restore
from typewright.backends.x11.recovery.restore import Restorer
from typewright.backends.x11.recovery.supervisor import Supervisor
from typewright.backends.x11.requests import Extension, RequestError, RootEvents
from typewright.backends.x11.runs import Runs
from typewright.backends.x11.slots import Slots
from typewright.backends.x11.window_events import WindowEvents
from typewright.errors import NoDisplay
from typewright.interfaces import backend as seam
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Packing

_OPENING_S = 10.0

log = Logger()


def open_backend(
    reactor: Any, display: str | None, *, linger_s: float, settle_s: float, blind_runs: bool = False
) -> Deferred[seam.IBackend]:
    """
    Open `display` (`$DISPLAY` if None), restore what an earlier Typewright left behind, and fire with the backend.

    Lent keycodes are given back `linger_s` after the last job; programs that answer no ping get `settle_s` to take their
    keys; with `blind_runs`, runs go over a slow line as well (see `Runs`). Errbacks with NoDisplay, ExtensionMissing or
    DisplayLost. The connections are made within this call, which blocks for seconds at most; nothing later blocks.
    """
    return _open(reactor, display, linger_s, settle_s, blind_runs).addTimeout(_OPENING_S, reactor).addErrback(_explained)


def _explained(failure: Failure) -> Failure:
    """Return the failure to open the display, as an error with a sentence for the user."""
    if failure.check(TimeoutError):
        return Failure(NoDisplay("The X server does not answer."))
    if failure.check(RequestError):
        return Failure(NoDisplay(f"The X server refuses a request that Typewright needs: {failure.getErrorMessage()}."))
    if failure.check(LookupError, ValueError, struct.error):
        return Failure(NoDisplay("The X server's answers can't be understood."))
    return failure


@inlineCallbacks
def _open(
    reactor: Any, display: str | None, linger_s: float, settle_s: float, blind_runs: bool
) -> Generator[Deferred[Any], Any, seam.IBackend]:
    name = display_name(display, os.environ)
    # After a second login the environment may name another display than the one that the user sees.
    log.info("the display is {display}", display=name)
    control = Connection(reactor, name)
    try:
        data = Connection(reactor, name)
    except BaseException:
        control.close()
        raise
    try:
        faking: Extension = yield control.extension(xtest.NAME)
        recording: Extension = yield control.extension(record.NAME)
        xinput: Extension = yield control.extension(xtest.XINPUT)
        keyboards: Extension = yield control.extension(xkb.NAME)
        sources = EventSources(control, xinput)
        yield sources.start()
        windows = WindowEvents(control)
        focus = Focus(control, windows, reactor)
        yield focus.prepare()
        root = RootEvents(control)
        programs = Programs(control)
        barrier = Barrier(control, reactor, focus.window, root, windows, programs, settle_s=settle_s)
        yield barrier.prepare()
        restorer = Restorer(control, keyboards, sources.xtest)
        yield control.carry_out(restorer.prepare())
        inheritance = Inheritance(reactor, control, restorer, xinput, faking, device=sources.xtest, window=focus.window)
        yield inheritance.inherit()
        waking = xtest.fake_input(faking.major, xtest.NO_KEY, False)
        keys: Keys = yield _open_keyboard(
            reactor, control, keyboards, root, linger_s=linger_s, seat=inheritance.seat, device=sources.xtest,
            waking=waking,
        )  # fmt: skip
        barrier.on_readable = keys.slots.limit
        control.companion = data  # What was seen before an answer is to be known when that arrives.
        # Clients that use XKB are sent no MappingNotify events, which RECORD's connection must not get (see event_sources).
        yield data.ask(xkb.use_extension(keyboards.major))
        recorder = Record(control, data, recording, reactor)
        observer = Observer(sources, reactor)
        recorder.on_key = sources.recorded
        sources.on_key, sources.on_swallowed = observer.key, observer.swallowed
        yield recorder.start()
        runs = Runs(control, focus, keys.accessx, reactor, blind=blind_runs)
        yield runs.prepare()
    except BaseException:
        control.close()
        data.close()
        raise
    keyer = Keyer(control, faking, keys.locks, focus, keys.accessx, keys.keyboard, runs, reactor)
    return X11Backend(
        control, data, sources, keys,
        keyer=keyer, runs=runs, observer=observer, barrier=barrier, programs=programs, focus=focus,
        inheritance=inheritance, supervisor=Supervisor(reactor, name, focus.window),
    )  # fmt: skip


@inlineCallbacks
def read_keyboard(
    reactor: Any, display: str | None
) -> Generator[Deferred[Any], Any, tuple[Layout, seam.KeyboardState, Packing]]:
    """
    Fires with layout, state and an empty packing of the slots of `display` (`$DISPLAY` if None); changes nothing there.

    Errbacks as `open_backend` does.
    """
    control = Connection(reactor, display_name(display, os.environ))
    try:
        keyboards: Extension = yield control.extension(xkb.NAME)
        keys = yield _open_keyboard(reactor, control, keyboards, RootEvents(control), linger_s=0)
        layout, state = yield keys.keyboard.read()
        return layout, state, keys.slots.packing()
    finally:
        control.close()


@inlineCallbacks
def recover_display(reactor: Any, display: str | None) -> Generator[Deferred[Any], Any, int]:
    """
    Restore what a Typewright that died left on `display` (`$DISPLAY` if None): keys up, borrowed keycodes and group back.

    Fires with the number of keys that were down. Errbacks as `open_backend` does.
    """
    control = Connection(reactor, display_name(display, os.environ))
    try:
        faking: Extension = yield control.extension(xtest.NAME)
        xinput: Extension = yield control.extension(xtest.XINPUT)
        keyboards: Extension = yield control.extension(xkb.NAME)
        device: int = yield control.carry_out(xtest.keyboard(xinput))
        released: int = yield control.carry_out(xtest.release_held_keys(xinput, faking, device))
        restorer = Restorer(control, keyboards, device)
        yield control.carry_out(restorer.prepare())
        yield restore(reactor, control, restorer)
        return released
    finally:
        control.close()


@inlineCallbacks
def _open_keyboard(
    reactor: Any,
    control: Connection,
    extension: Extension,
    root: RootEvents,
    *,
    linger_s: float,
    seat: int = SEATS[0],
    device: int = CORE_KEYBOARD,
    waking: bytes = b"",
) -> Generator[Deferred[Any], Any, Keys]:
    """Fires with the keyboard of the display; `seat` is that of its ledger; for `device` and `waking` see `Keyboard`."""
    ledger = Ledger(control.root, seat)
    yield control.carry_out(ledger.prepare())
    locks = Locks(extension, ledger)
    accessx = AccessX(control, extension, device)
    borrowed, writer = BorrowedKeycodes(), KeymapWriter(control, extension, ledger, locks)
    keyboard = Keyboard(
        control, extension, locks, accessx, LayoutNames(control, root), borrowed, writer, reactor,
        device=device, waking=waking, compose=ComposeFiles(os.environ).sequences,
    )  # fmt: skip
    yield keyboard.start()
    return Keys(keyboard, Slots(keyboard, borrowed, writer, reactor, linger_s=linger_s), locks, accessx)
