# SPDX-License-Identifier: MIT
"""The drop-ins as the processes that other programs start, with the whole service on the printing backend."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from printing_bench import LONG, Caller, Served
from tests.helpers.desktop import PATIENCE_S, until

from typewright.dropins.files import install
from typewright.reasons import DISABLED


class Tools:
    """A directory with the drop-ins, first on the PATH of those that are started here."""

    def __init__(self, directory: Path, served: Served, *, lenient: bool = False) -> None:
        self.directory = directory
        self.environ = {**served.environ, "PATH": f"{directory}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        install(directory, lenient=lenient)

    def __call__(self, *words: str, stdin: str | bytes = "") -> tuple[int, str, str]:
        """Run a command line; return the status, the output and the complaints."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        ran = subprocess.run(words, env=self.environ, input=data, capture_output=True, timeout=PATIENCE_S)
        return ran.returncode, ran.stdout.decode(), ran.stderr.decode()

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(words, env=self.environ, stdin=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def tools(served: Served, tmp_path: Path) -> Tools:
    served.lines()
    return Tools(tmp_path / "drop-ins", served)


TEXT = "Grüße — 漢字 👍\nand `$HOME` \\n"


@pytest.mark.parametrize(
    "words",
    [
        ("xdotool", "type", "--clearmodifiers", "--", TEXT),
        ("xdotool", "type", "--delay", "12", TEXT),
        ("xdotool", "type", "--file", "-"),
        ("wtype", TEXT),
        ("wtype", "--", TEXT),
        ("wtype", "-"),
        ("wtype", "-s", "1", "-d", "1", "-P", "Shift_L", "-p", "Shift_L", "--", TEXT),
        ("ydotool", "type", "--", TEXT),
        ("ydotool", "type", "--next-delay", "5", "--", TEXT),
        ("ydotool", "type", "--key-delay", "5", "--key-hold", "5", "--", TEXT),
        ("ydotool", "type", "-f", "-"),
        ("eitype", "-l", "de", "-d", "5", TEXT),
        ("kwtype", "--", TEXT),
    ],
    ids=" ".join,
)
def test_a_text_is_typed(tools: Tools, served: Served, words: tuple[str, ...]) -> None:
    assert tools(*words, stdin=TEXT) == (0, "", "")
    assert served.text() == TEXT


@pytest.mark.parametrize(
    ("words", "chord"),
    [
        (("xdotool", "key", "--clearmodifiers", "ctrl+v"), "Control_L v"),
        (("xdotool", "key", "ctrl+shift+v"), "Control_L Shift_L v"),
        (("xdotool", "key", "Return"), "Return"),
        (("wtype", "-M", "ctrl", "-k", "v", "-m", "ctrl"), "Control_L v"),
        (("wtype", "-M", "ctrl", "-M", "shift", "-k", "v", "-m", "shift", "-m", "ctrl"), "Control_L Shift_L v"),
        (("wtype", "-M", "shift", "-k", "Return", "-m", "shift"), "Shift_L Return"),
        (("ydotool", "key", "29:1", "47:1", "47:0", "29:0"), "Control_L v"),
        (("ydotool", "key", "ctrl+v"), "Control_L v"),
        (("ydotool", "key", "28:1", "28:0"), "Return"),
        (("eitype", "-k", "return"), "Return"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_chord_is_pressed(tools: Tools, served: Served, words: tuple[str, ...], chord: str) -> None:
    assert tools(*words) == (0, "", "")
    pressed = [line.partition(":")[0] for line in served.lines()]
    assert [line.removeprefix("press ") for line in pressed if line.startswith("press")] == chord.split()


@pytest.mark.parametrize(
    "words", [("xdotool", "keyup", "Control_L", "Shift_L"), ("wtype", "--", ""), ("ydotool", "type", ""),
              ("ydotool", "sleep", "0"), ("ydotool", "key", "--help"), ("ydotool", "type", "--help"),
              ("dotool", "--version")],
    ids=" ".join,
)  # fmt: skip
def test_a_probe_succeeds_and_presses_nothing(tools: Tools, served: Served, words: tuple[str, ...]) -> None:
    assert tools(*words)[::2] == (0, "")
    assert served.lines() == []


@pytest.mark.parametrize(
    ("delete", "insert"),
    [
        (["xdotool", "key", "--", *["BackSpace"] * 4], ["xdotool", "type", "--clearmodifiers", "--"]),
        (["wtype", "-s", "5", *["-k", "backSpace"] * 4], ["wtype"]),
        (["ydotool", "key", "--key-delay", "3", "--", *["14:1", "14:0"] * 4],
         ["ydotool", "type", "--next-delay", "5", "--"]),
    ],
    ids=["xdotool", "wtype", "ydotool"],
)  # fmt: skip
def test_what_nerd_dictation_does_with_one_call_after_the_other(
    tools: Tools, served: Served, delete: list[str], insert: list[str]
) -> None:
    assert tools(*insert, "hello wurld") == (0, "", "")
    assert tools(*delete) == (0, "", "")
    assert tools(*insert, "orld") == (0, "", "")
    assert served.text() == "hello world"


@pytest.mark.parametrize("tool", ["dotool", "dotoolc"])
def test_what_nerd_dictation_does_with_a_process_that_it_keeps(tools: Tools, served: Served, tool: str) -> None:
    process = tools.start(tool)
    assert process.stdin is not None
    typed = ""
    for lines, text in (
        ("keydelay 4\nkeyhold 0\ntypedelay 12\ntypehold 0\ntype hello wurld\n", "hello wurld"),
        ("key backspace backspace backspace backspace\ntype orld\n", "hello world"),
        ("type  again\n", "hello world again"),
    ):
        process.stdin.write(lines.encode())
        process.stdin.flush()

        def is_typed(text: str = text) -> bool:
            nonlocal typed
            typed = edited(typed, served)
            return typed == text

        until(is_typed)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE_S)[1] == b""
    assert process.returncode == 130


def edited(text: str, served: Served) -> str:
    """What `text` has become by the keys since."""
    for line in served.lines():
        if ": types " in line:
            text += line.partition('"')[2].removesuffix('"')
        elif ": deletes " in line:
            text = text[:-1]
    return text


def test_a_line_that_fails_does_not_end_dotool(tools: Tools, served: Served) -> None:
    status, _, errors = tools("dotool", stdin=b"type a\x1bb\nnonsense\ntype \xff\nclick left\nkey nosuchkey\ntype c\ntype d")
    assert status == 1
    assert [line.partition(":")[0] for line in errors.splitlines()] == ["dotool"] * 5
    assert served.text() == "cd"


def test_a_text_of_any_length_in_lines_and_in_calls(tools: Tools, served: Served) -> None:
    long = LONG[:4500] + "\n"
    assert tools("xdotool", "type", "--file", "-", stdin=long) == (0, "", "")
    assert tools("xdotool", "key", *["BackSpace"] * 1500) == (0, "", "")
    assert tools("xdotool", "key", *["Tab"] * 1200) == (0, "", "")
    assert served.text() == long[:-1500] + "\t" * 1200


def test_what_is_not_typed_is_told_in_the_tool_s_manner(
    tools: Tools, served: Served, caller: Caller, tmp_path: Path
) -> None:
    lenient = Tools(tmp_path / "lenient", served, lenient=True)
    caller.set("TypingEnabled", False)
    try:
        for words in (["xdotool", "type", "hunter"], ["wtype", "hunter"], ["ydotool", "key", "28:1", "28:0"]):
            status, out, errors = tools(*words)
            assert (status, out) == (1, "")
            assert errors.startswith(f"{words[0]}: not confirmed (code {DISABLED.code}): {DISABLED.sentence}; 0 of ")
            assert "hunter" not in errors
        assert lenient("wtype", "hunter")[0] == 0
    finally:
        caller.set("TypingEnabled", True)
    status, _, errors = tools("xdotool", "type", "a\x1bb", "key")
    assert status == 1
    assert errors.startswith("xdotool: Character 2 is a control character")
    assert lenient("xdotool", "key", "nosuchkey")[0] == 0
    assert served.lines() == []


def test_what_follows_a_failure_is_not_typed(tools: Tools, served: Served) -> None:
    assert tools("wtype", "-k", "nosuchkey", "-k", "Return", "rm")[0] == 1
    assert served.lines() == []


def test_without_a_service_or_a_bus(tools: Tools, tmp_path: Path) -> None:
    tools.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={tmp_path}/none"
    for lenient in (False, True):
        install(tools.directory, lenient=lenient)
        status, _, errors = tools("xdotool", "type", "hunter")
        assert status == 1
        assert errors.startswith("xdotool: The session bus cannot be reached")


def test_an_interrupt_ends_the_job_with_its_keys_up(tools: Tools, served: Served, caller: Caller) -> None:
    process = tools.start("xdotool", "type", LONG[:999])
    seen: list[str] = []
    until(lambda: bool(seen.extend(served.lines()) or seen))
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) in (0, 130)  # It may have been done by then.
    until(lambda: caller.get("Busy") is False)
    seen += served.lines()
    assert sum(line.startswith("press") for line in seen) == sum(line.startswith("release") for line in seen)


def test_what_is_not_typing_goes_on_to_the_tool_itself(tools: Tools, served: Served, tmp_path: Path) -> None:
    real = tmp_path / "real" / "xdotool"
    real.parent.mkdir()
    real.write_text('#!/bin/sh\necho "$@"\nexit 7\n')
    real.chmod(0o755)
    tools.environ["PATH"] = f"{tools.directory}:{tools.directory}/.:{real.parent}:/usr/bin:/bin"
    assert tools("xdotool", "getactivewindow") == (7, "getactivewindow\n", "")
    assert tools("xdotool", "type", "--window", "7", "a b") == (7, "type --window 7 a b\n", "")
    assert served.lines() == []
    assert tools("xdotool", "key", "Tab", "mousemove", "1", "2") == (7, "mousemove 1 2\n", "")
    assert served.text() == "\t"


def test_what_is_not_typing_is_refused_without_the_tool_itself(tools: Tools, tmp_path: Path) -> None:
    other = tmp_path / "other"
    install(other)
    tools.environ["PATH"] = os.pathsep.join([str(tools.directory), str(other)])
    status, out, errors = tools(str(tools.directory / "xdotool"), "getactivewindow")
    assert (status, out) == (1, "")
    assert "`getactivewindow` in this form is not typing, and there is no other xdotool" in errors
