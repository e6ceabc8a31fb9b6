# SPDX-License-Identifier: MIT
"""RECORD that never begins is reported in time (X8); the key events in its stream."""

from __future__ import annotations

import struct
from unittest.mock import Mock

import pytest
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from typewright.backends.x11.record import Record
from typewright.backends.x11.requests import Extension
from typewright.errors import ExtensionMissing
from typewright.keymap.chords import State


@pytest.mark.promise("X8")
def test_a_record_that_says_nothing_is_given_up_after_two_seconds() -> None:
    clock, control, data, failures = Clock(), Mock(), Mock(), list[Failure]()
    control.new_id.return_value = 1
    control.ask = lambda request: succeed(b"")
    starting: Deferred[None] = Record(control, data, Extension(146, 0), clock).start()
    starting.addErrback(failures.append)
    data.stream.assert_called_once()
    clock.advance(1.9)
    assert failures == []
    clock.advance(0.2)
    assert failures[0].check(ExtensionMissing)
    assert "begin to record" in str(failures[0].value)


@pytest.mark.promise("X8")
def test_the_context_is_known_to_the_server_before_the_other_connection_names_it() -> None:
    control, data, created = Mock(), Mock(), Deferred[bytes]()
    control.new_id.return_value = 1
    control.ask = lambda request: created
    starting = Record(control, data, Extension(146, 0), Clock()).start()
    starting.addErrback(lambda failure: failure.trap(CancelledError))
    control.send.assert_called_once()
    data.stream.assert_not_called()
    created.callback(b"")
    data.stream.assert_called_once()
    starting.cancel()


def test_key_events_are_passed_on_with_their_state_in_xkb_terms() -> None:
    data, seen = Mock(), list[tuple[int, bool, int, State]]()
    recording = Record(Mock(), data, Extension(146, 0), Clock())
    recording.on_key = lambda *key: seen.append(key)
    button, modifiers = 1 << 8, 0x81
    events = ((2, 38, 10, 0), (3, 38, 11, modifiers | button), (0x80 | 2, 50, 12, 2 << 13 | modifiers))
    frames = b"".join(struct.pack("=BB2xI20xH2x", *event) for event in events)
    recording._on_data(struct.pack("=BB30x", 1, 0) + frames)
    assert seen == [
        (38, True, 10, State(0, 0)),
        (38, False, 11, State(0, modifiers)),
        (50, True, 12, State(2, modifiers)),
    ]
