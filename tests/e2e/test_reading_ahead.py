# SPDX-License-Identifier: MIT
"""
Programs that answer a ping before they have handled their keys: through an input method, or because they read ahead.

The text must be exact, and the level no higher than `server`. More of it, and Wine, is in tests/soak/ahead.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.helpers import desktop
from tests.targets import target
from tests.targets.desk import MatrixDesk, matrix_desk
from tests.targets.input_method import input_method
from tests.targets.texts import FENCE, TEXTS
from tests.targets.window import window_manager

FOREIGN = "".join(map(chr, range(0x4E00, 0x4E00 + 90))) + FENCE
"""More than can be lent at the same time, so that keycodes are used again."""
PLAIN = "The quick brown fox jumps over the lazy dog, 0123456789. " * 5 + FENCE
LINES = "Ça va, Żółw.\nbook, moon\n👩\u200d💻 and ≠\n" * 3 + FENCE


@pytest.fixture(scope="module")
def matrix() -> Iterator[MatrixDesk]:
    desktop.needs("openbox", "xterm", "fcitx5", "ibus-daemon", "soffice")
    with matrix_desk() as desk, window_manager(desk.environ):
        yield desk


@pytest.mark.promise("any-text", "keycode-reused")
@pytest.mark.parametrize(
    ("method", "name", "own"),
    [
        ("fcitx", "xterm", {}),
        ("ibus", "xterm", {}),
        ("ibus", "gtk3", {"GTK_IM_MODULE": "xim"}),
        ("fcitx", "gtk3", {"GTK_IM_MODULE": "fcitx"}),
        ("ibus", "qt5", {"QT_IM_MODULE": "ibus"}),
        ("fcitx", "qt5", {"QT_IM_MODULE": "fcitx"}),
    ],
)
def test_through_an_input_method(matrix: MatrixDesk, method: str, name: str, own: dict[str, str]) -> None:
    with input_method(method, matrix.environ) as environ, target(name, {**environ, **own}) as program:
        for text in (FOREIGN, PLAIN):
            outcome = matrix.attempt(program, text)
            assert (outcome.exact, outcome.told.level) == (True, "server"), outcome


@pytest.mark.promise("any-text")
@pytest.mark.parametrize("name", ["writer-gtk3", "writer-gen"])
def test_libreoffice(matrix: MatrixDesk, name: str) -> None:
    with target(name, matrix.environ) as program:
        for text in (LINES, TEXTS["runs"]):
            outcome = matrix.attempt(program, text)
            assert (outcome.exact, outcome.told.level) == (True, "server"), outcome


def test_a_browser_has_the_keys_and_its_page_may_not(matrix: MatrixDesk) -> None:
    with target("chromium", matrix.environ, slow_s=0.008) as program:
        outcome = matrix.attempt(program, PLAIN)
    assert (outcome.exact, outcome.told.level) == (True, "server"), outcome
