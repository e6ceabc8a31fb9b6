# SPDX-License-Identifier: MIT
"""Where the files of an installation are: those of one user, or those of the whole system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "org.typewright.Typist1"
UNIT = "typewright.service"


@dataclass(frozen=True)
class Places:
    """
    The paths of an installation.

    `link` is the name by which the command is found on the PATH, `walls` the sandbox of the unit, and `log` what the service
    logs to without systemd. None where an installation has no such file.
    """

    activation: Path
    unit: Path
    man: Path
    bash: Path
    zsh: Path
    fish: Path
    link: Path | None = None
    walls: Path | None = None
    config: Path | None = None
    log: Path | None = None

    @classmethod
    def of_user(cls, environ: Mapping[str, str]) -> Places:
        """Return the places of the user whose environment this is."""
        home = Path(environ.get("HOME") or "/")
        data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        unit = config / "systemd" / "user" / UNIT
        return cls(
            activation=data / "dbus-1" / "services" / f"{NAME}.service",
            unit=unit,
            man=data / "man",
            bash=data / "bash-completion" / "completions" / "typewright",
            zsh=data / "zsh" / "site-functions" / "_typewright",
            fish=data / "fish" / "vendor_completions.d" / "typewright.fish",
            link=home / ".local" / "bin" / "typewright",
            walls=unit.with_name(f"{UNIT}.d") / "sandbox.conf",
            config=config / "typewright" / "config.toml",
            log=log_path(environ),
        )

    @classmethod
    def of_system(cls, root: Path) -> Places:
        """Return the places of a distribution's package, below `root`."""
        share = root / "usr" / "share"
        return cls(
            activation=share / "dbus-1" / "services" / f"{NAME}.service",
            unit=root / "usr" / "lib" / "systemd" / "user" / UNIT,
            man=share / "man",
            bash=share / "bash-completion" / "completions" / "typewright",
            zsh=share / "zsh" / "vendor-completions" / "_typewright",
            fish=share / "fish" / "vendor_completions.d" / "typewright.fish",
        )


def log_path(environ: Mapping[str, str]) -> Path:
    """Return the file that the service logs to when nothing keeps its standard error."""
    home = Path(environ.get("HOME") or "/")
    return Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "typewright" / "log"
