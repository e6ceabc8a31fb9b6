# SPDX-License-Identifier: MIT
"""Another program types as fast as it can: nothing of it falls into a chord of ours. A third one sees that."""

from __future__ import annotations

import pytest
from tests.helpers import desktop
from tests.helpers.beside import Chords, chords_seen, helper
from tests.x11.stage import Other

TEXT, CALLS = "NEVERBETWEEN" * 17, 10


def typed_beside(environ: dict[str, str], calls: int, config: str = "") -> Chords:
    """What a window got while the text was typed into it so many times."""
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    other = Other(environ["DISPLAY"])
    window = other.window(mask=0)
    try:
        with desktop.service(environ, config=config), helper(environ, "witness", str(window.id)) as witness:
            with helper(environ, "flood"):
                for _ in range(calls):
                    desktop.busctl_call(environ, "Insert", "s", TEXT)
            return chords_seen(witness, environ)
    finally:
        other.close()


@pytest.mark.promise("foreign-events")
def test_no_foreign_event_in_two_thousand_chords(environ: dict[str, str]) -> None:
    chords = typed_beside(environ, CALLS)
    assert chords.inside == 0
    # On a busy machine RECORD loses events in such a flood, and a call in which one is missed answers false.
    assert len(TEXT) <= chords.count <= CALLS * len(TEXT)
    assert chords.outside > 100


@pytest.mark.promise("foreign-events")
def test_event_by_event_there_are_some(environ: dict[str, str]) -> None:
    """It shows that the test above could fail."""
    assert typed_beside(environ, CALLS, 'pacing = "event"\n').inside > 0
