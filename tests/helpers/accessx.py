# SPDX-License-Identifier: MIT
"""The user's accessibility settings: XKB's controls, read and set as a settings program of another client does it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from Xlib.display import Display
from Xlib.protocol import rq

REPEAT_KEYS, SLOW_KEYS, BOUNCE_KEYS, STICKY_KEYS, ACCESSX_KEYS = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 6
TWO_KEYS, LATCH_TO_LOCK = 1 << 6, 1 << 7
CORE_KEYBOARD = 0x100
_ACCESSIBILITY = SLOW_KEYS | BOUNCE_KEYS | STICKY_KEYS | ACCESSX_KEYS
_SETTABLE = 0x1FFF


class _Use(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength(), rq.Card16("major"), rq.Card16("minor"),
    )  # fmt: skip
    _reply = rq.Struct(rq.ReplyCode(), rq.Card8("supported"), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Pad(24))


class _Get(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(6), rq.RequestLength(), rq.Card16("device"), rq.Pad(2))
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Card8("device"), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Pad(12),
        rq.Card16("repeat_delay"), rq.Card16("repeat_interval"), rq.Card16("slow_delay"), rq.Card16("bounce_delay"),
        rq.Pad(10), rq.Card16("options"), rq.Pad(16), rq.Card32("enabled"), rq.Pad(32),
    )  # fmt: skip


class _State(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(4), rq.RequestLength(), rq.Card16("device"), rq.Pad(2))
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Card8("device"), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Card8("modifiers"),
        rq.Pad(23),
    )  # fmt: skip


class _Set(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(7), rq.RequestLength(), rq.Card16("device"), rq.Pad(14), rq.Card16("options"),
        rq.Pad(2), rq.Card32("affected"), rq.Card32("enabled"), rq.Card32("changed"), rq.Card16("repeat_delay"),
        rq.Card16("repeat_interval"), rq.Card16("slow_delay"), rq.Card16("bounce_delay"), rq.Pad(56),
    )  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """What of XKB's controls concerns keys; delays in milliseconds, as the protocol has them."""

    enabled: int
    options: int
    repeat_delay: int
    repeat_interval: int
    slow_delay: int
    bounce_delay: int


def read(display: Display, device: int = CORE_KEYBOARD) -> Settings:
    """The settings of the display's keyboard, or of one device."""
    opcode = _use(display)
    reply = _Get(display=display.display, opcode=opcode, device=device)
    return Settings(**{name: getattr(reply, name) for name in Settings.__dataclass_fields__})


def write(display: Display, settings: Settings, device: int = CORE_KEYBOARD) -> None:
    """Make `settings` those of the display's keyboard, and so of all devices behind it; or of one device."""
    changed = REPEAT_KEYS | SLOW_KEYS | BOUNCE_KEYS | STICKY_KEYS | ACCESSX_KEYS
    fields: dict[str, Any] = vars(settings)
    _Set(display=display.display, opcode=_use(display), device=device, affected=_SETTABLE, changed=changed, **fields)
    display.sync()


def switch(display: Display, enabled: int, **others: int) -> Settings:
    """Have these accessibility controls on and no others, and set what else is named; returns all as it is then."""
    now = read(display)
    write(display, replace(now, enabled=now.enabled & ~_ACCESSIBILITY | enabled, **others))
    return read(display)


def modifiers(display: Display) -> int:
    """The modifiers that are in force: held, latched or locked."""
    return int(_State(display=display.display, opcode=_use(display), device=CORE_KEYBOARD).modifiers)


def _use(display: Display) -> int:
    opcode: int = display.query_extension("XKEYBOARD").major_opcode
    _Use(display=display.display, opcode=opcode, major=1, minor=0)
    return opcode
