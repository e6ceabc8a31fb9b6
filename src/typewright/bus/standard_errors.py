# SPDX-License-Identifier: MIT
"""
The refusals that the D-Bus specification names, for calls of something that is not there.

The caller's arguments are never repeated in them: a confused caller may have put its text anywhere.
"""

from __future__ import annotations

from typewright.errors import TypewrightError

_STANDARD = "org.freedesktop.DBus.Error."


class UnknownObject(TypewrightError):
    """There is no object at the call's path."""

    dbus_name = _STANDARD + "UnknownObject"
    exit_status = 76
    sentence = "There is no object at this path; Typewright's is /org/typewright/Typist1."


class UnknownInterface(TypewrightError):
    """The object does not have the interface."""

    dbus_name = _STANDARD + "UnknownInterface"
    exit_status = 76
    sentence = "The object does not have this interface; its introspection lists those that it has."


class UnknownMethod(TypewrightError):
    """The interface does not have the method."""

    dbus_name = _STANDARD + "UnknownMethod"
    exit_status = 76
    sentence = "The object does not have this method; its introspection lists those that it has."


class UnknownProperty(TypewrightError):
    """The interface does not have the property."""

    dbus_name = _STANDARD + "UnknownProperty"
    exit_status = 76
    sentence = "The interface does not have this property; its introspection lists those that it has."


class PropertyReadOnly(TypewrightError):
    """The property can't be set."""

    dbus_name = _STANDARD + "PropertyReadOnly"
    exit_status = 76
    sentence = "This property can only be read."


class FileNotFound(TypewrightError):
    """The machine has no id."""

    dbus_name = _STANDARD + "FileNotFound"
    exit_status = 76
    sentence = "This machine has no machine id; `systemd-machine-id-setup` or `dbus-uuidgen --ensure` makes one."
