# SPDX-License-Identifier: MIT
"""What goes in and what comes of it: the keyer, the observer, and the text field that the keys type into."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred, fail, succeed

from typewright.backends.printing.keyboard import Keyboard
from typewright.errors import DisplayLost
from typewright.interfaces.backend import LEVEL_APPLICATION, OURS, WINDOW, Place, Shape, Stray
from typewright.keymap.chords import Chord, KeyEvent, State
from typewright.keymap.layout import Layout
from typewright.keymap.sample import key_name

_CONTROLS = {"Return": "\n", "Tab": "\t"}

Write = Callable[[str], object]
"""Writes a line. Raises DisplayLost when that can no longer be done."""


class Field:
    """A text field of one program, with the caret at the end of its `text`. Line ends are newline characters."""

    def __init__(self) -> None:
        self.text = ""

    def press(self, layout: Layout, keycode: int, state: State) -> str:
        """Take the press of a key; return what it did: `types "a"`, `deletes "a"`, or nothing."""
        name = key_name(layout, keycode)
        if state.modifiers & layout.commanding:
            return ""
        if name == "BackSpace":
            deleted, self.text = self.text[-1:], self.text[:-1]
            return f"deletes {json.dumps(deleted, ensure_ascii=False)}" if deleted else ""
        return self.insert(_CONTROLS.get(name) or layout.typed_by(keycode, state) or "")

    def insert(self, text: str) -> str:
        """Take text; return what that did."""
        self.text += text
        return f"types {json.dumps(text, ensure_ascii=False)}" if text else ""


class Observer:
    """Confirms the events that a `Keyer` processed in the state that they were meant for; satisfies `IObserver`."""

    def __init__(self) -> None:
        self._expected: deque[tuple[KeyEvent, Deferred[bool]]] = deque()
        self._unasked: deque[tuple[KeyEvent, bool]] = deque()
        self._strays: list[Stray] = []

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """See `IObserver`."""
        while self._unasked:
            processed, as_meant = self._unasked.popleft()
            if processed == event:
                return succeed(as_meant)
        self._expected.append((event, Deferred()))
        return self._expected[-1][1]

    def begin(self) -> None:
        """A write begins: what came of the events of the last one, and was not asked for in that turn, is over."""
        self._unasked.clear()

    def processed(self, event: KeyEvent, found: State) -> None:
        """`event` was processed, and found this state."""
        as_meant = event.state in (None, found)
        if not as_meant:
            self._strays.append(Stray(event.keycode, event.pressed, found, OURS))
        if not self._expected:
            self._unasked.append((event, as_meant))
            return
        _, confirmation = self._expected.popleft()
        if not confirmation.called:
            confirmation.callback(as_meant)

    def strays(self) -> Sequence[Stray]:
        """See `IObserver`."""
        strays, self._strays = self._strays, []
        return strays

    def forget(self) -> None:
        """See `IObserver`."""
        expected, self._expected = self._expected, deque()
        self._unasked.clear()
        self._strays.clear()
        for _, confirmation in expected:
            if not confirmation.called:
                confirmation.callback(False)


class Keyer:
    """
    Prints each key event and what it does to `field`, a line each: `press a: types "a"`; satisfies `IKeyer`.

    Keys go to `place` as long as that is a window; elsewhere they do nothing.
    """

    def __init__(
        self,
        keyboard: Keyboard,
        observer: Observer,
        field: Field,
        write: Write,
        place: Callable[[], Place],
        call_soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._keyboard = keyboard
        self._observer = observer
        self._field = field
        self._write = write
        self._place = place
        self._call_soon = call_soon

    def shape(self, chord: Chord) -> Shape:
        """See `IKeyer`."""
        return Shape(chord.events)

    def send(self, events: Sequence[KeyEvent]) -> Deferred[Place]:
        """See `IKeyer`. Errbacks with DisplayLost when the line cannot be written."""
        place, keyboard = self._place(), self._keyboard
        state = next((event.state for event in events if event.state is not None), None)
        group, kept = (keyboard.state.group, ~0) if state is None else (state.group, state.modifiers)
        self._observer.begin()
        for event in events:
            found = keyboard.process(event, group, kept)
            done = self._field.press(keyboard.layout, event.keycode, found) if event.pressed and place.kind == WINDOW else ""
            line = f"{'press' if event.pressed else 'release'} {key_name(keyboard.layout, event.keycode)}"
            try:
                self._write(f"{line}: {done}" if done else line)
            except DisplayLost as problem:
                return fail(problem)
            self._observer.processed(event, found)
        # An answer in the same turn would keep the reactor from everything else until a job ends.
        answer: Deferred[Place] = Deferred()
        self._call_soon(lambda: answer.callback(place))
        return answer

    def settle(self) -> Deferred[None]:
        """See `IKeyer`. The group that sending changes is active for the events of that write alone."""
        return succeed(None)


class Committer:
    """Prints `commit "text"`, and puts it into `field`; satisfies `ICommitter`."""

    def __init__(self, field: Field, write: Write, place: Callable[[], Place]) -> None:
        self._field = field
        self._write = write
        self._place = place

    def takes(self, text: str) -> bool:
        """See `ICommitter`. The field takes any text, as long as it has the focus."""
        return self._place().kind == WINDOW

    def commit(self, text: str, place: Place) -> Deferred[str]:
        """See `ICommitter`. Errbacks with DisplayLost when the line cannot be written."""
        if place != self._place() or not self.takes(text):
            return succeed("")
        try:
            self._write(f"commit: {self._field.insert(text)}")
        except DisplayLost as problem:
            return fail(problem)
        return succeed(LEVEL_APPLICATION)
