# SPDX-License-Identifier: MIT
"""Spoils valid messages of Wayland or EI, for tests of what a client does with them."""

from __future__ import annotations

import random
import struct

LONG_WORDS = (0, 1, 3, 4, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFEFFFFFF, 0xFF000000, 0xFFFFFFFF)
"""Words of 32 bits that are next to a limit: of a size, of a sign, or of the ids that a Wayland compositor gives."""


def spoiled(chance: random.Random, valid: list[bytes]) -> bytes:
    """Return these messages with up to three errors: bits, bytes or words changed, removed, repeated or added."""
    data = bytearray(b"".join(valid))
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data)) if data else 0
        match chance.randrange(6):
            case 0 if data:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at : at + chance.randrange(1, 12)]
            case 2:
                data[at:at] = chance.randbytes(chance.choice([1, 4, 8]))
            case 3:
                at -= at % 4
                data[at : at + 4] = struct.pack("=I", chance.choice(LONG_WORDS))
            case 4:
                data[at:at] = data[at : at + 40]
            case 5:
                del data[at:]
    return bytes(data)
