# SPDX-License-Identifier: MIT
"""Windows of a desktop with a window manager: found by their title, and given the focus."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import XError

from tests.helpers import desktop


def until(condition: Callable[[], object], what: str) -> None:
    """Look again and again until `condition` holds; what can't tell by itself that it has changed is waited for so."""
    deadline = time.monotonic() + desktop.PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise desktop.Ended(f"waited in vain until {what}")
        time.sleep(0.005)


def focused(environ: dict[str, str]) -> str:
    """Return the title of the window with the focus; empty if there is none."""
    return desktop.run(environ, "xdotool", "getactivewindow", "getwindowname", check=False).strip()


@contextlib.contextmanager
def window_manager(environ: dict[str, str]) -> Iterator[None]:
    """
    An openbox that manages the display.

    It is killed at the end, since it may be deaf for a while: it works for some 65 ms on each change of the keyboard map.
    """
    display = Display(environ["DISPLAY"])
    root = display.screen().root
    selection, ready = display.intern_atom("WM_S0"), display.intern_atom("TARGETS_WINDOW_MANAGER")
    # Its start-up command alone tells when it is ready: it loses windows that come between its first signs of life and that.
    tell = "xprop -root -f TARGETS_WINDOW_MANAGER 8s -set TARGETS_WINDOW_MANAGER ready"
    command = ["openbox", "--sm-disable", "--startup", tell]
    child = desktop.Child(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: root.get_full_property(ready, X.AnyPropertyType), "openbox manages the display")
        yield
    finally:
        child.kill()
        # The next one must neither find it still there nor be taken for it.
        until(lambda: not display.get_selection_owner(selection), "the X server has seen openbox end")
        root.delete_property(ready)
        display.close()


class Window:
    """A top-level window, as soon as the window manager manages it."""

    def __init__(self, environ: dict[str, str], title: str) -> None:
        self._environ = environ
        self._title = title
        self.id = 0

    def activate(self) -> None:
        """Have the window manager give it the focus, and wait until it, or a window in it, has it."""
        display = Display(self._environ["DISPLAY"])
        display.set_error_handler(lambda *_: None)
        try:
            until(lambda: self._find(display), "the window is managed")
            desktop.run(self._environ, "xdotool", "windowactivate", "--sync", str(self.id))
            until(lambda: self._has_focus(display), "the window has the focus")
        finally:
            display.close()

    def _find(self, display: Display) -> bool:
        clients = display.screen().root.get_full_property(display.intern_atom("_NET_CLIENT_LIST"), Xatom.WINDOW)
        for client in clients.value if clients else ():
            # Openbox gives each window that name. One that goes while it is looked at is not ours.
            with contextlib.suppress(XError):
                name = display.create_resource_object("window", client).get_property(
                    display.intern_atom("_NET_WM_VISIBLE_NAME"), X.AnyPropertyType, 0, 1000
                )
                if name and bytes(name.value).decode("utf-8", "replace") == self._title:
                    self.id = client
                    return True
        return False

    def _has_focus(self, display: Display) -> bool:
        window = display.get_input_focus().focus
        with contextlib.suppress(XError):
            while not isinstance(window, int) and window:
                if window.id == self.id:
                    return True
                window = window.query_tree().parent
        return False
