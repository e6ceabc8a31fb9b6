# SPDX-License-Identifier: MIT
"""A desk for the matrix: an X server, a bus and the service; a window manager and a program for each target."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.helpers import desktop
from tests.targets import target
from tests.targets.caller import Told, type_text
from tests.targets.compare import compare
from tests.targets.input_method import THROUGH, input_method
from tests.targets.program import Program
from tests.targets.window import window_manager

_UNCONFIRMED_PATIENCE_S = 2.0
"""How long a text is waited for that was not confirmed; it may never come."""


@dataclass(frozen=True)
class Outcome:
    """What became of one text."""

    told: Told
    wrong: int
    where: str

    @property
    def exact(self) -> bool:
        """Whether the program holds just what was sent, and Typewright says so."""
        return self.told.confirmed and not self.wrong


class Desk:
    """A running service and its environment."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ

    def attempt(self, program: Program, text: str) -> Outcome:
        """Type `text` into the program, which is emptied before, and compare."""
        program.clear()
        told = type_text(self.environ, text)
        got = program.read(len(text), desktop.PATIENCE_S if told.confirmed else _UNCONFIRMED_PATIENCE_S)
        difference = compare(text, got)
        return Outcome(told, difference.wrong, str(difference) if difference.wrong else "")


class MatrixDesk(Desk):
    """A desk on X."""

    @contextlib.contextmanager
    def program(self, name: str, *, slow_s: float = 0.0) -> Iterator[Program]:
        """The program `name` with the focus, and its input method beside it."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(window_manager(self.environ))
            environ = self.environ
            if through := THROUGH.get(name):
                name = through.program
                environ = {**stack.enter_context(input_method(through.method, environ)), **through.own}
            yield stack.enter_context(target(name, environ, slow_s=slow_s))


@contextlib.contextmanager
def matrix_desk() -> Iterator[MatrixDesk]:
    """A desk of its own."""
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.service(environ):
            yield MatrixDesk(environ)
