# SPDX-License-Identifier: MIT
"""A service on a bus among hostile callers, and what it and an honest caller make of it."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.helpers import desktop
from tests.helpers.held import UNDER, Held, held
from tests.helpers.hostile import SECRET, Hostile, Shot
from tests.helpers.pinger import Ping, pinging
from tests.helpers.raw_bus import PEER, Gone, RawPeer, message

PEERS = 16
_AT_ONCE = 40
_LEAVING = 0.02
_FLOOD = 500
_FD_CALLS, _FDS = 80, 16
_GIANT = 127 << 20
_PATIENCE_S = 90.0
_STANDARD = (
    "org.freedesktop.DBus.Error.",
    "org.typewright.Error.",
)
_TRACES = ("Traceback", 'File "', ".py", "Error(", "Exception", "object at 0x")


@dataclass
class Outcome:
    """
    What came of it. `shots` and `errors` count by kind and by name; `wrong` is what broke a promise. `pings` are those of
    the honest caller, `giant_s` the times between which the longest possible string was on its way. So many
    `characters` were typed. What the service held when `warm`, and in the `end`, is written in before anybody is told.
    """

    shots: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    pings: list[Ping] = field(default_factory=list)
    giant_s: tuple[float, float] = (0.0, 0.0)
    characters: int = 0
    warm: Held = field(init=False)
    end: Held = field(init=False)


@dataclass
class _Attacker:
    """A hostile peer: what it is owed an answer for, and what it is not."""

    peer: RawPeer
    owed: dict[int, Shot] = field(default_factory=dict)
    unowed: dict[int, Shot] = field(default_factory=dict)


class Siege:
    """I send hostile messages from some peers, and keep account of the answers."""

    def __init__(self, address: str, terminal: desktop.Terminal, seed: int) -> None:
        self._address = address
        self._terminal = terminal
        self._hostile = Hostile(seed)
        self._chance = self._hostile.chance
        self._attackers = [_Attacker(RawPeer(address)) for _ in range(PEERS)]
        self.outcome = Outcome()

    def shoot(self, count: int) -> None:
        """Send so many messages, from peers that now and then leave."""
        for _ in range(count):
            place = self._chance.randrange(PEERS)
            attacker = self._attackers[place]
            shot = self._hostile.shot()
            self.outcome.shots[shot.kind] += 1
            serial = attacker.peer.send(shot.message)
            (attacker.owed if shot.answered else attacker.unowed)[serial] = shot
            if self._chance.random() < _LEAVING:
                self._leave(attacker)
                self._attackers[place] = _Attacker(RawPeer(self._address))
            elif len(attacker.owed) >= _AT_ONCE:
                self._settle(attacker)
                attacker.owed.clear()
                attacker.unowed.clear()
            self._drain()

    def spoil(self, count: int) -> None:
        """Send so many messages that are none, each from a peer of its own, since the bus throws that out."""
        for _ in range(count):
            self.outcome.shots["spoilt"] += 1
            peer = RawPeer(self._address)
            with contextlib.suppress(Gone):
                peer.send_bytes(self._hostile.spoilt())
                if self._chance.random() < 0.3:
                    peer.half_close()
                peer.wait(0.001)
            peer.close()
            self._drain()

    def flood(self, peers: int) -> None:
        """From so many peers, send many calls and read no answer."""
        flooding = []
        for _ in range(peers):
            peer = RawPeer(self._address)
            flooding.append(peer)
            with contextlib.suppress(Gone):
                for _ in range(_FLOOD):
                    self.outcome.shots["flood"] += 1
                    peer.send(message("Introspect", interface="org.freedesktop.DBus.Introspectable"))
        self._ping()
        for peer in flooding:
            peer.close()

    def pass_descriptors(self) -> None:
        """Many calls with file descriptors in them."""
        null = os.open("/dev/null", os.O_RDONLY)
        attacker = _Attacker(RawPeer(self._address))
        for _ in range(_FD_CALLS):
            sent = message("Insert", "h" * _FDS, [null] * _FDS, unix_fds=_FDS)
            shot = Shot("descriptors", sent, True)
            self.outcome.shots[shot.kind] += 1
            attacker.owed[attacker.peer.send(sent, [null] * _FDS)] = shot
        os.close(null)
        self._settle(attacker)
        attacker.peer.close()

    def linger(self) -> list[socket.socket]:
        """Connections that never say who they are."""
        lingering = []
        for said in (b"", b"\0", b"\0AUTH EXTERNAL\r\n", b"\0AUTH ANONYMOUS\r\n", b"GET / HTTP/1.1\r\n\r\n"):
            connected = socket.socket(socket.AF_UNIX)
            connected.connect(self._address.removeprefix("unix:path=").partition(",")[0])
            connected.sendall(said)
            lingering.append(connected)
        return lingering

    def giant(self) -> None:
        """The longest string that a message can hold."""
        attacker = _Attacker(RawPeer(self._address))
        shot = Shot("giant", message("Insert", "s", ["x" * _GIANT]), True)
        began = time.monotonic()
        self.outcome.shots[shot.kind] += 1
        with contextlib.suppress(Gone):  # a bus may have less room
            attacker.owed[attacker.peer.send(shot.message)] = shot
            attacker.peer.flush()
            self._settle(attacker)
        attacker.peer.close()
        self.outcome.giant_s = began, time.monotonic()

    def settle(self) -> None:
        """Wait for all answers that are owed, and look whether there are others."""
        for attacker in self._attackers:
            self._settle(attacker)
            attacker.peer.close()
        self._attackers.clear()

    def _leave(self, attacker: _Attacker) -> None:
        if self._chance.random() < 0.5:
            attacker.peer.half_close()
        attacker.peer.close()

    def _settle(self, attacker: _Attacker) -> None:
        """All answers but those of jobs, which come in their turn, are there when a Ping is answered."""
        peer = attacker.peer
        try:
            # Jobs of thousands of characters stand before one another here, and the machine may be busy.
            peer.until_answered([*attacker.owed, peer.send(message("Ping", interface=PEER))], _PATIENCE_S)
        except AssertionError:
            unanswered = Counter(shot.kind for serial, shot in attacker.owed.items() if not peer.replies[serial])
            self.outcome.wrong.append(f"not answered: {dict(unanswered)}")
        except Gone:
            self.outcome.wrong.append("the bus threw out a peer")
        for serial, shot in attacker.owed.items():
            if peer.replies[serial] > 1:
                self.outcome.wrong.append(f"answered {peer.replies[serial]} times: {shot.kind}")
        for serial, shot in attacker.unowed.items():
            if peer.replies[serial]:
                self.outcome.wrong.append(f"answered, though it wanted no answer: {shot.kind}")
        for name, sentence in peer.errors:
            self.outcome.errors[name] += 1
            if not name.startswith(_STANDARD) or name.endswith(".Internal"):
                self.outcome.wrong.append(f"an error named {name}")
            if SECRET in sentence or any(trace in sentence for trace in _TRACES):
                self.outcome.wrong.append(f"a sentence of {name} tells too much: {sentence}")
        peer.errors.clear()

    def _ping(self) -> None:
        peer = RawPeer(self._address)
        peer.ask(message("Ping", interface=PEER))
        peer.close()

    def _drain(self) -> None:
        self._terminal.drain()


def besiege(address: str, messages: int, seed: int) -> Outcome:
    """A service on the bus at `address`, that many messages, and what came of it."""
    with _besieged(address, seed) as (siege, service, terminal, environ):
        siege.shoot(200)  # to warm it up
        siege.outcome.warm = held(service)
        with pinging(address) as pinger:
            lingering = siege.linger()
            siege.shoot(messages * 4 // 5)
            siege.spoil(messages // 10)
            siege.flood(max(1, messages // 10 // _FLOOD))
            siege.pass_descriptors()
            siege.giant()
            siege.settle()
            for connected in lingering:
                connected.close()
            siege.outcome.pings = pinger.stop()
        _honest(address, environ, terminal, siege.outcome)
        siege.outcome.end = held(service)
        log = service.log.read_text()
    siege.outcome.wrong.extend(f"in the log: {trace}" for trace in ("Traceback", SECRET) if trace in log)
    if siege.outcome.wrong:
        siege.outcome.wrong.extend(line for line in log.splitlines() if not line.startswith("info: "))
    return siege.outcome


def _honest(address: str, environ: dict[str, str], terminal: desktop.Terminal, outcome: Outcome) -> None:
    """Whether an honest caller is served afterwards: not locked out, nothing held down, its text exact."""
    peer = RawPeer(address)
    peer.ask(message("Set", "ssv", ["org.typewright.Typist1", "TypingEnabled", ("b", True)],
                     interface="org.freedesktop.DBus.Properties"))  # fmt: skip
    peer.ask(message("Set", "ssv", ["org.typewright.Dictation1", "ContextAdjust", ("b", False)],
                     interface="org.freedesktop.DBus.Properties"))  # fmt: skip
    if peer.ask(message("Insert", "s", ["|It Stands."])) != (True,):
        outcome.wrong.append("an honest caller is not served")
    peer.close()
    desktop.run(environ, "xdotool", "key", "asciitilde")
    got = terminal.rest()
    outcome.characters = len(got)
    if not got.endswith("|It Stands."):
        outcome.wrong.append("an honest caller's text is not what it sent")
    if keys := desktop.keys_down(environ):
        outcome.wrong.append(f"keys are down: {keys}")


@contextlib.contextmanager
def _besieged(address: str, seed: int) -> Iterator[tuple[Siege, desktop.Service, desktop.Terminal, dict[str, str]]]:
    with desktop.xvfb() as display:
        environ = desktop.environment(display, address)
        with desktop.terminal(environ) as terminal, desktop.service(environ, under=UNDER) as service:
            yield Siege(address, terminal, seed), service, terminal, environ
