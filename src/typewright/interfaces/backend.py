# SPDX-License-Identifier: MIT
"""
The backend seam: all that the engine and the service ask of a display. Read this first.

A backend is one way into a display server: one object with the parts below. The parts are `typing.Protocol`s, so a backend
owes a shape and no base class; `wire` checks that shape at start, so that two swapped parts fail before the first key.
Times are seconds. A Deferred of a part errbacks with DisplayLost when the display goes away, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar, runtime_checkable

from typewright.keymap.chords import Chord, KeyEvent, State
from typewright.keymap.layout import Layout
from typewright.keymap.packing import Lent, Packing

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred  # the guardian has parts of a backend, and starts without Twisted

# --- Capabilities ----------------------------------------------------------------------------------------------------

ANY_TEXT = "any-text"
"""Characters that the keyboard layout lacks can be typed as well."""
OBSERVES = "observes"
"""Every key event is seen as the display server processed it, swallowed and altered ones included."""
USER_KEYS = "user-keys"
"""The user's own keys and pointer buttons are seen, and told from those of the service."""
FOCUS = "focus"
"""The window that has the focus is known, and is checked around each write."""
LOCKS = "locks"
"""Locked modifiers (Caps Lock, Num Lock) are known."""
APPLICATION = "application"
"""A barrier can prove that the application has taken its keys; level `application` can be reached."""
TEXT = "text"
"""The backend itself can tell what was inserted in the focused text field; level `text` can be reached without AT-SPI."""
SHORTCUTS = "shortcuts"
"""Chords other than text can be pressed."""
CAPABILITIES = (ANY_TEXT, OBSERVES, USER_KEYS, FOCUS, LOCKS, APPLICATION, TEXT, SHORTCUTS)

# --- Levels of confirmation ------------------------------------------------------------------------------------------

LEVEL_SENT = "sent"
"""The events were accepted, and nothing more is known. Alone never enough for a true answer."""
LEVEL_SERVER = "server"
"""The display server processed every event as sent, in the window that had the focus."""
LEVEL_APPLICATION = "application"
"""Also, the focused application answered a barrier after the keys."""
LEVEL_TEXT = "text"
"""Also, the text field's own account of what was inserted in it is what was typed."""
GONE = "gone"
"""What a barrier returns in place of a level: the window is gone, and it is unknown what its program had taken."""

# --- Consent ---------------------------------------------------------------------------------------------------------

CONSENT_UNASKED, CONSENT_ASKING, CONSENT_GIVEN = "unasked", "asking", "given"
"""The user has not been asked since the service started; sees a dialog now; has agreed, and keys can be sent."""
CONSENT_REFUSED = "refused"
"""The user has said no; they are not asked again until told."""
CONSENT_ENDED = "ended"
"""The user, or the desktop for them, has ended what they had agreed to; they are not asked again until told."""
CONSENT_FAILED = "failed"
"""The desktop could not ask; it is not tried again until told."""

# --- Places ----------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """
    The answer to "where would a key go?": a kind, and for WINDOW, BACKGROUND and MENU a window's
    number.

    Window numbers are positive integers of the backend's own. Two places are the same if both parts are.
    """

    kind: str
    window: int = 0


WINDOW, BACKGROUND, MENU = "window", "background", "menu"
"""
Kinds of places: a program's window; what is behind all windows, or the window manager's own, and takes no text; a program's
window while a menu of the same program has the keys, which takes no text either.
"""
NOWHERE = Place("nowhere")
"""Nothing has the focus: no program would receive a key."""
HELD = Place("held")
"""A program has grabbed the keyboard and receives all keys, whatever has the focus."""
LOCKED = Place("locked")
"""As HELD, by what looks like a screen locker: nothing may be typed."""
TAKEN = Place("taken")
"""A program that has bound the key as a hotkey has received it, in place of the window with the focus."""
UNKNOWN = Place("unknown")
"""The backend cannot tell. From one without the capability FOCUS that is the usual answer."""


def window_place(window: int) -> Place:
    """Return the place that is the window of this number."""
    return Place(WINDOW, window)


# --- What is seen ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyboardState:
    """
    The keyboard state at one moment, in XKB's terms.

    `group` is the active group, from 0. `locked` are the modifiers that are locked (Caps Lock, Num Lock), `held` those that
    are down or latched; both are masks of real modifiers (bit 0 Shift, 1 Lock, 2 Control, 3-7 Mod1-Mod5).
    """

    group: int
    locked: int
    held: int


OURS, USER, PROGRAM, REPEAT = "ours", "user", "program", "repeat"
"""Where a key event comes from: this service, a real keyboard, another program, the display server's auto-repeat."""
SWALLOWED = "swallowed"
"""The source of one of the service's own events that was not processed at all, as accessibility settings can cause."""


