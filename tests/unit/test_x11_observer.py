# SPDX-License-Identifier: MIT
"""RECORD that never begins: said in time, and not waited for (X8)."""

from __future__ import annotations

from unittest.mock import Mock

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from typewright.backends.x11.observer import Observer
from typewright.backends.x11.requests import Extension
from typewright.errors import ExtensionMissing


def test_a_record_that_says_nothing_is_given_up_after_two_seconds() -> None:
    clock, control, data, failures = Clock(), Mock(), Mock(), list[Failure]()
    control.new_id.return_value = 1
    control.ask = lambda request: succeed(b"")
    starting: Deferred[None] = Observer(control, data, Extension(146, 0), Mock(), clock).start()
    starting.addErrback(failures.append)
    data.stream.assert_called_once()
    clock.advance(1.9)
    assert failures == []
    clock.advance(0.2)
    assert failures[0].check(ExtensionMissing)
    assert "begin to record" in str(failures[0].value)


def test_the_context_is_known_to_the_server_before_the_other_connection_names_it() -> None:
    control, data, created = Mock(), Mock(), Deferred[bytes]()
    control.new_id.return_value = 1
    control.ask = lambda request: created
    starting = Observer(control, data, Extension(146, 0), Mock(), Clock()).start()
    starting.addErrback(lambda failure: failure.trap(CancelledError))
    control.send.assert_called_once()
    data.stream.assert_not_called()
    created.callback(b"")
    data.stream.assert_called_once()
    starting.cancel()
