# SPDX-License-Identifier: MIT
"""The configuration: every key with its default, its documentation, and what it accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from typewright.keymap.notation import keysyms_of
from typewright.options import BACKENDS, FOCUS_CHANGES, GRABS, NEWLINES, ON_USER, WAYS
from typewright.text.erasing import MEASURED
from typewright.text.language import is_language

BLIND_RUN = "blind-run"
PACINGS = ("run", BLIND_RUN, "chord", "event")
PASSWORDS = ("refuse", "type")
ACCESSIBILITY = ("off", "if-on", "switch-on")
NOTIFICATIONS = ("all", "refusals", "switches", "none")


def _key(default: object, doc: str, accepts: Callable[[Any], bool], form: str) -> Any:
    if isinstance(default, dict | list):
        return field(default_factory=type(default), metadata={"doc": doc, "accepts": accepts, "form": form})
    return field(default=default, metadata={"doc": doc, "accepts": accepts, "form": form})


def _seconds(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and low <= value <= high


def _count(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], bool]:
    return lambda value: value in choices


def _in_words(choices: tuple[str, ...]) -> str:
    *others, last = (f'"{choice}"' for choice in choices)
    return f"{', '.join(others)} or {last}"


def _is_chord(value: object) -> bool:
    try:
        return value == "" or (isinstance(value, str) and len(keysyms_of(value)) == 1)
    except ValueError:
        return False


def _is_context(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(table, Mapping) for table in value.values())


def _are_programs(value: object) -> bool:
    return isinstance(value, Mapping) and all(kind in MEASURED for kind in value.values())


@dataclass(frozen=True)
class Config:
    """What the user can choose. The metadata of each field are its documentation and what it accepts."""

    typing_enabled: bool = _key(
        True, "Whether typing is enabled when the service starts.", lambda value: type(value) is bool, "true or false"
    )
    backend: str = _key(
        "auto",
        "How to type. auto: as your session allows. x11: on an X11 display. wlroots: on a Wayland compositor that takes "
        "virtual keyboards (sway, labwc, river, Hyprland, ...). portal: through the desktop's portal, with your consent "
        "(GNOME, Plasma). printing: nowhere; each key event is printed to standard output, with what it would type.",
        _one_of(BACKENDS),
        _in_words(BACKENDS),
    )
    way: str = _key(
        "auto",
        "How text reaches a program, on Wayland. auto: by keys, and characters that it takes from no key as an input method "
        "hands them over, for as long as a job lasts. keys: by keys alone; such characters are refused.",
        _one_of(WAYS),
        _in_words(WAYS),
    )
    pacing: str = _key(
        "run",
        "run: up to 16 characters in one write, in which no other program can act, where that is safe (on X11). blind-run: "
        "on a slow line as well (`ssh -X`), many times as fast there; but when the focus moves, up to 16 characters go "
        "elsewhere. chord: all key events of a chord in one write. event: one at a time, for programs that need it.",
        _one_of(PACINGS),
        _in_words(PACINGS),
    )
    hold_s: float = _key(
        0.0, "With event pacing: how long to wait after each key event, in seconds.", _seconds(0, 1), "0 to 1"
    )
    timeout_s: float = _key(
        2.0, "How long to wait for the confirmation of a key event, in seconds.", _seconds(0.05, 20), "0.05 to 20"
    )
    answer_s: float = _key(
        5.0,
        "How long a program may take to answer that it has taken its keys, where it can answer, in seconds.",
        _seconds(0.05, 20),
        "0.05 to 20",
    )
    modifier_wait_s: float = _key(
        1.0, "How long a job waits for you to let go of a modifier key, in seconds.", _seconds(0.01, 20), "0.01 to 20"
    )
    newline: str = _key(
        "return",
        "What a line end in a text is: a press of Return, one of Shift+Return, a space, or refused. For calls that do not "
        "choose it themselves.",
        _one_of(NEWLINES),
        _in_words(NEWLINES),
    )
    on_focus_change: str = _key(
        "stop",
        "What a job does when its window loses the focus: stop, or wait and go on when the window has it again. For calls "
        "that do not choose it themselves.",
        _one_of(FOCUS_CHANGES),
        _in_words(FOCUS_CHANGES),
    )
    focus_wait_s: float = _key(
        10.0, "How long a job waits for the focus, if it may, in seconds.", _seconds(0, 60), "0 to 60"
    )
    grabs: str = _key(
        "refuse",
        "What to do while another program holds the keyboard, as a launcher does: refuse, or type to it. For calls that do "
        "not choose it themselves. Screen lockers are refused in any case.",
        _one_of(GRABS),
        _in_words(GRABS),
    )
    on_user: str = _key(
        "pause",
        "What a job does when you press a key or a button while it types: go on, pause until you are quiet, or stop. "
        "Escape stops it in any case; and what deletes (Backspace, Revise, Undo) stops at any key.",
        _one_of(ON_USER),
        _in_words(ON_USER),
    )
    quiet_s: float = _key(
        0.3,
        "How long you must have touched nothing before a paused job goes on, in seconds.",
        _seconds(0.05, 10),
        "0.05 to 10",
    )
    panic: str = _key(
        "Pause",
        "The chord on your own keyboard that sets TypingEnabled to false; pressed again, it sets it back. Empty: none.",
        _is_chord,
        'one chord, such as "Pause" or "ctrl+alt+Escape", or empty',
    )
    settle_s: float = _key(
        0.3,
        "How long to wait for a program that cannot tell when it has taken its keys, before characters that the keyboard "
        "layout lacks are replaced by others, in seconds.",
        _seconds(0, 5),
        "0 to 5",
    )
    linger_s: float = _key(
        2.0,
        "How long characters that the keyboard layout lacks stay on it after their last use, in seconds.",
        _seconds(0.3, 60),
        "0.3 to 60",
    )
    max_characters: int = _key(
        20_000,
        "The most characters, and the most backspaces, of one call.",
        _count(1, 60_000),
        "a whole number from 1 to 60000",
    )
    max_jobs: int = _key(
        64,
        "How many callers may have a job that waits or runs, and how many more jobs there may be than one for each of them.",
        _count(1, 1000),
        "a whole number from 1 to 1000",
    )
    max_jobs_per_caller: int = _key(
        16,
        "How many jobs one caller may have.",
        _count(1, 1000),
        "a whole number from 1 to 1000",
    )
    passwords: str = _key(
        "refuse",
        "What to do when the accessibility bus says that the focus is in a password field.",
        _one_of(PASSWORDS),
        _in_words(PASSWORDS),
    )
    history_s: float = _key(
        900.0,
        "How long what was typed is remembered, for Revise, Undo and Backspace, in seconds.",
        _seconds(0, 86_400),
        "0 to 86400",
    )
    language: str = _key(
        "",
        "The language of the context rules, such as de or fr; empty: that of your locale.",
        lambda value: value == "" or is_language(value),
        "a language tag, such as de, de-AT or de_AT.UTF-8, or empty",
    )
    context: Mapping[str, Mapping[str, Any]] = _key(
        {},
        "Your own additions to the context rules: a table [context.LANGUAGE], or [context.any], with the keys of "
        "src/typewright/text/context.toml.",
        _is_context,
        "tables of context rules",
    )
    programs: Mapping[str, str] = _key(
        {},
        "Which of your programs delete like one that was measured, in a table [programs] at the end of the file: the "
        "window class or app id of each, and the kind, as docs/erasing.md tells them apart.",
        _are_programs,
        f"a table of {_in_words(MEASURED)}",
    )
    accessibility: str = _key(
        "if-on",
        "Whether to ask programs, over the accessibility bus, what has the focus and what is before the caret. if-on: "
        "while your desktop has accessibility on. switch-on: switch it on when the service starts; it stays on.",
        _one_of(ACCESSIBILITY),
        _in_words(ACCESSIBILITY),
    )
    tray: bool = _key(
        True,
        "Whether an item in the desktop's tray shows the state, and has a menu to switch typing and to stop it.",
        lambda value: type(value) is bool,
        "true or false",
    )
    notifications: str = _key(
        "all",
        "What the desktop notifies you of: refusals, the texts that were not typed, each reason once a minute at most; "
        "switches, typing that was enabled or disabled by a key or a program; all, or none.",
        _one_of(NOTIFICATIONS),
        _in_words(NOTIFICATIONS),
    )
    callers: Sequence[Mapping[str, str]] = _key(
        [],
        "Which callers may have something typed, and which may set TypingEnabled to true, in tables [[callers]] at the end "
        "of the file. The first table that matches a caller and decides on what it wants counts; if none does, it is "
        "allowed. Their keys: executable and app (which callers match), type and enable (allow or deny).",
        lambda value: isinstance(value, list),
        "tables [[callers]]",
    )