class Stray(NamedTuple):
    """
    A key event that came between those of the service, or one of its own that was processed differently than it was meant
    (`source` is OURS) or not at all (SWALLOWED).

    `keycode` is XKB's, 8-255; `state` what the event found, None if that is unknown.
    """

    keycode: int
    pressed: bool
    state: State | None
    source: str


class Shape(NamedTuple):
    """
    The events that type a chord under the display server's accessibility settings.

    `delay_s` is how long the server itself takes over them, in seconds, on top of the usual time. Events of the keycodes in
    `joined` may not be sent apart from the event after them.
    """

    events: Sequence[KeyEvent]
    delay_s: float = 0.0
    joined: frozenset[int] = frozenset()


class Loan(NamedTuple):
    """
    What lending slots led to: the `layout` that has the characters.

    With `barrier`, the layout has changed, and a barrier is due before the first key in it: some programs look keys up in
    the layout that they had.
    """

    layout: Layout
    barrier: bool


class Program(NamedTuple):
    """
    The program of a window: its `name` (window class or app id, as the program gives it), empty if it has none, and
    the `toolkit` of the window ("gtk", "qt", "chromium", "java"), empty if the backend cannot tell.
    """

    name: str
    toolkit: str


class Pace(NamedTuple):
    """
    How fast a program can be typed into: a pause of `pause_s` seconds after each chord, of `line_s` (if that is longer)
    after one that types a newline, and `at_most` so many characters under way between two barriers.
    """

    pause_s: float = 0.0
    at_most: int = 64
    line_s: float = 0.0


# --- The parts of a backend ------------------------------------------------------------------------------------------


class IDelayed(Protocol):
    """A call that is due later: the part of Twisted's IDelayedCall that is used here."""

    def cancel(self) -> None:
        """Don't call."""

    def active(self) -> bool:
        """Return whether the call is still to come."""


@runtime_checkable
class IClock(Protocol):
    """Time, as a reactor or `twisted.internet.task.Clock` gives it; an argument wherever time matters."""

    def seconds(self) -> float:
        """Return seconds since some moment; never goes back."""

    def callLater(self, delay: float, callable: Callable[..., object], *args: object) -> IDelayed:  # noqa: A002
        """Call `callable(*args)` in `delay` seconds."""


@runtime_checkable
class IKeyer(Protocol):
    """Sends key events. Wait for each Deferred before the next call."""

    def shape(self, chord: Chord) -> Shape:
        """Return what types `chord` under the display server's current accessibility settings; cheap, called per chord."""

    def send(self, events: Sequence[KeyEvent]) -> Deferred[Place]:
        """
        Hand all of `events` to the display server in one write, in order; they need the same group and locks.

        Fires when the server has processed them, with the place that keys went to then.
        """

    def settle(self) -> Deferred[None]:
        """Restore what sending changed besides keys (the active group). Fires when the server has done so."""


@runtime_checkable
class IRuns(Protocol):
    """Keeps other programs from acting for a moment, so that several chords can go out in one write: a run."""

    @property
    def longest(self) -> int:
        """How many chords a run may have now; 0 while it cannot be found out in advance where keys go."""

    @property
    def asks(self) -> bool:
        """Whether a run finds out first where keys go: not where that takes long, and speed was chosen over it."""

    def begin(self, place: Place) -> Deferred[bool]:
        """
        Fires True if keys go to `place`, and no other program can change that until the next `IKeyer.send` has ended the
        run; the caller sends in the same turn, or calls `drop`. Fires False, and the run has not begun, if they go
        elsewhere, or that is unsure.

        May be cancelled; the run has not begun then.
        """

    def drop(self) -> None:
        """End a run that has begun, without any key."""


