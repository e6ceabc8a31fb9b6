# SPDX-License-Identifier: MIT
"""
The rules of access: which callers may have text typed, and which may enable typing.

Unknown facts count against a caller: it matches every rule that denies, and no rule that allows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typewright.errors import AccessDenied

TYPE, ENABLE, DISABLE = "type", "enable", "disable"
"""What a caller may want: to have keys pressed, or TypingEnabled set to true, or to false."""

_CRITERIA = ("executable", "app")
_VERDICTS = {"allow": True, "deny": False}


@dataclass(frozen=True)
class Identity:
    """
    A caller: its unique name on the bus, and what the bus and the kernel know about its process. Unknown facts are None.

    `executable` is a path without links. `app` is the id of the application that the process belongs to, empty if to none.
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
    One rule: it matches callers with this `executable` and this `app`; None matches any.

    `type` and `enable` say whether they may do that; None leaves it to the rules after this one.
    """

    executable: str | None = None
    app: str | None = None
    type: bool | None = None
    enable: bool | None = None

    def verdict(self, caller: Identity, want: str) -> bool | None:
        """Return whether `caller` may do what it wants; None if this rule does not decide that."""
        allowed = self.type if want == TYPE else self.enable
        if allowed is None:
            return None
        for criterion in _CRITERIA:
            wanted, is_known = getattr(self, criterion), getattr(caller, criterion)
            if wanted is not None and wanted != is_known and (allowed or is_known is not None):
                return None
        return allowed


class Access:
    """Decides by `rules`: the first rule that decides about a caller counts; if none does, it is allowed."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules = rules

    def check(self, caller: Identity, want: str, *, may_have_left: bool = False) -> None:
        """
        Raise AccessDenied, with a sentence that says what to do, if `caller` may not do what it wants.

        A caller that wants no reply, as dbus-send, `may_have_left` before it was identified. Only this user's processes and
        root get onto a session bus, so then its unknown user is no reason to refuse it; unknown facts match no rule that
        allows something.
        """
        if want == DISABLE and caller.uid is None:
            return  # Disabling must work in any case.
        if caller.uid is None and not may_have_left:
            raise AccessDenied(
                "The bus does not know the user of this caller, which may have left: stay connected until the reply comes."
            )
        if caller.uid not in (None, os.getuid()):
            raise AccessDenied(f"Typewright serves only user {os.getuid()}, who runs it: call it as that user.")
        if want == DISABLE:
            return
        for number, rule in enumerate(self._rules, 1):
            verdict = rule.verdict(caller, want)
            if verdict is False:
                raise AccessDenied(
                    f"Rule {number} of [[callers]] in Typewright's configuration does not allow {caller} to {want}: set "
                    f'{want} = "allow" in it, or put a rule for this caller before it, and restart the service.'
                )
            if verdict:
                return


def rules_of(tables: Iterable[object]) -> tuple[Rule, ...]:
    """Return the rules in the tables `[[callers]]`. Raises ValueError, with a line for each problem."""
    numbered = list(enumerate(tables, 1))
    problems = [f"rule {number} of [[callers]]: {problem}" for number, table in numbered for problem in _problems(table)]
    if problems:
        raise ValueError("\n".join(problems))
    return tuple(_rule(table) for _, table in numbered if isinstance(table, Mapping))


def _rule(table: Mapping[str, Any]) -> Rule:
    # The kernel knows a program by its path without links, and /usr/bin/python3 is a link.
    executable = os.path.realpath(table["executable"]) if "executable" in table else None
    verdicts = {want: _VERDICTS[table[want]] for want in (TYPE, ENABLE) if want in table}
    return Rule(executable, table.get("app"), **verdicts)


def _problems(table: object) -> list[str]:
    if not isinstance(table, Mapping):
        return ["it is not a table: write [[callers]], and its keys below."]
    problems = []
    for key, value in table.items():
        if key in (TYPE, ENABLE):
            if value not in tuple(_VERDICTS):  # The value may be a list or table, which a dict cannot look up.
                problems.append(f'{key} must be "allow" or "deny".')
        elif key not in _CRITERIA:
            problems.append(
                f"unknown key {key}; known keys are executable, app, type and enable. "
                "Keys that do not belong to a rule must come before the first [[callers]]."
            )
        elif not isinstance(value, str) or not value:
            problems.append(f"{key} must be a string that is not empty.")
        elif key == "executable" and not os.path.isabs(value):
            problems.append('executable must be an absolute path, such as "/usr/bin/recognizer".')
    if TYPE not in table and ENABLE not in table:
        problems.append('it decides nothing: add type = "allow" or "deny", or the same for enable.')
    return problems


def _plain(text: str) -> str:
    """Return `text` fit for a log: without characters that could forge a line."""
    return "".join(character if character.isprintable() else "?" for character in text)
