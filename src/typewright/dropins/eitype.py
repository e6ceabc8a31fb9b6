# SPDX-License-Identifier: MIT
"""eitype: texts, keys and modifiers in the order in which they are given; a modifier that is held is held for all."""

from __future__ import annotations

from typewright.dropins import steps
from typewright.dropins.arguments import BadOption, getopt
from typewright.dropins.steps import MODIFIERS, Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typewright.dropins.steps import Step

_SHORT = "d:k:M:P:l:s:pvhV"
_LONG = {
    "delay": "d", "key": "k", "hold-mod": "M", "modifier": "M", "press-mod": "P", "layout": "l", "variant": "l",
    "model": "l", "options": "l", "rules": "l", "layout-index": "l", "socket": "s", "portal": "p", "verbose": "v",
    "help": "h", "version": "V",
}  # fmt: skip
_USAGE = "Usage: eitype [OPTIONS] [TEXT]..."


def translate(words: list[str]) -> list[Step]:
    """Return the steps of a command line."""
    script, left = Script(), list(words)
    try:
        held = [argument for letter, argument in getopt(left, _SHORT, _LONG, permute=True)[0] if letter == "M"]
        for name in held:
            script.press(_modifier(name))
        while left:
            options, others = getopt(left, _SHORT, _LONG)
            raw = "--" in left[: len(left) - len(others)]
            for letter, argument in options:
                if letter == "h":
                    return [(steps.SAY, _USAGE)]
                if letter == "V":
                    return [(steps.SAY, "eitype 0.3")]
                if letter == "k":
                    script.tap(argument)
                elif letter == "P":
                    script.tap(_modifier(argument))
            texts, left = (others, []) if raw else (others[:1], others[1:])
            for text in texts:
                script.type(text)
    except (BadOption, ValueError) as problem:
        return [(steps.REFUSE, (f"error: {problem}\n\n{_USAGE}", 2))]
    script.release_all()
    return script.take() or [(steps.REFUSE, (f"error: nothing to type\n\n{_USAGE}", 1))]


def _modifier(name: str) -> str:
    modifier = MODIFIERS.get(name.lower())
    if modifier is None:
        raise ValueError(f"unknown modifier '{name}'")
    return modifier
