# SPDX-License-Identifier: MIT
"""
A user with accessibility settings: the text is exact, and the settings stay as they are.

SlowKeys have short delays here, so that the tests take little time; the server does the same with any.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from unittest import mock

import pytest
from test_application import TARGETS, target
from tests.helpers import accessx, desktop
from tests.helpers.accessx import ACCESSX_KEYS, BOUNCE_KEYS, LATCH_TO_LOCK, SLOW_KEYS, STICKY_KEYS, TWO_KEYS
from Xlib.display import Display

from conftest import Desk

SLOW_MS, BOUNCE_MS = 30, 300
LIKE_A_DESKTOP = TWO_KEYS | LATCH_TO_LOCK
SETTINGS = {
    "bounce": (BOUNCE_KEYS, LIKE_A_DESKTOP),
    "slow": (SLOW_KEYS, LIKE_A_DESKTOP),
    "sticky": (STICKY_KEYS, LIKE_A_DESKTOP),
    "sticky, two keys allowed": (STICKY_KEYS, LATCH_TO_LOCK),
    "sticky and bounce, with gestures": (STICKY_KEYS | BOUNCE_KEYS | ACCESSX_KEYS, LIKE_A_DESKTOP),
    "all": (SLOW_KEYS | BOUNCE_KEYS | STICKY_KEYS | ACCESSX_KEYS, LIKE_A_DESKTOP),
}
TEXT = "Hello, bookkeeper! AABBaabb ÄÖÜ „Öl“ @@ €€ {[]} ## Łł ∀∀ žž 11!! "


@pytest.fixture
def user(environ: dict[str, str]) -> Iterator[Display]:
    """The user's settings program; what it set is put back."""
    with mock.patch.dict(os.environ, XAUTHORITY="/dev/null"):
        display = Display(environ["DISPLAY"])
    before = accessx.read(display)
    yield display
    accessx.write(display, before)
    display.close()


@pytest.mark.promise("accessx")
@pytest.mark.parametrize("name", SETTINGS)
def test_the_text_is_exact_and_the_settings_stay(desk: Desk, user: Display, name: str) -> None:
    enabled, options = SETTINGS[name]
    desk.layout("de")
    before = accessx.switch(user, enabled, options=options, slow_delay=SLOW_MS, bounce_delay=BOUNCE_MS)
    assert desk.call("Insert", "s", TEXT) == "b true"
    assert desk.terminal.read(len(TEXT)) == TEXT
    assert accessx.read(user) == before
    assert accessx.modifiers(user) == 0


@pytest.mark.parametrize("mode", ["chord", "event"])
@pytest.mark.parametrize("name", ["slow", "sticky", "all"])
def test_in_a_program_with_widgets(environ: dict[str, str], user: Display, name: str, mode: str) -> None:
    enabled, options = SETTINGS[name]
    desktop.run(environ, "setxkbmap", "-option", "", "de")
    before = accessx.switch(user, enabled, options=options, slow_delay=SLOW_MS, bounce_delay=BOUNCE_MS)
    with target(environ, TARGETS["gtk3"]) as program, desktop.service(environ, config=f'pacing = "{mode}"'):
        assert desktop.busctl_call(environ, "Insert", "s", TEXT + "|") == "b true"
        assert json.loads(program.line()) == TEXT + "|"
    assert accessx.read(user) == before
    assert accessx.modifiers(user) == 0


def test_a_stall_under_slow_keys_repeats_nothing(desk: Desk, user: Display) -> None:
    """The X server waits behind each press, not the service: so a key is not down for longer when the service stalls."""
    desk.layout("de")
    desktop.run(desk.environ, "xset", "r", "rate", "100", "50")
    accessx.switch(user, SLOW_KEYS, slow_delay=SLOW_MS)
    text, service = "x" * 100 + TEXT, desk.service.process
    with desk.typing(text) as caller:
        for _ in range(3):
            service.send_signal(signal.SIGSTOP)
            with pytest.raises(subprocess.TimeoutExpired):
                caller.wait(0.5)
            service.send_signal(signal.SIGCONT)
            desk.terminal.read(4)
        answer, _ = caller.communicate(timeout=60)
    assert "'confirmed': <true>" in answer
    accessx.switch(user, 0)
    assert desk.fenced() == text[112:]


@pytest.mark.parametrize("seed", range(3))
def test_settings_that_change_in_mid_text(desk: Desk, user: Display, seed: int) -> None:
    """A chord that was under way may be swallowed, or typed without its latch; nothing of it is left in the text."""
    desk.layout("de")
    text, chance = TEXT * 8, random.Random(seed)
    with desk.typing(text) as caller:
        while caller.poll() is None:
            enabled, options = chance.choice(list(SETTINGS.values()))
            accessx.switch(user, chance.choice([0, enabled]), options=options, slow_delay=5)
            for _ in range(chance.randrange(100)):
                accessx.read(user)
        accessx.switch(user, 0)
        answer, _ = caller.communicate()
    assert "'confirmed': <true>" in answer
    got = text[:100] + desk.fenced()
    assert desktop.edited(got) == text
