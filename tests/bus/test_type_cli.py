# SPDX-License-Identifier: MIT
"""`typewright type`, `press` and `backspace` as processes on the bus, with a service that records its calls."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping

from bus_bench import REPORT, BusCase
from twisted.internet.defer import Deferred, succeed
from twisted.internet.threads import deferToThread

from typewright.errors import InvalidArgs
from typewright.interfaces.services import Report
from typewright.reasons import FOCUS_MOVED

_FAILED = Report(confirmed=False, typed=1, total=3, level="", reason=FOCUS_MOVED.sentence, elapsed_s=0, code="moved")
_MORE_THAN_A_PIPE_HOLDS = 1 << 17
_TEXT = "word " * 250 + "\n"


@contextlib.contextmanager
def full_pipe() -> Iterator[int]:
    """The write end of a pipe that nothing reads, and that takes no more."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(4096))
    os.set_blocking(writer, True)
    yield writer
    os.close(reader)
    os.close(writer)


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
        self.assertEqual(process.returncode, 2)
        self.assertTrue(errors.startswith(b"typewright: Standard input is not UTF-8, beginning with byte 4"), errors)
        self.assertEqual(len(errors.splitlines()), 1)

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

    async def test_one_call_ends_all_typing_or_switches_it(self) -> None:
        service = await self.served()
        self.assertEqual(await self.ran("cancel"), (0, ""))
        for command, enabled in (("disable", False), ("enable", True)):
            self.assertEqual(await self.ran(command), (0, ""))
            self.assertIs(service.values["TypingEnabled"], enabled)
        for enabled, said in ((False, b"typing is disabled\n"), (True, b"typing is enabled\n")):
            process = self.started(command="toggle")
            self.assertEqual(await deferToThread(process.communicate), (said, b""))
            self.assertIs(service.values["TypingEnabled"], enabled)
        self.assertEqual([entry[0] for entry in service.log], ["cancel_all", *["set_typing_enabled"] * 4])

    async def test_options_are_passed_on_by_the_parser(self) -> None:
        service = await self.served()
        self.assertEqual(await self.ran("type", "--newline", "space", "--grabs=type", "a"), (0, ""))
        self.assertEqual(await self.ran("type", "--on-focus-change", "wait", "--", "-a"), (0, ""))
        self.assertEqual([entry[2:] for entry in service.log], [
            ("a", {"newline": "space", "grabs": "type"}), ("-a", {"on_focus_change": "wait"}),
        ])  # fmt: skip

    async def test_two_texts_or_one_with_a_dash_are_told_what_to_do_and_not_repeated(self) -> None:
        service = await self.served()
        for words in (("hunter", "two"), ("-hunter",), ("--hunter", "two"), ("a", "-hunter")):
            status, errors = await self.ran("type", *words)
            self.assertEqual(status, 2)
            self.assertIn("Put it into quotes", errors)
            self.assertIn("Put -- before it", errors)
            self.assertNotIn("hunter", errors)
        self.assertEqual(service.log, [])

    async def through(self, shell: str, stderr: int | None = None) -> int:
        """The exit status of a command line for bash; `$typewright` is the program."""
        environment = {
            **os.environ,
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "typewright": f"{sys.executable} -m typewright",
        }
        process = subprocess.Popen(["bash", "-o", "pipefail", "-c", shell], env=environment, stderr=stderr)
        self.addCleanup(process.kill)
        return await deferToThread(process.wait, 20)

    async def test_streams_that_are_closed_full_or_unread_change_no_outcome(self) -> None:
        service = await self.served()
        long = "a" * 1500
        self.assertEqual(await self.through(f"$typewright type {long} 2>&-"), 0)
        self.assertEqual(len(service.log), 2)
        service.answers["insert"] = lambda *call: succeed(_FAILED)
        self.assertEqual(await self.through("$typewright type a 2>&-"), 1)
        self.assertEqual(await self.through("$typewright type a 2>&1 >&- | true"), 1)
        with full_pipe() as full:
            self.assertEqual(await self.through("$typewright type a", stderr=full), 1)
        self.assertEqual(await self.through("$typewright status >&-"), 0)
        self.assertEqual(await self.through("$typewright status | true"), 0)
        self.assertEqual(await self.through("$typewright toggle | true"), 0)

    async def test_input_that_is_closed_or_has_no_end_is_refused(self) -> None:
        service = await self.served()
        self.assertEqual(await self.through("$typewright type - <&-"), 2)
        self.assertEqual(await self.through("yes | { $typewright type -; s=$?; exit $s; }; exit ${PIPESTATUS[1]}"), 2)
        self.assertEqual(service.log, [])
