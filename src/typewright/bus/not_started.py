# SPDX-License-Identifier: MIT
"""
Answers the callers that wait for a service which could not start.

The bus keeps the calls that start a service until it owns its name. A start that fails takes the name for one moment,
replies to all of them with its sentence, and gives the name back: the next call starts the service again.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from typewright.bus.connection import BusConnection, ErrorReply
from typewright.bus.contract import TYPIST
from typewright.bus.publication import DO_NOT_QUEUE, OWNED
from typewright.bus.values import clean
from typewright.errors import NotStarted, TypewrightError


@inlineCallbacks
def refuse_waiting(connection: BusConnection, problem: TypewrightError) -> Generator[Deferred[Any], Any, None]:
    """Refuse all calls that wait for the service, since it could not start for `problem`; fires when that is done."""
    sentence = f"Typewright could not start. {problem}"
    if not clean(sentence):
        sentence = NotStarted.sentence
    connection.answer_with(lambda call: connection.refuse(call, NotStarted.dbus_name, sentence))
    with suppress(ErrorReply, TypewrightError):
        answer = yield connection.call_daemon("RequestName", "su", TYPIST, DO_NOT_QUEUE)
        if answer[0] in OWNED:
            # The bus delivers what was sent to the name before this, so no call is left without a reply.
            yield connection.call_daemon("ReleaseName", "s", TYPIST)
