# SPDX-License-Identifier: MIT
"""Text fitted to what stands before it, in real programs: known from the history, or told by the accessibility bus."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence

import pytest
from tests.a11y.stage import Program, accessible_desktop
from tests.helpers import desktop

DICTATION = "org.typewright.Dictation1"
NARROW, WIDE = "\u202f", "\u00a0"
OWN = '[context.de]\nabbreviations = ["zzgl."]\n'


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    with accessible_desktop(on=True) as environ:
        yield environ


@pytest.fixture(params=["gtk3", "qt5"])
def program(request: pytest.FixtureRequest, environ: dict[str, str]) -> Iterator[Program]:
    """A program with the focus in an empty field."""
    running = Program(request.param, environ)
    try:
        running.ask("focus", "text")
        yield running
    finally:
        running.end()


def dictate(environ: dict[str, str], config: str, texts: Sequence[str]) -> None:
    """Have a service of its own, which finds the focus where it is, insert the texts one after the other."""
    bus = f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}"
    name, path = "org.typewright.Typist1", "/org/typewright/Typist1"
    with desktop.service(environ, config=config):
        desktop.run(environ, "busctl", "--user", bus, "set-property", name, path, DICTATION, "ContextAdjust", "b", "true")
        for text in texts:
            assert desktop.busctl_call(environ, "Insert", "s", text) == "b true"


@pytest.mark.parametrize(
    ("config", "texts", "held"),
    [
        ('language = "en"', ["well.", "how are you", "?", "(", "yes", ")"], "well. How are you? (Yes)"),
        ('language = "fr"', ["oui", "!", "ça va", "?", "non", ";", "ou", ":", "peut-être"],
         f"oui{NARROW}! Ça va{NARROW}? Non{NARROW}; ou{WIDE}: peut-être"),
    ],
)  # fmt: skip
def test_behind_what_typewright_has_typed(
    environ: dict[str, str], program: Program, config: str, texts: list[str], held: str
) -> None:
    dictate(environ, f'accessibility = "off"\n{config}\n', texts)
    # Qt answers that it has taken the keys before its field shows them.
    desktop.until(lambda: program.ask("say") == held)


@pytest.mark.parametrize(
    ("config", "before", "text", "held"),
    [
        ('language = "en"', "Well.", "hello", "Well. Hello"),
        ('language = "fr"', "Bonjour", "! ça va ?", f"Bonjour{NARROW}! Ça va{NARROW}?"),
        ('language = "de"', "Preis zzgl.", "hier", "Preis zzgl. Hier"),
        (f'language = "de"\n{OWN}', "Preis zzgl.", "hier", "Preis zzgl. hier"),
    ],
)
def test_behind_what_stood_there_already(
    environ: dict[str, str], program: Program, config: str, before: str, text: str, held: str
) -> None:
    program.ask("set", json.dumps(before))
    dictate(environ, config, [text])
    # Qt answers that it has taken the keys before its field shows them.
    desktop.until(lambda: program.ask("say") == held)


def test_a_long_text_of_the_command_line_is_fitted_as_a_whole(environ: dict[str, str]) -> None:
    """It goes to the service in several calls, and where these meet nothing is parted."""
    text = "now and " + "sometimes " * 250 + "then"
    with desktop.terminal(environ) as terminal, desktop.service(environ, config='accessibility = "off"\nlanguage = "en"\n'):
        bus = f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}"
        name, path = "org.typewright.Typist1", "/org/typewright/Typist1"
        desktop.run(environ, "busctl", "--user", bus, "set-property", name, path, DICTATION, "ContextAdjust", "b", "true")
        assert desktop.cli(environ, "type", text).returncode == 0
        assert terminal.read(len(text)) == text


def test_a_wrong_table_keeps_the_service_from_starting(environ: dict[str, str], tmp_path_factory) -> None:
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text("[context.de]\nabbreviations = [1]\n")
    command = [*desktop.typewright(), "serve", "--config", str(config)]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=desktop.PATIENCE_S, check=False)
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr == f"typewright: {config}: context.de.abbreviations must be a list of words.\n"
