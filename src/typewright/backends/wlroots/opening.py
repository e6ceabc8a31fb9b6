# SPDX-License-Identifier: MIT
"""Opens the backend on the compositor of the session, or says in a sentence why that one cannot be typed on."""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.logger import Logger

from typewright.backends.wlroots import toplevels, virtual_keyboard
from typewright.backends.wlroots.backend import WlrootsBackend
from typewright.backends.wlroots.keymap import SLOT_KEYCODES, keymap_layout
from typewright.backends.wlroots.slots import AT_REST
from typewright.errors import NoWayToType
from typewright.interfaces.backend import IBackend, KeyboardState
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Packing
from typewright.peer import peer_of
from typewright.wayland.connection import Connection, connect

log = Logger()

_HELP = {
    "gnome-shell": "GNOME lets programs type through its portal: choose the backend portal",
    "kwin_wayland": "Plasma lets programs type through its portal: choose the backend portal",
    "cage": "cage has it from version 0.2 on",
}
_OTHER_HELP = "log in to a session of sway, labwc, river, Wayfire, Hyprland, COSMIC or niri, or to one that runs X"


@inlineCallbacks
def open_backend(
    reactor: Any, name: str | None, *, linger_s: float, commits: bool = True
) -> Generator[Deferred[Any], Any, IBackend]:
    """
    Fires with the backend on the Wayland display `name`, or on that of the environment.

    Errbacks with NoDisplay when it cannot be opened, and with NoWayToType when it takes no virtual keyboards.
    """
    connection: Connection = yield connect(reactor, name)
    registry = connection.registry
    missing = [each for each in (virtual_keyboard.MANAGER, "wl_seat") if registry.find(each) is None]
    if missing:
        compositor = compositor_of(connection)
        connection.close()
        raise NoWayToType(
            f"{compositor or 'The compositor'} does not let programs type: it does not offer {missing[0]}, or not to this "
            f"program. What helps: {_HELP.get(compositor, _OTHER_HELP)}."
        )
    log.info("the compositor is {name}", name=compositor_of(connection) or "unknown")
    if registry.find(toplevels.MANAGER) is None:
        log.warn("the compositor does not tell which window has the focus ({missing})", missing=toplevels.MANAGER)
    return WlrootsBackend(reactor, connection, linger_s=linger_s, commits=commits)


def compositor_of(connection: Connection) -> str:
    """Return the name of the compositor's program; empty where it cannot be told."""
    with socket.socket(fileno=os.dup(connection.fileno())) as asked:
        process = peer_of(asked).process
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def own_keyboard() -> tuple[Layout, KeyboardState, Packing]:
    """Return the virtual keyboard's layout and state, and a packing upon its slots; the compositor is not asked."""
    layout = keymap_layout({})
    return layout, AT_REST, Packing.upon(layout, len(SLOT_KEYCODES))
