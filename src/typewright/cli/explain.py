# SPDX-License-Identifier: MIT
"""The explanation: how a text would be typed on a display's layout, without typing it."""

from __future__ import annotations

import unicodedata
from collections.abc import Generator, Iterator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.backends.x11.backend import read_layout
from typewright.errors import InvalidArgs
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.chords import GROUP_MASK, GROUP_SHIFT, Chord
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.keysyms import name_of
from typewright.keymap.layout import Layout, Untypeable
from typewright.text.typeable import typeable


@inlineCallbacks
def explain(reactor: Any, text: str, display: str | None) -> Generator[Deferred[Any], Any, list[str]]:
    """Fires with the explanation, a line for each character. Errbacks with InvalidArgs for a text that is never typed."""
    layout, state = yield read_layout(reactor, display)
    try:
        return list(lines(typeable(text), layout, state))
    except (ValueError, Untypeable) as problem:
        raise InvalidArgs(str(problem)) from None


def lines(text: str, layout: Layout, state: KeyboardState) -> Iterator[str]:
    """The explanation on this layout. Raises Untypeable as the typing would."""
    coder = KeyCoder(layout, group=state.group, locked=state.locked)
    segments = coder.segments(text, len(layout.spare_keycodes) + len(layout.borrowed))
    yield f"layout {layout.name(state.group) or '(unnamed)'}, {len(text)} characters"
    for number, segment in enumerate(segments):
        if segment.behind:
            yield "(waits until the program has taken its keys)"
        elif number:
            yield f"(waits until the program has taken its keys, then borrows {len(segment.borrow)} keycodes anew)"
        borrowed = {character for pair in segment.borrow for character in pair}
        for character in segment.text:
            how = "a borrowed keycode" if character in borrowed else _how(coder.text_to_keys(character)[0], layout, state)
            yield f"{_named(character)}  {how}"


def _named(character: str) -> str:
    visible = character if character.isprintable() and not unicodedata.combining(character) else " "
    return f"U+{ord(character):04X} {visible}"


def _how(chord: Chord, layout: Layout, state: KeyboardState) -> str:
    group = (chord.events[0].state & GROUP_MASK) >> GROUP_SHIFT
    keys = " + ".join(f"{_label(layout, keycode, group)} ({keycode})" for keycode in chord.keys)
    return keys if group == state.group else f"{keys}, in layout {layout.name(group) or group + 1}"


def _label(layout: Layout, keycode: int, group: int) -> str:
    key = layout.keys[keycode]
    return name_of(key.groups[key.reach[group]].keysyms[0])
