# SPDX-License-Identifier: MIT
"""
Every reason for which a job is not confirmed: the only home of its code, its sentence and its cure.

The code is one word and part of the contract: it never changes its meaning. The sentence and the cure are for people and may
be improved. `docs/reference.md` gets its table of reasons from here.
"""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """
    Why a job stopped: `code` (one word, stable), `sentence` (what happened and why, no capital, no full stop) and `cure`
    (what the user or the caller can do, a whole sentence).
    """

    code: str
    sentence: str
    cure: str

    def saying(self, sentence: str) -> Reason:
        """Return this reason with a sentence that tells more, such as the place of a character; never the text itself."""
        return self._replace(sentence=sentence)


# --- The user or the caller wants no typing ------------------------------------------------------------------------------

DISABLED = Reason(
    "disabled",
    "typing is disabled (TypingEnabled is false)",
    "Enable it with `typewright enable`, or with the panic chord if that disabled it.",
)
SCREEN_LOCKED = Reason("locked", "the screen is locked", "Unlock the screen and call again.")
ESCAPED = Reason("escaped", "the user pressed Escape", "Nothing needs to be done: the user stopped the typing.")
TOUCHED = Reason(
    "touched",
    "the user pressed a key or a button",
    "Call again when the user is quiet, or set `on_user` to pause in the configuration.",
)
CANCELLED = Reason("cancelled", "its caller cancelled it", "Nothing needs to be done: the caller asked for it.")
ALL_CANCELLED = Reason(
    "allcancelled",
    "all typing was cancelled (CancelAll)",
    "Nothing needs to be done: the user asked for it, by `typewright cancel` or a program of the desktop.",
)
CALLER_LEFT = Reason("left", "its caller left the bus", "Stay on the bus until the reply is there.")
SUPERSEDED = Reason("superseded", "a newer revision took its place", "Nothing needs to be done: the newest revision counts.")
STOPPING = Reason("stopping", "the service is stopping", "Start the service again with `typewright serve`.")
DISPLAY_LOST = Reason(
    "displaylost", "the connection to the display server was lost", "Start the service again in a running session."
)
BUS_LOST = Reason("buslost", "the connection to the session bus was lost", "Start the service again in a running session.")

CONSENT_ASKED = Reason(
    "consent",
    "the desktop asks you whether Typewright may type, and there is no answer yet",
    "Answer the dialog, and call again.",
)
CONSENT_REFUSED = Reason(
    "notallowed", "you have refused to let Typewright type", "`typewright allow` has the desktop ask you again."
)
CONSENT_ENDED = Reason(
    "ended",
    "the desktop, or you, have ended the session in which Typewright may type",
    "`typewright allow` begins a new one.",
)
CONSENT_FAILED = Reason(
    "noportal",
    "the desktop's portal could not start a session in which Typewright may type",
    "See the log of Typewright and of xdg-desktop-portal; `typewright allow` tries again.",
)

# --- Where the keys would go -------------------------------------------------------------------------------------------

NO_FOCUS = Reason("nofocus", "nothing has the focus", "Put the caret into a text field and call again.")
BACKGROUND = Reason(
    "background",
    "no program's window has the focus, only the background or a part of the window manager",
    "Put the caret into a text field and call again.",
)
KEYBOARD_HELD = Reason(
    "held",
    "another program holds the keyboard",
    "Close the menu or prompt that holds it; for launchers there is the option `grabs`.",
)
MENU_OPEN = Reason(
    "menu",
    "a menu of the program with the focus is open, and takes the keys in place of its text",
    "Close the menu, or choose from it with shortcuts such as `Down` and `Return`.",
)
LOCKER_HELD = Reason(
    "locker",
    "another program holds the keyboard, and its window covers the screen, as that of a screen locker does",
    "Unlock the screen and call again.",
)
HOTKEY = Reason(
    "hotkey",
    "another program has bound a key of the text as a hotkey, and received it in place of the text field",
    "Look at what the hotkey did, and unbind it in that program: a key without modifiers is no good hotkey.",
)
PLACE_UNKNOWN = Reason(
    "unknownplace", "it cannot be found out which window has the focus", "Try again, with the focus in a text field."
)
FOCUS_MOVED = Reason(
    "moved",
    "the focus moved to another window",
    "Put the focus back and type the rest; the option `on_focus_change` lets a job wait for that.",
)
NOT_IN_WINDOW = Reason(
    "otherwindow",
    "the window that the call named does not have the focus",
    "Focus that window first, or leave out the option `window`.",
)
WINDOW_CLOSED = Reason(
    "closed",
    "the window was closed, and it is unknown what its program had taken by then",
    "Look at what arrived before typing it again.",
)
PASSWORD_FIELD = Reason(
    "password",
    "the focus is in a password field, and the configuration refuses these",
    'Set `passwords = "type"` in the configuration to type there.',
)

