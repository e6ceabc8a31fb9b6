# SPDX-License-Identifier: MIT
"""A caller of the service under test, over the bus."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests import desktop

_NAME, _PATH = "org.typewright.Typist1", "/org/typewright/Typist1"


@dataclass(frozen=True)
class Told:
    """What `Type` reports, as far as the tests look at it."""

    confirmed: bool
    typed: int
    level: str
    reason: str
    elapsed: float


def type_text(environ: dict[str, str], text: str, *, timeout_s: float | None = None) -> Told:
    """Have `text` typed; `timeout_s` is the option of that name."""
    options = ["0"] if timeout_s is None else ["1", "timeout", "d", str(timeout_s)]
    address = f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}"
    answer = desktop.run(
        environ, "busctl", "--user", address, "--json=short", "--timeout=55", "call", "--",
        _NAME, _PATH, _NAME, "Type", "sa{sv}", text, *options,
    )  # fmt: skip
    report = {name: value["data"] for name, value in json.loads(answer)["data"][0].items()}
    return Told(*(report[name] for name in ("confirmed", "typed", "level", "reason", "elapsed")))
