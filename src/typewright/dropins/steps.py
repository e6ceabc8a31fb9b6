# SPDX-License-Identifier: MIT
"""
Steps: what the command line of a tool comes to, in calls of the service and a few other things.

A step is a pair of a kind and its value. The service knows no key that is down between two calls, so a `Script` makes
chords of keys that are pressed and released one by one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Step = tuple[str, Any]

TYPE = "type"
"""Type this text."""
FILE = "file"
"""Type what is in the file of this path; - is standard input."""
PRESS = "press"
"""Press these chords, separated by spaces."""
BACKSPACE = "backspace"
"""Delete this many characters backwards."""
SLEEP = "sleep"
"""Wait for this many seconds."""
SAY = "say"
"""Print this to standard output."""
REFUSE = "refuse"
"""Print the sentence of a pair of sentence and exit status to standard error, and end with that status."""
WARN = "warn"
"""Print this sentence to standard error, end with status 1, but go on."""
PASS_ON = "pass on"
"""Have the tool itself carry out these words, if it is installed; end with its status."""

MODIFIERS = {
    "shift": "shift", "ctrl": "ctrl", "alt": "alt", "super": "super", "altgr": "altgr", "logo": "super", "win": "super",
    "control": "ctrl", "meta": "super", "lshift": "Shift_L", "rshift": "Shift_R", "lctrl": "Control_L", "rctrl": "Control_R",
    "lalt": "Alt_L", "ralt": "Alt_R", "lsuper": "Super_L", "rsuper": "Super_R",
}  # fmt: skip
"""Names of modifiers in wtype and eitype -> in the notation of chords."""

_NAMES = {" ": "space", "+": "plus", "\n": "Return", "\r": "Return", "\t": "Tab"}
"""Characters that the notation of chords can't have as they are."""


class Script:
    """Collects steps. Text that is typed while keys are down is pressed key by key: ctrl and "c" is ctrl+c."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._down: list[str] = []
        self._pending = False  # whether the last of them was not yet part of a chord

    def add(self, kind: str, value: object) -> None:
        """Add a step that has nothing to do with keys."""
        self._steps.append((kind, value))

    def type(self, text: str) -> None:
        """Type `text`."""
        if not self._down:
            self.add(TYPE, text)
        for character in text if self._down else "":
            self.tap(_NAMES.get(character, character))

    def press(self, *keys: str) -> None:
        """Press keys, and leave them down."""
        for key in keys:
            if key not in self._down:
                self._down.append(key)
                self._pending = True

    def release(self, *keys: str) -> None:
        """Release keys. One that is not down need not be: it is what the tool would leave up, too."""
        for key in keys:
            if key in self._down:
                if self._pending:
                    self._chord(self._down)
                self._pending = False
                self._down.remove(key)

    def tap(self, *keys: str) -> None:
        """Press and release keys together, with those that are down."""
        self._pending = False
        self._chord([*self._down, *(key for key in keys if key not in self._down)])

    def release_all(self) -> None:
        """Release what is down, as tools do whose keyboard goes away with them."""
        self.release(*reversed(self._down))

    def take(self) -> list[Step]:
        """Return the steps so far, and forget them; keys stay down."""
        steps, self._steps = self._steps, []
        return steps

    @property
    def down(self) -> bool:
        """Whether keys are down."""
        return bool(self._down)

    def _chord(self, keys: list[str]) -> None:
        alone = keys[0] if len(keys) == 1 else ""
        before: Any
        kind, before = self._steps[-1] if self._steps else ("", None)
        step: Step
        if character := _character(alone):  # The service lends a key to a text, but not to a chord.
            step = TYPE, before + character if kind == TYPE else character
        elif alone.lower() == "backspace":
            step = BACKSPACE, before + 1 if kind == BACKSPACE else 1
        else:
            step = PRESS, f"{before} {'+'.join(keys)}" if kind == PRESS else "+".join(keys)
        self._steps[len(self._steps) - (kind == step[0]) :] = [step]


def _character(key: str) -> str:
    """Return the character beyond ASCII that `key` is, or that its name U20AC is; empty if it is another key."""
    if key[:1] == "U" and len(key) > len("U20") and not key[1:].strip("0123456789abcdefABCDEF"):
        number = int(key[1:], 16)
        key = chr(number) if number <= 0x10FFFF else ""
    return key if len(key) == 1 and ord(key) >= 0xA0 else ""
