# SPDX-License-Identifier: MIT
"""Messages over the limit: they are refused, while other callers are served (T1, T2, T3)."""

from __future__ import annotations

import os

import pytest
from bus_bench import BusCase
from twisted.internet.defer import ensureDeferred

_LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"


class LimitsTest(BusCase):
    @pytest.mark.promise("T1")
    async def test_the_longest_string_is_turned_away_while_others_are_served(self) -> None:
        service, peer = await self.served(), await self.peer()
        giant = ensureDeferred(self.dbus_fast("giant"))
        served = 0
        while not giant.called:
            await peer.ping()
            served += 1
        self.assertEqual(await giant, _LIMITS)
        self.assertGreater(served, 1)
        self.assertEqual(service.log, [])

    @pytest.mark.promise("T2")
    async def test_a_long_byte_array_is_turned_away(self) -> None:
        service = await self.served()
        self.assertEqual(await self.dbus_fast("byte_array"), _LIMITS)
        self.assertEqual(service.log, [])

    @pytest.mark.promise("T3", "descriptors")
    async def test_file_descriptors_are_not_taken(self) -> None:
        await self.served()
        before = len(os.listdir("/proc/self/fd"))
        answers = await self.dbus_fast("descriptors")
        self.assertEqual(set(answers), {"org.freedesktop.DBus.Error.NotSupported"})
        self.assertLessEqual(len(os.listdir("/proc/self/fd")), before)

    async def test_a_text_up_to_the_limit_is_taken(self) -> None:
        service, peer = await self.served(), await self.peer()
        text = "x" * (255 * 1024)
        self.assertEqual(await peer.call("Insert", "s", text), [True])
        self.assertEqual(service.log, [("insert", peer.name, text)])
        error = await self.refused(peer.call("Insert", "s", text + text))
        self.assertEqual(error.name, _LIMITS)
