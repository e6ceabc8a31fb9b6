# SPDX-License-Identifier: MIT
"""
Recorded hypotheses dictated into xterm: by Revise, and blindly, side by side in one run.

The blind way is what there is without Typewright: keep the common prefix, `xdotool key BackSpace` for the rest of what was
typed, `xdotool type` what is new; it is given the same hypotheses, and as much time as it takes. Run it with
`.venv/bin/python -m tests.bench.dictation`; the output is the table of docs/measurements.md.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.helpers import desktop, streams
from tests.helpers.reviser import reviser
from tests.helpers.streams import BACKSPACE, Hypothesis
from tests.x11.stage import Other

SLOW_STREAMS = 20
"""xdotool with its default delay gets but these, the first ones: it would take most of an hour for all."""

_HEAD = """\
| into xterm | streams | keystrokes / fewest | one word, ms | any change, ms | 95 of 100, ms | wrong |
|---|---|---|---|---|---|---|"""

DISTURBED_STREAMS = 50
"""In these, the user strikes a key in the middle."""
DIGIT_7 = 16

Change = Callable[[str, str], bool]
"""Makes a draft, the first argument, read the second; returns whether it says that it has done so."""


@dataclass
class Outcome:
    """Times in seconds, from a hypothesis to its text in the window; `wrong` counts streams."""

    all_s: list[float] = field(default_factory=list)
    one_word_s: list[float] = field(default_factory=list)
    strokes: int = 0
    fewest: int = 0
    wrong: int = 0
    streams: int = 0


def main() -> None:
    desktop.needs("Xvfb", "xterm", "xdotool", "dbus-daemon")
    recorded = streams.recorded()
    with desktop.xvfb() as display, desktop.session_bus() as bus:
        environ = desktop.environment(display, bus)
        with desktop.terminal(environ) as terminal, desktop.service(environ):
            print(_HEAD)
            with reviser(environ) as client:
                ways = (lambda draft, text: client.revise(text)), (lambda text: client.revise(text, "final"))
                _row("Revise", _dictated(environ, terminal, recorded, *ways))
                lost = [("Revise", _disturbed(environ, terminal, recorded, *ways))]
            _row("blind, `--delay 0`", _dictated(environ, terminal, recorded, _blind(environ, "--delay", "0")))
            _row("blind", _dictated(environ, terminal, recorded[:SLOW_STREAMS], _blind(environ)))
            lost += [("blind", _disturbed(environ, terminal, recorded, _blind(environ, "--delay", "0")))]
    for way, count in lost:
        print(f"{way}: of {DISTURBED_STREAMS} keys that the user struck mid-utterance, {count} were deleted")


def _row(way: str, outcome: Outcome) -> None:
    ratio = f"{outcome.strokes:,} / {outcome.fewest:,} = {outcome.strokes / outcome.fewest:.3f}"
    word, every = statistics.median(outcome.one_word_s), statistics.median(outcome.all_s)
    slow = statistics.quantiles(outcome.all_s, n=20)[-1]
    figures = [f"{seconds * 1000:.1f}" for seconds in (word, every, slow)]
    print("|", " | ".join([way, str(outcome.streams), ratio, *figures, str(outcome.wrong)]), "|", flush=True)


def _dictated(
    environ: dict[str, str],
    terminal: desktop.Terminal,
    recorded: Sequence[Sequence[Hypothesis]],
    change: Change,
    commit: Callable[[str], object] = lambda text: None,
) -> Outcome:
    outcome = Outcome()
    for heard in recorded:
        received, draft = "", ""
        for kind, text in heard:
            kept = streams.common(draft, text)
            path = BACKSPACE * (len(draft) - kept) + text[kept:]
            if path:
                started = time.perf_counter()
                assert change(draft, text), "not confirmed"
                received += terminal.read(len(path))
                took_s = time.perf_counter() - started
                outcome.all_s.append(took_s)
                if _is_one_word(draft[kept:], text[kept:]):
                    outcome.one_word_s.append(took_s)
            draft = text
            if kind == "final":
                commit(text)
                draft = ""
        desktop.run(environ, "xdotool", "key", "asciitilde")
        received += terminal.rest()
        outcome.streams += 1
        outcome.strokes += len(received)
        outcome.fewest += streams.fewest(heard)
        outcome.wrong += _shown(received) != streams.final_text(heard)
    return outcome


def _disturbed(
    environ: dict[str, str],
    terminal: desktop.Terminal,
    recorded: Sequence[Sequence[Hypothesis]],
    change: Change,
    commit: Callable[[str], object] = lambda text: None,
) -> int:
    """How many of the characters that the user types mid-utterance do not stand there in the end."""
    hand = Other(environ["DISPLAY"])
    lost = 0
    for heard in recorded[:DISTURBED_STREAMS]:
        draft = ""
        for number, (_, text) in enumerate(heard):
            if number == len(heard) // 2:
                hand.finger(DIGIT_7, down=True)
                hand.finger(DIGIT_7, down=False)
            change(draft, text)
            draft = text
        commit(draft)
        desktop.run(environ, "xdotool", "key", "asciitilde")
        lost += "7" not in (_shown(terminal.rest()) or "")
    hand.close()
    return lost


def _is_one_word(gone: str, new: str) -> bool:
    return max(len(gone.split()), len(new.split())) <= 1


def _shown(received: str) -> str | None:
    try:
        return streams.shown(received)
    except IndexError:
        return None


def _blind(environ: dict[str, str], *options: str) -> Change:
    def change(draft: str, text: str) -> bool:
        kept = streams.common(draft, text)
        if len(draft) > kept:
            desktop.run(environ, "xdotool", "key", *options, *["BackSpace"] * (len(draft) - kept))
        if text[kept:]:
            desktop.run(environ, "xdotool", "type", *options, "--", text[kept:])
        return True

    return change


if __name__ == "__main__":
    main()
