# SPDX-License-Identifier: MIT
"""`typewright dictate` as a process on the bus, with a service that records its calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from bus_bench import REPORT, BusCase, Peer
from twisted.internet.defer import Deferred, succeed
from twisted.internet.threads import deferToThread

from typewright.errors import InvalidArgs
from typewright.interfaces.services import Report
from typewright.reasons import FOCUS_MOVED

_FAILED = Report(confirmed=False, typed=0, total=1, level="", reason=FOCUS_MOVED.sentence, elapsed_s=0, code="moved")
CONTEXT = {"context_adjust": True}


class DictateTest(BusCase):
    def started(self, *options: str, under: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address}
        process = subprocess.Popen(
            [*under, sys.executable, "-m", "typewright", "dictate", *options],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    async def dictated(self, text: str, *options: str) -> tuple[int, str]:
        """The exit status and the complaints of a run that reads `text`."""
        process = self.started(*options)
        out, errors = await deferToThread(process.communicate, text.encode())
        self.assertEqual(out, b"")
        return process.returncode, errors.decode()

    def calls(self) -> list[tuple[object, ...]]:
        """The calls of the service, without their caller and without options that are empty."""
        calls = [(entry[0], *entry[2:]) for entry in self.dictation.log if entry[0] != "caller_left"]
        return [call[:-1] if call[-1] == {} else call for call in calls]

    async def test_lines_and_json_drive_the_service(self) -> None:
        await self.served()
        text = "partial wreck a\npartial recognise\nfinal recognise speech\n"
        text += '{"partial": "däß"}\n{\n  "text" : "däß 🎹"\n}\nundo\n'
        self.assertEqual(await self.dictated(text), (0, ""))
        expected = [("revise", "wreck a"), ("revise", "recognise"), ("revise", "recognise speech"), ("commit",)]
        self.assertEqual(self.calls(), [*expected, ("revise", " däß"), ("revise", " däß 🎹"), ("commit",), ("undo",)])

    async def test_a_file_is_read_as_well_as_a_pipe(self) -> None:
        await self.served()
        heard = self.directory / "heard"
        heard.write_text("partial a\nfinal ab")
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address}
        with (
            heard.open() as file,
            subprocess.Popen([sys.executable, "-m", "typewright", "dictate"], stdin=file, env=environment) as run,
        ):
            self.assertEqual(await deferToThread(run.wait), 0)
        self.assertEqual(self.calls(), [("revise", "a"), ("revise", "ab"), ("commit",)])

    async def test_each_final_that_fails_is_a_sentence_and_the_status_says_so(self) -> None:
        await self.served()

        def answer(caller: str, text: str, options: Mapping[str, object]) -> Deferred[Report]:
            if text.strip() == "hunter2":
                raise InvalidArgs("That can't be typed.")
            return succeed(_FAILED if text.strip() == "b" else REPORT)

        self.dictation.answers["revise"] = answer
        status, errors = await self.dictated("final a\nfinal b\n\nfinal hunter2\nhunter2\nfinal c\n")
        self.assertEqual(status, 1)
        self.assertEqual(
            errors.splitlines(),
            [
                f"typewright: line 2: not confirmed (code moved): {FOCUS_MOVED.sentence}. {FOCUS_MOVED.cure}",
                "typewright: line 4: That can't be typed.",
                "typewright: line 5: it is neither 'partial ...' nor 'final ...', nor a JSON object with such a key",
            ],
        )
        self.assertEqual(self.calls()[-2:], [("revise", " c"), ("commit",)])

    async def test_utterances_have_no_space_between_them_if_they_are_to_be_typed_exactly(self) -> None:
        await self.served()
        self.assertEqual(await self.dictated("final hello\nfinal world\n", "--exact"), (0, ""))
        self.assertEqual(self.calls(), [("revise", "hello"), ("commit",), ("revise", "world"), ("commit",)])

    async def test_a_slow_window_does_not_hold_up_the_partials(self) -> None:
        await self.served()
        slow: Deferred[Report] = Deferred()
        self.dictation.answers["revise"] = lambda caller, text, options: slow if text == "a" else succeed(REPORT)
        self.assertEqual(await self.dictated("partial a\npartial ab\nfinal abc\n"), (0, ""))
        self.assertEqual(self.calls(), [("revise", "a"), ("revise", "ab"), ("revise", "abc"), ("commit",)])
        slow.callback(_FAILED)

    async def test_context_is_an_option_of_each_revision_and_no_switch_for_all(self) -> None:
        await self.served()
        self.assertEqual(await self.dictated("partial a\nfinal ab\nundo\n", "--context"), (0, ""))
        expected = [("revise", "a", CONTEXT), ("revise", "ab", CONTEXT), ("commit",), ("undo",)]
        self.assertEqual(self.calls(), expected)
        self.assertIs(self.dictation.values["ContextAdjust"], False)

    async def test_an_interrupt_and_a_closed_terminal_end_it(self) -> None:
        await self.served()
        for number in (signal.SIGINT, signal.SIGHUP):
            self.dictation.log.clear()
            process = self.started("--context")
            assert process.stdin is not None
            process.stdin.write(b"partial a\n")
            process.stdin.flush()
            await self.dictation.noted(1)
            process.send_signal(number)
            self.assertEqual(await deferToThread(process.wait), 130)
            await self.dictation.noted(2)  # the last: that it has left
            self.assertEqual(self.calls(), [("revise", "a", CONTEXT)])
            assert process.stderr is not None
            self.assertEqual(process.stderr.read(), b"")

    async def test_who_is_to_outlive_its_terminal_does(self) -> None:
        await self.served()
        process = self.started(under=("nohup",))
        assert process.stdin is not None
        process.stdin.write(b"partial a\n")
        process.stdin.flush()
        await self.dictation.noted(1)
        process.send_signal(signal.SIGHUP)
        await deferToThread(process.communicate, b"final a\n")
        self.assertEqual((process.returncode, self.calls()), (0, [("revise", "a"), ("revise", "a"), ("commit",)]))

    async def test_a_service_that_is_started_anew_does_not_get_the_rest_of_an_utterance(self) -> None:
        """It would type all of it, behind what stands of it already."""
        await self.served()
        former, process, witness = self.served_on, self.started(), await self.peer()
        assert process.stdin is not None
        assert process.stderr is not None

        async def says(line: bytes, complaint: bytes) -> None:
            process.stdin.write(line)
            process.stdin.flush()
            self.assertIn(complaint, await deferToThread(process.stderr.readline))

        process.stdin.write(b"partial wreck a\n")
        process.stdin.flush()
        await self.dictation.noted(1)
        await self.seen_leaving(witness, Peer(former))
        await self.served()
        await says(b"?\n", b"line 2")  # It has looked at all that had come, and so heard of the other service.
        process.stdin.write(b"partial wreck a nice\n")
        await says(b"final wreck a nice beach\n", b"line 4: the service went away")
        _, errors = await deferToThread(process.communicate, b"partial and\nfinal and on\n")
        self.assertEqual((process.returncode, errors), (1, b""))
        self.assertEqual(self.calls(), [("revise", "and"), ("revise", "and on"), ("commit",)])

    async def test_the_context_is_on_also_with_a_service_that_is_started_anew(self) -> None:
        await self.served()
        former, process, witness = self.served_on, self.started("--context"), await self.peer()
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"final a\n")
        process.stdin.flush()
        await self.dictation.noted(2)
        await self.seen_leaving(witness, Peer(former))
        await self.served()
        process.stdin.write(b"?\n")
        process.stdin.flush()
        self.assertIn(b"line 2", await deferToThread(process.stderr.readline))
        await deferToThread(process.communicate, b"partial b\nfinal bc\n")
        self.assertEqual(self.calls(), [("revise", "b", CONTEXT), ("revise", "bc", CONTEXT), ("commit",)])

    async def test_without_a_service_it_says_so_before_anybody_speaks(self) -> None:
        process = self.started()
        self.assertEqual(await deferToThread(process.wait), 69)
        assert process.stderr is not None
        self.assertIn(b"No Typewright service runs", process.stderr.read())
