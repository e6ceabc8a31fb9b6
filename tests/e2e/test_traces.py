# SPDX-License-Identifier: MIT
"""The text leaves no trace: not in the log, an error, a signal, a core file, or another process (issue 4, point 12)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk
from tests.helpers import desktop
from tests.helpers.outside import NAME, gdbus
from Xlib import X
from Xlib.display import Display

MARKER = "xyzzyplugh"
# Root may do anything; without its capabilities it is a user like any other.
_AS_USER = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.getuid() == 0 else ()
_WITH_CORES = ("prlimit", "--core=unlimited:unlimited", "--", *_AS_USER)
_UNPROTECTED = (*_WITH_CORES, sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(1000)")


@pytest.fixture
def unprotected(tmp_path: Path) -> Iterator[desktop.Child]:
    """A process like the service in all but what this file is about."""
    child = desktop.Child(_UNPROTECTED, stdout=subprocess.PIPE, cwd=tmp_path)
    assert child.line() == "ready"
    yield child
    child.process.kill()
    child.process.wait()
    child.process.stdout.close()


@pytest.fixture
def protected(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[desktop.Service]:
    """A service that may leave core files, as far as others have a say in it, in the test's own directory."""
    monkeypatch.chdir(tmp_path)
    with desktop.service({**environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}, under=_WITH_CORES) as running:
        yield running


def dumped_core(child: desktop.Child, number: int) -> bool:
    """Kill it by a signal that leaves a core file, and see whether the kernel says that it did."""
    child.process.send_signal(number)
    _, status = os.waitpid(child.process.pid, 0)
    child.process.returncode = os.waitstatus_to_exitcode(status)
    assert child.process.returncode == -number
    return os.WCOREDUMP(status)


@pytest.mark.promise("no-core")
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_leaves_no_core(protected: desktop.Service, unprotected: desktop.Child, number: int, tmp_path: Path) -> None:
    assert dumped_core(unprotected, number), "the kernel leaves no core files at all here, and nothing is shown"
    left = set(tmp_path.iterdir())
    assert not dumped_core(protected, number)
    assert set(tmp_path.iterdir()) == left


@pytest.mark.promise("memory")
def test_no_other_process_of_the_user_reads_its_memory(
    protected: desktop.Service, unprotected: desktop.Child, tmp_path: Path
) -> None:
    desktop.needs("gcore", "setpriv", "prlimit")

    def tries(process: int) -> list[int]:
        commands = [["gcore", "-o", str(tmp_path / "dump"), str(process)], ["head", "--bytes=0", f"/proc/{process}/mem"]]
        return [subprocess.run([*_AS_USER, *command], capture_output=True, check=False).returncode for command in commands]

    assert tries(unprotected.process.pid) == [0, 0]
    assert 0 not in tries(protected.process.pid)


@pytest.mark.promise("no-trace")
def test_no_log_error_or_signal_holds_the_text(desk: Desk, tmp_path: Path) -> None:
    environ = desk.environ
    heard = tmp_path / "heard"
    # Not the calls themselves, which of course hold it.
    kinds = [f"type='{kind}'" for kind in ("signal", "error", "method_return")]
    with heard.open("w") as file:
        monitor = desktop.Child(["dbus-monitor", "--session", *kinds], env=environ, stdout=file)
    desktop.until(lambda: "NameAcquired" in heard.read_text())
    answers: list[str] = []

    def call(member: str, *arguments: str, to: str = NAME) -> str:
        command = gdbus(member, *arguments, interface=to)
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        answers.append(done.stdout + done.stderr)
        return answers[-1]

    def every(outcome: str) -> None:
        for member, arguments in (("Insert", (MARKER,)), ("Type", (MARKER, "{}"))):
            assert outcome in call(member, *arguments)
        assert outcome in call("Revise", MARKER, to="org.typewright.Dictation1")
        call("Commit", to="org.typewright.Dictation1")

    every("true")
    # What must not be called so.
    assert "control character" in call("Insert", MARKER + "\x1b")
    assert "option" in call("Type", MARKER, f"{{'{MARKER}': <true>}}")
    assert "option" in call("Type", MARKER, f"{{'newline': <'{MARKER}'>}}")
    assert "InvalidArgs" in call("Set", NAME, "TypingEnabled", f"<'{MARKER}'>", to="org.freedesktop.DBus.Properties")
    assert "is unknown" in call("Press", MARKER)
    assert "is unknown" in call("PressAndHold", f"ctrl+{MARKER}", "1.0")
    assert "LimitsExceeded" in call("Insert", MARKER * 3_000)
    assert "Unknown" in call(MARKER, MARKER)
    assert "Unknown" in call("Get", MARKER, MARKER, to="org.freedesktop.DBus.Properties")
    # What could not be typed.
    desktop.leave_nothing_to_lend(environ)
    assert "not on the keyboard layout" in call("Type", MARKER + "\N{SNOWMAN}", "{}")
    with desk.typing(MARKER * 400) as caller:
        caller.kill()
    desktop.until(lambda: "its caller left the bus" in desk.service.log.read_text())
    desk.fenced()
    with desk.typing(MARKER * 400):
        call("Set", NAME, "TypingEnabled", "<false>", to="org.freedesktop.DBus.Properties")
    desk.fenced()
    every("false")
    call("Set", NAME, "TypingEnabled", "<true>", to="org.freedesktop.DBus.Properties")
    display = Display(environ["DISPLAY"])
    display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
    display.sync()
    display.close()
    every("false")
    # And the end in the middle of it.
    desk.terminal.focus()
    with desk.typing(MARKER * 400):
        desk.service.end()
    monitor.end()
    everything = {"answers": "".join(answers), "signals": heard.read_text(), "log": desk.service.log.read_text()}
    assert [name for name, text in everything.items() if MARKER in text] == []
    assert "Finished" in everything["signals"], "nothing was heard"
    assert "insert for" in everything["log"]
