# SPDX-License-Identifier: MIT
"""The runner: carries out the steps of a tool, and ends with a status that the tool could end with."""

from __future__ import annotations

import os
import sys
import time

from typewright.client.leaving import leave_at_an_interrupt
from typewright.client.long_text import read_text, type_text
from typewright.client.messages import complain, say
from typewright.client.typist import Typist
from typewright.dropins import steps
from typewright.errors import BusLost, InvalidArgs, LimitsExceeded, TypewrightError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from typewright.dropins.steps import Step

MARK = b"typewright.dropins"
"""What is in every drop-in, and in no tool."""
_CHORDS = 500
_LONGEST_LINE = 1 << 20


def main(tool: str, *, lenient: bool = False) -> None:
    """
    Run as `tool`, with the arguments of the process.

    With `lenient`, the status is 0 also when the text was not confirmed, for callers that a failed tool makes give up.
    """
    leave_at_an_interrupt()
    sys.exit(Runner(tool, lenient=lenient).run(sys.argv[1:]))


class Runner:
    """Carries out the command lines of `tool`; see `main`."""

    def __init__(self, tool: str, *, lenient: bool = False) -> None:
        self._tool = tool
        self._lenient = lenient
        self._typist = Typist()
        self._status = 0

    def run(self, words: list[str]) -> int:
        """Carry out a command line, and then the lines of standard input if the tool reads them; return the status."""
        module: Any = __import__(f"typewright.dropins.{self._tool}", fromlist=["translate"])
        planned = module.translate(words)
        if planned or not hasattr(module, "Lines"):
            self._carry_out(planned)
            return self._status
        lines = module.Lines()
        for line in _lines():
            try:
                self._carry_out(lines.translate(line.decode("utf-8")))
            except UnicodeDecodeError:
                self._complain("a line is not UTF-8, and was not typed", 1)
        return self._status

    def _carry_out(self, planned: list[Step]) -> None:
        """Do one step after the other, until one is not confirmed: what follows would go elsewhere, or does not fit."""
        for kind, value in planned:
            try:
                if not self._done(kind, value):
                    return
            except TypewrightError as problem:
                if isinstance(problem, BusLost):
                    self._typist = Typist()  # The next line may find another bus, or another service.
                refused = isinstance(problem, (InvalidArgs, LimitsExceeded))
                self._complain(str(problem), 0 if refused and self._lenient else 1)
                return

    def _done(self, kind: str, value: Any) -> bool:
        """Do a step; return whether to go on."""
        if kind == steps.TYPE:
            return self._confirmed(type_text(self._typist, value, {}, complain=lambda said: self._complain(said, 0)))
        if kind == steps.FILE:
            return self._done(steps.TYPE, _text_in(value))
        if kind == steps.BACKSPACE:
            return self._confirmed(self._typist.backspace(value, {}))
        if kind == steps.PRESS:
            chords = value.split(" ")
            starts = range(0, len(chords), _CHORDS)
            return all(self._confirmed(self._typist.press(" ".join(chords[at : at + _CHORDS]), {})) for at in starts)
        if kind == steps.SLEEP:
            time.sleep(max(value, 0))
        elif kind == steps.SAY:
            say(value)
        elif kind == steps.WARN:
            self._complain(value, 1)
        elif kind == steps.REFUSE:
            self._complain(*value)
        else:
            self._pass_on(value)
        return kind in (steps.SLEEP, steps.SAY, steps.WARN)

    def _confirmed(self, report: dict[str, Any]) -> bool:
        if report["confirmed"]:
            return True
        from typewright.client.report import problem

        self._complain(problem(report, f"{report['typed']} of {report['total']} are confirmed"), 0 if self._lenient else 1)
        return False

    def _pass_on(self, words: list[str]) -> None:
        """Become the tool itself, if there is one."""
        for directory in os.get_exec_path():
            path = os.path.join(directory, self._tool)
            if os.access(path, os.X_OK) and os.path.isfile(path) and not is_ours(path):
                self._typist.close()
                os.execv(path, [self._tool, *words])
        what = f"`{words[0]}` in this form" if words else "reading commands from a file"
        self._complain(f"{what} is not typing, and there is no other {self._tool} on the PATH to pass it on to", 1)

    def _complain(self, sentence: str, status: int) -> None:
        complain(sentence, self._tool)
        self._status = max(self._status, status)


def is_ours(path: str) -> bool:
    """Return whether the file is a drop-in, of whichever installation."""
    try:
        with open(path, "rb") as file:
            return MARK in file.read(4096)
    except OSError:
        return False


def _text_in(path: str) -> str:
    if path == "-":
        if sys.stdin is None:
            raise InvalidArgs("Standard input is closed.")
        return read_text(sys.stdin.buffer, "Standard input")
    try:
        with open(path, "rb") as file:
            return read_text(file, "The file")
    except OSError as problem:
        raise InvalidArgs(f"The file cannot be opened: {problem.strerror}.") from None


def _lines() -> Iterator[bytes]:
    """Yield each line of standard input as soon as it is there."""
    data = b""
    while sys.stdin is not None:
        line, end, rest = data.partition(b"\n")
        if end:
            data = rest
            yield line
            continue
        more = os.read(0, 65536)
        if not more or len(data) > _LONGEST_LINE:
            break
        data += more
    if data:
        yield data
