# SPDX-License-Identifier: MIT
"""The wire against a real compositor: sway, private and without a screen."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twisted.internet.defer import inlineCallbacks
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers.compositor import foot, sway
from tests.helpers.desktop import PATIENCE_S, until
from tests.helpers.open_files import memory_file
from tests.helpers.wire_stage import Steps
from tests.wayland.stage import WaylandClient
from typewright.errors import DisplayLost
from typewright.wayland.failures import CompositorError
from typewright.wire.codec import uints

KEYMAP = b"""xkb_keymap {
xkb_keycodes { include "evdev+aliases(qwerty)" };
xkb_types { include "complete" };
xkb_compat { include "complete" };
xkb_symbols { include "pc+us" };
};\0"""
XKB_V1, KEYBOARD, ACTIVATED = 1, 2, 2
A = 30
"""The evdev code of the key A."""
FEW_S = 2.0


class SwayTest(WaylandClient):
    """Each test has a sway of its own."""

    @inlineCallbacks
    def setUp(self) -> Steps:
        yield super().setUp()
        self._stack = contextlib.ExitStack()
        self.sway = self._stack.enter_context(sway())
        environ = self.sway.environ
        yield self.connect(os.path.join(environ["XDG_RUNTIME_DIR"], environ["WAYLAND_DISPLAY"]))

    def leave(self) -> None:
        self._stack.close()

    @inlineCallbacks
    def keyboard(self) -> Any:
        """A virtual keyboard that has a keymap."""
        manager = self.bind("zwp_virtual_keyboard_manager_v1")
        keyboard = manager.queue("create_virtual_keyboard", self.bind("wl_seat", 5))
        self.give_keymap(keyboard)
        yield self.connection.sync()
        return keyboard

    def give_keymap(self, keyboard: Any) -> None:
        file = memory_file(KEYMAP)
        keyboard.queue("keymap", XKB_V1, file, len(KEYMAP))
        os.close(file)

    def windows(self) -> dict[Any, dict[str, Any]]:
        """The windows that there are, kept up to date: what was told of each."""
        known: dict[Any, dict[str, Any]] = {}

        def appeared(window: Any) -> None:
            known[window] = {}
            for event in ("title", "app_id", "state"):
                window.listen(event, lambda value, event=event: known[window].__setitem__(event, value))
            window.listen("closed", lambda: (known.pop(window), window.request("destroy")))

        self.bind("zwlr_foreign_toplevel_manager_v1").listen("toplevel", appeared)
        return known

    # --- tests -------------------------------------------------------------------------------------------------------

    def test_it_offers_what_typing_needs(self) -> None:
        offered = {each.interface: each.version for each in self.connection.registry.globals}
        self.assertLessEqual(
            {
                "wl_seat": 7,
                "zwp_virtual_keyboard_manager_v1": 1,
                "zwlr_foreign_toplevel_manager_v1": 3,
                "zwp_input_method_manager_v2": 1,
            }.items(),
            offered.items(),
        )

    @inlineCallbacks
    def test_the_seats_keymap_can_be_read_without_the_focus(self) -> Steps:
        capabilities: list[int] = []
        keymaps: list[tuple[int, bytes]] = []
        seat = self.bind("wl_seat", 5)
        seat.listen("capabilities", capabilities.append)
        yield self.connection.sync()
        self.assertEqual(capabilities, [0])
        yield self.keyboard()
        self.assertEqual(capabilities[-1] & KEYBOARD, KEYBOARD)
        keyboard = seat.request("get_keyboard")
        keyboard.listen("keymap", lambda form, file, size: keymaps.append((form, os.pread(file, size, 0))))
        yield self.connection.sync()
        ((form, keymap),) = keymaps
        self.assertEqual((form, keymap[:11], keymap[-1]), (XKB_V1, b"xkb_keymap ", 0))
        self.assertIn(b"key <AC01>", keymap)

    @inlineCallbacks
    def test_a_key_arrives_in_the_window_that_has_the_focus(self) -> Steps:
        keyboard = yield self.keyboard()
        windows = self.windows()
        with foot(self.sway.environ) as terminal:
            yield self.until(lambda: any(ACTIVATED in uints(told.get("state", b"")) for told in windows.values()))
            ((window, told),) = windows.items()
            self.assertEqual((told["app_id"], told["title"]), ("foot", "foot"))
            keyboard.queue("key", 1, A, 1)
            keyboard.queue("key", 1, A, 0)
            yield self.connection.sync()
            yield self.until(lambda: terminal.take() == "a")
        yield self.until(lambda: not windows)
        self.assertFalse(window.alive)

    @inlineCallbacks
    def test_chords_are_confirmed_one_by_one(self) -> Steps:
        keyboard = yield self.keyboard()
        for at in range(500):
            keyboard.queue("key", at, A, 1)
            keyboard.queue("key", at, A, 0)
            yield self.connection.sync()
        self.assertLess(len(self.connection._objects), 10)

    @inlineCallbacks
    def test_a_keyboard_without_a_keymap_is_refused_in_the_compositors_words(self) -> Steps:
        manager = self.bind("zwp_virtual_keyboard_manager_v1")
        keyboard = manager.queue("create_virtual_keyboard", self.bind("wl_seat", 5))
        keyboard.queue("key", 1, A, 1)
        problem = yield self.assertFailure(self.connection.sync(), CompositorError)
        self.assertEqual((problem.interface, problem.code), ("zwp_virtual_keyboard_v1", 0))
        self.assertRegex(
            str(problem), r"^The compositor ended the connection: zwp_virtual_keyboard_v1 error 0 \(no_keymap\): "
        )
        self.assertIs((yield self.when_lost()), problem)

    @inlineCallbacks
    def test_its_death_is_told_at_once(self) -> Steps:
        keyboard = yield self.keyboard()
        os.kill(self.sway.process.pid, signal.SIGSTOP)
        waiting = [self.connection.sync() for _ in range(3)]
        began = time.monotonic()
        self.sway.kill()
        for each in waiting:
            yield self.assertFailure(each, DisplayLost)
        self.assertLess(time.monotonic() - began, FEW_S)
        self.assertRaises(DisplayLost, keyboard.request, "key", 1, A, 1)
        yield self.when_lost()

    @inlineCallbacks
    def test_nothing_blocks_while_it_stands_still(self) -> Steps:
        keyboard = yield self.keyboard()
        os.kill(self.sway.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            for at in range(20_000):
                keyboard.request("modifiers", 0, 0, 0, at & 1)
            self.assertGreater(self.connection._transport.waiting, 0)
            self.assertLess(time.monotonic() - began, FEW_S)
        finally:
            os.kill(self.sway.process.pid, signal.SIGCONT)
        yield self.connection.sync()
        self.assertEqual(self.connection._transport.waiting, 0)


class KilledTest(SynchronousTestCase):
    def test_a_sway_ends_with_a_test_that_is_killed(self) -> None:
        with _holding_a_sway() as (holder, pid):
            self.assertTrue(_runs(pid))
            holder.kill()
            holder.wait(PATIENCE_S)
            until(lambda: not _runs(pid))


@contextlib.contextmanager
def _holding_a_sway() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that runs a sway, and the sway's process id."""
    program = (
        "from tests.helpers.compositor import sway\n"
        "import sys\n"
        "with sway() as running:\n"
        "    print(running.process.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        try:
            yield holder, int(holder.stdout.readline())
        finally:
            holder.kill()


def _runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
