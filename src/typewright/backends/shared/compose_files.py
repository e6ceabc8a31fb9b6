# SPDX-License-Identifier: MIT
"""The Compose files of this session's locale, and where they are (Compose(5))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from typewright.keymap import compose

LOCALES = Path("/usr/share/X11/locale")
_STANDARD = "en_US.UTF-8/Compose"
_UTF8 = "UTF-8/Compose"
_DEEPEST = 5


class ComposeFiles:
    """
    Knows the sequences that all programs of this session compose; reads the files when it is first asked.

    Programs that use libX11 or libxkbcommon follow the user's file, or else their locale's; others have the standard table
    built in. So a sequence counts if it means the same in both. There are none in a locale that is not UTF-8, and none
    without files.
    """

    def __init__(self, environ: Mapping[str, str], locales: Path = LOCALES) -> None:
        self._environ = environ
        self._locales = locales

    def sequences(self, character: str) -> tuple[compose.Sequence, ...]:
        """Return the sequences of keysyms for `character`, best first."""
        return self._agreed.get(character, ())

    @cached_property
    def _agreed(self) -> Mapping[str, tuple[compose.Sequence, ...]]:
        locale = self._of_locale()
        if not locale:
            return {}
        standard = compose.parse(self._lines(self._locales / _STANDARD))
        own = compose.parse(self._lines(next(path for path in (*self._of_user(), locale) if path.is_file())))
        return compose.agreed(standard, own)

    def _of_locale(self) -> Path | None:
        """Return the locale's file, if there is one in UTF-8."""
        names = (self._environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
        locale = next(filter(None, names), "C")
        locale = self._looked_up("locale.alias", 0).get(locale, locale)
        name = self._looked_up("compose.dir", 1).get(locale, "")
        path = self._locales / name
        return path if name.endswith(_UTF8) and path.is_file() else None

    def _of_user(self) -> Iterator[Path]:
        if "XCOMPOSEFILE" in self._environ:
            yield Path(self._environ["XCOMPOSEFILE"])
        if "HOME" in self._environ:
            yield Path(self._environ["HOME"], ".XCompose")

    def _looked_up(self, name: str, key: int) -> dict[str, str]:
        """Return one of libX11's two-column lists, keyed by the column `key`; names may end in a colon there."""
        pairs = (line.split() for line in _read(self._locales / name) if not line.startswith("#"))
        return {pair[key].rstrip(":"): pair[1 - key].rstrip(":") for pair in pairs if len(pair) == 2}

    def _lines(self, path: Path, depth: int = 0) -> Iterator[str]:
        """Yield the lines of a Compose file, with those of included files in their place."""
        for line in _read(path):
            name = compose.included(line)
            if not name:
                yield line
            elif depth < _DEEPEST:
                places = {"%L": str(self._of_locale()), "%H": self._environ.get("HOME", ""), "%S": str(self._locales)}
                for short, place in places.items():
                    name = name.replace(short, place)
                yield from self._lines(Path(name), depth + 1)


def _read(path: Path) -> list[str]:
    """Return the lines of a file; none if it can't be read."""
    try:
        return path.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
