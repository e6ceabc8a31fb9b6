# SPDX-License-Identifier: MIT
"""The service on GNOME's and KDE's compositors, through their real portals; see `room`."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktops.room import GNOME, KDE, TOKEN, Desk, Sink, desk
from tests.helpers.desktop import PATIENCE_S, Child, typewright

ASCII = "".join(map(chr, range(32, 127)))
LAYOUTS = {
    "us": f"{ASCII}\nThe quick brown fox jumps over the lazy dog.\n",
    "de": f"{ASCII}\nZwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich; 5 € für äöüÄÖÜß.\n",
    "fr": f"{ASCII}\nPortez ce vieux whisky au juge blond qui fume à Noël, çà et là. Où ?\n",
}
KINDS = pytest.mark.parametrize("kind", [GNOME, KDE])


class Service:
    """The service outside, and callers of it."""

    def __init__(self, on: Desk) -> None:
        self.on = on
        self.environ = {**on.environ, "PYTHONPATH": os.pathsep.join(filter(None, ["src", os.environ.get("PYTHONPATH")]))}
        self.log = on.shared / "service.log"
        with self.log.open("wb") as log:
            self.child = Child([*typewright(), "-v", "serve"], env=self.environ, stdout=subprocess.PIPE, stderr=log)
        self.child.line()

    @property
    def token(self) -> Path:
        return self.on.shared / "state" / "typewright" / "portal-token"

    def begin(self, *arguments: str) -> Child:
        """A command of the command line."""
        return Child([*typewright(), *arguments], env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def call(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; its exit status and what it said."""
        child = self.begin(*arguments)
        said, complained = child.process.communicate(timeout=PATIENCE_S * 3)
        return child.process.returncode, (said + complained).decode()

    def type(self, text: str) -> tuple[int, str]:
        return self.call("type", "--", text)

    def consent(self) -> str:
        _, said = self.call("status")
        return next(line.removeprefix("Consent: ") for line in said.splitlines() if line.startswith("Consent: "))


@contextlib.contextmanager
def service(on: Desk, *, consented: bool = True) -> Iterator[Service]:
    """The service on a desktop where the user has agreed before, or has not."""
    token = on.shared / "state" / "typewright" / "portal-token"
    if consented:
        on.consent()
        if on.kind == GNOME:
            token.parent.mkdir(parents=True)
            token.write_text(TOKEN)
    serving = Service(on)
    try:
        yield serving
    finally:
        if serving.child.process.poll() is None:
            serving.child.end()
        serving.child.process.stdout.close()


def arrived(on: Desk, sink: Sink, text: str) -> None:
    """Wait until the program has as much as `text`, and compare."""
    on.until(lambda: len(sink.text) >= len(text), f"the program has {len(sink.text)} of {len(text)} characters")
    assert sink.text == text


@KINDS
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_the_layout_has_is_typed_exactly_and_the_rest_refused_whole(kind: str, layout: str) -> None:
    with desk(kind, keyboard=layout if kind == KDE else "us") as on, service(on) as serving:
        sink, text = on.foot(), LAYOUTS[layout if kind == KDE else "us"]
        assert serving.type(text) == (0, "")
        arrived(on, sink, text)
        status, said = serving.type(f"{text}漢")
        assert status == 1
        assert f"(code untypeable): Character {len(text) + 1} is not on the keyboard layout" in said
        assert serving.type("x") == (0, "")
        arrived(on, sink, f"{text}x")


@KINDS
def test_a_slow_program_gets_all_of_it(kind: str) -> None:
    with desk(kind) as on, service(on) as serving:
        sink, text = on.gtk4(), LAYOUTS["us"] * 7
        assert serving.type(text) == (0, "")
        arrived(on, sink, text)


@KINDS
def test_nobody_is_asked_before_something_is_to_be_typed_and_a_token_is_used_once(kind: str) -> None:
    with desk(kind) as on, service(on) as serving:
        on.foot()
        assert serving.consent() == "unasked"
        assert serving.type("a") == (0, "")
        assert serving.consent() == "given"
        first = serving.token.read_text()
        assert serving.token.stat().st_mode & 0o777 == 0o600
        assert first
        serving.child.end()
        with service(on, consented=False) as again:
            assert again.call("allow") == (0, "")
            assert again.consent() == "given"
            assert again.token.read_text()


@KINDS
def test_a_compositor_that_is_killed_in_mid_text_is_an_error_at_once(kind: str) -> None:
    with desk(kind) as on, service(on) as serving:
        sink = on.foot()
        typing = serving.begin("type", "--", "x" * 19_000)
        on.until(lambda: len(sink.text) > 1000, "nothing is typed")
        began = time.monotonic()
        on.children["compositor"].kill()
        _, said = typing.process.communicate(timeout=PATIENCE_S)
        assert typing.process.returncode == 8, said
        assert time.monotonic() - began < 5
        assert serving.child.process.wait(PATIENCE_S) == 8


def test_a_session_that_the_desktop_ends_stops_the_typing_and_begins_anew_only_when_told() -> None:
    with desk(GNOME) as on, service(on) as serving:
        sink = on.foot()
        typing = serving.begin("type", "--", "x" * 19_000)
        on.until(lambda: len(sink.text) > 1000, "nothing is typed")
        # What GNOME does when the user stops the sharing: the portal's backend closes its session with mutter.
        on.children["portal-backend"].kill()
        _, said = typing.process.communicate(timeout=PATIENCE_S)
        assert typing.process.returncode == 1
        assert b"code ended" in said
        count = len(sink.text)
        status, again = serving.type("y")
        assert (status, "code ended" in again) == (1, True)
        assert serving.consent() == "ended"
        assert len(sink.text) == count


def test_a_refusal_is_a_false_with_its_code_and_is_not_asked_again() -> None:
    with desk(GNOME) as on, service(on, consented=False) as serving:
        on.foot()
        typing = serving.begin("type", "--", "secret")
        on.run("python3", "-c", _CANCEL)
        _, said = typing.process.communicate(timeout=PATIENCE_S * 2)
        assert typing.process.returncode == 1
        assert b"code notallowed" in said
        began = time.monotonic()
        status, again = serving.type("secret")
        assert (status, "code notallowed" in again) == (1, True)
        assert time.monotonic() - began < 5
        assert serving.consent() == "refused"


_CANCEL = """
import time, gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi
def walk(thing, depth=0):
    if thing is None or depth > 30:
        return
    yield thing
    for at in range(thing.get_child_count()):
        yield from walk(thing.get_child_at_index(at), depth + 1)
end = time.monotonic() + 18
while time.monotonic() < end:
    for thing in walk(Atspi.get_desktop(0)):
        try:
            if thing.get_name() in ("Cancel", "Deny") and thing.get_action_iface():
                thing.get_action_iface().do_action(0)
                raise SystemExit
        except gi.repository.GLib.Error:
            continue
    time.sleep(0.1)
raise SystemExit("no dialog")
"""
