# SPDX-License-Identifier: MIT
"""kwtype: one text."""

from __future__ import annotations

from typewright.dropins import steps
from typewright.dropins.arguments import BadOption, getopt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typewright.dropins.steps import Step

_LONG = {"key-delay": "d", "key-hold": "H", "no-flush": "n", "help": "h", "help-all": "h", "version": "v"}


def translate(words: list[str]) -> list[Step]:
    """Return the steps of a command line."""
    try:
        options, texts = getopt(words, "d:H:nhv", _LONG, permute=True)
    except BadOption as problem:
        return [(steps.REFUSE, (str(problem), 1))]
    letters = {letter for letter, _ in options}
    if "h" in letters:
        return [(steps.SAY, "Usage: kwtype [options] text\nVirtual keyboard input tool for KDE Wayland")]
    if "v" in letters:
        return [(steps.SAY, "KWtype 0.1.0")]
    return [(steps.TYPE, "".join(texts))]
