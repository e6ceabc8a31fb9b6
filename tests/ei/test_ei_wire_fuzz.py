# SPDX-License-Identifier: MIT
"""
The connection under noise, and under valid messages that were spoiled: no hang, no traceback, no descriptor left open.

Every case has a seed; a failure names it.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks

from tests.ei.stage import Stage
from tests.helpers.fake_eis import FIRST_OF_SERVER, FakeEis
from tests.helpers.open_files import descriptors, memory_file
from tests.helpers.spoiling import LONG_WORDS, spoiled
from tests.helpers.wire_stage import Steps
from typewright.ei.connection import connect
from typewright.ei.failures import Disconnected, ProtocolBroken
from typewright.errors import DisplayLost
from typewright.wire.codec import Unsendable

CASES = 400


class FuzzTest(Stage):
    timeout = 120

    @inlineCallbacks
    def test_noise(self) -> Steps:
        yield self.cases(lambda chance: chance.randbytes(chance.randrange(1, 400)))

    @inlineCallbacks
    def test_spoiled_messages(self) -> Steps:
        told = yield self.cases(lambda chance: spoiled(chance, messages(chance, self.eis)))
        # The cases are of every kind: some break the protocol, some end it by a message, some do not matter.
        self.assertLessEqual({ProtocolBroken, Disconnected, DisplayLost}, set(told))

    @inlineCallbacks
    def test_spoiled_beginnings(self) -> Steps:
        self.connection.close()
        self.eis.close()
        before = descriptors()
        for seed in range(CASES // 4):
            chance = random.Random(seed)
            self.eis = self.fake()
            self.eis.react["ei_handshake.finish"] = lambda request, chance=chance: (
                self.eis.raw(spoiled(chance, messages(chance, self.eis))),
                self.eis.close(),
            )
            with contextlib.suppress(DisplayLost):
                connection = yield connect(reactor, self.eis.theirs, "test")
                yield self.until(lambda connection=connection: connection.closed)
            self.eis.close()
            self.assertEqual(descriptors(), before, f"seed {seed}")

    @inlineCallbacks
    def cases(self, spoil: Callable[[random.Random], bytes]) -> Any:
        told = []
        before: list[str] = []
        for seed in range(CASES):
            chance = random.Random(seed)
            self.connection.close()
            self.eis.close()
            self.eis = self.fake()
            yield self.connect()
            before = before or descriptors()
            self.assertEqual(descriptors(), before, f"seed {seed}")
            waiting = self.connection.sync()
            waiting.addErrback(lambda failure: failure.trap(DisplayLost))
            keymap = memory_file(b"xkb_keymap {}")
            with contextlib.suppress(OSError):
                self.eis.raw(spoil(chance), [keymap] * chance.choice([0, 0, 1, 2, 28]))
            os.close(keymap)
            with contextlib.suppress(DisplayLost, Unsendable):
                self.device.key(38, True)
                self.connection.flush()
            self.eis.close()
            yield self.until(lambda: self.lost)
            yield waiting  # Of the same turn: no Deferred is forgotten.
            self.assertIsInstance(self.connection.reason, DisplayLost, f"seed {seed}")
            self.assertEqual(self.lost, [self.connection.reason], f"seed {seed}")
            told.append(type(self.connection.reason))
        return told


def messages(chance: random.Random, eis: FakeEis) -> list[bytes]:
    """Some valid events for what this client has."""
    made: list[bytes] = []
    for number, interface in chance.sample(list(eis.objects.items()), k=len(eis.objects)):
        for event in interface.events:
            if chance.random() < 0.4:
                continue
            values: dict[str, Any] = {
                "u": chance.choice(LONG_WORDS),
                "t": chance.choice(list(eis.objects)),
                "f": 1.5,
                "s": chance.choice(["ei_keyboard", "ei_text", "name" * chance.randrange(5)]),
                "n": FIRST_OF_SERVER + chance.randrange(12),
                "h": 0,
            }
            arguments = [values[letter] for letter in event.signature.letters]
            made.append(event.signature.pack(number, event.opcode, arguments))
    chance.shuffle(made)
    return made
