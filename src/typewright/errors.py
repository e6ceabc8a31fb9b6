# SPDX-License-Identifier: MIT
"""
Every error of Typewright, in one tree. The sentence for the user belongs to the class; it says what to do where that helps.

No error ever contains the text to be typed: a character is named by its code point and its place at most.
"""

from __future__ import annotations


class TypewrightError(Exception):
    """
    The root of all errors. `str(error)` is the sentence for the user.

    `dbus_name` is the error name on the bus, `exit_status` the status in a shell. Both are part of the contract.
    """

    dbus_name = "org.typewright.Error.Internal"
    exit_status = 70
    sentence = "Something went wrong inside Typewright; its log has the details."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


# --- The service cannot start, or cannot go on -----------------------------------------------------------------------


class ConfigError(TypewrightError):
    """The configuration file has problems; the sentence lists all of them, one a line."""

    exit_status = 78
    sentence = "The configuration cannot be used; correct the file, and start the service again."


class NoDisplay(TypewrightError):
    """There is no display that can be opened, or none that can be trusted."""

    dbus_name = "org.typewright.Error.NoDisplay"
    exit_status = 3
    sentence = (
        "No display is known to type on: set WAYLAND_DISPLAY or DISPLAY, or name one with --wayland-display or --display."
    )


class NoWayToType(NoDisplay):
    """The session runs Wayland, and its compositor has no way for a program to type, or none that Typewright knows."""

    exit_status = 4
    sentence = (
        "This is a Wayland session, but WAYLAND_DISPLAY is not set, so its compositor cannot be found: give the service the "
        "session's environment (systemctl --user import-environment WAYLAND_DISPLAY), or name the display with "
        "--wayland-display."
    )


class ExtensionMissing(TypewrightError):
    """The display server lacks an extension without which keys cannot be sent, or not be confirmed."""

    dbus_name = "org.typewright.Error.ExtensionMissing"
    exit_status = 5

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The display server has no {name} extension, and Typewright cannot type without it: "
            f"start the server with {name} enabled."
        )


class NoBus(TypewrightError):
    """The session bus cannot be reached."""

    dbus_name = "org.typewright.Error.NoBus"
    exit_status = 6
    sentence = (
        "The session bus cannot be reached: start Typewright inside a desktop session, or set DBUS_SESSION_BUS_ADDRESS."
    )


class NameTaken(TypewrightError):
    """Another service owns the bus name; it keeps it."""

    dbus_name = "org.typewright.Error.NameTaken"
    exit_status = 7
    sentence = "Another Typewright service already runs in this session: stop that one first."


class DisplayLost(TypewrightError):
    """The display server has gone. No key of the service can be down any more, and no call can be served."""

    dbus_name = "org.typewright.Error.DisplayLost"
    exit_status = 8
    sentence = "The connection to the display server was lost; start the service again in a running session."


class BusLost(TypewrightError):
    """The session bus has gone."""

    dbus_name = "org.typewright.Error.BusLost"
    exit_status = 9
    sentence = "The connection to the session bus was lost; start the service again in a running session."


class ServiceAbsent(TypewrightError):
    """A client found no Typewright service on the session bus, or it left the bus during a call."""

    dbus_name = "org.typewright.Error.ServiceAbsent"
    exit_status = 69
    sentence = (
        "No Typewright service runs in this session: start it with `typewright start`, or `typewright serve`; "
        "`typewright doctor` says why it does not start."
    )


class NotStarted(ServiceAbsent):
    """The service was started by this call, and could not start; the sentence says why, and what to do."""

    dbus_name = "org.typewright.Error.NotStarted"
    sentence = "The service could not start: `typewright doctor` says why."


class NotInstallable(TypewrightError):
    """`typewright setup` cannot put its files in place; the sentence says which, and why."""

    exit_status = 73
    sentence = "Typewright cannot be set up."


# --- A call that must not be made ------------------------------------------------------------------------------------


class InvalidArgs(TypewrightError):
    """The arguments make no sense; the sentence says which, and what is accepted."""

    dbus_name = "org.freedesktop.DBus.Error.InvalidArgs"
    exit_status = 2
    sentence = "The arguments of the call make no sense; the documentation says what the method accepts."


class LimitsExceeded(TypewrightError):
    """The text is too long, or too many jobs are waiting."""

    dbus_name = "org.freedesktop.DBus.Error.LimitsExceeded"
    exit_status = 2
    sentence = "This is more than Typewright accepts at once: split it into several calls."


class AccessDenied(TypewrightError):
    """The caller may not do this."""

    dbus_name = "org.freedesktop.DBus.Error.AccessDenied"
    exit_status = 77
    sentence = "The configuration does not allow this caller to do this: see `[[callers]]` there."


class Stopping(TypewrightError):
    """The service is stopping and accepts no more calls."""

    dbus_name = "org.typewright.Error.Stopping"
    exit_status = 75
    sentence = "Typewright is stopping and accepts no more calls: call again when it has started again."


# --- On the side of the caller ---------------------------------------------------------------------------------------

_STANDARD = "org.freedesktop.DBus.Error."
_ABSENT = (_STANDARD + "ServiceUnknown", _STANDARD + "NameHasNoOwner")
_WENT_AWAY = (_STANDARD + "NoReply", _STANDARD + "Disconnected")


def error_of_reply(name: str, sentence: str) -> TypewrightError:
    """Return the error for a reply that is the D-Bus error `name`; `sentence` is what the service says, or empty."""
    if name in _ABSENT or name.startswith(_STANDARD + "Spawn."):
        return ServiceAbsent()
    if name in _WENT_AWAY:
        return ServiceAbsent("Typewright left the bus before it replied; a part of the text may have been typed.")
    for kind in _kinds(TypewrightError):
        if kind.dbus_name == name:
            error = kind.__new__(kind)  # Some classes take other arguments; here the sentence is the service's.
            Exception.__init__(error, sentence or kind.sentence)
            return error
    return TypewrightError(f"The service replied with an error that this version does not know: {name}.")


def _kinds(kind: type[TypewrightError]) -> list[type[TypewrightError]]:
    # Base classes first: of several classes with one name on the bus, the most general one counts.
    return [kind, *(each for child in kind.__subclasses__() for each in _kinds(child))]
