# SPDX-License-Identifier: MIT
"""The ways in which a Wayland connection ends, each a sentence; and what a compositor may lack."""

from __future__ import annotations

from typewright.errors import DisplayLost, ExtensionMissing, TypewrightError
from typewright.wire.losses import Losses, told


class CompositorError(DisplayLost):
    """The compositor refused a request (`wl_display.error`) and ended the connection for it."""

    def __init__(self, interface: str, code: int, name: str, message: str) -> None:
        named = f"{code} ({name})" if name else str(code)
        super().__init__(f"The compositor ended the connection: {interface} error {named}{told(message)}.")
        self.interface = interface
        self.code = code


class ProtocolBroken(DisplayLost):
    """The compositor sent what is not the Wayland protocol."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The compositor sent what is not the Wayland protocol: {what}.")


class NotReading(DisplayLost):
    """The compositor took nothing for so long that too much was waiting for it."""

    sentence = "The compositor does not read what it is sent; the connection was given up."


class GlobalMissing(ExtensionMissing):
    """The compositor does not offer an interface, or not to this program."""

    def __init__(self, interface: str) -> None:
        TypewrightError.__init__(self, f"The compositor does not offer {interface}, or not to this program.")
        self.interface = interface


LOSSES = Losses(
    broken=ProtocolBroken,
    not_reading=NotReading,
    closed="The compositor closed the connection.",
    lost="The connection to the compositor was lost.",
    by_us="The connection to the compositor is closed.",
)
