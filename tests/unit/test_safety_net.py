# SPDX-License-Identifier: MIT
"""The net under the tests holds: `tests/conftest.py`, tried on sessions of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

NET = Path(__file__).parent.parent / "conftest.py"

UNHANDLED = """
    from twisted.internet.defer import Deferred, fail
    from twisted.logger import Logger

    def test_innocent():
        assert True

    def test_drops_an_error():
        fail(ZeroDivisionError("dropped"))

    def test_drops_an_error_in_a_circle():
        deferred = Deferred()
        deferred.myself = deferred
        deferred.errback(ZeroDivisionError("in a circle"))

    def test_logs_a_failure():
        try:
            1 / 0
        except ZeroDivisionError:
            Logger().failure("logged")

    def test_handles_its_error():
        fail(ZeroDivisionError("handled")).addErrback(lambda failure: None)

    def test_logs_an_error_and_no_failure():
        Logger().error("not critical")

    def test_expects_its_failure(critical_events):
        Logger().critical("expected")
        assert [event["log_format"] for event in critical_events] == ["expected"]
        critical_events.clear()
"""

TRIAL = """
    from twisted.internet.defer import fail
    from twisted.logger import Logger
    from twisted.trial.unittest import SynchronousTestCase

    class Case(SynchronousTestCase):
        def test_flushes(self):
            try:
                1 / 0
            except ZeroDivisionError:
                Logger().failure("logged")
            self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

        def test_keeps_garbage(self):
            deferred = fail(ValueError("in a circle"))
            deferred.myself = deferred
"""

SKIPPING = """
    import pytest

    def test_runs():
        assert True

    @pytest.mark.skip(reason="no display")
    def test_is_skipped():
        assert False
"""

NOT_SKIPPING = """
    import pytest

    @pytest.mark.xfail(reason="known")
    def test_fails_as_expected():
        assert False
"""


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("CI", raising=False)
    pytester.makeconftest(NET.read_text())
    return pytester


def run(session: pytest.Pytester) -> pytest.RunResult:
    return session.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-rA")


def test_an_error_that_nobody_handles_fails_its_test(session: pytest.Pytester) -> None:
    session.makepyfile(UNHANDLED)
    result = run(session)
    result.assert_outcomes(passed=7, errors=3)
    failed = {line.split("::")[1].split()[0] for line in result.outlines if line.startswith("ERROR ")}
    assert failed == {"test_drops_an_error", "test_drops_an_error_in_a_circle", "test_logs_a_failure"}
    result.stdout.fnmatch_lines(["*Unhandled error in Deferred*", "*ZeroDivisionError: in a circle*"])


def test_cases_of_trial_flush_what_they_expect_and_no_more(session: pytest.Pytester) -> None:
    session.makepyfile(TRIAL)
    result = run(session)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["ERROR *test_keeps_garbage*"])


def test_a_skip_fails_the_session_in_ci(session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    session.makepyfile(SKIPPING)
    result = run(session)
    assert result.ret == 1
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*CI is set, and tests were skipped: *test_is_skipped*"])


def test_a_module_that_skips_itself_fails_the_session_in_ci(
    session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    session.makepyfile(test_one='import pytest\npytest.importorskip("no_such_module")')
    session.makepyfile(test_two="def test_runs():\n    assert True")
    result = run(session)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*CI is set, and tests were skipped: *test_one*"])


def test_a_skip_is_no_failure_elsewhere(session: pytest.Pytester) -> None:
    session.makepyfile(SKIPPING)
    result = run(session)
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*CI is set*")


def test_an_expected_failure_is_no_skip(session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    session.makepyfile(NOT_SKIPPING)
    assert run(session).ret == 0
