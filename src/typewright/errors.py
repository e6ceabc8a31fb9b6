# SPDX-License-Identifier: MIT
"""
Every error of Typewright, in one tree. The sentence that a user reads lives with its class, and says what to do.

No error ever carries the text to be typed: a character is named by its code point and place, no more.
"""

from __future__ import annotations


class TypewrightError(Exception):
    """
    The root. `str(error)` is the sentence for the user.

    `dbus_name` is what a bus caller sees; `exit_status` what a shell sees. Both are part of the contract.
    """

    dbus_name = "org.typewright.Error.Internal"
    exit_status = 70
    sentence = "Something went wrong inside Typewright; its log has the details."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


# --- The service cannot start, or cannot go on -----------------------------------------------------------------------


class ConfigError(TypewrightError):
    """The configuration file has problems; the sentence lists all of them, a line each."""

    exit_status = 78
    sentence = "The configuration can't be used."


class NoDisplay(TypewrightError):
    """There is no X display that we can open, or that we may trust."""

    dbus_name = "org.typewright.Error.NoDisplay"
    exit_status = 3
    sentence = "There is no X display: set DISPLAY, or say which one with --display."


class WaylandOnly(NoDisplay):
    """The session runs Wayland and offers no X server."""

    exit_status = 4
    sentence = (
        "This is a Wayland session without an X server, and Typewright types on X11 only so far. "
        "Start Xwayland, or log in to an X11 session."
    )


class ExtensionMissing(TypewrightError):
    """The X server lacks an extension without which no key can be sent, or none confirmed."""

    dbus_name = "org.typewright.Error.ExtensionMissing"
    exit_status = 5

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The X server has no {name} extension, and Typewright can't type without it: "
            f"start the server with {name} enabled."
        )


class NoBus(TypewrightError):
    """The session bus can't be reached."""

    dbus_name = "org.typewright.Error.NoBus"
    exit_status = 6
    sentence = "The session bus can't be reached: set DBUS_SESSION_BUS_ADDRESS, or start this inside a desktop session."


class NameTaken(TypewrightError):
    """Another service owns the bus name; it is left alone."""

    dbus_name = "org.typewright.Error.NameTaken"
    exit_status = 7
    sentence = "Another Typewright already serves this session; stop it first."


class DisplayLost(TypewrightError):
    """The X server went away. No key of ours can be down any more, and no call can be served."""

    dbus_name = "org.typewright.Error.DisplayLost"
    exit_status = 8
    sentence = "The connection to the X server was lost."


class BusLost(TypewrightError):
    """The session bus went away."""

    dbus_name = "org.typewright.Error.BusLost"
    exit_status = 9
    sentence = "The connection to the session bus was lost."


class ServiceAbsent(TypewrightError):
    """A client found no Typewright service on the session bus, or it went away in the middle of a call."""

    dbus_name = "org.typewright.Error.ServiceAbsent"
    exit_status = 69
    sentence = "No Typewright service runs in this session: start it with `typewright serve`."


# --- A call that must not be made ------------------------------------------------------------------------------------


class InvalidArgs(TypewrightError):
    """The arguments make no sense; the sentence says which, and what would."""

    dbus_name = "org.freedesktop.DBus.Error.InvalidArgs"
    exit_status = 2
    sentence = "The arguments can't be used."


class LimitsExceeded(TypewrightError):
    """Too long a text, or too many calls waiting."""

    dbus_name = "org.freedesktop.DBus.Error.LimitsExceeded"
    exit_status = 2
    sentence = "That is more than Typewright takes at once."


class AccessDenied(TypewrightError):
    """This caller may not do this."""

    dbus_name = "org.freedesktop.DBus.Error.AccessDenied"
    exit_status = 77
    sentence = "The configuration does not allow this to this caller."


class Stopping(TypewrightError):
    """The service is on its way out and takes no more calls."""

    dbus_name = "org.typewright.Error.Stopping"
    exit_status = 75
    sentence = "Typewright is stopping and takes no more calls."
