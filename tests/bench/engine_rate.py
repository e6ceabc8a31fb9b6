# SPDX-License-Identifier: MIT
"""Confirmed key events a second through the whole engine: service, plan, typist, keyer, observer, reactor."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.assembly import assemble
from typewright.backends.x11.opening import open_backend
from typewright.config import Config
from typewright.keymap.key_coder import KeyCoder
from typewright.testing.accessibility import FakeAccessibility


@inlineCallbacks
def measure(text: str, mode: str) -> Generator[Deferred[Any], Any, float]:
    """Type `text` into the focused window; fires with events a second."""
    backend = yield open_backend(reactor, os.environ["DISPLAY"], linger_s=1, settle_s=0)
    engine = assemble(reactor, Config(pacing=mode, max_characters=60_000), backend, FakeAccessibility())
    yield backend.start(engine.listener)
    layout, state = yield backend.keyboard.read()
    chords = KeyCoder(layout, group=state.group, locked=state.locked).text_to_keys(text)
    events = sum(len(chord.events) for chord in chords)
    started = time.perf_counter()
    report = yield engine.typing.insert("bench", text)
    elapsed = time.perf_counter() - started
    assert report.confirmed, "the text was not confirmed: the figure would mean nothing"
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
