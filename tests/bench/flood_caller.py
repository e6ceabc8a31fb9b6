# SPDX-License-Identifier: MIT
"""
A program that types as fast as the X server takes keys: each text of a line of JSON in one write, and nothing waited for.

It proves nothing and could be stopped by nobody. It is here to show what a program makes of keys at most.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from Xlib.display import Display

from typewright.backends.x11.address import display_name
from typewright.backends.x11.handshake import shake_hands
from typewright.backends.x11.xtest import fake_input

# python-xlib prints to the standard output what it has to complain of.
answers, sys.stdout = sys.stdout, sys.stderr

_SHIFT_L = 0xFFE1
_KEYSYMS = {"\n": 0xFF0D, "\t": 0xFF09}


def held(display: Display, character: str) -> Sequence[int]:
    """The keycodes that type `character`, which must stand on one of the layout's first two levels."""
    keysym = _KEYSYMS.get(character, ord(character))
    level, keycode = min((level, code) for code, level in display.keysym_to_keycodes(keysym))
    return (keycode,) if level == 0 else (display.keysym_to_keycode(_SHIFT_L), keycode)


def main() -> None:
    """Read a text of ASCII a line from standard input, and answer when it is written."""
    display = Display()
    xtest = display.query_extension("XTEST").major_opcode
    keys = {character: held(display, character) for character in map(chr, (9, 10, *range(32, 127)))}
    connection, *_ = shake_hands(display_name(None, os.environ))
    for line in sys.stdin:
        requests = []
        for chord in map(keys.__getitem__, json.loads(line)):
            requests += [fake_input(xtest, key, True) for key in chord]
            requests += [fake_input(xtest, key, False) for key in reversed(chord)]
        connection.sendall(b"".join(requests))
        print(json.dumps({"error": ""}), file=answers, flush=True)


main()
