# SPDX-License-Identifier: MIT
"""
The seams of Typewright, to be read first: who may ask what of whom, and what each Deferred means.

They are `typing.Protocol`s, so a backend owes a shape and no base class. `wire` checks that shape at start, so that two
swapped collaborators fail before the first key and not at it. Windows are opaque positive integers, but for NOWHERE and
HELD. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

from twisted.internet.defer import Deferred

from typewright.keymap.chords import KeyEvent
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent

NOWHERE = 0
"""In place of a window: nothing has the focus, and no program would receive a key."""
HELD = -1
"""In place of a window: a program holds the keyboard, and receives all keys, whatever has the focus."""

LEVEL_SERVER = "server"
"""The display server processed every event as sent, in the window that had the focus."""
LEVEL_APPLICATION = "application"
"""Also, the focused program has answered a barrier behind the keys."""
LEVEL_TEXT = "text"
"""Also, the focused object's own account of what was inserted in it is what was typed."""
GONE = "gone"
"""No level, but what a barrier has in place of one: the window is no more, and nobody can say what its program has taken."""


@dataclass(frozen=True)
class KeyboardState:
    """
    What the display server's keyboard state is at one moment, in the core protocol's vocabulary.

    `group` is the active group, 0-3; `locked` the modifiers that are locked (Caps Lock, Num Lock) and `held` those that are
    down or latched, both as modifier masks (bit 0 Shift, 1 Lock, 2 Control, 3-7 Mod1-Mod5).
    """

    group: int
    locked: int
    held: int


OURS, USER, PROGRAM, REPEAT = "ours", "user", "program", "repeat"
"""Where a key event comes from: from us, a real keyboard, another program, the server's own auto-repeat."""
SWALLOWED = "swallowed"
"""That of a key event of ours which the server did not process at all, as the user's accessibility settings may have it."""


class Stray(NamedTuple):
    """
    A key event that came between ours, or one of ours that was not processed as it was meant (`source` is OURS) or not at
    all (SWALLOWED).

    `keycode` is 8-255; `state` the core protocol's state that it found, ANY_STATE if it found none.
    """

    keycode: int
    pressed: bool
    state: int
    source: str


@dataclass(frozen=True)
class Controls:
    """
    The user's accessibility settings, as far as they do something to keys.

    `slow_s` is for how long a key must be down before its press counts (SlowKeys), `bounce_s` for how long after its release
    the key that came up last is deaf (BounceKeys); 0.0 when off. With `sticky` (StickyKeys) a modifier that is tapped works
    on the next key; with `two_keys`, StickyKeys end as soon as a key is pressed while a modifier is down.
    """

    slow_s: float = 0.0
    bounce_s: float = 0.0
    sticky: bool = False
    two_keys: bool = False


class IDelayed(Protocol):
    """A call that is due later (Twisted's IDelayedCall, as far as we use it)."""

    def cancel(self) -> None:
        """Don't call."""

    def active(self) -> bool:
        """Whether the call is still to come."""


@runtime_checkable
class IClock(Protocol):
    """Time, as a reactor or `twisted.internet.task.Clock` gives it; an argument wherever time matters."""

    def seconds(self) -> float:
        """Seconds since some moment; never goes back."""

    def callLater(self, delay: float, callable: Callable[..., object], *args: object) -> IDelayed:  # noqa: A002
        """Call `callable(*args)` in `delay` seconds."""


@runtime_checkable
class IKeyer(Protocol):
    """
    I send fake key events.

    Wait for each Deferred of mine before you ask for the next.
    """

    def send(self, events: Sequence[KeyEvent]) -> Deferred[int]:
        """
        Hand all of `events` to the display server in one write, in order.

        Fires when the server has processed them, with the window that had the focus then; NOWHERE; or HELD, when another
        program has them. Errbacks with `DisplayLost`.
        """

    def settle(self) -> Deferred[None]:
        """Put back what sending changed besides keys (the active group). Fires when the server has done so."""


@runtime_checkable
class IObserver(Protocol):
    """I watch what the display server does with key events, and confirm the ones that were sent."""

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """
        Ask for the confirmation of `event`. Ask in the order of sending, in the same turn as the sending or before.

        Fires True when the server has processed the event as it was meant: this key, this direction, under the modifiers
        and group that `event.state` names. Fires False when it was processed otherwise, or when it is certain that the
        server has swallowed it: the key is up again, and was never seen to go down. Never fires by itself when the server
        stays silent: the asker brings the time-out, and cancels.
        """

    def strays(self) -> Sequence[Stray]:
        """
        What else was seen since I was asked for a confirmation, or for this, the last time; oldest first.

        A confirmation that fires False is always among them before it fires.
        """

    def forget(self) -> None:
        """
        Drop every confirmation still waited for, their Deferreds fire False, and what strays there are.

        From then on I keep nothing that I see, until I am asked for a confirmation again.
        """


