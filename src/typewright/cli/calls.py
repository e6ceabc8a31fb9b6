# SPDX-License-Identifier: MIT
"""
The commands that are a call of the service, by the light client: they start about as fast as `busctl`.

Nothing that takes time to import is imported before it is needed.
"""

from __future__ import annotations

import sys

from typewright.client.leaving import leave_at_an_interrupt
from typewright.client.long_text import read_text, type_text
from typewright.client.messages import complain, say, told
from typewright.client.typist import Typist
from typewright.errors import InvalidArgs, TypewrightError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NOT_CONFIRMED = 1


def run(options: Any) -> int:
    """Carry out the command of `options`; return the exit status."""
    try:
        if options.command == "type":
            return _type(options)
        leave_at_an_interrupt()
        typist = Typist()
        if options.command == "press":
            return _outcome(typist.press(" ".join(options.chords), {}), "chords")
        if options.command == "backspace":
            return _outcome(typist.backspace(options.count, {}), "characters")
        if options.command == "cancel":
            typist.cancel_all()
        elif options.command == "toggle":
            typist.enabled = enabled = not typist.enabled
            say(f"typing is {'enabled' if enabled else 'disabled'}")
        else:
            typist.enabled = options.command == "enable"
    except TypewrightError as problem:
        complain(str(problem))
        return problem.exit_status
    return 0


def _type(options: Any) -> int:
    text = _standard_input() if options.text in ("-", None) else options.text
    leave_at_an_interrupt()
    chosen = {name: value for name in ("newline", "on_focus_change", "grabs") if (value := getattr(options, name))}
    return _outcome(type_text(Typist(), text, chosen, complain=complain, progress=_show_progress), "characters")


def _standard_input() -> str:
    if sys.stdin is None:
        raise InvalidArgs("Standard input is closed: give the text as an argument, or connect a file or a program.")
    return read_text(sys.stdin.buffer, "Standard input", sys.stdin.encoding)


def _outcome(report: Mapping[str, Any], unit: str) -> int:
    if report["confirmed"]:
        return 0
    from typewright.client.report import problem

    complain(problem(report, f"{report['typed']} of {report['total']} {unit} are confirmed"))
    return NOT_CONFIRMED


def _show_progress(typed: int, total: int) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        told(f"\r{typed} of {total} characters{'' if typed < total else chr(10)}")
