# SPDX-License-Identifier: MIT
"""The user's systemd, if it looks after the session: asked by its own commands, which are short."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from typewright.installation.places import UNIT

_LONGEST_S = 30.0


def systemctl(*words: str) -> subprocess.CompletedProcess[str] | None:
    """Return the outcome of `systemctl --user`, or None where there is no such command, or it does not answer."""
    try:
        return subprocess.run(
            ["systemctl", "--user", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def unit() -> Mapping[str, str]:
    """Return properties of the service's unit, by their names in systemd; empty without systemd."""
    names = "LoadState,ActiveState,SubState,Result,ExecMainStatus,NeedDaemonReload,FragmentPath"
    told = systemctl("show", f"--property={names}", UNIT)
    if told is None or told.returncode:
        return {}
    return dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)


def has_unit() -> bool:
    """Return whether systemd looks after the session and knows the service's unit."""
    return unit().get("LoadState") == "loaded"


def environment() -> Mapping[str, str] | None:
    """Return the environment in which systemd starts units; None without systemd."""
    told = systemctl("show-environment")
    if told is None or told.returncode:
        return None
    return dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
