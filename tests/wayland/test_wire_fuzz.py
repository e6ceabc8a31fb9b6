# SPDX-License-Identifier: MIT
"""
The connection under noise, and under valid messages that were spoiled: no hang, no traceback, no descriptor left open.

Every case has a seed; a failure names it.
"""

from __future__ import annotations

import contextlib
import os
import random
import struct
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks

from tests.helpers.fake_compositor import DISPLAY, FIRST_OF_SERVER, Client
from tests.helpers.open_files import descriptors, memory_file
from tests.helpers.spoiling import LONG_WORDS, spoiled
from tests.helpers.wire_stage import Steps
from tests.wayland.stage import Stage
from typewright.errors import DisplayLost
from typewright.wayland.connection import connect
from typewright.wayland.failures import CompositorError, ProtocolBroken
from typewright.wire.codec import uints

CASES = 400


class FuzzTest(Stage):
    timeout = 120

    @inlineCallbacks
    def test_noise(self) -> Steps:
        yield self.cases(lambda chance: chance.randbytes(chance.randrange(1, 400)))

    @inlineCallbacks
    def test_spoiled_messages(self) -> Steps:
        told = yield self.cases(lambda chance: spoiled(chance, messages(chance, self.client)))
        # The cases are of every kind: some break the protocol, some end it by an error, some do not matter.
        self.assertLessEqual({ProtocolBroken, CompositorError, DisplayLost}, set(told))

    @inlineCallbacks
    def test_spoiled_beginnings(self) -> Steps:
        # Of the first answers of all: the registry's.
        before = descriptors()
        for seed in range(CASES // 4):
            chance = random.Random(seed)
            self.compositor.react["wl_display.sync"] = lambda client, request, chance=chance: (
                client.raw(spoiled(chance, messages(chance, client))),
                client.close(),
            )
            with contextlib.suppress(DisplayLost):
                connection = yield connect(reactor, self.path)
                yield self.until(lambda connection=connection: connection.closed)
            self.client.close()
            self.assertEqual(descriptors(), before, f"seed {seed}")

    @inlineCallbacks
    def cases(self, spoil: Any) -> Any:
        told = []
        before: list[str] = []
        for seed in range(CASES):
            chance = random.Random(seed)
            self.client.close()
            yield self.connect(self.path)
            yield self.use_all()
            before = before or descriptors()
            self.assertEqual(descriptors(), before, f"seed {seed}")
            waiting = self.connection.sync()
            waiting.addErrback(lambda failure: failure.trap(DisplayLost))
            keymap = memory_file(b"xkb_keymap {}")
            with contextlib.suppress(OSError):
                self.client.raw(spoil(chance), [keymap] * chance.choice([0, 0, 1, 2, 28]))
            os.close(keymap)
            with contextlib.suppress(DisplayLost):
                self.bind("wl_seat", 5).request("release")
            if chance.random() < 0.5:
                self.client.raw(self.client.packed(DISPLAY, "delete_id", 4711)[: chance.randrange(1, 12)])
            self.client.close()
            yield self.until(lambda: self.lost)
            yield waiting  # Of the same turn: no Deferred is forgotten.
            self.assertIsInstance(self.connection.reason, DisplayLost, f"seed {seed}")
            self.assertEqual(self.lost, [self.connection.reason], f"seed {seed}")
            told.append(type(self.connection.reason))
        return told

    @inlineCallbacks
    def use_all(self) -> Steps:
        """Bind all that is known, and listen to all of it as a backend does."""
        seat = self.bind("wl_seat", 5)
        keyboard = seat.request("get_keyboard")
        keyboard.listen("keymap", lambda form, keymap, size: os.pread(keymap, min(size, 1 << 16), 0))
        self.bind("zwlr_foreign_toplevel_manager_v1").listen("toplevel", self.window)
        method = self.bind("zwp_input_method_manager_v2").request("get_input_method", seat)
        for event in ("activate", "surrounding_text", "content_type", "done"):
            method.listen(event, lambda *arguments: None)
        yield self.connection.sync()
        self.client.toplevel(self.client.newest("zwlr_foreign_toplevel_manager_v1"), app_id="foot", active=True)
        yield self.connection.sync()

    def window(self, window: Any) -> None:
        window.listen("state", uints)
        window.listen("title", lambda title: self.assertIsInstance(title, str))
        window.listen("parent", lambda parent: None)
        window.listen("closed", lambda: window.request("destroy"))


def messages(chance: random.Random, client: Client) -> list[bytes]:
    """Some valid events for what this client has."""
    made: list[bytes] = []
    for number, (interface, version) in chance.sample(list(client.objects.items()), k=len(client.objects)):
        for event in interface.events:
            if event.since > version or chance.random() < 0.4:
                continue
            arguments: list[Any] = []
            for letter in event.signature.letters:
                arguments.append(
                    {
                        "u": chance.choice(LONG_WORDS),
                        "i": chance.randrange(-5, 5),
                        "s": "title" * chance.randrange(5),
                        "o": chance.choice(list(client.objects)),
                        "n": FIRST_OF_SERVER + chance.randrange(5),
                        "a": struct.pack("=I", 2) * chance.randrange(3),
                        "h": 0,
                    }[letter]
                )
            made.append(event.signature.pack(number, event.opcode, arguments))
    chance.shuffle(made)
    return made
