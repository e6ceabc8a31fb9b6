# SPDX-License-Identifier: MIT
"""What a burst of key events is packed into, for each of the user's accessibility settings."""

from __future__ import annotations

import struct

import pytest

from typewright.backends.x11.keyer import pack
from typewright.interfaces.backend import Controls
from typewright.keymap.chords import KeyEvent

MAJOR = 132
CHORD = (KeyEvent(50, True, 0), KeyEvent(38, True, 1), KeyEvent(38, False, 1), KeyEvent(50, False, 1))


def unpack(requests: bytes) -> str:
    """The key events in the requests, `+50`, each with the milliseconds that the server waits before it: `100:-50`."""
    told = []
    for at in range(0, len(requests), 36):
        major, minor, length, kind, keycode, delay = struct.unpack_from("=BBHBB2xI", requests, at)
        assert (major, minor, length) == (MAJOR, 2, 9)
        told.append(f"{f'{delay}:' if delay else ''}{'+' if kind == 2 else '-'}{keycode}")
    return " ".join(told)


@pytest.mark.parametrize(
    ("controls", "told"),
    [
        (Controls(), "+50 +38 -38 -50"),
        (Controls(sticky=True, two_keys=True), "+50 +38 -38 -50"),
        (Controls(bounce_s=0.3), "-8 +50 -8 +38 -38 -50"),
        (Controls(slow_s=0.3), "+50 310:+38 310:-38 -50"),
        (Controls(slow_s=0.0255), "+50 36:+38 36:-38 -50"),
        (Controls(slow_s=0.3, bounce_s=0.3), "+50 310:+38 310:-38 -50"),
    ],
)
def test_a_burst(controls: Controls, told: str) -> None:
    requests, count = pack(MAJOR, CHORD, controls)
    assert unpack(requests) == told
    assert count == len(told.split())
