# SPDX-License-Identifier: MIT
"""The ways in which an EI connection ends, each a sentence."""

from __future__ import annotations

from typewright.ei.tables import CONNECTION
from typewright.errors import DisplayLost
from typewright.wire.losses import Losses, told

_ORDERLY = 0


class Disconnected(DisplayLost):
    """
    The compositor said that it ends the connection (`ei_connection.disconnected`); `reason` is of the table's `errors`.

    `orderly` is true when nothing went wrong: the session was closed, such as by the user.
    """

    def __init__(self, code: int, explanation: str | None) -> None:
        self.reason = CONNECTION.errors[code] if code < len(CONNECTION.errors) else str(code)
        self.orderly = code == _ORDERLY
        super().__init__(f"The compositor ended the typing session ({self.reason}){told(explanation or '')}.")


class ProtocolBroken(DisplayLost):
    """The compositor sent what is not the EI protocol."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The compositor sent what is not the EI protocol: {what}.")


class NotReading(DisplayLost):
    """The compositor took nothing for so long that too much was waiting for it."""

    sentence = "The compositor does not read the keys that it is sent; the connection was given up."


class NoAnswer(DisplayLost):
    """The compositor took the connection, and did not answer."""

    sentence = "The compositor does not answer on the connection for typing."


LOSSES = Losses(
    broken=ProtocolBroken,
    not_reading=NotReading,
    closed="The compositor closed the connection for typing.",
    lost="The connection for typing was lost.",
    by_us="The connection for typing is closed.",
)
