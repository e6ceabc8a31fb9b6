# SPDX-License-Identifier: MIT
"""
The errors that the D-Bus specification defines for calls of something that does not exist.

They never repeat the caller's arguments: a confused caller may have put its text into any of them.
"""

from __future__ import annotations

from typewright.errors import TypewrightError

_STANDARD = "org.freedesktop.DBus.Error."


class UnknownObject(TypewrightError):
    """There is no object at the call's path."""

    dbus_name = _STANDARD + "UnknownObject"
    exit_status = 76
    sentence = "There is no object at this path; Typewright's object is at /org/typewright/Typist1."


class UnknownInterface(TypewrightError):
    """The object does not have the interface."""

    dbus_name = _STANDARD + "UnknownInterface"
    exit_status = 76
    sentence = "The object does not have this interface; its introspection lists its interfaces."


class UnknownMethod(TypewrightError):
    """The interface does not have the method."""

    dbus_name = _STANDARD + "UnknownMethod"
    exit_status = 76
    sentence = "The object does not have this method; its introspection lists its methods."


class UnknownProperty(TypewrightError):
    """The interface does not have the property."""

    dbus_name = _STANDARD + "UnknownProperty"
    exit_status = 76
    sentence = "The interface does not have this property; the introspection lists its properties."


class PropertyReadOnly(TypewrightError):
    """The property cannot be set."""

    dbus_name = _STANDARD + "PropertyReadOnly"
    exit_status = 76
    sentence = "This property is read-only."


class FileNotFound(TypewrightError):
    """The machine has no machine id."""

    dbus_name = _STANDARD + "FileNotFound"
    exit_status = 76
    sentence = "This machine has no machine id; create one with `systemd-machine-id-setup` or `dbus-uuidgen --ensure`."
