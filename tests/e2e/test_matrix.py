# SPDX-License-Identifier: MIT
"""
Any text, any layout, every toolkit: what a program holds is what was sent.

The short version: every text into every program on the us layout, and every layout once. The whole of it, many times over,
is tests/soak/matrix.py.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.helpers import desktop
from tests.targets import NAMES
from tests.targets.caller import type_text
from tests.targets.compare import compare
from tests.targets.desk import MatrixDesk, matrix_desk
from tests.targets.layouts import LAYOUTS, layout
from tests.targets.texts import FENCE, SHORT, TEXTS, on_keyboard

LONGER = (TEXTS["mixed"].removesuffix(FENCE) * 6)[:1999] + FENCE
"""2,000 characters, of which some hundred are on no layout: keycodes are lent to them again and again."""


@pytest.fixture(scope="module")
def matrix() -> Iterator[MatrixDesk]:
    desktop.needs("openbox", "xterm", "urxvt", "emacs-lucid", "chromium", "/usr/bin/python3")
    with matrix_desk() as desk:
        yield desk


@pytest.mark.promise("any-text")
@pytest.mark.parametrize("name", NAMES)
def test_every_text_arrives_in_every_program(matrix: MatrixDesk, name: str) -> None:
    with layout("us", matrix.environ), matrix.program(name) as program:
        outcome = matrix.attempt(program, SHORT)
    assert outcome.exact, outcome


@pytest.mark.promise("any-text")
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_types_every_script(matrix: MatrixDesk, name: str) -> None:
    with layout(name, matrix.environ), matrix.program("gtk3") as program:
        outcome = matrix.attempt(program, on_keyboard(matrix.environ).removesuffix(FENCE) + TEXTS["mixed"])
    assert outcome.exact, outcome


@pytest.mark.parametrize("name", ["us+ru+gr, ru", "Shift Lock on"])
def test_a_new_map_is_taken_up_with_what_is_locked(matrix: MatrixDesk, name: str) -> None:
    """Qt 5 learns of the active group and of locks with a change of the state only, and not with the map."""
    with layout(name, matrix.environ), matrix.program("qt5") as program:
        outcome = matrix.attempt(program, SHORT)
    assert outcome.exact, outcome


@pytest.mark.promise("slow-program", "keycode-reused")
@pytest.mark.parametrize("name", ["tk"])
def test_a_program_that_is_slow_with_each_key_gets_all_of_it(matrix: MatrixDesk, name: str) -> None:
    with layout("us", matrix.environ), matrix.program(name, slow_s=0.005) as program:
        outcome = matrix.attempt(program, LONGER)
    assert outcome.exact, outcome


@pytest.mark.promise("slow-program", "program-stalled")
@pytest.mark.parametrize("name", ["gtk3", "xterm"])
def test_a_program_that_stands_still_for_a_second_gets_all_of_it(matrix: MatrixDesk, name: str) -> None:
    with layout("us", matrix.environ), matrix.program(name) as program, ThreadPoolExecutor(1) as pool:
        typing = pool.submit(type_text, matrix.environ, LONGER)
        program.read(200)
        os.kill(program.pid, signal.SIGSTOP)
        in_the_middle = not typing.done()
        time.sleep(1.0)  # so long it stands still; nothing is waited for
        os.kill(program.pid, signal.SIGCONT)
        assert in_the_middle
        told = typing.result()
        got = program.read(len(LONGER))
    difference = compare(LONGER, got)
    assert (told.confirmed, difference.wrong) == (True, 0), difference
