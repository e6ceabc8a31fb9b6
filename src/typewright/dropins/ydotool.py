# SPDX-License-Identifier: MIT
"""ydotool: `type` and `key`, the latter with the numbers of Linux, or with names as before version 1."""

from __future__ import annotations

from typewright.dropins import steps
from typewright.dropins.arguments import BadOption, getopt
from typewright.dropins.evdev import key_of
from typewright.dropins.steps import Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typewright.dropins.steps import Step

_HELP = {
    "": "Usage: ydotool <cmd> <args>\nAvailable commands:\n  type\n  key\n  sleep",
    "type": "Usage: type [OPTION]... [STRINGS]...\nType strings.\n\nOptions:\n"
    "  -d, --key-delay=N\n  -H, --key-hold=N\n  -D, --next-delay=N\n  -f, --file=PATH\n  -e, --escape=BOOL\n  -h, --help",
    "key": "Usage: key [OPTION]... [KEYCODES]...\nEmit key events.\n\nOptions:\n"
    "  -d, --key-delay=N\n  -h, --help\n\nSyntax: <keycode>:<pressed>, such as 28:1 28:0",
}
_TYPE_LONG = {
    "key-delay": "d", "delay": "d", "key-hold": "H", "next-delay": "D", "file": "f", "escape": "e", "help": "h",
}  # fmt: skip
_KEY_LONG = {"key-delay": "d", "delay": "d", "repeat": "r", "repeat-delay": "D", "help": "h", "file": "f"}


def translate(words: list[str]) -> list[Step]:
    """Return the steps of a command line."""
    command, *others = words or ("",)
    try:
        if command in ("", "help", "-h", "--help"):
            return [(steps.SAY, _HELP[""])]
        if command == "type":
            return _type(others)
        if command == "key":
            return _key(others)
        if command == "sleep":
            return [(steps.SLEEP, int(others[0]) / 1000)] if others else [(steps.SAY, "Usage: sleep <milliseconds>")]
    except (BadOption, ValueError) as problem:
        return [(steps.REFUSE, (f"ydotool: {command}: {problem}", 1))]
    return [(steps.PASS_ON, list(words))]


def _type(words: list[str]) -> list[Step]:
    options, texts = getopt(words, "hd:H:D:f:e:", _TYPE_LONG, permute=True)
    chosen = dict(options)
    if "h" in chosen or (not texts and "f" not in chosen):
        return [(steps.SAY, _HELP["type"])]
    if "f" in chosen:
        return [(steps.FILE, chosen["f"])]
    text = "".join(texts)
    # The tool does so unless it is told not to; those who pass on a text that was spoken don't expect it.
    return [(steps.TYPE, _unescaped(text) if chosen.get("e", "0") not in ("0", "false") else text)]


def _unescaped(text: str) -> str:
    known = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
    first, *others = text.split("\\")
    while others:
        other = others.pop(0)
        if other:
            first += known.get(other[0], "\\" + other[0]) + other[1:]
        elif others:
            first += "\\" + others.pop(0)
        else:
            first += "\\"
    return first


def _key(words: list[str]) -> list[Step]:
    options, keys = getopt(words, "hd:r:D:f:", _KEY_LONG, permute=True)
    chosen = dict(options)
    if "h" in chosen or not keys:
        return [(steps.SAY, _HELP["key"])]
    script = Script()
    for _ in range(int(chosen.get("r", "1"))):
        for word in keys:
            _event(script, word)
    if script.down:
        script.add(steps.WARN, "key: no key stays down after the end of the command; release it in the same one")
    return script.take()


def _event(script: Script, word: str) -> None:
    code, colon, _ = word.partition(":")
    if not colon:
        # Before version 1 it was a chord; later anything else than a number is a pause.
        if not word.strip("0123456789") or (word.startswith("0x")):
            return
        script.tap(*word.split("+"))
        return
    try:
        number = int(code, 16 if "x" in code else 10)
    except ValueError:
        return
    name = key_of(number)
    if not name:
        raise ValueError(f"the key {number} is unknown")
    if word.endswith("0"):
        script.release(name)
    else:
        script.press(name)
