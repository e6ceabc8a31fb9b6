# SPDX-License-Identifier: MIT
"""Input method frameworks, running on the display of a test as they do on a desktop that has them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from Xlib import X
from Xlib.display import Display

from tests.targets.window import until

_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "fcitx": ("fcitx5", "--disable=wayland,waylandim,clipboard,notificationitem,kimpanel,cloudpinyin"),
    "ibus": ("ibus-daemon", "--xim", "--replace", "--panel=disable", "--emoji-extension=disable"),
}


class Through(NamedTuple):
    """A program that gets its text through an input method, and what is in its environment for that."""

    program: str
    method: str
    own: Mapping[str, str] = MappingProxyType({})


THROUGH: Mapping[str, Through] = {
    f"{name}-{method}": Through(name.removesuffix("-xim"), method, own)
    for method in _COMMANDS
    for name, own in {
        "xterm": {},
        "tk": {},
        "gtk3-xim": {"GTK_IM_MODULE": "xim"},
        "gtk3": {"GTK_IM_MODULE": method},
        "qt5": {"QT_IM_MODULE": method},
    }.items()
}
"""Names of more targets. xterm and Tk speak XIM, as does GTK if told; else toolkits have modules of the framework's."""


@contextlib.contextmanager
def input_method(name: str, environ: dict[str, str]) -> Iterator[dict[str, str]]:
    """The framework of that name with a plain keyboard; the value is the environment of programs that use it over XIM."""
    with tempfile.TemporaryDirectory(prefix="typewright-input-method-", ignore_cleanup_errors=True) as home:
        own = {**environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_RUNTIME_DIR": home, "GIO_USE_VFS": "local"}
        child = subprocess.Popen(
            _COMMANDS[name], env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        display = Display(environ["DISPLAY"])
        try:
            selection = display.intern_atom(f"@server={name}")
            until(lambda: _serves(display, selection), f"{name} serves XIM")
            yield {**environ, "XMODIFIERS": f"@im={name}", "XDG_CONFIG_HOME": home}
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            until(lambda: not display.get_selection_owner(selection), "the X server has seen it end")
            display.close()


def _serves(display: Display, selection: int) -> bool:
    servers = display.screen().root.get_full_property(display.intern_atom("XIM_SERVERS"), X.AnyPropertyType)
    return servers is not None and selection in servers.value and bool(display.get_selection_owner(selection))
