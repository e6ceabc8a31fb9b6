# SPDX-License-Identifier: MIT
"""The main job: text over the bus becomes confirmed keys in a real xterm."""

from __future__ import annotations

import random
import re
import signal
import string
import subprocess
import unicodedata

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.helpers.outside import gdbus

from typewright import __version__

LAYOUTS = {
    "us": ["us"],
    "de": ["de"],
    "fr": ["fr"],
    "us, ru active": ["us,ru"],
    "dvorak": ["us", "-variant", "dvorak"],
}
PANGRAM = 'The quick brown fox (jumps) over "the" lazy dog: 0123456789 !#$%&*+,-./;<=>?@[]^_`{|} \\'


def test_the_line_of_the_readme(desk: Desk) -> None:
    assert desk.call("Insert", "s", "Grüße, world!") == "b true"
    assert desk.terminal.read(13) == "Grüße, world!"
    assert desk.call("Backspace", "u", "6") == "b true"
    assert desk.terminal.read(6) == "\x7f" * 6


@pytest.mark.promise("wrong-display")
def test_the_log_tells_which_display_is_typed_on(desk: Desk) -> None:
    number = desk.environ["DISPLAY"].lstrip(":")
    assert re.search(rf"the display is \S*:{number}$", desk.service.log.read_text(), re.MULTILINE)


@pytest.mark.promise("disabled")
def test_disabled_types_nothing_and_says_false(desk: Desk) -> None:
    assert desktop.cli(desk.environ, "disable").returncode == 0
    assert desk.call("Insert", "s", "nothing") == "b false"
    assert desk.call("Backspace", "u", "2") == "b false"
    assert desktop.cli(desk.environ, "enable").returncode == 0
    assert desk.call("Insert", "s", "something") == "b true"
    assert desk.fenced() == "something"


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_types_what_it_is_given(desk: Desk, name: str) -> None:
    desk.layout(*LAYOUTS[name])
    if name == "us, ru active":
        desktop.lock_group(desk.environ, 1)
        desktop.until(lambda: "Layout: ru" in desktop.cli(desk.environ, "status").stdout)
    text = PANGRAM + " äöüß éàç € «» привет, мир ~~"
    assert desk.call("Insert", "s", text) == "b true"
    assert desk.terminal.read(len(text)) == text


@pytest.mark.promise("random-text")
def test_ten_thousand_random_printable_characters(desk: Desk) -> None:
    dice = random.Random(20261122)
    text = "".join(dice.choices(string.printable[:95], k=10_000))
    assert desk.call("Insert", "s", text) == "b true"
    assert desk.terminal.read(10_000) == text


def test_event_by_event_with_time_between(environ: dict[str, str]) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", "de")
    text = "Grüße AN alle: @ € {[]} Łódź\t1"
    config = 'pacing = "event"\nhold_s = 0.001'
    with desktop.terminal(environ) as terminal, desktop.service(environ, config=config):
        assert desktop.busctl_call(environ, "Insert", "s", text) == "b true"
        assert terminal.read(len(text)) == text


@pytest.mark.promise("keycode-reused")
def test_more_characters_than_there_are_spare_keycodes(desk: Desk) -> None:
    text = "".join(chr(0x4E00 + number * 7) for number in range(60)) + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖàáâãäåæçèéêë"
    assert desk.call("Insert", "s", text) == "b true"
    assert desk.terminal.read(len(text)) == text


def test_line_ends_and_tabs(desk: Desk) -> None:
    assert desk.call("Insert", "s", "a\r\nb\rc\nd\te") == "b true"
    assert desk.terminal.read(9) == "a\rb\rc\rd\te"


@pytest.mark.promise("control-characters")
@pytest.mark.parametrize("number", [0x1B, 0x03, 0x7F, 0x85])
def test_control_characters_are_refused_before_the_first_key(desk: Desk, number: int) -> None:
    done = desktop.cli(desk.environ, "type", f"before{chr(number)}after")
    assert (done.returncode, "Character 7 is a control character" in done.stderr) == (2, True)
    with pytest.raises(desktop.Ended, match="control character"):
        desk.call("Insert", "s", f"before{chr(number)}after")
    assert desk.fenced() == ""


def test_chords(desk: Desk) -> None:
    assert desk.call("Press", "s", "ctrl+c Return F5 shift+a") == "b true"
    assert desk.terminal.read(8) == "\x03\r\x1b[15~A"
    with pytest.raises(desktop.Ended, match="Did you mean Return"):
        desk.call("Press", "s", "ctrl+Retrun")


@pytest.mark.parametrize("locked", ["Caps_Lock", "Num_Lock"])
def test_locks_do_not_change_the_text(desk: Desk, locked: str) -> None:
    desktop.run(desk.environ, "xdotool", "key", locked)
    text = "aB1é É!Zz"
    assert desk.call("Insert", "s", text) == "b true"
    assert desk.terminal.read(len(text)) == text
    desktop.run(desk.environ, "xdotool", "key", locked)


def test_a_layout_change_between_two_calls_is_followed(desk: Desk) -> None:
    assert desk.call("Insert", "s", "zy") == "b true"
    desk.layout("de")
    assert desk.call("Insert", "s", "zyß") == "b true"
    assert desk.terminal.read(5) == "zyzyß"


@pytest.mark.promise("layout-changes")
def test_a_layout_change_in_mid_text_stops_it(desk: Desk) -> None:
    text = "yz" * 6000
    with subprocess.Popen(
        [*desktop.typewright(), "type", text], env=desk.environ, stderr=subprocess.PIPE, text=True
    ) as typing:
        assert desk.terminal.read(200) == "yz" * 100
        desk.layout("de")
        _, complaint = typing.communicate(timeout=60)
    assert typing.returncode == 1
    assert "layout" in complaint
    got = desk.fenced()
    wrong = sum(a != b for a, b in zip(got, text[200:], strict=False))
    assert len(got) < len(text) - 200
    assert wrong == 0


