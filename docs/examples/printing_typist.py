# SPDX-License-Identifier: MIT
"""The typist on the printing backend: no display, no bus, and nothing is typed anywhere."""

from __future__ import annotations

from twisted.internet.task import Clock

from typewright.backends.printing.backend import PrintingBackend
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.engine.plans import insertion
from typewright.engine.typist import Typist
from typewright.engine.user_activity import UserActivity
from typewright.interfaces.backend import NOWHERE
from typewright.testing.accessibility import FakeAccessibility
from typewright.text.language import rules_for


def type_and_report(text: str, leave_after: int | None = None) -> None:
    """Type `text`, print what happens, and have the focus leave after `leave_after` key events."""
    lines = 0

    def write(line: str) -> None:
        nonlocal lines
        print(line)
        lines += 1
        if lines == leave_after:
            backend.window.place = NOWHERE

    backend, clock, rules = PrintingBackend(write), Clock(), rules_for("en", {})
    history = History(clock.seconds)
    user = UserActivity(clock, backend.keyboard)
    typist = Typist(backend, FakeAccessibility(), history, user, clock, Pacing(), rules)
    job = Job("an example", "insert", total=len(text))
    typing = typist.perform(job, insertion(text, rules))
    typing.addCallback(lambda confirmed: tell(job, confirmed))


def tell(job: Job, confirmed: bool) -> None:
    """Print how `job` ended."""
    report = job.report(confirmed, 0.0)
    print(f"-> {confirmed}: {report.typed} of {report.total} characters. {report.reason}".rstrip())


if __name__ == "__main__":
    print("Nothing interferes:")
    type_and_report("Hi!")
    print("\nThe focus leaves:")
    type_and_report("Hi!", leave_after=5)
