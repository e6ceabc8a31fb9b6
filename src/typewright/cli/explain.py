# SPDX-License-Identifier: MIT
"""The explanation: how a text would be typed on the keyboard of this session, without typing it."""

from __future__ import annotations

import unicodedata
from collections.abc import Generator, Iterator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.backends.choice import Named, read_keyboard
from typewright.errors import InvalidArgs
from typewright.interfaces.backend import KeyboardState
from typewright.keymap.chords import Chord
from typewright.keymap.key_coder import KeyCoder
from typewright.keymap.keysyms import name_of
from typewright.keymap.layout import Layout, Untypeable
from typewright.keymap.packing import Packing
from typewright.text.typeable import typeable


@inlineCallbacks
def explain(reactor: Any, text: str, named: Named) -> Generator[Deferred[Any], Any, list[str]]:
    """Fires with the explanation, a line for each character. Errbacks with InvalidArgs for a text that is never typed."""
    layout, state, packing = yield read_keyboard(reactor, named)
    try:
        return list(lines(typeable(text), layout, state, packing))
    except (ValueError, Untypeable) as problem:
        raise InvalidArgs(str(problem)) from None


def lines(text: str, layout: Layout, state: KeyboardState, packing: Packing) -> Iterator[str]:
    """Yield the explanation, on this keyboard and its slots. Raises Untypeable as typing would."""
    coder = KeyCoder(layout, group=state.group, locked=state.locked)
    segments = coder.segments(text, packing)
    yield f"layout {layout.name(state.group) or '(unnamed)'}, {len(text)} characters"
    for number, segment in enumerate(segments):
        if segment.after_barrier:
            yield "(waits until the program has taken its keys)"
        elif number:
            slots = f"{len(segment.lend)} slot{'s' if len(segment.lend) > 1 else ''}"
            yield f"(waits until the program has taken its keys, then lends {slots} anew)"
        lent = {character for slot in segment.lend for character in slot}
        for character in segment.text:
            how = "not on the layout: lent a slot" if character in lent else _how(coder, character, layout, state)
            yield f"{_named(character)}  {how}"


def _named(character: str) -> str:
    visible = character if character.isprintable() and not unicodedata.combining(character) else " "
    return f"U+{ord(character):04X} {visible}"


def _how(coder: KeyCoder, character: str, layout: Layout, state: KeyboardState) -> str:
    chord: Chord = coder.text_to_keys(character)[0]
    found = chord.events[0].state
    group = state.group if found is None else found.group
    keys = " + ".join(f"{_label(layout, keycode, group)} ({keycode})" for keycode in chord.keys)
    return keys if group == state.group else f"{keys}, in layout {layout.name(group) or group + 1}"


def _label(layout: Layout, keycode: int, group: int) -> str:
    key = layout.keys[keycode]
    return name_of(key.groups[key.reach[group]].keysyms[0])
