# SPDX-License-Identifier: MIT
"""
What of a text each target can hold: for the programs that by themselves drop, change or add something (docs/targets.md).

What Typewright refuses for them is shown by other tests; here it is taken out, so that the rest is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.targets.editor import EDITORS

_LATIN_1, _PLANE = "\xff", "\uffff"
_NO_BREAK_SPACE = "\xa0"
_WINE_TAKES_FOR_ANOTHER = "¦"


def _up_to(highest: str) -> Callable[[str], str]:
    """Leave out what is beyond `highest`."""
    return lambda text: "".join(character for character in text if character <= highest)


def _not_indented(text: str) -> str:
    """Begin no line with spaces: editors begin the next one with as many."""
    return "\n".join(line.lstrip() for line in text.split("\n"))


def _through(*steps: Callable[[str], str]) -> Callable[[str], str]:
    def fitted(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return fitted


_FITTING: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(EDITORS, _not_indented),
    "kwrite": _through(_up_to(_PLANE), _not_indented),
    "scite": _through(_up_to(_LATIN_1), _not_indented),
    "featherpad": lambda text: _not_indented(text).replace(_NO_BREAK_SPACE, " "),
    "swing": _up_to(_PLANE),
    "notepad": lambda text: text.replace(_WINE_TAKES_FOR_ANOTHER, ""),
    "vncviewer": _up_to("~"),
    "xephyr": _up_to("~"),
}


def fitting(name: str, text: str) -> str:
    """Return what of `text` the target `name` can hold."""
    return _FITTING.get(name, str)(text)
