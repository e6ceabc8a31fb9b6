# SPDX-License-Identifier: MIT
"""The program that an installation starts: where it is, and whether the user's shell finds it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from typewright.errors import NotInstallable

COMMAND = "typewright"
_TEMPORARY = ("/uv/archive-v", "/uv/builds-v", "/pipx/.cache/", "/.cache/pipx/")
"""Parts of the paths of environments that `uvx` and `pipx run` make for one run."""
_SHELL_S = 5.0


def find_program(argv0: str, link: Path) -> Path:
    """
    Return the program that runs now, by a path that stays.

    `argv0` is the name by which it was started; `link` is where a setup makes its link. Raises NotInstallable if there is no
    program, if its environment is a temporary one, or if its path cannot be written into the files that start it.
    """
    called = Path(argv0).absolute()
    if called == link and link.is_symlink():
        called = link.parent / os.readlink(link)  # what it leads to stays when the link goes
    others = [Path(sysconfig.get_path("scripts", scheme)) / COMMAND for scheme in ("venv", "posix_user")]
    for candidate in (called, *others):
        if candidate.name == COMMAND and candidate.is_file() and os.access(candidate, os.X_OK):
            return checked(candidate)
    raise NotInstallable("This Typewright is not installed: install it with pipx or uv, and run its `setup`.")


def checked(program: Path) -> Path:
    """Return `program`. Raises NotInstallable if it cannot be the one of an installation."""
    if not (os.access(program, os.X_OK) and program.is_file()):
        raise NotInstallable(f"There is no program {program}.")
    if any(part in str(program) for part in _TEMPORARY):
        raise NotInstallable(
            f"{program} is in a temporary environment, as `uvx` and `pipx run` make one: install Typewright with "
            "`pipx install` or `uv tool install` first."
        )
    if any(character in str(program) for character in "\"'\\\n"):
        raise NotInstallable(f"Quotes and backslashes in {program} cannot be dealt with: install Typewright elsewhere.")
    return program


def is_on_path(program: Path, path: str | None) -> bool:
    """Return whether the command `typewright` is `program`, with this PATH."""
    found = shutil.which(COMMAND, path=path)
    return found is not None and os.path.realpath(found) == os.path.realpath(program)


def path_advice(program: Path, link: Path, environ: Mapping[str, str]) -> str:
    """Return what the user has to do so that the shell finds `program`; empty if it does already. May run a login shell."""
    if is_on_path(program, environ.get("PATH")):
        return ""
    if shutil.which(COMMAND, path=environ.get("PATH")):
        return f"Another `typewright` is before {link} on the PATH; `hash -r` may help, or remove the other one."
    directory = link.parent if link.exists() else program.parent
    if _a_login_finds_it(program, environ):
        return f"Log in again to have {directory} on the PATH; until then, call {directory / COMMAND}."
    if Path(environ.get("SHELL", "")).name == "fish":
        return f"{directory} is not on the PATH. Run: fish_add_path {shlex.quote(str(directory))}"
    profile = "~/.zprofile" if Path(environ.get("SHELL", "")).name == "zsh" else "~/.profile"
    line = f'export PATH="{directory}:$PATH"'
    return f"{directory} is not on the PATH. Run this, and log in again: echo {shlex.quote(line)} >>{profile}"


def _a_login_finds_it(program: Path, environ: Mapping[str, str]) -> bool:
    """Return whether a new login would find the program: Debian's ~/.profile adds ~/.local/bin only if it is there."""
    kept = {name: environ[name] for name in ("HOME", "USER", "LOGNAME") if name in environ}
    shell = [environ.get("SHELL") or "/bin/sh", "-l", "-c", f"command -v {COMMAND}"]
    try:
        told = subprocess.run(
            shell,
            env={**kept, "PATH": "/usr/local/bin:/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SHELL_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = told.stdout.strip().splitlines()
    return bool(found) and os.path.realpath(found[-1]) == os.path.realpath(program)
