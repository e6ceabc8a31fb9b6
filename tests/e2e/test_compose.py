# SPDX-License-Identifier: MIT
"""Where a keyboard has no place left, characters are composed: over dead keys, or over Compose. Into a real xterm."""

from __future__ import annotations

import pytest
from tests.helpers import desktop

CAPS_LOCK = 1 << 1
ACCENTED = "é ê ñ ü ç É Ê Ñ Ü Ç ã õ ẽ û ỹ à ȩ ý ' \" ^ ~ ` ¨ ´ fête, señor! ŷ Ź aB"


@pytest.mark.promise("composed")
@pytest.mark.parametrize("pacing", ["chord", "event"])
@pytest.mark.parametrize(
    ("keymap", "text"),
    [
        (["us", "-variant", "intl"], ACCENTED),
        (["us,us", "-variant", ",intl"], ACCENTED),
        (["us", "-option", "compose:ralt"], "é ê ñ ü ç É Ñ Ç œ € “q” … ¿ ß ø"),
        (["de"], "é è ê É á Á ^ ` ´"),
        (["gr"], "ά έ ή ί ό ύ ώ Ά"),
    ],
)
def test_what_is_composed_arrives_as_given(environ: dict[str, str], keymap: list[str], text: str, pacing: str) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", *keymap)
    desktop.leave_nothing_to_lend(environ)
    with desktop.terminal(environ) as terminal, desktop.service(environ, config=f'pacing = "{pacing}"'):
        for locked in (0, CAPS_LOCK, 1):
            desktop.lock_modifiers(environ, locked)
            assert desktop.busctl_call(environ, "Insert", "s", f"{text}\n") == "b true"
            assert terminal.rest("\r") == text
            assert desktop.locked_modifiers(environ) == locked
        desktop.lock_modifiers(environ, 0)
        assert desktop.keys_down(environ) == []
    desktop.run(environ, "setxkbmap", "-option", "", "-layout", "us", "-variant", "")


def test_a_service_whose_locale_does_not_compose_types_nothing(environ: dict[str, str]) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", "us", "-variant", "intl")
    desktop.leave_nothing_to_lend(environ)
    with desktop.terminal(environ) as terminal, desktop.service({**environ, "LC_ALL": "C"}):
        report = desktop.cli(environ, "type", "fête")
        assert report.returncode == 1
        assert "Character 2 is not on the keyboard layout" in report.stderr
        assert desktop.busctl_call(environ, "Insert", "s", "\n") == "b true"
        assert terminal.rest("\r") == ""
    desktop.run(environ, "setxkbmap", "-option", "", "-layout", "us", "-variant", "")
