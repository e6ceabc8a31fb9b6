# SPDX-License-Identifier: MIT
"""xdotool: `type`, `key`, `keyup`, `keydown` and `sleep`, in chains too; everything else goes on to the tool itself."""

from __future__ import annotations

from typewright.dropins import steps
from typewright.dropins.arguments import BadOption, getopt
from typewright.dropins.evdev import key_of
from typewright.dropins.steps import Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typewright.dropins.steps import Step

_USAGE = {
    "type": "type [--delay milliseconds] [--clearmodifiers] [--file filepath] [--args N] [--terminator T] <things to type>",
    "key": "key [--delay milliseconds] [--clearmodifiers] <keysequence> [keysequence ...]",
}
_LONG = {"clearmodifiers": "c", "delay": "d", "help": "h", "window": "w", "repeat": "r", "repeat-delay": "D"}
_TYPE_LONG = {**_LONG, "file": "f", "args": "a", "terminator": "t"}
_COMMAND_NAMES = """\
behave behave_screen_edge click exec get_desktop get_desktop_for_window get_desktop_viewport get_num_desktops
getactivewindow getdisplaygeometry getmouselocation getwindowclassname getwindowfocus getwindowgeometry getwindowname
getwindowpid help key keydown keyup mousedown mousemove mousemove_relative mouseup search selectwindow set_desktop
set_desktop_for_window set_desktop_viewport set_num_desktops set_window sleep type version windowactivate windowclose
windowfocus windowkill windowlower windowmap windowminimize windowmove windowquit windowraise windowreparent windowsize
windowstate windowunmap"""
_COMMANDS = frozenset(_COMMAND_NAMES.split())
_MODIFIERS = frozenset(
    f"{name}{side}" for name in ("alt", "control", "ctrl", "shift", "super", "meta", "hyper") for side in ("", "_l", "_r")
)


def translate(words: list[str]) -> list[Step]:
    """Return the steps of a command line."""
    script, left = Script(), list(words)
    if not left:
        return [(steps.PASS_ON, [])]
    while left:
        command = left[0].lower()
        try:
            if command == "type":
                left = _type(script, left)
            elif command in ("key", "keydown", "keyup"):
                left = _keys(script, command, left)
            elif command == "sleep" and len(left) > 1:
                script.add(steps.SLEEP, float(left[1]))
                del left[:2]
            else:
                # What follows in the chain may be about what this one finds.
                return [*script.take(), (steps.PASS_ON, left)]
        except (BadOption, ValueError) as problem:
            script.add(steps.REFUSE, (f"{problem}\nUsage: {_USAGE.get(command, _USAGE['key'])}", 1))
            break
    if script.down:
        sentence = "keydown: no key stays down after the end of the command; put what belongs to it into the same command"
        script.add(steps.WARN, sentence)
    return script.take()


def _type(script: Script, left: list[str]) -> list[str]:
    options, data = getopt(left[1:], "w:d:chf:a:t:r:D:", _TYPE_LONG, long_only=True)
    chosen = dict(options)
    if "h" in chosen:
        script.add(steps.SAY, f"Usage: {_USAGE['type']}")
        return []
    if "w" in chosen:
        script.add(steps.PASS_ON, left)
        return []
    rest: list[str] = []
    if "a" in chosen:
        data, rest = data[: int(chosen["a"])], data[int(chosen["a"]) :]
    elif "t" in chosen and chosen["t"] in data:
        end = data.index(chosen["t"])
        data, rest = data[:end], data[end + 1 :]
    if "f" in chosen:
        # What follows the file is a chain, unless it was to be typed as well.
        script.add(steps.FILE, chosen["f"])
        return rest or data
    if not data:
        raise ValueError("You specified the wrong number of args.")
    script.type("".join(data))
    return rest


def _keys(script: Script, command: str, left: list[str]) -> list[str]:
    options, data = getopt(left[1:], "d:hcw:r:D:", _LONG, long_only=True)
    chosen = dict(options)
    if "h" in chosen:
        script.add(steps.SAY, f"Usage: {_USAGE['key']}")
        return []
    if "w" in chosen:
        script.add(steps.PASS_ON, left)
        return []
    end = next((place for place, word in enumerate(data) if word.lower() in _COMMANDS), len(data))
    if not end:
        raise ValueError("You specified the wrong number of args.")
    for _ in range(int(chosen.get("r", "1"))):
        for word in data[:end]:
            keys = [_named(part) for part in word.split("+")]
            if "" in keys:
                raise ValueError("A + has no key beside it; write the key + itself as plus.")
            if command == "key":
                script.tap(*keys)
            elif command == "keydown":
                script.press(*keys)
            else:
                script.release(*keys)
    return data[end:]


def _named(word: str) -> str:
    """Return the name of a key; a number of several digits is one of X's keycodes. Modifiers have one spelling."""
    if len(word) > 1 and word.isascii() and word.isdigit():
        return key_of(int(word) - 8)
    return word.lower() if word.lower() in _MODIFIERS else word
