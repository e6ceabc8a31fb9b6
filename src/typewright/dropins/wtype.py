# SPDX-License-Identifier: MIT
"""wtype: texts and keys in the order in which they are given."""

from __future__ import annotations

from typewright.dropins import steps
from typewright.dropins.steps import MODIFIERS, Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typewright.dropins.steps import Step

_LOCKING = {"capslock": "Caps_Lock"}
_OPTIONS = ("-M", "-m", "-P", "-p", "-k", "-s", "-d")


def translate(words: list[str]) -> list[Step]:
    """Return the steps of a command line."""
    if not words:
        return [(steps.REFUSE, ("Usage: wtype <text-to-type>", 1))]
    script = Script()
    raw = after_text = False
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--" and not raw:
            raw = True
        elif word == "-" and not raw:
            script.add(steps.FILE, "-")
        elif word.startswith("-") and not raw:
            # The tool reads all of its arguments first.
            if word not in _OPTIONS:
                return [(steps.REFUSE, ("Unknown parameter; put -- before a text that begins with a dash", 1))]
            if not left:
                return [(steps.REFUSE, (f"Missing argument to {word}", 1))]
            if problem := _option(script, word, left.pop(0)):
                return [(steps.REFUSE, (problem, 1))]
            after_text = False
        else:
            script.type(f" {word}" if after_text else word)
            after_text = True
    script.release_all()
    return script.take()


def _option(script: Script, option: str, argument: str) -> str:
    """Add what an option comes to; return what is wrong with it."""
    if option in ("-M", "-m"):
        modifier = {**MODIFIERS, **_LOCKING}.get(argument.lower())
        if modifier is None:
            return f"Invalid modifier name '{argument}'"
        (script.press if option == "-M" else script.release)(modifier)
    elif option == "-P":
        script.press(argument)
    elif option == "-p":
        script.release(argument)
    elif option == "-k":
        script.tap(argument)
    elif not argument.isdigit() or (option == "-s" and not int(argument)):
        return "Invalid sleep time"
    elif option == "-s":
        script.add(steps.SLEEP, int(argument) / 1000)
    return ""
