# SPDX-License-Identifier: MIT
"""The typing engine with a keyer that prints: no display, no bus, and nothing is typed."""

from twisted.internet.task import Clock

from typewright.engine.collaborators import Collaborators
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.plans import Typist
from typewright.testing.accessibility import FakeAccessibility
from typewright.testing.backend import (
    FakeBarrier,
    FakeFocus,
    FakeKeyboard,
    FakePrograms,
    PrintingKeyer,
    ScriptedObserver,
)


def type_and_tell(text: str, observer: ScriptedObserver) -> None:
    """Have `text` typed while `observer` confirms, and print what becomes of it."""
    keyboard = FakeKeyboard([])
    collaborators = Collaborators(
        keyer=PrintingKeyer(keyboard.layout),
        observer=observer,
        keyboard=keyboard,
        barrier=FakeBarrier([]),
        focus=FakeFocus(),
        programs=FakePrograms(),
        history=History(),
        accessibility=FakeAccessibility(),
    )
    job = Job("an example", "insert")
    typing = Typist(collaborators, Clock()).insert(text, job)
    typing.addCallback(lambda confirmed: print(f"-> {confirmed}: {job.typed} of {job.total} characters. {job.reason}"))


if __name__ == "__main__":
    print("All is confirmed:")
    type_and_tell("Hi!", ScriptedObserver())
    print("\nThe fifth key event is not:")
    type_and_tell("Hi!", ScriptedObserver(false_at={5}))
