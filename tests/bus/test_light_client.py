# SPDX-License-Identifier: MIT
"""The light client on real buses, and against a peer that lies."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bus_bench import REPORT, BusCase
from jeepney import Parser, new_error, new_method_return
from tests.helpers.broker import broker
from tests.helpers.desktop import PATIENCE_S
from twisted.internet.defer import Deferred, succeed
from twisted.internet.threads import deferToThread

from typewright import errors
from typewright.client.typist import Typist


class LightClientTest(BusCase):
    def typist(self) -> Typist:
        typist = Typist({"DBUS_SESSION_BUS_ADDRESS": self.address})
        self.addCleanup(typist.close)
        return typist

    async def test_every_call(self) -> None:
        service, typist = await self.served(), self.typist()
        report = await deferToThread(typist.type, "däß 🎹", {"timeout": 1.5, "newline": "space", "window": 7})
        self.assertEqual((report["confirmed"], report["typed"], report["elapsed"], report["window"]), (True, 3, 0.25, 7))
        self.assertEqual((await deferToThread(typist.press, "ctrl+s", {}))["code"], "")
        self.assertEqual((await deferToThread(typist.backspace, 3, {"grabs": "type"}))["total"], 3)
        self.assertEqual(await deferToThread(typist.cancel_all), 3)
        self.assertIs(await deferToThread(lambda: typist.enabled), True)
        await deferToThread(setattr, typist, "enabled", False)
        self.assertIs(await deferToThread(lambda: typist.enabled), False)
        self.assertEqual(len({entry[1] for entry in service.log}), 1)  # one connection for all
        self.assertEqual(
            [(entry[0], *entry[2:]) for entry in service.log],
            [
                ("insert", "däß 🎹", {"timeout": 1.5, "newline": "space", "window": 7}), ("press", "ctrl+s", {}),
                ("backspace", 3, {"grabs": "type"}), ("cancel_all",), ("set_typing_enabled", False),
            ],
        )  # fmt: skip

    async def test_so_it_is_on_the_other_bus(self) -> None:
        with broker() as self.address:
            await self.test_every_call()

    async def test_an_error_of_the_service_is_raised_with_its_sentence(self) -> None:
        service = await self.served()

        def refuse(*call: object) -> Deferred[Any]:
            raise errors.LimitsExceeded("That is too much.")

        service.answers["insert"] = refuse
        with self.assertRaisesRegex(errors.LimitsExceeded, "That is too much."):
            await deferToThread(self.typist().type, "a", {})

    async def test_without_a_service(self) -> None:
        with self.assertRaises(errors.ServiceAbsent):
            await deferToThread(self.typist().type, "a", {})

    async def test_what_is_no_text_is_refused_and_not_repeated(self) -> None:
        await self.served()
        for text in ("hunter\0", "hunter\udc80"):
            with self.assertRaises(errors.InvalidArgs) as refused:
                await deferToThread(self.typist().type, text, {})
            self.assertNotIn("hunter", repr(refused.exception))

    async def test_a_long_job_is_waited_for_and_ends_with_the_connection(self) -> None:
        service, typist = await self.served(), self.typist()
        job: Deferred[Any] = Deferred()
        service.answers["insert"] = lambda *call: job
        running = deferToThread(typist.type, "a", {})
        await service.noted(1)
        job.callback(REPORT)
        self.assertIs((await running)["confirmed"], True)
        service.answers["insert"] = lambda *call: succeed(REPORT)
        await deferToThread(typist.type, "b", {})

    async def test_the_first_socket_that_works_is_used(self) -> None:
        await self.served()
        self.address = f"tcp:host=localhost;unix:path={self.directory}/none;{self.address}"
        await deferToThread(self.typist().press, "Tab", {})


HELLO = b"DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n"


class Liar:
    """A bus that greets, and answers each call with the bytes that `answer` makes of it; if there are none, it hangs up."""

    def __init__(self, directory: Path, answer: Callable[[Any], bytes], greeting: bytes = HELLO) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(directory / "liar"))
        self._listening.listen()
        self.environ = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={directory}/liar"}
        self._answer, self._greeting = answer, greeting
        self._thread = threading.Thread(target=self._lie)
        self._thread.start()

    def _lie(self) -> None:
        peer, _ = self._listening.accept()
        peer.settimeout(PATIENCE_S)
        with peer:
            received = b""
            while not received.endswith(b"BEGIN\r\n"):
                received += peer.recv(1)
            peer.sendall(self._greeting)
            parser = Parser()
            while data := peer.recv(65536):
                parser.add_data(data)
                while (message := parser.get_next_message()) is not None:
                    if not (lie := self._answer(message)):
                        return
                    peer.sendall(lie)

    def end(self) -> None:
        self._thread.join()
        self._listening.close()


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Callable[..., Typist]]:
    """Makes a liar, and a typist that calls it."""
    made: list[tuple[Liar, Typist]] = []

    def make(answer: Callable[[Any], bytes], greeting: bytes = HELLO) -> Typist:
        liar = Liar(tmp_path, answer, greeting)
        made.append((liar, Typist(liar.environ)))
        return made[-1][1]

    yield make
    for liar, typist in made:
        typist.close()
        liar.end()


def honest(call: Any) -> bytes:
    """The answer to Hello."""
    return new_method_return(call, "s", (":1.7",)).serialise(1)


def after_hello(lie: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    return lambda call: honest(call) if call.header.fields[3] == "Hello" else lie(call)


REPLY = {
    "confirmed": ("b", True), "typed": ("u", 1), "total": ("u", 1), "window": ("u", 0), "code": ("s", ""),
    "reason": ("s", ""),
}  # fmt: skip


def report(call: Any) -> bytes:
    return new_method_return(call, "a{sv}", (REPLY,)).serialise(1)


def stray(call: Any) -> bytes:
    """An answer to another call, and a signal that names no call."""
    other = bytearray(report(call))
    place = other.index(b"\5\1u\0") + 4
    other[place : place + 4] = b"\xff\0\0\0"
    return bytes(other) + b"l\4\0\1\0\0\0\0\1\0\0\0\0\0\0\0"


@pytest.mark.parametrize(
    "greeting",
    [b"REJECTED EXTERNAL\r\n", b"DATA\r\nREJECTED\r\n", b"OK 0123\r\n", b"x" * 5000, b"\r\n" * 9, b"DATA\r\nERROR\r\n"],
)
def test_a_greeting_that_is_none_is_no_bus(lying: Callable[..., Typist], greeting: bytes) -> None:
    with pytest.raises(errors.NoBus):
        lying(lambda call: b"", greeting).press("a", {})


@pytest.mark.parametrize(
    "lie",
    [
        lambda call: b"",
        lambda call: new_error(call, "org.freedesktop.DBus.Error.LimitsExceeded", "s", ("full",)).serialise(1),
        lambda call: honest(call)[:20] + b"\xff" * 400,
    ],
    ids=["silence", "a full bus", "noise"],
)
def test_a_hello_that_fails_is_no_bus(lying: Callable[..., Typist], lie: Callable[[Any], bytes]) -> None:
    with pytest.raises(errors.NoBus):
        lying(lie).press("a", {})


@pytest.mark.parametrize(
    "lie",
    [
        lambda call: b"",
        lambda call: b"\0" * 64,
        lambda call: report(call)[:4] + b"\xff\xff\xff\x7f" + report(call)[8:],
        lambda call: report(call).replace(b"a{sv}", b"a{sb}"),
        lambda call: report(call).replace(b"a{sv}", b"(sss)"),
        lambda call: new_method_return(call, "s", ("yes",)).serialise(1),
        lambda call: new_method_return(call).serialise(1),
        lambda call: new_method_return(call, "a{sv}", ({"confirmed": ("s", "true")},)).serialise(1),
        lambda call: new_method_return(call, "a{sv}", ({},)).serialise(1),
    ],
    ids=["hung up", "noise", "huge", "other types", "a struct", "a string", "nothing", "no boolean", "an empty report"],
)
def test_an_answer_that_is_none_is_an_error_and_never_a_report(
    lying: Callable[..., Typist], lie: Callable[[Any], bytes]
) -> None:
    with pytest.raises(errors.BusLost):
        lying(after_hello(lie)).press("a", {})


def test_an_answer_in_single_bytes_and_among_others_is_read(lying: Callable[..., Typist]) -> None:
    assert lying(after_hello(lambda call: stray(call) + report(call))).press("a", {})["confirmed"] is True


def test_no_socket_and_no_address(tmp_path: Path) -> None:
    for address in (f"unix:path={tmp_path}/none", "tcp:host=localhost,port=1", "nonsense"):
        with pytest.raises(errors.NoBus):
            Typist({"DBUS_SESSION_BUS_ADDRESS": address}).press("a", {})
