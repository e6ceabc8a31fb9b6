# SPDX-License-Identifier: MIT
"""
All at once, by hand: `python -m tests.soak.chaos [--rounds 200] [--seed 1] [--first 0] [--only user,focus]`.

In each round three callers have all kinds of jobs done in two xterms, and leave, cancel, or set TypingEnabled, while a hand
on the keyboard, another program, the layout, the focus, a grab, a terminal that stands still and a service that does come
between, at moments that the round's number and the seed decide. Behind it what holds whatever happened is looked at
(`tests.chaos`): answers, texts, counts, keys, locks, the map, the log. It prints rounds that went wrong, with all that was
done in them; its exit status is 1 when there were any.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import Xlib.ext.xtest
from Xlib import X

from tests.chaos.callers import Callers
from tests.chaos.reading import problems
from tests.chaos.scene import CONFIG, Scene
from tests.helpers import desktop
from tests.x11.stage import SHIFT, Other

ESCAPE, SHIFT_R, CAPS, PAUSE = 9, 62, 66, 127
ONE, FOUR, FIVE, NINE = 10, 13, 14, 18
LAYOUTS = ("us", "de", "us,ru", "us,ru", "us,de", "fr")


class Step(NamedTuple):
    """What is done so many seconds behind the beginning of the round."""

    at_s: float
    what: str
    act: Callable[[], object]


class Chaos:
    """I know what can be done, and do it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._user = scene.other
        self._program = Other(scene.environ["DISPLAY"])
        self._window = self._program.window()
        self._chance = random.Random()
        self.kinds = {
            "user": self._keys, "shift": self._shift, "caps": self._caps, "escape": self._escape, "panic": self._panic,
            "click": self._click, "program": self._other_program, "layout": self._layout, "group": self._group,
            "focus": self._focus, "nowhere": self._nowhere, "grab": self._grab, "terminal": self._terminal,
            "service": self._service,
        }  # fmt: skip

    def plan(self, chance: random.Random, kinds: Sequence[str], callers: Callers) -> list[Step]:
        """The steps of a round, in their order."""
        self._chance = chance
        span_s = chance.choice((0.02, 0.1, 0.3, 1.0))
        steps = callers.plan(chance, span_s)
        for kind in chance.sample(kinds, min(len(kinds), chance.choice((0, 1, 2, 2, 3, 4, 5)))):
            steps += self.kinds[kind](chance.uniform(0, span_s + 0.1))
        return sorted((Step(*step) for step in steps), key=lambda step: step.at_s)

    def _held(self, at_s: float, keycode: int, for_s: float, by: Callable[..., None], who: str) -> Iterator[Step]:
        yield Step(at_s, f"{who} presses {keycode}", lambda: by(keycode, down=True))
        yield Step(at_s + for_s, f"{who} releases {keycode}", lambda: by(keycode, down=False))

    def _tap(self, at_s: float, keycode: int) -> Iterator[Step]:
        return self._held(at_s, keycode, self._chance.choice((0.0, 0.005, 0.05)), self._user.finger, "the user")

    def _keys(self, at_s: float) -> Iterator[Step]:
        for number in range(self._chance.randrange(1, 6)):
            for_s = self._chance.choice((0.0, 0.02, 0.08, 0.08, 0.7))
            yield from self._held(at_s, (ONE, FOUR, FIVE)[number % 3], for_s, self._user.finger, "the user")
            at_s += for_s + self._chance.uniform(0, 0.4)

    def _shift(self, at_s: float) -> Iterator[Step]:
        for_s = self._chance.choice((0.0, 0.01, 0.1, 0.5, 1.3))
        yield from self._held(at_s, SHIFT_R, for_s, self._user.finger, "the user")
        if self._chance.random() < 0.4:
            yield from self._held(at_s + for_s / 3, FIVE, for_s / 3, self._user.finger, "the user")

    def _caps(self, at_s: float) -> Iterator[Step]:
        yield from self._tap(at_s, CAPS)
        yield from self._tap(at_s + self._chance.uniform(0.06, 1.0), CAPS)

    def _escape(self, at_s: float) -> Iterator[Step]:
        return self._tap(at_s, ESCAPE)

    def _panic(self, at_s: float) -> Iterator[Step]:
        yield from self._tap(at_s, PAUSE)
        yield from self._tap(at_s + self._chance.uniform(0.06, 0.5), PAUSE)

    def _click(self, at_s: float) -> Iterator[Step]:
        def click() -> None:
            for kind in (X.ButtonPress, X.ButtonRelease):
                Xlib.ext.xtest.fake_input(self._program.display, kind, 1)
            self._program.display.sync()

        yield Step(at_s, "a click", click)

    def _other_program(self, at_s: float) -> Iterator[Step]:
        for _ in range(self._chance.randrange(1, 4)):
            keycode, for_s = self._chance.choice((NINE, NINE, SHIFT)), self._chance.choice((0.0, 0.0, 0.1))
            yield from self._held(at_s, keycode, for_s, self._program.fake, "a program")
            at_s += for_s + self._chance.uniform(0, 0.3)

    def _layout(self, at_s: float) -> Iterator[Step]:
        for _ in range(self._chance.randrange(1, 4)):
            name = self._chance.choice(LAYOUTS)
            yield Step(at_s, f"layout {name}", lambda name=name: self.scene.set_layout(name))
            at_s += self._chance.uniform(0, 0.6)

    def _group(self, at_s: float) -> Iterator[Step]:
        for group in self._chance.choice(([1], [1, 0], [1, 0, 1])):
            yield Step(at_s, f"group {group}", lambda group=group: self.scene.set_group(group))
            at_s += self._chance.uniform(0, 0.5)

    def _focus(self, at_s: float) -> Iterator[Step]:
        for number in self._chance.choice(([1], [1, 0], [1, 0], [1, 0, 1, 0])):
            yield Step(at_s, f"focus to {'AB'[number]}", lambda number=number: self.scene.focus(number))
            at_s += self._chance.uniform(0, 0.8)

    def _nowhere(self, at_s: float) -> Iterator[Step]:
        where = self._chance.choice((X.NONE, X.PointerRoot))

        def leave() -> None:
            self._program.display.set_input_focus(where, X.RevertToNone, X.CurrentTime)
            self._program.display.sync()

        yield Step(at_s, f"focus to {'the pointer' if where else 'nothing'}", leave)
        yield Step(at_s + self._chance.uniform(0, 0.8), "focus to A", lambda: self.scene.focus(0))

    def _grab(self, at_s: float) -> Iterator[Step]:
        def grab() -> None:
            self._window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)

        def ungrab() -> None:
            self._program.display.ungrab_keyboard(X.CurrentTime)
            self._program.display.sync()

        yield Step(at_s, "a grab", grab)
        yield Step(at_s + self._chance.choice((0.0, 0.05, 0.5)), "no grab", ungrab)

    def _terminal(self, at_s: float) -> Iterator[Step]:
        return self._standing(at_s, "A", self.scene.terminals[0].process.pid, (0.05, 0.5, 1.5, 3.0))

    def _service(self, at_s: float) -> Iterator[Step]:
        return self._standing(at_s, "the service", self.scene.service.process.pid, (0.01, 0.05, 0.5, 1.5))

    def _standing(self, at_s: float, what: str, pid: int, times: Sequence[float]) -> Iterator[Step]:
        yield Step(at_s, f"{what} stands still", lambda: os.kill(pid, signal.SIGSTOP))
        yield Step(at_s + self._chance.choice(times), f"{what} goes on", lambda: os.kill(pid, signal.SIGCONT))