@runtime_checkable
class IKeyboard(Protocol):
    """I know the keyboard layout and state, and lend spare keycodes to characters that the layout lacks."""

    @property
    def layout(self) -> Layout:
        """The layout as it was read last, borrowed keycodes included."""

    @property
    def stale(self) -> bool:
        """True when the display server announced a change that `read` has not yet taken in."""

    @property
    def controls(self) -> Controls:
        """The user's accessibility settings; followed by itself, and true at the latest when `read` has fired."""

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """Fires with the layout as it is now, borrowed keycodes included, and the state."""

    def unmodified(self) -> Deferred[KeyboardState]:
        """
        Fires with the state as soon as no modifier is held down.

        Never fires by itself while one is: the asker brings the time-out, and cancels.
        """

    def borrow(self, wanted: Sequence[Lent]) -> Deferred[Layout]:
        """
        Give each of `wanted` (characters for the levels of a key: two, or as many as `Layout.levels`) a keycode, all at
        once; fires with the layout that has them, which is the same object as before when all stood there already.

        At most `spare` in a call. When I would have to reuse keycodes (see `reuses`), call me only behind a barrier;
        and where the layout has become another, type only behind a further one, since some programs look keys up before
        they have taken in what they were told of the map.
        """

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """Whether to `borrow` these would take keycodes from others that they are lent to."""

    @property
    def spare(self) -> int:
        """How many keycodes may be borrowed at the same time, those in use included."""

    def keep_borrowed(self) -> None:
        """A job begins: whatever is borrowed stays so until `done_borrowing`, or the layout would change in mid-text."""

    def done_borrowing(self) -> None:
        """The job that borrowed has ended: what it borrowed may be given back after a while."""

    def give_back(self) -> Deferred[None]:
        """Fires when every borrowed keycode is as it was."""


@runtime_checkable
class IBarrier(Protocol):
    """I know when the focused program has taken the keys sent so far, as far as anybody can."""

    def begin(self, window: int) -> Deferred[None]:
        """A job begins in `window`: find out how its program can answer. Fires soon, and never waits for the program."""

    def end(self) -> None:
        """The job has ended; what served it alone can go. What was not reached by now may never be."""

    def reach(self, window: int, *, settle: bool) -> Deferred[str]:
        """
        Fires with `LEVEL_APPLICATION` when the program of `window` has answered, behind the keys sent so far; with GONE when
        the window is gone before; and with `LEVEL_SERVER` for a program that can't answer: with `settle`, only after the
        time in which such programs take their keys. One of which neither is known is given a moment to answer.

        Never fires by itself when a program that can answer does not: the asker brings the time-out, and cancels. Several
        may be under way at the same time, and fire in the order of asking. Begins with `window` if nobody has.
        """


@runtime_checkable
class IFocus(Protocol):
    """I know where keys would go."""

    def focused(self) -> Deferred[int]:
        """Fires with the window that has the focus; NOWHERE; or HELD, when another program holds the keyboard."""

    def is_background(self, window: int) -> bool:
        """Whether `window` is what lies behind all windows: with the focus there, no program gets a text."""

    def covered(self) -> Deferred[bool]:
        """Fires with whether one window lies over all of the screen, and no window manager has a say in it: a locker's."""


@runtime_checkable
class IPrograms(Protocol):
    """I know what programs are behind the windows."""

    def kind(self, window: int) -> Deferred[str]:
        """Fires with the kind of the window's program, as `typewright.text.kinds` names them; "unknown" for the others."""

    def process(self, window: int) -> Deferred[int]:
        """Fires with the id of the process of the window's program, as the display server knows it; 0 where it does not."""


@runtime_checkable
class IHistory(Protocol):
    """I remember what was confirmed, by window and caller; in memory only."""

    def typed(self, window: int, caller: str, text: str, insertion: int, program: str) -> None:
        """
        Note that `text` was confirmed, as part of an insertion; an ERASE in it is a BackSpace.

        `program` is the kind of the window's program, see `IPrograms`.
        """

    def end(self, window: int) -> None:
        """Nobody knows any more what stands before the caret of `window`."""

    def forget(self) -> None:
        """Wipe everything."""

    def before(self, window: int) -> str:
        """What is known to stand before the caret of `window`; empty when nothing is."""


_Seam = TypeVar("_Seam")


def wire(collaborator: object, interface: type[_Seam]) -> _Seam:
    """
    Return `collaborator` if it has the shape of `interface`.

    Raises TypeError, naming both and what is missing.
    """
    if isinstance(collaborator, interface):
        return collaborator
    missing = sorted(name for name in _members(interface) if not hasattr(collaborator, name))
    raise TypeError(f"{type(collaborator).__name__} is no {interface.__name__}: it lacks {', '.join(missing)}")


def _members(interface: type) -> Iterable[str]:
    return (name for name in vars(interface) if not name.startswith("_"))
