# SPDX-License-Identifier: MIT
"""
The interfaces of EI that we use: what the protocol documents of them, in a form of our own.

The order of the rows is the order of the opcodes. A row is a name, a signature (`wire.codec`; `-` for none), what its new
id makes, and whether it is a destructor. `version` is the highest that we know, and offer.

Source: the EI protocol, "Protocol documentation" of libei.
"""

from __future__ import annotations

from typewright.wire.codec import EI
from typewright.wire.tables import Interface, by_name, messages

_rows = messages(EI)

SENDER = 2
"""The `context_type` of a client that sends events."""
KEYMAP_XKB = 1
"""The `type` of a keymap that is a text for libxkbcommon."""

HANDSHAKE = Interface(
    "ei_handshake",
    1,
    requests=_rows("handshake_version u", "finish -", "context_type u", "name s", "interface_version su"),
    events=_rows("handshake_version u", "interface_version su", "connection unu ei_connection destructor"),
)
CONNECTION = Interface(
    "ei_connection",
    1,
    requests=_rows("sync nu ei_callback", "disconnect - destructor"),
    events=_rows("disconnected uu?s destructor", "seat nu ei_seat", "invalid_object ut", "ping nu ei_pingpong"),
    errors=("disconnected", "error", "mode", "protocol", "value", "transport"),
)
CALLBACK = Interface("ei_callback", 1, requests=(), events=_rows("done t destructor"))
PINGPONG = Interface("ei_pingpong", 1, requests=_rows("done t destructor"), events=())
SEAT = Interface(
    "ei_seat",
    1,
    requests=_rows("release -", "bind t"),
    events=_rows("destroyed u destructor", "name ?s", "capability ts", "done -", "device nu ei_device"),
)
DEVICE = Interface(
    "ei_device",
    1,
    requests=_rows("release -", "start_emulating uu", "stop_emulating u", "frame ut"),
    events=_rows(
        "destroyed u destructor",
        "name ?s",
        "device_type u",
        "dimensions uu",
        "region uuuuf",
        "interface nsu",
        "done -",
        "resumed u",
        "paused u",
        "start_emulating uu",
        "stop_emulating u",
        "frame ut",
    ),
)
KEYBOARD = Interface(
    "ei_keyboard",
    1,
    requests=_rows("release -", "key uu"),
    events=_rows("destroyed u destructor", "keymap uuh", "key uu", "modifiers uuuuu"),
)
TEXT = Interface(
    "ei_text",
    1,
    requests=_rows("release -", "keysym uu", "utf8 s"),
    events=_rows("destroyed u destructor", "keysym uu", "utf8 s"),
    private=True,
)

INTERFACES = by_name([HANDSHAKE, CONNECTION, CALLBACK, PINGPONG, SEAT, DEVICE, KEYBOARD, TEXT])
OFFERED = (CONNECTION, CALLBACK, PINGPONG, SEAT, DEVICE, KEYBOARD)
"""What we tell the compositor that we know; it makes no objects of others."""
