# SPDX-License-Identifier: MIT
"""
The scripts: what goes in, an empty line, what comes out. Adding a case is adding a file to `scripts/`.

Input, a command a line (`#` begins a comment):

    layout us|ru              the active group; `us` unless told
    locked Lock Mod2          what is locked
    held Shift                the user's hand is on it
    spare 2                   how many slots there are; 3 unless told
    pacing event 0.1          by event, with a hold of 0.1 s; `pacing chord` unless told
    time-out 0.5              for confirmations; 2 s unless told
    focus 7                   the window with the focus; 1 unless told
    barrier server|silent     `application` unless told
    confirm-not 3 4           these confirmations are False (counted over the whole script)
    silent 3 4                these never come
    at 3 stop|focus 7|announce|other-layout|fail|hold Shift|tap Lock|repeat 2
                              what happens when the third key event is sent: `hold` puts the user's hand on the modifier,
                              `tap` locks it; the event is found under it (`confirm-not` says that it is not as sent);
                              `repeat` has the server repeat the key twice
    after 0.5 let-go|stop|cancel
                              what happens half a second into the first job
    type TEXT                 jobs, one after the other; in TEXT, \\n and \\t are Return and Tab
    backspace N
    press CHORDS

Output: keys, `group N` where the next keys need another group, what else was asked of the collaborators, `wait SECONDS`
where time passed, and a line for each job's end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engine_bench import PENDING, Bench, outcome
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from typewright.engine.pacing import Pacing
from typewright.errors import DisplayLost
from typewright.interfaces.backend import OURS, REPEAT, USER, KeyboardState, Stray
from typewright.keymap.chords import KeyEvent, State
from typewright.keymap.sample import CONTROL, LOCK, MOD2, SHIFT, sample_layout
from typewright.reasons import Reason

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))
_MASKS = {"Shift": SHIFT, "Control": CONTROL, "Lock": LOCK, "Mod2": MOD2}
_KEYS = {"Shift": 62, "Control": 37, "Lock": 66}
_HAPPENINGS = {
    "at": {"stop", "focus", "announce", "other-layout", "fail", "hold", "tap", "repeat"},
    "after": {"let-go", "stop", "cancel"},
}
_PATIENCE_S = 60.0
TOLD = Reason("told", "told to stop", "Go on later.")


class Script:
    """I run the input of one script."""

    def __init__(self, lines: list[str]) -> None:
        self.output: list[str] = []
        self._group = self._locked = self._held = 0
        self._spare = 3
        self._pacing = Pacing()
        self._setup: list[tuple[str, list[str]]] = []
        self._at: dict[int, list[list[str]]] = {}
        self._after: list[tuple[float, str]] = []
        self._jobs: list[tuple[str, str]] = []
        for line in lines:
            if line.strip() and not line.startswith("#"):
                self._read(*line.split(" ", 1))
        layout = sample_layout(spare=self._spare)
        state = KeyboardState(self._group, self._locked, self._held)
        self.bench = Bench(layout=layout, state=state, pacing=self._pacing)
        self.bench.keyer.on_send = self._sent
        self._typing: Deferred[bool] = Deferred()

    def run(self) -> list[str]:
        """The output."""
        for command, arguments in self._setup:
            self._set_up(command, arguments)
        for kind, argument in self._jobs:
            self._type(kind, argument)
        assert self.bench.at_rest, "keys, confirmations or calls were left behind"
        return self.output

    def _read(self, command: str, rest: str) -> None:
        words = rest.split()
        match command:
            case "layout":
                self._group = ["us", "ru"].index(rest)
            case "locked":
                self._locked = sum(_MASKS[word] for word in words)
            case "held":
                self._held = sum(_MASKS[word] for word in words)
            case "spare":
                self._spare = int(rest)
            case "pacing":
                self._pacing = replace(self._pacing, mode=words[0], hold_s=float(*words[1:]))
            case "time-out":
                self._pacing = replace(self._pacing, timeout_s=float(rest))
            case "focus" | "barrier" | "confirm-not" | "silent":
                self._setup.append((command, words))
            case "at" | "after" if words[1] not in _HAPPENINGS[command]:
                raise ValueError(f"no such happening: {words[1]}")
            case "at":
                self._at.setdefault(int(words[0]), []).append(words[1:])
            case "after":
                self._after.append((float(words[0]), words[1]))
            case "type" | "backspace" | "press":
                self._jobs.append((command, rest.replace("\\n", "\n").replace("\\t", "\t")))
            case _:
                raise ValueError(f"no such command: {command}")

    def _set_up(self, command: str, words: list[str]) -> None:
        bench = self.bench
        match command, words:
            case "focus", [window]:
                bench.focus_on(int(window))
            case "barrier", ["silent"]:
                bench.barrier.silent = True
            case "barrier", [level]:
                bench.barrier.level = level
            case "confirm-not", numbers:
                bench.observer.false_at |= set(map(int, numbers))
            case "silent", numbers:
                bench.observer.silent_at |= set(map(int, numbers))

    def _sent(self, number: int, event: KeyEvent) -> None:
        group = self._group if event.state is None else event.state.group
        if group != self._group:
            self._group = group
            self.bench.log.append(("group", group))
        for what, *words in self._at.pop(number, []):
            if what in ("hold", "tap"):
                self._modify(what, words[0], event)
            elif what == "repeat":
                repeat = Stray(event.keycode, True, event.state, REPEAT)
                self.bench.observer.see(*[repeat] * int(words[0]))
            else:
                self._happen(what, *words)

    def _modify(self, what: str, modifier: str, event: KeyEvent) -> None:
        """The user presses a modifier key just ahead of `event`."""
        bench, mask = self.bench, _MASKS[modifier]
        bench.observer.see(
            Stray(_KEYS[modifier], True, event.state, USER),
            Stray(event.keycode, event.pressed, _with(event.state, mask), OURS),
        )
        part = "held" if what == "hold" else "locked"
        bench.keyboard.state = replace(bench.keyboard.state, **{part: mask})

    def _happen(self, what: str, *words: str) -> None:
        bench = self.bench
        match what:
            case "stop":
                bench.job.stop(TOLD)
            case "cancel":
                self._typing.cancel()
            case "focus":
                self._set_up("focus", list(words))
            case "announce":
                bench.keyboard.announce()
            case "other-layout":
                bench.keyboard.announce(sample_layout(spare=self._spare + 1))
            case "fail":
                bench.keyer.fail_with = DisplayLost()
            case "let-go":
                bench.keyboard.let_go()

    def _type(self, kind: str, argument: str) -> None:
        bench = self.bench
        for delay_s, what in self._after:
            bench.clock.callLater(delay_s, self._happen, what)
        self._after.clear()
        make = {"type": bench.insert, "press": bench.press, "backspace": lambda count: bench.backspace(int(count))}[kind]
        self._typing = make(argument)
        while (result := outcome(self._typing)) is PENDING and bench.clock.seconds() < _PATIENCE_S:
            self.output += bench.transcript
            wait_s = bench.clock.getDelayedCalls()[0].getTime() - bench.clock.seconds()
            self.output.append(f"wait {wait_s:g}")
            bench.clock.advance(wait_s)
        self.output += [*bench.transcript, self._end(result)]

    def _end(self, result: object) -> str:
        job = self.bench.job
        if isinstance(result, Failure):
            return f"error, {job.typed} of {job.total}: {result.type.__name__}"
        assert result in (True, False)
        if result:
            return f"confirmed {job.typed} of {job.total}: {job.level}"
        return f"not confirmed, {job.typed} of {job.total}: {job.reason.code if job.reason else None}"


def _with(state: State | None, mask: int) -> State | None:
    return None if state is None else State(state.group, state.modifiers | mask)


def told_apart(text: str) -> tuple[list[str], list[str]]:
    """The input and the output of a script."""
    given, _, expected = text.partition("\n\n")
    return given.splitlines(), expected.strip().splitlines()


def commands(script: Path) -> Iterator[str]:
    return (line.split(" ")[0] for line in told_apart(script.read_text())[0] if not line.startswith("#"))


@pytest.mark.promise("auto-repeat")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_script(script: Path) -> None:
    given, expected = told_apart(script.read_text())
    assert Script(given).run() == expected


def test_there_are_scripts_and_each_expects_the_end_of_its_jobs() -> None:
    assert len(SCRIPTS) >= 12
    for script in SCRIPTS:
        _, expected = told_apart(script.read_text())
        jobs = [command for command in commands(script) if command in ("type", "backspace", "press")]
        assert len([line for line in expected if "confirmed" in line or "error" in line]) == len(jobs) > 0, script


@pytest.mark.parametrize("line", ["tpye Hi", "at 1 explode\ntype Hi"])
def test_a_command_that_is_none_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="no such"):
        Script(line.splitlines()).run()
