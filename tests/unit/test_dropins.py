# SPDX-License-Identifier: MIT
"""The command lines of other tools, as programs send them, and the steps that they come to."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from typewright.dropins import dotool, eitype, kwtype, steps, wtype, xdotool, ydotool
from typewright.dropins.arguments import BadOption, getopt
from typewright.dropins.evdev import key_of
from typewright.dropins.files import TOOLS, install, remove
from typewright.dropins.runner import is_ours
from typewright.errors import InvalidArgs
from typewright.keymap.notation import keysyms_of

Steps = list[tuple[str, Any]]


def typed(text: str) -> Steps:
    return [(steps.TYPE, text)]


def pressed(chords: str) -> Steps:
    return [(steps.PRESS, chords)]


def deleted(count: int) -> Steps:
    return [(steps.BACKSPACE, count)]


def slept(seconds: float) -> Steps:
    return [(steps.SLEEP, seconds)]


def passed_on(*words: str) -> Steps:
    return [(steps.PASS_ON, list(words))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # nerd-dictation, Handy, voxd, hyprwhspr
        (["type", "--clearmodifiers", "--", "-Grüße, world"], typed("-Grüße, world")),
        (["type", "--delay", "12", "two words"], typed("two words")),
        (["type", "--clearmodifiers", "--delay", "12", "--", "a"], typed("a")),
        (["type", "--clearmodifiers", "--delay=0", "a"], typed("a")),
        (["type", "a", "b"], typed("ab")),  # as the tool does
        (["type", "key", "Return"], typed("keyReturn")),
        (["type", "-delay", "5", "-clearmod", "a"], typed("a")),
        (["type", ""], typed("")),
        (["type", "--file", "-"], [(steps.FILE, "-")]),
        (["type", "--file", "/tmp/text"], [(steps.FILE, "/tmp/text")]),
        (["key", "--", "BackSpace", "BackSpace", "BackSpace"], deleted(3)),
        (["key", "--clearmodifiers", "ctrl+v"], pressed("ctrl+v")),
        (["key", "ctrl+shift+v"], pressed("ctrl+shift+v")),
        (["key", "shift+Insert"], pressed("shift+Insert")),
        (["key", "--clearmodifiers", "Return"], pressed("Return")),
        (["key", "Control_L+a", "BackSpace", "Tab", "Tab"], [*pressed("control_l+a"), *deleted(1), *pressed("Tab Tab")]),
        (["keyup", "Control_L", "Control_R", "Shift_L", "Super_R"], []),
        (["keyup", "ctrl", "alt", "shift", "super"], []),
        (["getactivewindow"], passed_on("getactivewindow")),
        # others
        (["key", "--repeat", "3", "Down"], pressed("Down Down Down")),
        (["key", "36"], pressed("Return")),  # X's keycode
        (["key", "1"], pressed("1")),
        (["key", "é"], typed("é")),
        (["key", "U20AC", "U00e9"], typed("€é")),
        (["type", "--args", "1", "a b", "key", "Return"], [*typed("a b"), *pressed("Return")]),
        (["type", "--terminator", "X", "a", "b", "X", "sleep", "0.5", "key", "Tab"],
         [*typed("ab"), *slept(0.5), *pressed("Tab")]),
        (["keydown", "ctrl", "key", "v", "keyup", "ctrl"], pressed("ctrl+v")),
        (["keydown", "shift", "type", "ab +"], None),
        (["keydown", "ctrl", "keydown", "shift", "key", "t", "keyup", "shift", "keyup", "ctrl"], pressed("ctrl+shift+t")),
        (["keydown", "super", "keyup", "super"], pressed("super")),
        (["keydown", "alt", "key", "Tab", "Tab", "keyup", "alt"], pressed("alt+Tab alt+Tab")),
        (["key", "Escape", "windowminimize", "7"], [*pressed("Escape"), *passed_on("windowminimize", "7")]),
        (["search", "--name", "x", "key", "Return"], passed_on("search", "--name", "x", "key", "Return")),
        (["key", "--window", "7", "a"], passed_on("key", "--window", "7", "a")),
        (["type", "--window=7", "a"], passed_on("type", "--window=7", "a")),
        (["version"], passed_on("version")),
        (["--version"], passed_on("--version")),
        ([], passed_on()),
    ],
)  # fmt: skip
def test_xdotool(words: list[str], expected: Steps | None) -> None:
    found = xdotool.translate(words)
    if expected is None:  # it ends with a key down
        assert found[:-1] == pressed("shift+a shift+b shift+space shift+plus")
        assert found[-1][0] == steps.WARN
    else:
        assert found == expected


@pytest.mark.parametrize(
    "words", [["type"], ["key"], ["key", "--"], ["type", "--nonsense", "hunter"], ["key", "ctrl+"], ["type", "-hunter"],
              ["sleep", "hunter"], ["key", "999"], ["type", "--delay"]],
)  # fmt: skip
def test_what_xdotool_refuses(words: list[str]) -> None:
    (kind, (sentence, status)), *others = xdotool.translate(words)
    assert (kind, status, others) == (steps.REFUSE, 1, [])
    assert "Usage: " in sentence
    assert words[0] == "sleep" or "hunter" not in sentence


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # nerd-dictation, Handy, voxtype, hyprwhspr, scripts
        (["Grüße, world"], typed("Grüße, world")),
        (["--", "-text"], typed("-text")),
        (["--", ""], typed("")),
        (["-"], [(steps.FILE, "-")]),
        (["-s", "200", "-d", "5", "-P", "Shift_L", "-p", "Shift_L", "--", "a"],
         [*slept(0.2), *pressed("Shift_L"), *typed("a")]),
        (["-s", "5", "-k", "backSpace", "-k", "backSpace"], [*slept(0.005), *deleted(2)]),
        (["-k", "BackSpace"], deleted(1)),
        (["-M", "ctrl", "-k", "v", "-m", "ctrl"], pressed("ctrl+v")),
        (["-M", "ctrl", "-M", "shift", "-k", "v", "-m", "shift", "-m", "ctrl"], pressed("ctrl+shift+v")),
        (["-M", "ctrl", "-P", "v", "-m", "ctrl"], pressed("ctrl+v")),
        (["-k", "Return"], pressed("Return")),
        (["-M", "shift", "-k", "Return", "-m", "shift"], pressed("shift+Return")),
        # others
        (["two", "words"], [*typed("two"), *typed(" words")]),
        (["a", "-k", "Tab", "b"], [*typed("a"), *pressed("Tab"), *typed("b")]),
        (["-M", "ctrl", "c", "-m", "ctrl"], pressed("ctrl+c")),
        (["-M", "logo", "-m", "logo"], pressed("super")),
        (["-M", "ALT", "-k", "F4"], pressed("alt+F4")),
        (["-M", "ctrl"], pressed("ctrl")),
        (["-k", "eacute"], pressed("eacute")),
        (["-k", "é"], typed("é")),
    ],
)  # fmt: skip
def test_wtype(words: list[str], expected: Steps) -> None:
    assert wtype.translate(words) == expected


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Usage: wtype <text-to-type>"),
        (["-hunter"], "Unknown parameter; put -- before a text that begins with a dash"),
        (["a", "-k"], "Missing argument to -k"),
        (["-M", "x"], "Invalid modifier name 'x'"),
        (["-s", "0", "a"], "Invalid sleep time"),
        (["-s", "soon", "a"], "Invalid sleep time"),
    ],
)
def test_what_wtype_refuses_before_the_first_key(words: list[str], sentence: str) -> None:
    assert wtype.translate(words) == [(steps.REFUSE, (sentence, 1))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # Handy, nerd-dictation, voxtype, hyprwhspr, voxd
        (["type", "--", "-Grüße"], typed("-Grüße")),
        (["type", "--next-delay", "5", "--", "a b"], typed("a b")),
        (["type", "--key-delay", "5", "--key-hold", "2", "--", "a"], typed("a")),
        (["type", "-d", "5", "a"], typed("a")),
        (["type", "-f", "-"], [(steps.FILE, "-")]),
        (["key", "--key-delay", "3", "--", *["14:1", "14:0"] * 3], deleted(3)),
        (["key", "28:1", "28:0"], pressed("Return")),
        (["key", "29:1", "47:1", "47:0", "29:0"], pressed("Control_L+v")),
        (["key", "29:1", "42:1", "47:1", "47:0", "42:0", "29:0"], pressed("Control_L+Shift_L+v")),
        (["key", "42:1", "110:1", "110:0", "42:0"], pressed("Shift_L+Insert")),
        (["key", "ctrl+v"], pressed("ctrl+v")),
        (["type", ""], typed("")),
        (["sleep", "0"], slept(0)),
        # others
        (["type", "a", "-d", "5", "b"], typed("ab")),
        (["type", r"a\n"], typed(r"a\n")),
        (["type", "-e", "1", r"a\n\\n\q" + "\\"], typed("a\n\\n\\q\\")),
        (["type", "-e", "0", r"a\n"], typed(r"a\n")),
        (["key", "0x1c:1", "0x1c:0"], pressed("Return")),
        (["key", "0", "28:1", "28:0", "00"], pressed("Return")),  # a pause
        (["key", "125:1", "125:0"], pressed("Super_L")),
        (["key", "--repeat", "2", "108:1", "108:0"], pressed("Down Down")),
        (["click", "0xC0"], passed_on("click", "0xC0")),
    ],
)  # fmt: skip
def test_ydotool(words: list[str], expected: Steps) -> None:
    assert ydotool.translate(words) == expected


@pytest.mark.parametrize("words", [["key", "--help"], ["type", "--help"], ["type"], ["key"], [], ["help"], ["sleep"]])
def test_the_help_of_ydotool_is_a_success(words: list[str]) -> None:
    ((kind, text),) = ydotool.translate(words)
    assert kind == steps.SAY
    assert words != ["type", "--help"] or "--key-hold" in text  # voxtype looks for it


def test_what_ydotool_refuses() -> None:
    assert ydotool.translate(["key", "999:1", "999:0"]) == [(steps.REFUSE, ("ydotool: key: the key 999 is unknown", 1))]
    assert ydotool.translate(["key", "29:1"])[-1][0] == steps.WARN
    ((kind, (sentence, _)),) = ydotool.translate(["type", "--hunter"])
    assert (kind, "hunter" in sentence) == (steps.REFUSE, False)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # nerd-dictation
        (["keydelay 4", "keyhold 0", "typedelay 12", "typehold 0"], []),
        (["key backspace backspace"], deleted(2)),
        (["type Grüße,  world "], typed("Grüße,  world ")),
        # Handy, voxtype
        (["key ctrl+v"], pressed("ctrl+v")),
        (["key shift+insert"], pressed("shift+insert")),
        (["key enter"], pressed("enter")),
        # others
        (["key leftctrl+c x:exclam k:28", "", "  key tab"], [*pressed("leftctrl+c exclam Return"), *pressed("tab")]),
        (["keydown shift", "key a", "type b", "keyup shift"], [*pressed("shift+a"), *pressed("shift+b")]),
        (["type"], typed("")),
    ],
)
def test_dotool(lines: list[str], expected: Steps) -> None:
    translator = dotool.Lines()
    assert [step for line in lines for step in translator.translate(f"{line}\n")] == expected


@pytest.mark.parametrize("line", ["mousemove 1 2", "hunter two", "key k:9999", "key ctrl+"])
def test_what_dotool_warns_of_and_goes_on(line: str) -> None:
    ((kind, sentence),) = dotool.Lines().translate(line)
    assert kind == steps.WARN
    assert "hunter" not in sentence


def test_the_arguments_of_dotool() -> None:
    assert dotool.translate([]) == []
    assert [dotool.translate([word])[0][0] for word in ("--help", "-h", "--version", "x")] == [
        steps.SAY, steps.SAY, steps.SAY, steps.REFUSE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-l", "de", "--variant", "neo", "-d", "5", "Grüße"], typed("Grüße")),
        (["-k", "return"], pressed("return")),
        (["a b"], typed("a b")),
        (["--", "-a"], typed("-a")),
        (["a", "-k", "return", "b"], [*typed("a"), *pressed("return"), *typed("b")]),
        (["-M", "ctrl", "c"], pressed("ctrl+c")),
        (["-P", "shift", "a"], [*pressed("shift"), *typed("a")]),
        (["-p", "-vv", "a"], typed("a")),
    ],
)
def test_eitype(words: list[str], expected: Steps) -> None:
    assert eitype.translate(words) == expected


def test_what_eitype_refuses() -> None:
    assert [eitype.translate(words)[0][1][1] for words in ([], ["--hunter"], ["-M", "x", "a"])] == [1, 2, 2]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--", "-a"], typed("-a")),
        (["a", "b"], typed("ab")),
        (["--key-delay", "5", "-H", "2", "--no-flush", "a"], typed("a")),
    ],
)
def test_kwtype(words: list[str], expected: Steps) -> None:
    assert kwtype.translate(words) == expected


def test_a_word_that_is_no_option_is_not_read_as_one() -> None:
    assert getopt(["-ab5", "--long", "x", "y", "-a"], "ab:l:", {"long": "l"}) == (
        [("a", ""), ("b", "5"), ("l", "x")], ["y", "-a"],
    )  # fmt: skip
    assert getopt(["y", "-a", "--", "-b"], "ab:", {}, permute=True) == ([("a", "")], ["y", "-b"])
    assert getopt(["-"], "a", {}) == ([], ["-"])
    for words in (["-b"], ["--lo"], ["--x"], ["-x"]):
        with pytest.raises(BadOption):
            getopt(words, "ab:l:m:", {"long": "l", "lower": "m"})


def test_every_key_of_linux_has_a_name_that_can_be_pressed() -> None:
    named = {code: name for code in range(256) if (name := key_of(code))}
    assert len(keysyms_of(" ".join(named.values()))) == len(named)
    assert [named[code] for code in (14, 28, 29, 42, 47, 57, 110, 111, 125)] == [
        "BackSpace", "Return", "Control_L", "Shift_L", "v", "space", "Insert", "Delete", "Super_L",
    ]  # fmt: skip
    assert [key_of(code) for code in (-8, 0, 85, 240, 1 << 40)] == [""] * 5


# --- The programs ----------------------------------------------------------------------------------------------------


def test_the_programs_are_installed_and_removed(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "drop-ins"
    assert [path.name for path in install(directory)] == list(TOOLS)
    assert all(os.access(path, os.X_OK) and is_ours(str(path)) for path in directory.iterdir())
    install(directory, lenient=True)
    (directory / "other").touch()
    assert sorted(path.name for path in remove(directory)) == sorted(TOOLS)
    assert [path.name for path in directory.iterdir()] == ["other"]
    assert remove(directory) == []


def test_no_other_program_is_replaced(tmp_path: Path) -> None:
    real = tmp_path / "wtype"
    real.write_text("#!/bin/sh\n")
    with pytest.raises(InvalidArgs, match="wtype"):
        install(tmp_path)
    assert list(tmp_path.iterdir()) == [real]
    assert remove(tmp_path) == []
    real.unlink()
    real.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidArgs, match="wtype"):
        install(tmp_path)


def test_a_directory_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidArgs, match="cannot be written"):
        install(tmp_path / "file" / "drop-ins")


def test_an_interpreter_with_a_space_in_its_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "with space" / "python"
    link.parent.mkdir()
    link.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    link.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(link))
    install(tmp_path / "drop-ins")
    ran = subprocess.run([tmp_path / "drop-ins" / "wtype"], capture_output=True, text=True, timeout=30)
    assert (ran.returncode, ran.stderr) == (1, "wtype: Usage: wtype <text-to-type>\n")


def test_a_typewright_that_is_gone_is_told(tmp_path: Path) -> None:
    (program, *_) = install(tmp_path)
    text = program.read_text()
    source = str(Path(importlib.import_module("typewright").__file__ or "").parents[1])
    program.write_text(text.replace(source, "/nowhere"))
    ran = subprocess.run([program, "key", "a"], capture_output=True, text=True, timeout=30)
    assert ran.returncode == 1
    assert "run `typewright drop-ins` again" in ran.stderr
