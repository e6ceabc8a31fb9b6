# SPDX-License-Identifier: MIT
"""The diagnosis judges made-up facts: what it calls a problem, and the command that it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from typewright.doctor.facts import Bus, Facts, Installation, Running, Session
from typewright.doctor.findings import NOTE, PROBLEM, Finding, findings, is_well

TYPIST = "org.typewright.Typist1"
WELL = Facts(
    session=Session({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11", "XDG_CURRENT_DESKTOP": "XFCE"}, "Xorg", {"DISPLAY": ":0"}),
    installation=Installation("2.0", "/p/typewright", "/p/typewright", True),
    bus=Bus(frozenset({TYPIST, ":1.1"}), frozenset({TYPIST}), True),
    backend="x11",
    why="the session has a display",
    unit={"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "NeedDaemonReload": "no"},
    logind=True,
    running=Running("2.0", "x11", ("any-text",), "us", True, 42),
)


def worse(facts: Facts) -> list[Finding]:
    return [finding for finding in findings(facts) if finding.kind != "ok"]


def test_where_all_is_well_nothing_is_to_be_mended() -> None:
    assert worse(WELL) == []
    assert is_well(findings(WELL))
    subjects = [finding.subject for finding in findings(WELL)]
    assert {"session", "backend", "capabilities", "input method", "accessibility", "screen lock", "unit"} <= set(subjects)


@pytest.mark.parametrize(
    ("facts", "sentence", "cure"),
    [
        (replace(WELL, bus=None, running=None), "it cannot be reached", "run this in a terminal of the desktop session"),
        (replace(WELL, no_backend="No display."), "No display.", "run this in a terminal of the desktop session"),
        (
            replace(WELL, config_problems=["pacing must be so."], config_path="/c.toml"),
            "pacing must be so.", "correct /c.toml, then run `typewright restart`",
        ),
        (
            replace(WELL, bus=Bus(), running=None, installation=Installation("2.0", "/p/typewright")),
            "the bus cannot start the service", "typewright setup",
        ),
        (
            replace(WELL, installation=Installation("2.0", "/p/typewright", "/gone", False)),
            "the bus would start /gone, which is gone", "typewright setup",
        ),
        (replace(WELL, running=None, start_problem="It broke."), "It broke.", "typewright restart"),
        (replace(WELL, running=replace(WELL.running, typing_enabled=False)), "typing is disabled", "typewright enable"),
        (replace(WELL, running=None, unit={"LoadState": "loaded", "ActiveState": "failed", "Result": "exit-code",
                                           "ExecMainStatus": "78"}),
         "it failed last (exit-code, exit status 78)", "typewright log"),
        (
            replace(WELL, running=None, session=replace(WELL.session, started_with={"DISPLAY": ":7"})),
            "the service is started with another display than this terminal has (DISPLAY=:7)",
            "dbus-update-activation-environment --systemd DISPLAY XDG_SESSION_TYPE XDG_CURRENT_DESKTOP; typewright restart",
        ),
    ],
)  # fmt: skip
def test_what_keeps_typing_from_working_is_a_problem_with_a_cure(facts: Facts, sentence: str, cure: str) -> None:
    problems = [finding for finding in findings(facts) if finding.kind == PROBLEM]
    assert any(finding.sentence == sentence and finding.cure.startswith(cure) for finding in problems), problems
    assert not is_well(findings(facts))


@pytest.mark.parametrize(
    ("facts", "sentence", "cure"),
    [
        (
            replace(WELL, running=replace(WELL.running, version="1.0")),
            "version 1.0 runs, and 2.0 is installed", "typewright restart",
        ),
        (
            replace(WELL, installation=replace(WELL.installation, path_advice="Log in again.")),
            "the shell does not find the command `typewright`", "Log in again.",
        ),
        (
            replace(WELL, bus=replace(WELL.bus, accessibility=False)),
            "off; it would give the level `text`, the text before the caret, and password fields that are recognised",
            "gsettings set org.gnome.desktop.interface toolkit-accessibility true",
        ),
        (
            replace(WELL, session=replace(WELL.session, environ={**WELL.session.environ, "XMODIFIERS": "@im=ibus"})),
            "ibus is chosen and does not run: some programs may take no keys, or compose none", "ibus-daemon -drx",
        ),
        (
            replace(WELL, logind=False),
            "neither logind nor a screen saver tells; it is seen only if the locker holds the keyboard", "",
        ),
        (
            replace(WELL, unit={**WELL.unit, "NeedDaemonReload": "yes"}),
            "systemd has not read the unit since it changed", "systemctl --user daemon-reload",
        ),
    ],
)  # fmt: skip
def test_what_could_be_better_is_a_note(facts: Facts, sentence: str, cure: str) -> None:
    (finding,) = worse(facts)
    assert (finding.kind, finding.sentence) == (NOTE, sentence)
    assert finding.cure.startswith(cure)
    assert is_well(findings(facts))


def test_an_input_method_that_runs_is_told() -> None:
    environ = {**WELL.session.environ, "XMODIFIERS": "@im=fcitx", "GTK_IM_MODULE": "fcitx"}
    facts = replace(WELL, session=replace(WELL.session, environ=environ, processes=frozenset({"fcitx5"})))
    assert worse(facts) == []
    assert "fcitx running; XMODIFIERS=@im=fcitx, GTK_IM_MODULE=fcitx" in [finding.sentence for finding in findings(facts)]


def test_without_systemd_the_bus_starts_the_service() -> None:
    facts = replace(WELL, unit={}, session=replace(WELL.session, started_with=None))
    assert worse(facts) == []
