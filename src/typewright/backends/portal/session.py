# SPDX-License-Identifier: MIT
"""
A session of the portal's remote desktop, in which keys are sent.

Source: org.freedesktop.portal.RemoteDesktop, version 2.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.python.failure import Failure

from typewright.bus.portal import CANCELLED, DONE, Outcome, Portal, uint
from typewright.errors import TypewrightError

INTERFACE = "org.freedesktop.portal.RemoteDesktop"
KEYBOARD = 1
"""The bit of a keyboard among the types of devices."""
VERSION_WITH_EI = 2

_UNTIL_REVOKED = 2


class Refused(Exception):
    """The user said no."""


class Failed(Exception):
    """The portal could not start the session; the text is the step that failed."""


class Session:
    """A session that the user has consented to. `restore_token` makes the next one need no dialog; empty without."""

    def __init__(self, portal: Portal, path: str, restore_token: str) -> None:
        self.restore_token = restore_token
        self._portal = portal
        self._path = path
        self._stop_listening: Callable[[], None] = lambda: None

    def on_closed(self, closed: Callable[[], object]) -> None:
        """Have `closed()` called once when the portal ends the session, as when the user stops it."""
        self._stop_listening = self._portal.on_closed(self._path, closed)

    def connect_to_eis(self) -> Deferred[socket.socket]:
        """Fires with a connected socket that speaks EI. Errbacks with Failed."""
        fired = self._portal.call(INTERFACE, "ConnectToEIS", "oa{sv}", [self._path, {}])
        # The descriptor is open only until the reply was processed.
        return fired.addCallback(lambda values: socket.socket(fileno=os.dup(values[0]))).addErrback(_failed, "ConnectToEIS")

    def close(self) -> None:
        """End the session."""
        self._stop_listening()
        self._portal.close_session(self._path)


@inlineCallbacks
def open_session(portal: Portal, restore_token: str) -> Generator[Deferred[Any], Any, Session]:
    """
    Have the portal start a session, for which it asks the user unless `restore_token` is that of a consent.

    Fires when the user has answered, however long that takes; may be cancelled. Errbacks with Refused or Failed.
    """
    outcome = yield _step(portal, "CreateSession", "a{sv}", [], {"session_handle_token": portal.token()})
    path = str(outcome.results.get("session_handle", ""))
    # Others than the keyboard are not asked for; KDE compares what is asked with what was saved.
    options: dict[str, object] = {"types": uint(KEYBOARD), "persist_mode": uint(_UNTIL_REVOKED)}
    if restore_token:
        options["restore_token"] = restore_token
    try:
        yield _step(portal, "SelectDevices", "oa{sv}", [path], options)
        outcome = yield _step(portal, "Start", "osa{sv}", [path, ""], {})
        if not outcome.results.get("devices", 0) & KEYBOARD:
            raise Refused
    except BaseException:
        portal.close_session(path)
        raise
    return Session(portal, path, str(outcome.results.get("restore_token", "")))


@inlineCallbacks
def _step(
    portal: Portal, member: str, signature: str, arguments: list[object], options: dict[str, object]
) -> Generator[Deferred[Any], Any, Outcome]:
    try:
        outcome: Outcome = yield portal.request(INTERFACE, member, signature, arguments, options)
    except TypewrightError:
        raise Failed(member) from None
    except Exception as problem:
        raise Failed(f"{member}: {problem}") from None  # An error reply's text is its name only.
    if outcome.code == CANCELLED:
        raise Refused
    if outcome.code != DONE:
        raise Failed(member)
    return outcome


def _failed(failure: Failure, member: str) -> Failure:
    raise Failed(f"{member}: {failure.value}")