# --- The keyboard ------------------------------------------------------------------------------------------------------

MODIFIER_HELD = Reason("modifier", "a modifier key is held down", "Let go of Shift, Control, Alt and Super, and call again.")
LAYOUT_CHANGED = Reason("layout", "the keyboard layout changed", "Look at what arrived, and type the rest again.")
UNTYPEABLE = Reason(
    "untypeable",
    "a character is not on the keyboard layout and cannot be lent or composed",
    "Add a layout that has the character; `typewright explain` shows how each one would be typed.",
)

FORWARDER = Reason(
    "forwarder",
    "the program with the focus forwards keys to another display, where some of these characters do not arrive",
    "Type with a layout that has the characters on both sides, or run Typewright on the other side.",
)
CHARACTER_CUT = Reason(
    "cut",
    "the program with the focus cuts, drops or converts some of these characters",
    "Leave these characters out, or type them into another program and paste them.",
)

# --- What happened to the keys -----------------------------------------------------------------------------------------

NOT_AS_SENT = Reason(
    "altered",
    "a key event was not processed as it was sent: another modifier or layout was active",
    "Look at what arrived, and type the rest again.",
)
UNCONFIRMED = Reason(
    "unconfirmed",
    "a key event was not confirmed in time",
    "The display server may be busy; look at what arrived before typing it again.",
)
RELEASE_UNCONFIRMED = Reason(
    "stuck", "a key release was not confirmed in time", "Check that no key is down; `typewright sweep` lifts what is."
)
ONLY_SENT = Reason(
    "onlysent",
    "the keys were sent, but nothing in this session can confirm them",
    "Switch accessibility on, so that the program's own text can confirm them.",
)
SERVER_SILENT = Reason("serversilent", "the display server does not answer", "Try again when the session responds.")
PROGRAM_SILENT = Reason(
    "silent",
    "the program with the focus has not answered yet",
    "It may be busy; look at what arrived, or raise `answer_s` in the configuration.",
)
PROGRAM_BEHIND = Reason(
    "behind",
    "the program with the focus takes no more keys",
    "It may be busy; look at what arrived, or raise `answer_s` in the configuration.",
)
TEXT_DIFFERS = Reason(
    "differs",
    "the program says that its text is not what was typed: it has changed it, or left some of it out",
    "Look at what arrived: automatic correction or a limit of the field may be the cause.",
)
REFUSED = Reason("refused", "the text field did not take the text", "Put the caret into a text field and call again.")

# --- What came between -------------------------------------------------------------------------------------------------

INTERFERED = Reason(
    "interfered",
    "a key that was pressed in between, or repeated, may have done more than type a character",
    "Look at what arrived, and type the rest again.",
)
CARET_UNSURE = Reason(
    "touchedtext",
    "a key or a button was pressed in between, and what was to be deleted may be elsewhere now",
    "Look at what arrived, and delete by hand.",
)

# --- Revising and taking back ------------------------------------------------------------------------------------------

ELSEWHERE = Reason("elsewhere", "the focus is in another window than the text", "Focus the window of the text again.")
OVERTAKEN = Reason("overtaken", "other text was typed after the text", "Commit the draft, and begin a new one.")
HISTORY_ENDED = Reason(
    "unknown",
    "what is before the caret is no longer known: a key or a button was pressed, or the history was wiped",
    "Commit the draft, and begin a new one.",
)
FORGOTTEN = Reason(
    "forgotten",
    "the beginning of the text is no longer known: it is longer than what is remembered of a window",
    "Commit more often.",
)
NOTHING_LEFT = Reason("nothing", "nothing that this caller had typed is known any more", "There is nothing to take back.")
UNERASABLE = Reason(
    "unerasable",
    "it is not certain what BackSpace deletes in this program for this text",
    "Correct it by hand; with accessibility on, the program's own text can show it.",
)
NOT_THERE = Reason(
    "notthere",
    "the text field does not hold what was typed at the caret: it kept less, changed it, or is another one",
    "Look at what is in the field, and correct it by hand.",
)
DELETED_OTHERWISE = Reason(
    "deletedotherwise",
    "a BackSpace did not delete what it was to delete, and the rest was left alone",
    "Look at what is in the field, and correct it by hand.",
)
NOT_HELD = Reason("notheld", "the caller does not hold this chord, or no longer", "Press and hold it again first.")


REASONS = tuple(value for value in list(globals().values()) if isinstance(value, Reason))
"""All reasons, in the order of this module."""
