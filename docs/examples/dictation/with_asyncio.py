# SPDX-License-Identifier: MIT
"""Dictation with asyncio and dbus-fast: waits for final hypotheses only, and explains refusals."""

import asyncio

from dbus_fast.aio import MessageBus

NAME, OBJECT = "org.typewright.Typist1", "/org/typewright/Typist1"


class Dictation:
    """Types what a recognizer hears."""

    def __init__(self, bus, node):
        proxy = bus.get_proxy_object(NAME, OBJECT, node)
        self._dictation = proxy.get_interface("org.typewright.Dictation1")
        self._under_way = set()  # asyncio itself keeps no reference to its tasks

    def partial(self, text):
        """Show a guess. The next one may come at any time; the service types the newest."""
        self._revise(text)

    async def final(self, text):
        """Make it stay; return an empty string, or why it was not confirmed."""
        report = await self._revise(text)
        await self._dictation.call_commit()
        return reason_of(report)

    async def scratch_that(self):
        """Take back the last utterance, and with the next call the one before; return as `final` does."""
        return reason_of(await self._dictation.call_undo_with_options({}))

    def _revise(self, text):
        # Always a task, also where it is awaited: tasks start in the order in which they were made, and so do the calls.
        revision = asyncio.ensure_future(self._dictation.call_revise_with_options(text, {}))
        self._under_way.add(revision)
        revision.add_done_callback(self._under_way.discard)
        return revision


def reason_of(report):
    """Return why a job was not confirmed; empty if it was."""
    return "" if report["confirmed"].value else report["reason"].value


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
