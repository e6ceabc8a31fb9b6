# SPDX-License-Identifier: MIT
"""What the terminals got, and whether it is what the answers say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tests.chaos.callers import BOUND_S, Call, Callers
from tests.chaos.scene import Scene
from typewright.engine.flow_control import AT_MOST

_OTHERS = frozenset("145!\"$%;¹¼½9()]'^[{~çÇ`·&/\x1b\x1c\x1d\x1e\x7f\r\x01\x05\x00")
"""What the user, another program, and chords type: 1, 4, 5 and 9 on every level of these layouts, and control characters."""
_ERASE = "\b\x7f"
_SEQUENCES = re.compile(r"\x1b[\[O][0-9;]*[A-Za-z~]")


def problems(callers: Callers, scene: Scene, disturbances: int) -> list[str]:
    """What is wrong with what the terminals got, in view of the calls and their answers."""
    found = [f"answered {call.answers} times: {call}" for call in callers.calls if call.answers > 1]
    found += [f"answered late: {call}" for call in callers.calls if call.took_s > BOUND_S]
    found += [f"an error: {call}" for call in callers.calls if "." in call.outcome]
    texts: dict[str, list[Call]] = {}
    for call in callers.calls:
        if call.mark:
            texts.setdefault(call.mark, []).append(call)
    readings = [_Reading(got, texts) for got in scene.got]
    for call in (call for each in texts.values() for call in each):
        whole = [call.text in reading.whole for reading in readings]
        longest = [reading.longest(call.text) for reading in readings]
        if call.outcome == "true" and sum(whole) != 1:
            found.append(f"true, but it stands whole in {sum(whole)} windows ({longest}): {call}")
        if call.outcome == "true" and call.window and not whole[scene.windows.index(call.window)]:
            found.append(f"true, but it stands in another window: {call}")
        if call.outcome == "false" and call.typed is not None:
            here = longest[scene.windows.index(call.window)] if call.window in scene.windows else 0
            # What a program had not come to when the layout changed, it reads by the new one.
            ahead = AT_MOST if scene.changes > 1 else 0
            if not max(call.typed - ahead, 4) <= max(here, 4) <= max(call.typed, 3) + 1:
                found.append(f"{call.typed} typed, and {longest} stand there: {call}")
        if call.member != "Revise" and sum(reading.heads[call.mark] for reading in readings) > 1:
            found.append(f"it stands there twice: {call}")
    garbage = "".join(reading.garbage for reading in readings)
    overtaken = scene.changes > 1 and any(call.outcome == "false" for call in callers.calls)
    if len(garbage) > disturbances + AT_MOST * overtaken:
        found.append(f"{garbage!r} belongs to no text")
    erased = any(call.member == "Backspace" for call in callers.calls)
    for reading in readings:
        # A BackSpace that was under way when somebody else's key went down takes that.
        if len(reading.lost) > 1 and not erased:
            found.append(f"deleted of others: {reading.lost!r}")
    if found:
        found += [f"{'AB'[number]} got {got!r}" for number, got in enumerate(scene.got)]
    return found


class _Reading:
    """What a terminal got, by the calls that it may come from."""

    def __init__(self, got: str, texts: Mapping[str, Sequence[Call]]) -> None:
        self._texts = texts
        self._longest: Counter[str] = Counter()
        self.whole: set[str] = set()
        self.heads: Counter[str] = Counter()
        self.lost = ""
        line: list[tuple[str, bool]] = []
        tails = [""]
        for character in _SEQUENCES.sub("", got):
            if character in _ERASE:
                if line:
                    gone, _ = line.pop()
                    if gone in _OTHERS:
                        # Only digits: the others are also what our keys type in another group.
                        self.lost += gone if gone.isdigit() else ""
                    else:
                        tails.pop()
            elif character in _OTHERS:
                line.append((character, False))
            else:
                tail = character if character == "<" else tails[-1] + character
                tails.append(tail)
                line.append((character, not self._note(tail)))
        self.garbage = "".join(character for character, foreign in line if foreign)

    def longest(self, text: str) -> int:
        return self._longest[text]

    def _note(self, tail: str) -> bool:
        """Whether it is the beginning of a text."""
        mark = tail[1:3]
        if len(tail) < 4:
            return any(text.startswith(tail[1:]) for text in self._texts)
        if tail[3] == ":" and len(tail) == 4:
            self.heads[mark] += 1
        known = False
        for call in self._texts.get(mark, ()):
            if call.text.startswith(tail):
                known = True
                self._longest[call.text] = max(self._longest[call.text], len(tail))
                if tail == call.text:
                    self.whole.add(tail)
        return known
