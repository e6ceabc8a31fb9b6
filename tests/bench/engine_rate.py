# SPDX-License-Identifier: MIT
"""Confirmed key events a second through the whole engine: planner, typist, keyer, observer, reactor."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.backends.x11.backend import open_backend
from typewright.engine.collaborators import Collaborators
from typewright.engine.history import History
from typewright.engine.job import Job
from typewright.engine.pacing import Pacing
from typewright.engine.plans import Typist
from typewright.keymap.key_coder import KeyCoder
from typewright.testing.accessibility import FakeAccessibility


@inlineCallbacks
def measure(text: str, mode: str) -> Generator[Deferred[Any], Any, float]:
    """Type `text` into the focused window; fires with events a second."""
    backend = yield open_backend(reactor, os.environ["DISPLAY"], linger_s=1, settle_s=0)
    typist = Typist(
        Collaborators(
            backend.keyer,
            backend.observer,
            backend.keyboard,
            backend.barrier,
            backend.focus,
            backend.programs,
            History(),
            FakeAccessibility(),
        ),
        reactor,
        Pacing(mode=mode),
    )
    layout, state = yield backend.keyboard.read()
    chords = KeyCoder(layout, group=state.group, locked=state.locked).text_to_keys(text)
    events = sum(len(chord.events) for chord in chords)
    started = time.perf_counter()
    confirmed = yield typist.insert(text, Job("bench", "insert"))
    elapsed = time.perf_counter() - started
    assert confirmed, "the text was not confirmed: the figure would mean nothing"
    yield backend.close()
    return events / elapsed


def main() -> None:
    rates: list[float] = []
    measure(sys.argv[1], sys.argv[2]).addCallbacks(rates.append, lambda failure: failure.printTraceback()).addBoth(
        lambda _: reactor.stop()
    )
    reactor.run()
    print(f"{rates[0]:.0f}")


if __name__ == "__main__":
    main()
