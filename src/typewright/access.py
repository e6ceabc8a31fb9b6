# SPDX-License-Identifier: MIT
"""
Who may have Typewright type, and who may enable it: what is known of a caller, and the configuration's rules on it.

What is not known of a caller counts against it: it fits each rule that denies, and none that allows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typewright.errors import AccessDenied

TYPE, ENABLE, DISABLE = "type", "enable", "disable"
"""What a caller may want: to have something typed (or erased, or pressed), and TypingEnabled set to true, or to false."""

_CRITERIA = ("executable", "app")
_VERDICTS = {"allow": True, "deny": False}


@dataclass(frozen=True)
class Identity:
    """
    A caller: its unique name on the bus, and what bus and kernel tell of its process. What they do not tell is None.

    `executable` is a path without links; `app` the id of the application that it belongs to, empty if to none.
    """

    name: str
    uid: int | None = None
    pid: int | None = None
    executable: str | None = None
    app: str | None = None

    def __str__(self) -> str:
        process = "pid unknown" if self.pid is None else f"pid {self.pid}"
        app = "app unknown" if self.app is None else f"app {_plain(self.app)}" if self.app else "no app"
        return f"{self.name} ({_plain(self.executable or 'executable unknown')}, {process}, {app})"


@dataclass(frozen=True)
class Rule:
    """
    One rule: it fits callers with this `executable` and `app`, or any where they are None.

    It lets them `type`, or `enable`, or not; None says nothing, and leaves that to the rules behind it.
    """

    executable: str | None = None
    app: str | None = None
    type: bool | None = None
    enable: bool | None = None

    def verdict(self, caller: Identity, want: str) -> bool | None:
        """Whether `caller` may do what it wants; None if this rule does not say."""
        allowed = self.type if want == TYPE else self.enable
        if allowed is None:
            return None
        for criterion in _CRITERIA:
            wanted, is_known = getattr(self, criterion), getattr(caller, criterion)
            if wanted is not None and wanted != is_known and (allowed or is_known is not None):
                return None
        return allowed


class Access:
    """I decide by `rules`: the first that says something of a caller counts, and what none denies is allowed."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules = rules

    def check(self, caller: Identity, want: str) -> None:
        """Raise AccessDenied, with a sentence that says what to do, if `caller` may not do what it wants."""
        if want == DISABLE and caller.uid is None:
            return  # Some say so and leave, as dbus-send does; and a stop must be one.
        if caller.uid is None:
            raise AccessDenied(
                "The bus does not say who this caller is, or it has left: stay connected until the answer comes."
            )
        if caller.uid != os.getuid():
            raise AccessDenied(f"Typewright serves user {os.getuid()}, who runs it, and nobody else: call it as that user.")
        if want == DISABLE:
            return
        for number, rule in enumerate(self._rules, 1):
            verdict = rule.verdict(caller, want)
            if verdict is False:
                raise AccessDenied(
                    f"Rule {number} of [[callers]] in Typewright's configuration lets {caller} not {want}: set "
                    f'{want} = "allow" in it, or above it put a rule for this caller, and start the service anew.'
                )
            if verdict:
                return


def rules_of(tables: Iterable[object]) -> tuple[Rule, ...]:
    """The rules that stand in the tables `[[callers]]`. Raises ValueError, with a line for each problem."""
    numbered = list(enumerate(tables, 1))
    problems = [f"rule {number} of [[callers]]: {problem}" for number, table in numbered for problem in _problems(table)]
    if problems:
        raise ValueError("\n".join(problems))
    return tuple(_rule(table) for _, table in numbered if isinstance(table, Mapping))


def _rule(table: Mapping[str, Any]) -> Rule:
    # The kernel names a program without links on the way; /usr/bin/python3 is one.
    executable = os.path.realpath(table["executable"]) if "executable" in table else None
    verdicts = {want: _VERDICTS[table[want]] for want in (TYPE, ENABLE) if want in table}
    return Rule(executable, table.get("app"), **verdicts)


def _problems(table: object) -> list[str]:
    if not isinstance(table, Mapping):
        return ["write it as a table: [[callers]], and its keys below."]
    problems = []
    for key, value in table.items():
        if key in (TYPE, ENABLE):
            if value not in tuple(_VERDICTS):  # which may be a list or table
                problems.append(f'{key} must be "allow" or "deny".')
        elif key not in _CRITERIA:
            problems.append(
                f"{key} is no key of a rule; there are executable, app, type and enable. "
                "Keys that are not of a rule stand above the first [[callers]]."
            )
        elif not isinstance(value, str) or not value:
            problems.append(f"{key} must be a string, and not an empty one.")
        elif key == "executable" and not os.path.isabs(value):
            problems.append('executable must be a whole path, such as "/usr/bin/recognizer".')
    if TYPE not in table and ENABLE not in table:
        problems.append('it decides nothing: add type = "allow" or "deny", or the same for enable.')
    return problems


def _plain(text: str) -> str:
    """`text` as it may stand in a log: what could make up lines of its own is gone."""
    return "".join(character if character.isprintable() else "?" for character in text)
