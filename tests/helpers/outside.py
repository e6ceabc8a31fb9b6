# SPDX-License-Identifier: MIT
"""How a program that others wrote calls the service: the command lines, for whoever starts them."""

from __future__ import annotations

NAME, OBJECT = "org.typewright.Typist1", "/org/typewright/Typist1"


def gdbus(member: str, *arguments: str, interface: str = NAME) -> list[str]:
    """A call by `gdbus`; `arguments` as it wants them."""
    to = ["--session", "--dest", NAME, "--object-path", OBJECT]
    return ["gdbus", "call", *to, "--method", f"{interface}.{member}", *arguments]