@runtime_checkable
class IObserver(Protocol):
    """Sees what the display server does with key events, and confirms those that were sent."""

    def confirm(self, event: KeyEvent) -> Deferred[bool]:
        """
        Ask for the confirmation of `event`, in the order of sending, in the same turn as the sending or before it.

        Fires True when the server has processed the event as it was meant: this key, this direction, in the state that
        `event.state` names. Fires False when it was processed differently, or when the server has certainly swallowed it:
        the key is up again, and was never seen going down. Never fires by itself while the server is silent: the caller
        brings the time-out, and cancels.
        """

    def strays(self) -> Sequence[Stray]:
        """
        Return what else was seen since the last call of this or of `confirm`, oldest first.

        The event of a False confirmation is listed before its Deferred fires.
        """

    def forget(self) -> None:
        """
        Drop all strays and every confirmation still waited for; their Deferreds fire False.

        From then on nothing that is seen is kept, until the next call of `confirm`.
        """


@runtime_checkable
class IKeyboard(Protocol):
    """Knows the keyboard layout and state."""

    @property
    def layout(self) -> Layout:
        """The layout as last read, with lent characters. The same object as long as it is the same layout."""

    @property
    def stale(self) -> bool:
        """Whether the display server announced a change that `read` has not yet taken in."""

    @property
    def name(self) -> str:
        """The name of the active layout, such as `de`; empty if it has none."""

    def read(self) -> Deferred[tuple[Layout, KeyboardState]]:
        """Fires with the layout as it is now, with lent characters, and the state."""

    def unmodified(self) -> Deferred[KeyboardState]:
        """
        Fires with the state as soon as no modifier is held down.

        Never fires by itself while one is: the caller brings the time-out, and cancels.
        """


@runtime_checkable
class ISlots(Protocol):
    """
    Lends slots: places for characters that the layout lacks. A backend that has none gives a packing of no slots.

    A job calls `keep` at its begin and `done` at its end; in between, nothing that is lent is taken back.
    """

    def packing(self) -> Packing:
        """Return a packing upon what the slots hold now."""

    def reuses(self, wanted: Sequence[Lent]) -> bool:
        """Return whether lending these would replace characters in a slot: a barrier is due before that."""

    def lend(self, wanted: Sequence[Lent]) -> Deferred[Loan | None]:
        """Have slots hold all of `wanted`. Fires with None when there are no longer enough slots."""

    def keep(self) -> None:
        """Leave in place what is lent, until `done`: else the layout would change mid-text."""

    def done(self) -> None:
        """Allow what is lent to be taken back after a while."""

    def give_back(self) -> Deferred[None]:
        """Fires when nothing is lent any more."""


@runtime_checkable
class IBarrier(Protocol):
    """Knows when the focused application has taken the keys sent so far, as far as that can be known."""

    def begin(self, place: Place) -> Deferred[Pace]:
        """
        Find out how the program of `place` takes keys, and can answer. Fires soon, and never waits for the program.

        Fires with the pace that it needs. The layout may be another one then: slots that the program cannot read are taken
        back.
        """

    def end(self) -> None:
        """The job has ended; what was not reached by now may never be."""

    def reach(self, place: Place, *, settle: bool) -> Deferred[str]:
        """
        Fires with LEVEL_APPLICATION when the program of `place` has answered after the keys sent so far; with GONE when its
        window is gone before that; and with a lower level for a program that cannot answer: with `settle` only after the
        time in which such programs take their keys. A program of which neither is known gets a moment to answer.

        Never fires by itself when a program that can answer does not: the caller brings the time-out, and cancels. Several
        may be under way at the same time; they fire in the order of asking.
        """


@runtime_checkable
class IFocus(Protocol):
    """Knows where keys would go."""

    def focused(self) -> Deferred[Place]:
        """Fires with the place that keys would go to now."""


