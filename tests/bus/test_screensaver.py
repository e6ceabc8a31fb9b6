# SPDX-License-Identifier: MIT
"""Screen savers are heard, and forged signals are not (T9)."""

from __future__ import annotations

import pytest
from bus_bench import BusCase, Peer
from twisted.internet import reactor
from txdbus import message

from typewright.screenlock.screensaver import SCREEN_SAVERS, ScreenSavers

SAVER = "org.gnome.ScreenSaver"
_DO_NOT_QUEUE = 4


class ScreenLockTest(BusCase):
    async def followed(self) -> None:
        """Start to listen; the changes are in `heard`."""
        self.heard: list[tuple[str, bool]] = []
        await self.served()
        await ScreenSavers(reactor, self.served_on, lambda name, locked: self.heard.append((name, locked))).start()

    async def say(self, peer: Peer, signature: str = "b", state: object = True) -> None:
        """Have `peer` send a signal to this connection only, and wait until it has arrived."""
        signal = message.SignalMessage(
            "/org/gnome/ScreenSaver",
            "ActiveChanged",
            SAVER,
            destination=self.served_on.unique_name,
            signature=signature,
            body=[state],
        )
        peer.connection.sendMessage(signal)
        await peer.ping()

    async def own(self, peer: Peer) -> None:
        answer = await peer.connection.call_daemon("RequestName", "su", SAVER, _DO_NOT_QUEUE)
        self.assertEqual(answer, [1])

    async def saver(self, active: bool) -> Peer:
        """Start a screen saver that answers whether it covers the screen."""
        saver = await self.peer()
        saver.connection.answer_with(lambda call: saver.connection.reply(call, "b", [active]))
        await self.own(saver)
        return saver

    async def test_each_screen_saver_is_heard(self) -> None:
        await self.followed()
        for name in SCREEN_SAVERS:
            self.heard.clear()
            self.assertIsNone(await self.dbus_fast("screen_saver", name, "locked", "unlocked"))
            self.assertEqual(self.heard[:2], [(name, True), (name, False)], name)

    async def test_one_that_was_there_before_is_heard(self) -> None:
        saver = await self.saver(active=False)
        await self.followed()
        await self.say(saver)
        self.assertEqual(self.heard, [(SAVER, True)])

    async def test_one_that_has_covered_the_screen_before_is_known(self) -> None:
        await self.saver(active=True)
        await self.followed()
        self.assertEqual(self.heard, [(SAVER, True)])

    async def test_one_that_leaves_has_uncovered_the_screen(self) -> None:
        saver, witness = await self.saver(active=True), await self.peer()
        await self.followed()
        await self.seen_leaving(witness, saver)
        await witness.ping()
        self.assertEqual(self.heard, [(SAVER, True), (SAVER, False)])

    @pytest.mark.promise("T9")
    async def test_a_forged_lock_is_not(self) -> None:
        await self.followed()
        forger, saver = await self.peer(), await self.peer()
        await self.say(forger)
        await self.own(saver)
        await self.say(forger)
        self.assertEqual(self.heard, [])
        await self.say(saver)
        self.assertEqual(self.heard, [(SAVER, True)])

    async def test_one_that_has_given_the_name_back_is_not(self) -> None:
        await self.followed()
        former = await self.peer()
        await self.own(former)
        await former.connection.call_daemon("ReleaseName", "s", SAVER)
        await self.say(former)
        self.assertEqual(self.heard, [(SAVER, False)])

    async def test_nonsense_is_not(self) -> None:
        await self.followed()
        saver = await self.peer()
        await self.own(saver)
        await self.say(saver, "s", "true")
        self.assertEqual(self.heard, [])
