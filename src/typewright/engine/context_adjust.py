# SPDX-License-Identifier: MIT
"""The switch in front of the context rules: off, a text is typed exactly as it was given."""

from __future__ import annotations

from typewright.text.context import adjust, tells_place
from typewright.text.language import Rules, rules_for


class Fitting:
    """I fit a text to what stands before it, by `rules`, as long as I am `on`."""

    def __init__(self, rules: Rules) -> None:
        self.on = False
        self._rules = rules

    def __call__(self, text: str, before: str | None) -> str:
        """`text` as it is to be typed behind `before`; None where that is not known."""
        return adjust(text, before, self._rules) if self.on else text

    def may_go_by(self, before: str) -> bool:
        """Whether it is enough to know of these last characters before a text."""
        return tells_place(before, self._rules)


def verbatim() -> Fitting:
    """One that stays off: a text is typed exactly as it is given."""
    return Fitting(rules_for("C"))
