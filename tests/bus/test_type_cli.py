# SPDX-License-Identifier: MIT
"""`typewright type`, `press` and `backspace` as processes on the bus, with a service that records its calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from bus_bench import REPORT, BusCase
from twisted.internet.defer import Deferred, succeed
from twisted.internet.threads import deferToThread

from typewright.errors import InvalidArgs
from typewright.interfaces.services import Report
from typewright.reasons import FOCUS_MOVED

_FAILED = Report(confirmed=False, typed=1, total=3, level="", reason=FOCUS_MOVED.sentence, elapsed_s=0, code="moved")
_MORE_THAN_A_PIPE_HOLDS = 1 << 17
_TEXT = "word " * 250 + "\n"


class TypeTest(BusCase):
    def started(self, *options: str, command: str = "type") -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "typewright", command, *options]
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address, "PYTHONIOENCODING": "utf-8"}
        process = subprocess.Popen(
            words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    async def typed(self, *options: str) -> tuple[int, str]:
        """The exit status and the complaints of a run that is to type `_TEXT`, on a service that refuses line ends."""
        self.service = await self.served()

        def insert(caller: str, text: str, options: Mapping[str, object]) -> Deferred[Report]:
            if "\n" in text:
                raise InvalidArgs("There is a line end.")
            return succeed(REPORT)

        self.service.answers["insert"] = insert
        process = self.started(*options)
        out, errors = await deferToThread(process.communicate, _TEXT.encode())
        self.assertEqual(out, b"")
        return process.returncode, errors.decode()

    async def test_a_line_end_that_is_to_be_refused_is_refused_before_the_first_key(self) -> None:
        status, errors = await self.typed("--newline", "refuse")
        self.assertEqual((status, self.service.log), (2, []))
        self.assertIn("Character 1251 is a line end", errors)

    async def test_what_is_refused_in_the_middle_does_not_hide_what_stands(self) -> None:
        status, errors = await self.typed()
        self.assertEqual(status, 2)
        self.assertEqual(
            errors.splitlines(),
            ["typewright: 3 of 1251 characters are confirmed, and then:", "typewright: There is a line end."],
        )

    async def test_who_waits_for_its_input_can_be_stopped(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.started()
            assert process.stdin is not None
            process.stdin.write(bytes(_MORE_THAN_A_PIPE_HOLDS))
            process.stdin.flush()
            process.send_signal(number)
            self.assertEqual(await deferToThread(process.wait, 20), -number)
            assert process.stderr is not None
            self.assertEqual(process.stderr.read(), b"")

    async def test_input_that_is_no_text_is_refused(self) -> None:
        process = self.started()
        _, errors = await deferToThread(process.communicate, b"caf\xe9")
        self.assertEqual((process.returncode, errors), (2, b"typewright: Standard input is not UTF-8.\n"))

    async def ran(self, command: str, *options: str) -> tuple[int, str]:
        """The exit status and the complaints of a command."""
        process = self.started(*options, command=command)
        out, errors = await deferToThread(process.communicate)
        self.assertEqual(out, b"")
        return process.returncode, errors.decode()

    async def test_what_is_not_confirmed_is_told_with_code_reason_progress_and_cure(self) -> None:
        service = await self.served()
        for member, command, word, unit in (
            ("insert", "type", "abc", "characters"),
            ("press", "press", "Tab", "chords"),
            ("backspace", "backspace", "3", "characters"),
        ):
            self.assertEqual(await self.ran(command, word), (0, ""))
            service.answers[member] = lambda *call: succeed(_FAILED)
            said = f"not confirmed (code moved): {FOCUS_MOVED.sentence}; 1 of 3 {unit} are confirmed. {FOCUS_MOVED.cure}"
            self.assertEqual(await self.ran(command, word), (1, f"typewright: {said}\n"))