def test_keycodes_that_can_not_be_lent_any_more_end_a_job(desk: Desk) -> None:
    """They are taken while the program holds typing up, ahead of the next loan."""
    with desk.typing("".join(chr(0x4E00 + number * 7) for number in range(2000))) as caller:
        desk.terminal.process.send_signal(signal.SIGSTOP)
        desk.layout("us")
        desktop.leave_nothing_to_lend(desk.environ)
        desk.terminal.process.send_signal(signal.SIGCONT)
        answer, complaint = caller.communicate(timeout=60)
    assert "'confirmed': <false>" in answer, complaint


def test_a_group_that_the_layout_did_not_have_stops_it(desk: Desk) -> None:
    """Chosen while the program holds typing up, so that the next key is pressed in it."""
    with desk.typing("yz" * 3000) as caller:
        desk.terminal.process.send_signal(signal.SIGSTOP)
        desk.layout("us,ru")
        desktop.lock_group(desk.environ, 1)
        desk.terminal.process.send_signal(signal.SIGCONT)
        answer, complaint = caller.communicate(timeout=60)
    desktop.lock_group(desk.environ, 0)
    assert "'confirmed': <false>" in answer, complaint


def test_gdbus_is_answered_as_well(desk: Desk) -> None:
    called = desktop.run(desk.environ, *gdbus("Type", "via gdbus", "{'timeout': <1.5>}"))
    for part in ("'confirmed': <true>", "'typed': <uint32 9>", "'total': <uint32 9>", "'level': <'application'>"):
        assert part in called
    assert desk.terminal.read(9) == "via gdbus"


@pytest.mark.promise("T19")
def test_two_callers_are_never_interleaved(desk: Desk) -> None:
    texts = ["a" * 700, "b" * 700, "c" * 700]
    callers = [subprocess.Popen([*desktop.typewright(), "type", text], env=desk.environ) for text in texts]
    assert [caller.wait(60) for caller in callers] == [0, 0, 0]
    got = desk.terminal.read(2100)
    assert sorted(got[at : at + 700] for at in range(0, 2100, 700)) == texts


def test_too_much_is_refused(desk: Desk) -> None:
    with pytest.raises(desktop.Ended, match="at most 20000 are allowed"):
        desk.call("Insert", "s", "x" * 20_001)
    with pytest.raises(desktop.Ended, match="at most 20000 are allowed"):
        desk.call("Backspace", "u", "4000000000")
    assert desk.fenced() == ""


@pytest.mark.promise("whole-or-refused")
def test_what_cannot_be_typed_is_found_before_the_first_key(desk: Desk) -> None:
    # A layout without one empty keycode, or multimedia key: nothing can be borrowed.
    _fill(desk, _empty(desk) | set(range(136, 256)))
    report = desktop.cli(desk.environ, "type", "abc漢")
    assert report.returncode == 1
    assert "Character 4 is not on the keyboard layout" in report.stderr
    assert desk.fenced() == ""


@pytest.mark.promise("keycodes-returned")
def test_multimedia_keys_stand_in_where_no_keycode_is_empty(desk: Desk) -> None:
    _fill(desk, _empty(desk))
    text = "".join(chr(0x4E00 + number * 7) for number in range(100)) + "éÉ"
    assert desk.call("Insert", "s", text) == "b true"
    assert desk.terminal.read(len(text)) == text


def _fill(desk: Desk, keycodes: set[int]) -> None:
    desktop.run(desk.environ, "xmodmap", "-", stdin="\n".join(f"keycode {code} = F1" for code in sorted(keycodes)))


def _empty(desk: Desk) -> set[int]:
    lines = desktop.run(desk.environ, "xmodmap", "-pke").splitlines()
    return {int(line.split()[1]) for line in lines if not line.partition("=")[2].strip()}


def test_the_plan_is_explained_without_a_key(desk: Desk) -> None:
    explained = desktop.cli(desk.environ, "explain", "aAä").stdout.splitlines()
    assert explained == [
        "layout us, 3 characters",
        "U+0061 a  a (38)",
        "U+0041 A  Shift_L (50) + a (38)",
        f"U+00E4 {unicodedata.normalize('NFC', 'ä')}  not on the layout: lent a slot",
    ]
    assert desk.fenced() == ""


def test_status_and_long_text_from_standard_input(desk: Desk) -> None:
    assert desktop.cli(desk.environ, "status").stdout.splitlines() == [
        f"Version: {__version__}",
        "Backend: x11",
        "Capabilities: any-text, observes, user-keys, focus, locks, application, shortcuts",
        "Layout: us",
        "Consent: not-needed",
        "TypingEnabled: true",
        "Busy: false",
    ]
    text = "Hello, world! " * 200
    assert desktop.cli(desk.environ, "type", "-", stdin=text).returncode == 0
    assert desk.terminal.read(len(text)) == text


def test_the_text_stands_in_no_log(desk: Desk) -> None:
    assert desk.call("Insert", "s", "hunter2 is secret") == "b true"
    assert desk.terminal.read(17) == "hunter2 is secret"
    log = desk.service.log.read_text()
    assert "17 of 17" in log
    assert "hunter2" not in log


def test_a_call_that_wants_no_reply_is_carried_out_though_its_caller_has_left(desk: Desk) -> None:
    text = "no reply is wanted; " * 100
    name = "org.typewright.Typist1"
    call = ["busctl", "--user", "--expect-reply=no", "call", name, "/org/typewright/Typist1", name, "Insert", "s", text]
    assert desktop.run(desk.environ, *call) == ""
    assert desk.terminal.read(len(text)) == text
