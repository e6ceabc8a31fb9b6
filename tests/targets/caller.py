# SPDX-License-Identifier: MIT
"""A caller of the service under test, over the bus."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

from tests.helpers import desktop

_NAME, _PATH = "org.typewright.Typist1", "/org/typewright/Typist1"
_LONGEST_S = 300
"""How long a caller waits: 20,000 characters into a program that draws slowly take a minute on a busy machine."""


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
    command = ["busctl", "--user", f"--address={environ['DBUS_SESSION_BUS_ADDRESS']}", "--json=short"]
    call = ["call", "--", _NAME, _PATH, _NAME, "Type", "sa{sv}", text, *options]
    done = subprocess.run(
        [*command, f"--timeout={_LONGEST_S}", *call], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise desktop.Ended(f"Type was not answered: {done.stderr}")
    report = {name: value["data"] for name, value in json.loads(done.stdout)["data"][0].items()}
    return Told(*(report[name] for name in ("confirmed", "typed", "level", "reason", "elapsed")))
