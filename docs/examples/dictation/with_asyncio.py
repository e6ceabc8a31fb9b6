# SPDX-License-Identifier: MIT
"""Dictation with asyncio and dbus-fast: partial hypotheses are not waited for, final ones are, and refusals explained."""

import asyncio

from dbus_fast.aio import MessageBus

NAME, OBJECT = "org.typewright.Typist1", "/org/typewright/Typist1"


class Dictation:
    """I type what a recognizer hears."""

    def __init__(self, bus, node):
        proxy = bus.get_proxy_object(NAME, OBJECT, node)
        self._dictation = proxy.get_interface("org.typewright.Dictation1")
        self._me = bus.unique_name
        self._under_way = set()  # asyncio itself does not hold on to its tasks
        self._reason = ""
        proxy.get_interface(NAME).on_finished(self._finished)

    def partial(self, text):
        """Show a guess. The next one may come at any time; the service goes straight for the newest."""
        self._revise(text)

    async def final(self, text):
        """Make it stand; returns an empty string, or why it is not confirmed."""
        confirmed = await self._revise(text)
        await self._dictation.call_commit()
        return "" if confirmed else self._reason

    async def scratch_that(self):
        """Take back the last utterance, and with the next call the one before; returns as `final` does."""
        return "" if await self._dictation.call_undo() else self._reason

    def _revise(self, text):
        # Always a task, also where it is awaited: tasks begin in the order in which they were made, and so the calls go out.
        revision = asyncio.ensure_future(self._dictation.call_revise(text))
        self._under_way.add(revision)
        revision.add_done_callback(self._under_way.discard)
        return revision

    def _finished(self, caller, kind, confirmed, typed, total, level, reason, elapsed):
        # Told to all, and before the answer of the call.
        if caller == self._me and kind in ("revise", "undo"):
            self._reason = reason


async def main():
    """Two utterances, the second taken back and said again; then more taken back than there is."""
    bus = await MessageBus().connect()
    dictation = Dictation(bus, await bus.introspect(NAME, OBJECT))
    for guess in ("grey tapes", "great ape", "grey day"):
        dictation.partial(guess)
    print("final:", await dictation.final("great apes") or "confirmed")
    print("final:", await dictation.final(" an grapes") or "confirmed")
    print("undo:", await dictation.scratch_that() or "confirmed")
    print("final:", await dictation.final(" and grapes") or "confirmed")
    for _ in range(3):
        print("undo:", await dictation.scratch_that() or "confirmed")
    print("final:", await dictation.final("bananas") or "confirmed")


asyncio.run(main())