def play(chaos: Chaos, callers: Callers, chance: random.Random, kinds: Sequence[str]) -> tuple[list[str], list[str]]:
    """One round: what was done, and what is wrong behind it."""
    scene = chaos.scene
    scene.begin(chance.choice(LAYOUTS))
    callers.begin()
    steps, done = chaos.plan(chance, kinds, callers), [f"layout {scene.layout}"]
    began = time.monotonic()
    for step in steps:
        callers.attend(began + step.at_s)
        done.append(f"{step.at_s:.3f} ({time.monotonic() - began:.3f}) {step.what}")
        step.act()
    found = callers.finish()
    found += scene.quiet()
    found += problems(callers, scene, len(steps))
    return done, found


def main() -> int:
    """All rounds; the number of those that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first round")
    parser.add_argument("--only", help="what may come between, joined by commas")
    parser.add_argument("--calls", help="the kinds of calls, joined by commas")
    parser.add_argument("--stop", action="store_true", help="end with the first round that goes wrong")
    arguments = parser.parse_args()
    wrong, counts = 0, Counter[str]()
    with contextlib.ExitStack() as stack:
        display, bus = stack.enter_context(desktop.xvfb()), stack.enter_context(desktop.session_bus())
        environ = desktop.environment(display, bus)
        terminals = [stack.enter_context(desktop.terminal(environ)) for _ in range(2)]
        scene = Scene(environ, terminals, LAYOUTS)
        scene.service = stack.enter_context(desktop.service(environ, config=CONFIG))
        chaos = Chaos(scene)
        callers = Callers(bus, scene, arguments.calls.split(",") if arguments.calls else None)
        callers.warm_up()
        kinds = arguments.only.split(",") if arguments.only is not None else list(chaos.kinds)
        for number in range(arguments.first, arguments.first + arguments.rounds):
            chance = random.Random(f"{arguments.seed}/{number}")
            done, found = play(chaos, callers, chance, [kind for kind in kinds if kind])
            counts.update(callers.outcomes())
            if found:
                wrong += 1
                print(f"--- seed {arguments.seed}, round {number}", *done, *callers.told(), sep="\n")
                print("wrong:", *found, sep="\n", flush=True)
                if arguments.stop:
                    break
    print(", ".join(f"{outcome}: {count}" for outcome, count in counts.most_common()))
    print(f"{arguments.rounds} rounds, {wrong} failures")
    return wrong


if __name__ == "__main__":
    sys.exit(main() != 0)
