# SPDX-License-Identifier: MIT
"""The cheapest program to type into: a window with the focus, whose key events are read and thrown away."""

from __future__ import annotations

from Xlib import X
from Xlib.display import Display


def main() -> None:
    """Say `ready` when the window has the focus; then read for ever."""
    display = Display()
    mask = X.KeyPressMask | X.KeyReleaseMask | X.StructureNotifyMask
    window = display.screen().root.create_window(0, 0, 40, 40, 0, X.CopyFromParent, event_mask=mask)
    window.map()
    while display.next_event().type != X.MapNotify:
        pass
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    print("\nready", flush=True)
    while True:
        display.next_event()


main()
