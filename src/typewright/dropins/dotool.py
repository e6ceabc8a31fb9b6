# SPDX-License-Identifier: MIT
"""dotool, and dotoolc, its client: a command on each line of standard input."""

from __future__ import annotations

from typewright.dropins import steps
from typewright.dropins.evdev import key_of
from typewright.dropins.steps import Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typewright.dropins.steps import Step

_HELP = """\
dotool reads commands from stdin and has Typewright carry them out:
  key CHORD...
  keydown CHORD...
  keyup CHORD...
  type TEXT
  keydelay MILLISECONDS, keyhold MILLISECONDS, typedelay MILLISECONDS, typehold MILLISECONDS (without effect)"""
_WITHOUT_EFFECT = ("keydelay", "keyhold", "typedelay", "typehold")
_POINTER = ("click", "buttondown", "buttonup", "wheel", "hwheel", "mouseto", "mousemove")


def translate(words: list[str]) -> list[Step]:
    """Return the steps of a command line, before standard input is read; all but none end the program."""
    if not words:
        return []
    if words[0] in ("-h", "--help"):
        return [(steps.SAY, _HELP)]
    if words[0] == "--version":
        return [(steps.SAY, "1.5")]
    return [(steps.REFUSE, ("there are no arguments: the commands come from standard input", 1))]


class Lines:
    """Translates one line after the other: keys may stay down from one to the next."""

    def __init__(self) -> None:
        self._script = Script()

    def translate(self, line: str) -> list[Step]:
        """Return the steps of a line."""
        command, _, rest = line.strip("\r\n").lstrip().partition(" ")
        if command == "type":
            self._script.type(rest)
        elif command in ("key", "keydown", "keyup"):
            for chord in rest.split():
                keys = [self._named(key) for key in chord.split("+")]
                if "" in keys:
                    self._script.add(steps.WARN, f"WARNING: {command}: a key of the chord is unknown")
                elif command == "key":
                    self._script.tap(*keys)
                elif command == "keydown":
                    self._script.press(*keys)
                else:
                    self._script.release(*keys)
        elif command in _POINTER:
            self._script.add(steps.WARN, f"WARNING: {command}: Typewright moves no pointer")
        elif command and command not in _WITHOUT_EFFECT:
            # Not the line itself: it may be the end of a text that had a line end in it.
            self._script.add(steps.WARN, "WARNING: the line begins with no command")
        return self._script.take()

    @staticmethod
    def _named(key: str) -> str:
        """Return the name of a key: `x:` precedes one of X's, `k:` a number of Linux."""
        if key.startswith("k:"):
            return key_of(int(key[2:])) if key[2:].isdigit() else ""
        return key.removeprefix("x:")
