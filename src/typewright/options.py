# SPDX-License-Identifier: MIT
"""The options of a job: what one call may choose for itself, and the configuration for all that choose nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from typewright.errors import InvalidArgs

RETURN, SHIFT_RETURN, SPACE, REFUSE = "return", "shift-return", "space", "refuse"
NEWLINES = (RETURN, SHIFT_RETURN, SPACE, REFUSE)
"""What a line end in a text is: a press of Return, one of Shift+Return, a space, or not allowed."""

STOP, WAIT = "stop", "wait"
FOCUS_CHANGES = (STOP, WAIT)
"""What a job does when its window loses the focus: stop, or wait for the focus and go on."""

TYPE = "type"
GRABS = (REFUSE, TYPE)
"""What a job does while another program holds the keyboard, as launchers do: refuse, or type to that program."""

GO_ON, PAUSE = "go-on", "pause"
ON_USER = (GO_ON, PAUSE, STOP)
"""What every job does when the user presses a key or a button: go on, pause until the user is quiet, or stop."""

AUTO, X11, WLROOTS, PORTAL, PRINTING = "auto", "x11", "wlroots", "portal", "printing"
BACKENDS = (AUTO, X11, WLROOTS, PORTAL, PRINTING)
"""What the service types with: a backend by name, or the one that fits the session."""

KEYS = "keys"
WAYS = (AUTO, KEYS)
"""How text is typed: by keys, and what a program takes from no key as an input method does; or by keys alone."""

_LONGEST_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Options:
    """
    How one job types. `timeout_s` replaces all the typist's own time-outs unless it is None; `window` is the only window
    to type into, 0 for any; `context_adjust` is whether the text is adjusted to what is before it; the others are of
    `NEWLINES`, `FOCUS_CHANGES` and `GRABS`.
    """

    timeout_s: float | None = None
    window: int = 0
    newline: str = RETURN
    on_focus_change: str = STOP
    grabs: str = REFUSE
    context_adjust: bool = False

    def given(self, options: Mapping[str, object]) -> Options:
        """
        Return these options with those replaced that a call gives, by their names on the bus.

        Raises InvalidArgs for an unknown option, or a value that it does not accept.
        """
        chosen: dict[str, Any] = {}
        for name, value in options.items():
            option = _OPTIONS.get(name)
            if option is None:
                there_are = ", ".join(f"'{name}' ({option.form})" for name, option in _OPTIONS.items())
                raise InvalidArgs(f"One of the options is unknown; there are: {there_are}.")
            if not option.accepts(value):
                raise InvalidArgs(f"The option {name!r} must be {option.form}.")
            chosen[option.field] = value
        return replace(self, **chosen)

    def with_line_ends(self, text: str) -> str:
        """Return `text` with its line ends as these options have it. Raises InvalidArgs if there must be none."""
        place = text.find("\n") + 1
        if place and self.newline == REFUSE:
            raise InvalidArgs(
                f"Character {place} is a line end, and newline = {REFUSE!r} lets none be typed; "
                "leave it out, or choose another newline."
            )
        return text.replace("\n", " ") if self.newline == SPACE else text


class _Option(NamedTuple):
    """An option on the bus: the field of `Options` that it sets, the values that it accepts, and these in words."""

    field: str
    accepts: Callable[[Any], bool]
    form: str


def _one_of(field: str, choices: tuple[str, ...]) -> _Option:
    return _Option(field, lambda value: value in choices, "s: " + ", ".join(choices))


_OPTIONS = {
    "timeout": _Option(
        "timeout_s",
        lambda value: type(value) is float and 0 < value <= _LONGEST_TIMEOUT_S,
        f"d: seconds, above 0, at most {_LONGEST_TIMEOUT_S:g}",
    ),
    "window": _Option(
        "window", lambda value: type(value) is int and 0 < value < 1 << 32, "u: a window, as an earlier report names it"
    ),
    "newline": _one_of("newline", NEWLINES),
    "on_focus_change": _one_of("on_focus_change", FOCUS_CHANGES),
    "grabs": _one_of("grabs", GRABS),
    "context_adjust": _Option("context_adjust", lambda value: type(value) is bool, "b: true or false"),
}
