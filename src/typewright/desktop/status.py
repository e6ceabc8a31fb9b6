# SPDX-License-Identifier: MIT
"""What the user is shown of the service: one of four states, and why the last text was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from typewright.interfaces.services import ITypingService, Report
from typewright.reasons import (
    ALL_CANCELLED,
    BUS_LOST,
    CALLER_LEFT,
    CANCELLED,
    DISPLAY_LOST,
    ESCAPED,
    NOT_HELD,
    NOTHING_LEFT,
    REASONS,
    STOPPING,
    SUPERSEDED,
)

ENABLED, TYPING, DISABLED, REFUSED = "enabled", "typing", "disabled", "refused"
STATES = (ENABLED, TYPING, DISABLED, REFUSED)
"""Ready to type; typing; the user has disabled typing; the last text was not typed, or not all of it."""

_WANTED = {
    reason.code
    for reason in (
        *(ALL_CANCELLED, BUS_LOST, CALLER_LEFT, CANCELLED, DISPLAY_LOST, ESCAPED, NOT_HELD, NOTHING_LEFT, STOPPING),
        SUPERSEDED,
    )
}
"""Codes of jobs that ended as the user or the caller wanted it, or with the service."""

_CURES = {reason.code: reason.cure for reason in REASONS}
_SHOWN_AFTER_S = 0.3
"""A shorter job is not shown: a dictated word would make the icon flicker."""


class Status:
    """
    Follows the service.

    `on_change()` is called when what is shown has changed, `on_switch(enabled)` when typing was enabled or disabled, and
    `on_refusal(sentence, cure, code)` when a job was not carried out although nobody had it ended.
    """

    def __init__(self, reactor: Any, service: ITypingService) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.on_switch: Callable[[bool], None] = lambda enabled: None
        self.on_refusal: Callable[[str, str, str], None] = lambda sentence, cure, code: None
        self.refusal = ""
        self._reactor = reactor
        self._service = service
        self._typing = False
        self._soon: Any = None
        service.listen(self._changed, self._finished)

    @property
    def state(self) -> str:
        """One of STATES."""
        if not self.enabled:
            return DISABLED
        return TYPING if self._typing else REFUSED if self.refusal else ENABLED

    @property
    def enabled(self) -> bool:
        """Whether typing is enabled."""
        return bool(self._service.get_property("TypingEnabled"))

    @property
    def busy(self) -> bool:
        """Whether there are jobs, however short."""
        return bool(self._service.get_property("Busy"))

    @property
    def consent(self) -> str:
        """The property `Consent` of the service."""
        return str(self._service.get_property("Consent"))

    @property
    def sentence(self) -> str:
        """The state for people."""
        if self.state == DISABLED:
            return "Typing is disabled"
        if self.state == TYPING:
            return "Typing"
        return f"Not typed: {self.refusal}" if self.refusal else "Typing is enabled"

    def close(self) -> None:
        """Set no timer any more."""
        self._cancel()

    def _changed(self, name: str, value: object) -> None:
        if name == "Busy":
            self._cancel()
            if value:
                self._soon = self._reactor.callLater(_SHOWN_AFTER_S, self._show_typing)
            elif self._typing:
                self._typing = False
                self.on_change()
        elif name == "TypingEnabled":
            self.refusal = ""
            self.on_change()
            self.on_switch(bool(value))
        elif name == "Consent":
            self.on_change()

    def _finished(self, caller: str, kind: str, report: Report) -> None:
        if report.confirmed:
            if self.refusal:
                self.refusal = ""
                self.on_change()
        elif report.code not in _WANTED:
            if self.refusal != report.reason:
                self.refusal = report.reason
                self.on_change()
            self.on_refusal(report.reason, _CURES.get(report.code, ""), report.code)

    def _show_typing(self) -> None:
        self._soon = None
        self._typing = True
        self.on_change()

    def _cancel(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
