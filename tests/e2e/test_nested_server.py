# SPDX-License-Identifier: MIT
"""A nested server has a keyboard of its own: what is lent on the outer one does not arrive there."""

from __future__ import annotations

import subprocess

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop

TYPE = "Type", "sa{sv}"


@pytest.mark.promise("whole-or-refused")
def test_a_nested_server(desk: Desk) -> None:
    desktop.needs("Xephyr")
    server = subprocess.Popen(
        ["Xephyr", "-displayfd", "1", "-screen", "400x300"],
        env=desk.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        inner = {**desk.environ, "DISPLAY": f":{server.stdout.readline().strip()}"}
        with desktop.terminal(inner) as terminal:
            window = desktop.window(desk.environ, "--class", "Xephyr")
            desktop.run(desk.environ, "xdotool", "windowfocus", "--sync", window)
            assert desk.call("Insert", "s", "hello") == "b true"
            assert terminal.read(5) == "hello"
            told = desk.call(*TYPE, "日本", "0")
            assert '"confirmed" b false "typed" u 0' in told
            assert '"code" s "forwarder"' in told
            desk.layout("de")
            told = desk.call(*TYPE, "l@b", "0")
            assert '"confirmed" b false "typed" u 0' in told
            assert '"code" s "forwarder"' in told
            desk.layout("us")
            desktop.run(inner, "xdotool", "key", "asciitilde")
            assert terminal.rest() == ""
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    desk.terminal.focus()
