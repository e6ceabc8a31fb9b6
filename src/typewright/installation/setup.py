# SPDX-License-Identifier: MIT
"""
Writes the files of an installation, and removes them again.

Only files are touched here: telling the bus and systemd of them is the business of the command line.
"""

from __future__ import annotations

import os
import re
from importlib import resources
from pathlib import Path

from typewright.errors import NotInstallable
from typewright.installation import completions
from typewright.installation.command_line import Command
from typewright.installation.man_pages import man_pages
from typewright.installation.places import Places
from typewright.installation.sample import is_untouched, sample

_LINK = "# Link: "
"""In the activation file: the link that a setup has made, in a line of its own."""
_SYSTEM = tuple(map(Path, ("/usr/bin", "/usr/local/bin", "/bin")))


def install(places: Places, program: Path, commands: Command, *, sandbox: bool = False) -> list[Path]:
    """
    Write all files of an installation that starts `program`; return their paths, without the man pages and completions.

    A configuration that exists is left alone, and so is a link to the program that another installer made. Raises
    NotInstallable, before anything is written, if there is no place for the link or a directory cannot be written to.
    """
    link = _needed_link(places, program)
    written = {
        places.activation: _filled("activation.service", f"'{program}'") + (f"{_LINK}{link}\n" if link else ""),
        # In a unit a % must be doubled.
        places.unit: _filled("unit.service", f'"{program}"'.replace("%", "%%")),
        **_documentation(places, commands),
    }
    if places.config is not None and not places.config.exists():
        written[places.config] = sample()
    if places.walls is not None:
        if sandbox:
            written[places.walls] = _filled("sandbox.conf")
        else:
            _unlink(places.walls)
    for path, text in written.items():
        _write(path, text)
    if link is not None:
        _link(link, program)
    shown = [places.activation, places.unit, *filter(None, [link, places.config])]
    return [*shown, *([places.walls] if sandbox and places.walls else [])]


def install_configuration(places: Places) -> list[Path]:
    """Write the example of a configuration if there is none; return the configuration's path."""
    if places.config is None:
        return []
    if not places.config.exists():
        _write(places.config, sample())
    return [places.config]


def remove(places: Places, commands: Command, *, purge: bool = False) -> list[Path]:
    """
    Remove the files of an installation; return the paths of those that there were, without man pages and completions.

    A configuration that sets something stays, unless `purge`. Directories that are left empty are removed if they are
    Typewright's alone.
    """
    link = _own_link(places)
    removed = [path for path in (places.activation, places.unit, places.walls, link) if path is not None and _unlink(path)]
    for path in _documentation(places, commands):
        _unlink(path)
    if places.config is not None and places.config.is_file() and (purge or is_untouched(_read(places.config))):
        removed += [places.config] * _unlink(places.config)
    if places.log is not None:
        removed += [path for path in (places.log, places.log.with_suffix(".old")) if _unlink(path)]
    for path in filter(None, (places.walls, places.config, places.log)):
        _rmdir(path.parent)
    return removed


def installed_program(places: Places) -> Path | None:
    """Return the program that the activation file starts; None if there is no such file, or it is no Typewright's."""
    found = re.search(r"^Exec=.* '([^']+)'$", _read(places.activation), re.MULTILINE)
    return Path(found[1]) if found else None


def is_packaged(program: Path, root: Path = Path("/")) -> bool:
    """Return whether a distribution's package has installed `program`, with all that starts it."""
    return installed_program(Places.of_system(root)) == program


def _documentation(places: Places, commands: Command) -> dict[Path, str]:
    pages = {places.man / path: text for path, text in man_pages(commands).items()}
    scripts = {
        places.bash: completions.bash(commands),
        places.zsh: completions.zsh(commands),
        places.fish: completions.fish(commands),
    }
    return {**pages, **scripts}


def _needed_link(places: Places, program: Path) -> Path | None:
    """Return the link by which the shell finds the program, if it takes one of a setup's own."""
    link = places.link
    if link is None or program == link or program.parent in _SYSTEM:
        return None
    if link.is_symlink():
        another_installers = link.exists() and link.samefile(program) and _own_link(places) is None
        return None if another_installers else link
    if link.exists():
        raise NotInstallable(f"{link} is in the way: it is not a link that Typewright made. Move it away, then try again.")
    return link


def _own_link(places: Places) -> Path | None:
    """Return the link if a setup has made it, and not pipx or uv."""
    link = places.link
    if link is None or not link.is_symlink():
        return None
    recorded = f"{_LINK}{link}\n" in _read(places.activation)
    # Until 0.1, the link was recorded nowhere, and led to an environment that packaging/install makes.
    checkouts = "/typewright/venv/bin/" in os.readlink(link)
    return link if recorded or checkouts else None


def _filled(name: str, program: str = "") -> str:
    text = resources.files(__package__).joinpath("files", name).read_text("utf-8")
    return text.replace("@program@", program)


def _write(path: Path, text: str) -> None:
    """Replace a file atomically: a program that reads it meanwhile sees the former one."""
    draft = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as problem:
        raise NotInstallable(f"{path} cannot be written: {problem.strerror}.") from None


def _link(link: Path, program: Path) -> None:
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(program)
    except OSError as problem:
        raise NotInstallable(f"{link} cannot be made: {problem.strerror}.") from None


def _unlink(path: Path) -> bool:
    """Remove a file; return whether there was one."""
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as problem:
        raise NotInstallable(f"{path} cannot be removed: {problem.strerror}.") from None
    return True


def _rmdir(directory: Path) -> None:
    try:
        directory.rmdir()
    except OSError:
        return  # Something else is in it, or it is not there.


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""
