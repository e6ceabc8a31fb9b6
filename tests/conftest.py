# SPDX-License-Identifier: MIT
"""
The net under all tests.

A test fails when it leaves an error behind that nobody handled: such errors show only when the garbage collector comes to
the Deferred, in the log, and some other time. And where `CI` is set, a skipped test fails the session: there everything
that the tests need is installed, so that a skip means a hole.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings
from twisted.logger import LogEvent, LogLevel, eventAsText, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

pytest_plugins = ["pytester"]

# Whoever runs the tests in the background, or under nohup, has them ignore these, and all their children with them.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A busy machine is no error, and CI tries the same examples every time.
settings.register_profile("typewright", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("typewright")


@pytest.fixture(autouse=True)
def critical_events(request: pytest.FixtureRequest) -> Iterator[list[LogEvent]]:
    """
    What was logged as critical while the test ran, unhandled errors in Deferreds included; it must be empty in the end.

    A test that expects such an event asserts it, and clears the list.
    """
    events: list[LogEvent] = []

    def collect(event: LogEvent) -> None:
        if event.get("log_level") is LogLevel.critical:
            events.append(event)

    # Trial's own cases look after what is logged while they run (flushLoggedErrors); garbage they leave to others.
    trial = isinstance(request.instance, SynchronousTestCase)
    if not trial:
        globalLogPublisher.addObserver(collect)
    yield events
    if trial:
        globalLogPublisher.addObserver(collect)
    gc.collect()
    globalLogPublisher.removeObserver(collect)
    if events:
        told = "\n".join(eventAsText(event) for event in events)
        pytest.fail(f"The test left behind what nobody handled:\n{told}", pytrace=False)


def pytest_collection_finish() -> None:
    """Keep what all tests share out of the garbage collector's rounds, which come after every test."""
    gc.collect()
    gc.freeze()


class NoSkips:
    """I make the session fail when a test was skipped."""

    def __init__(self) -> None:
        self._skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # An expected failure is reported as skipped, and is none.
        if report.skipped and not hasattr(report, "wasxfail"):
            self._skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._skipped:
            terminalreporter.section("skipped in CI", red=True)
            terminalreporter.line(f"The session fails: CI is set, and tests were skipped: {', '.join(self._skipped)}")


def pytest_configure(config: pytest.Config) -> None:
    """In CI, nothing may be skipped."""
    if os.environ.get("CI"):
        config.pluginmanager.register(NoSkips())
