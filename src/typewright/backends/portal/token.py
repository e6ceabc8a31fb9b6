# SPDX-License-Identifier: MIT
"""
The restore token: what the portal gives for the user's consent, so that the next session needs no dialog.

A token is good for one session; each session gives the next one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

_LONGEST = 4096


class TokenFile:
    """Keeps the token in a file that only the user can read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str:
        """Return the token; empty if there is none, or none that can be read."""
        try:
            with self._path.open(encoding="ascii") as file:
                return file.read(_LONGEST).strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def write(self, token: str) -> None:
        """Keep `token` in place of the one before; an empty one forgets it. Raises OSError."""
        if not token:
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A new file has mode 0600; renamed, it is whole whenever it is read.
        file, name = tempfile.mkstemp(prefix=".token-", dir=self._path.parent)
        try:
            with os.fdopen(file, "w", encoding="ascii") as opened:
                opened.write(token)
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def token_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the token is kept."""
    state = environ.get("XDG_STATE_HOME", "")
    home = Path(state) if os.path.isabs(state) else Path(environ.get("HOME", "/")) / ".local" / "state"
    return home / "typewright" / "portal-token"
