# SPDX-License-Identifier: MIT
"""The rules of access: what they decide, what unknown facts mean, and how a wrong rule is reported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from typewright.access import DISABLE, ENABLE, TYPE, Access, Identity, Rule, rules_of
from typewright.config_file import load_config
from typewright.errors import AccessDenied, ConfigError

UID = os.getuid()
SPEAKER = Identity(":1.1", UID, 7, "/usr/bin/speaker", "org.example.Speaker")
OTHER = Identity(":1.2", UID, 8, "/usr/bin/other", "")
HIDDEN = Identity(":1.3", UID, 9)
ONLY_SPEAKER = (Rule("/usr/bin/speaker", type=True), Rule(type=False))


def allowed(rules: tuple[Rule, ...], caller: Identity, want: str) -> bool:
    try:
        Access(rules).check(caller, want)
    except AccessDenied:
        return False
    return True


@pytest.mark.promise("first-rule")
@pytest.mark.parametrize(
    ("rules", "caller", "want", "expected"),
    [
        ((), OTHER, TYPE, True),
        ((), OTHER, ENABLE, True),
        (ONLY_SPEAKER, SPEAKER, TYPE, True),
        (ONLY_SPEAKER, OTHER, TYPE, False),
        (ONLY_SPEAKER, OTHER, ENABLE, True),
        (ONLY_SPEAKER, HIDDEN, TYPE, False),
        (ONLY_SPEAKER[::-1], SPEAKER, TYPE, False),
        # Unknown facts count against a caller, whether the rule allows or denies.
        ((Rule("/usr/bin/speaker", type=False),), HIDDEN, TYPE, False),
        ((Rule("/usr/bin/speaker", type=False),), OTHER, TYPE, True),
        ((Rule(app="org.example.Speaker", enable=False),), HIDDEN, ENABLE, False),
        # Belonging to no application is a known fact.
        ((Rule(app="org.example.Speaker", enable=False),), OTHER, ENABLE, True),
        ((Rule(app="org.example.Speaker", type=True), Rule(type=False)), SPEAKER, TYPE, True),
        # Everything that a rule names must match.
        ((Rule("/usr/bin/speaker", "org.example.Notes", type=True), Rule(type=False)), SPEAKER, TYPE, False),
        ((Rule("/usr/bin/speaker", "org.example.Notes", type=False),), SPEAKER, TYPE, True),
        # A rule that does not decide about it leaves it to the rules after it.
        ((Rule(enable=False), Rule(type=True)), OTHER, TYPE, True),
        ((Rule(enable=True), Rule(enable=False)), OTHER, ENABLE, True),
        # Every caller may disable typing.
        ((Rule(type=False, enable=False),), OTHER, DISABLE, True),
        ((Rule(type=False, enable=False),), HIDDEN, DISABLE, True),
    ],
)  # fmt: skip
def test_the_first_rule_that_says_something_decides(
    rules: tuple[Rule, ...], caller: Identity, want: str, expected: bool
) -> None:
    assert allowed(rules, caller, want) is expected


@pytest.mark.parametrize(
    ("uid", "want", "expected"),
    [
        (UID + 1, TYPE, False), (UID + 1, ENABLE, False), (UID + 1, DISABLE, False),
        # A caller that has left may have been the user, and disabling must work.
        (None, TYPE, False), (None, ENABLE, False), (None, DISABLE, True),
    ],
)  # fmt: skip
def test_another_user_is_refused_whatever_the_rules_say(uid: int | None, want: str, expected: bool) -> None:
    rules = (Rule(type=True, enable=True),)
    assert allowed(rules, Identity(":1.9", uid, 7, "/usr/bin/speaker", ""), want) is expected


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(AccessDenied) as refusal:
        Access(ONLY_SPEAKER).check(OTHER, TYPE)
    assert str(refusal.value) == (
        "Rule 2 of [[callers]] in Typewright's configuration does not allow :1.2 (/usr/bin/other, pid 8, no app) to type: "
        'set type = "allow" in it, or put a rule for this caller before it, and restart the service.'
    )


def test_a_caller_makes_up_no_lines_of_its_own() -> None:
    assert str(Identity(":1.4", UID, 7, "/tmp/a\ninsert for", "b\x1b[2J")) == ":1.4 (/tmp/a?insert for, pid 7, app b?[2J)"
    assert str(Identity(":1.4")) == ":1.4 (executable unknown, pid unknown, app unknown)"


def test_a_rule_is_read_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "program")
    file = tmp_path / "config.toml"
    file.write_text(
        f'hold_s = 0\n[[callers]]\nexecutable = "{tmp_path}/link"\ntype = "allow"\n[[callers]]\napp = "a"\nenable = "deny"\n'
    )
    # The kernel never names the link.
    program = os.path.realpath(tmp_path / "program")
    assert rules_of(load_config(file).callers) == (Rule(program, type=True), Rule(app="a", enable=False))


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ('type = "allow"\npacing = "event"', ["rule 1 of [[callers]]: unknown key pacing; known keys are "
            "executable, app, type and enable. Keys that do not belong to a rule must come before the first [[callers]]."]),
        ('executable = "bin/speaker"\ntype = "allow"',
            ['rule 1 of [[callers]]: executable must be an absolute path, such as "/usr/bin/recognizer".']),
        ("executable = 3\nenable = true", ["rule 1 of [[callers]]: executable must be a string that is not empty.",
            'rule 1 of [[callers]]: enable must be "allow" or "deny".']),
        ('app = ""\ntype = "deny"', ["rule 1 of [[callers]]: app must be a string that is not empty."]),
        ('app = "a"', ['rule 1 of [[callers]]: it decides nothing: add type = "allow" or "deny", or the same for enable.']),
        ('type = "allow"\n[[callers]]\ntype = ["deny"]', ['rule 2 of [[callers]]: type must be "allow" or "deny".']),
    ],
)  # fmt: skip
def test_all_problems_of_the_rules_are_told_at_once(tmp_path: Path, lines: str, problems: list[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[[callers]]\n{lines}\n")
    with pytest.raises(ConfigError) as told:
        load_config(file)
    assert str(told.value).splitlines() == [f"{file}: {problem}" for problem in problems]


@pytest.mark.parametrize("line", ["callers = 3", "callers = {}", 'callers = ["allow"]'])
def test_what_is_no_table_of_rules_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(line)
    with pytest.raises(ConfigError, match="callers"):
        load_config(file)