@runtime_checkable
class IPrograms(Protocol):
    """Knows the programs of windows."""

    def program(self, place: Place) -> Deferred[Program]:
        """Fires with the program of `place`; with empty names where it is unknown."""

    def process(self, place: Place) -> Deferred[int]:
        """Fires with the process id of the program of `place`, as the display server knows it; 0 if it does not."""


@runtime_checkable
class ICommitter(Protocol):
    """Hands text to the focused text field without keys, for text that keys cannot bring."""

    def takes(self, text: str) -> bool:
        """Return whether the focused field takes `text` as a commit now."""

    def commit(self, text: str, place: Place) -> Deferred[str]:
        """
        Commit `text` in `place`, whole or not at all. Fires with the level of confirmation, empty if it was refused.

        A commit may overtake keys that the program has not taken: reach a barrier before it.
        """


class IConsent(Protocol):
    """Asks the user whether the service may type, on a desktop that wants to know."""

    @property
    def state(self) -> str:
        """One of CONSENT_UNASKED to CONSENT_FAILED."""

    def ask(self, *, again: bool = False) -> Deferred[str]:
        """
        Fires with the state, once the user has answered if a dialog is shown: one at most, however many ask.

        After a refusal a dialog is shown only to ask `again`. May be cancelled; the dialog stays.
        """


class IListener(Protocol):
    """What a backend tells without being asked; the service gives one to `IBackend.start`."""

    def lost(self) -> None:
        """The display went away by itself. Called once; no key of the service can be down any more."""

    def layout_changed(self, name: str) -> None:
        """Another layout is active, of this name."""

    def key_seen(self, stray: Stray) -> None:
        """A key event was seen that is not the service's, whether a job runs or not."""

    def clicked(self) -> None:
        """The user pressed a button of the pointer."""

    def window_gone(self, window: int) -> None:
        """A window that a barrier had begun with is gone; its number may be used again."""

    def consent_changed(self, state: str) -> None:
        """The user's consent has this state now. With CONSENT_ENDED, no more keys can be sent."""


@runtime_checkable
class IBackend(Protocol):
    """
    A way into a display server. `backends.choice` opens one.

    Its life: opened (readable, and what a dead predecessor left is restored), `start`, `inherit`, and at the end `close`, or
    `abandon` for a display that is lost.
    """

    @property
    def name(self) -> str:
        """What the bus property `Backend` says, such as `printing`."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What this backend knows or can do, of CAPABILITIES. The engine asks these, never the name."""

    @property
    def keyer(self) -> IKeyer: ...
    @property
    def runs(self) -> IRuns | None: ...
    @property
    def observer(self) -> IObserver: ...
    @property
    def keyboard(self) -> IKeyboard: ...
    @property
    def slots(self) -> ISlots: ...
    @property
    def barrier(self) -> IBarrier: ...
    @property
    def focus(self) -> IFocus: ...
    @property
    def programs(self) -> IPrograms: ...
    @property
    def committer(self) -> ICommitter | None: ...
    @property
    def consent(self) -> IConsent | None: ...

    def start(self, listener: IListener) -> Deferred[None]:
        """Fires when the backend is ready to type. Errbacks with DisplayLost when the display is gone already."""

    def inherit(self) -> Deferred[None]:
        """
        The service owns its bus name now, so an earlier one that had it has ended: restore what that one left behind.

        Fires when that is done. Does nothing while another living service uses the same display.
        """

    def close(self) -> Deferred[None]:
        """Leave the display as it was found: keys up, group and slots restored. Fires when that is done."""

    def abandon(self) -> Deferred[None]:
        """Drop the display at once, because it is lost or does not answer. Fires when nothing of the backend is left."""


_Part = TypeVar("_Part")


def wire(part: object, interface: type[_Part]) -> _Part:
    """
    Return `part` if it has the shape of `interface`.

    Raises TypeError, naming both and what is missing.
    """
    missing = sorted(name for name in _members(interface) if not hasattr(part, name))
    if missing:
        raise TypeError(f"{type(part).__name__} is no {interface.__name__}: it lacks {', '.join(missing)}")
    return part  # type: ignore[return-value]


def _members(interface: type) -> Iterable[str]:
    return (name for name in {**vars(interface), **interface.__annotations__} if not name.startswith("_"))
