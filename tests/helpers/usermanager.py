# SPDX-License-Identifier: MIT
"""
A real `systemd --user` for tests, of an ordinary user, on a machine that need not have been booted with systemd.

It takes root, a mount namespace in which /run/systemd/system says "booted" and /run/user is empty, and a control group.
Nothing outside sees any of it, except the control group while it is there.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path

from tests.helpers import desktop

ROOT = Path(__file__).resolve().parents[2]
USER = "games"
"""A user that Debian always has, and who has nothing."""

_START = """
set -eu
uid=$1 gid=$2 scratch=$3; shift 3
# The checkout and its interpreter may stand in a home that nobody else may enter: a layer over it may be entered.
mount -t tmpfs tmpfs "$scratch"
for closed; do
    mkdir -p "$scratch$closed/upper" "$scratch$closed/work"
    mount -t overlay -o "lowerdir=$closed,upperdir=$scratch$closed/upper,workdir=$scratch$closed/work" overlay "$closed"
    chmod o+rx "$closed"
done
# In a container neither may be there; an empty directory tells nobody that systemd has booted.
mkdir -p /run/systemd /run/user
# systemd puts an empty one over a /run that is no mount of its own.
mount --rbind /run /run
[ -d /run/systemd/system ] || { mount -t tmpfs tmpfs /run/systemd; mkdir /run/systemd/system; }
mount -t tmpfs tmpfs /run/user
mkdir -p "$HOME/.config/systemd/user"
# The bus that the distribution has chosen may want a journal.
cat >"$HOME/.config/systemd/user/dbus.service" <<UNIT
[Service]
Type=notify
ExecStart=dbus-daemon --session --address=systemd: --nofork --nopidfile --systemd-activation
UNIT
chown -R "$uid" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
for group in $GROUPS_OF_THE_TEST; do echo $$ >"$group/cgroup.procs"; done
exec setpriv --reuid="$uid" --regid="$gid" --clear-groups -- /usr/lib/systemd/systemd --user --unit=dbus.socket
"""


class UserManager:
    """I am a running user manager, with a session bus. `user_manager` makes me."""

    def __init__(self, process: int, user: pwd.struct_passwd, environ: dict[str, str]) -> None:
        self.environ = environ
        self.user = user
        self._process = process

    @property
    def under(self) -> list[str]:
        """The command that runs another one as the user."""
        return ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups", "--"]

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """The outcome of a command of the user's, in the session."""
        inside = ["nsenter", f"--target={self._process}", "--mount", "--", *self.under, *command]
        done = subprocess.run(inside, env=self.environ, cwd="/", capture_output=True, text=True, timeout=60, check=False)
        if check and done.returncode:
            raise desktop.Ended(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "--user", "show", "--value", f"--property={name}", unit).stdout.strip()


@contextlib.contextmanager
def user_manager(scratch: Path) -> Iterator[UserManager]:
    """A user manager; `scratch` is an empty directory of the test's."""
    desktop.needs("unshare", "nsenter", "setpriv", "dbus-daemon", "systemctl", "systemd-analyze")
    _needs_root()
    user = pwd.getpwnam(USER)
    uid = user.pw_uid
    runtime = f"/run/user/{uid}"
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": f"{runtime}/home",
        "XDG_RUNTIME_DIR": runtime,
        "XDG_CONFIG_HOME": f"{runtime}/home/.config",
        "XDG_DATA_HOME": f"{runtime}/home/.local/share",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus",
        "LC_ALL": "C.UTF-8",
    }
    with _groups(uid) as groups, (scratch / "systemd.log").open("w") as log:
        start = ["unshare", "--mount", "bash", "-c", _START, "bash", str(uid), str(user.pw_gid), str(scratch), *_closed()]
        manager = desktop.Child(
            start,
            env={**environ, "GROUPS_OF_THE_TEST": " ".join(map(str, groups)), "SYSTEMD_LOG_TARGET": "console"},
            stdout=log,
            stderr=log,
        )
        running = UserManager(manager.process.pid, user, environ)
        try:
            desktop.until(lambda: manager.process.poll() is not None or _is_up(running))
            assert manager.process.poll() is None, f"systemd --user did not start: {(scratch / 'systemd.log').read_text()}"
            yield running
        finally:
            manager.end()


def _needs_root() -> None:
    """Skip the test where it cannot have what it needs; in CI, that fails the session."""
    if os.getuid() != 0:
        raise unittest.SkipTest("only root can make a user manager of another user")
    tried = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    if tried.returncode:
        raise unittest.SkipTest(f"no mount namespace can be had here: {tried.stderr.decode(errors='replace').strip()}")


def _is_up(manager: UserManager) -> bool:
    return manager.run("systemctl", "--user", "is-system-running", check=False).stdout.strip() in ("running", "degraded")


def _closed() -> list[str]:
    """The directories on the way to the checkout and its interpreter that others may not enter, outermost first."""
    ends = [ROOT, Path(sys.prefix), Path(sys.base_prefix)]
    ways = {directory for end in ends for directory in (end, *end.parents)}
    return sorted(str(directory) for directory in ways if not directory.stat().st_mode & 0o001)


@contextlib.contextmanager
def _groups(uid: int) -> Iterator[list[Path]]:
    """A control group of the user's own, in each hierarchy that systemd may want it in."""
    roots = [Path("/sys/fs/cgroup", name) for name in ("", "unified", "systemd")]
    groups = [root / f"typewright-test-{os.getpid()}" for root in roots if (root / "cgroup.procs").exists()]
    for group in groups:
        group.mkdir()
        for path in (group, *group.glob("cgroup.*")):
            os.chown(path, uid, -1)
    try:
        yield groups
    finally:
        for group in groups:
            for process in (int(line) for path in group.rglob("cgroup.procs") for line in path.read_text().split()):
                os.kill(process, signal.SIGKILL)
            desktop.until(lambda group=group: not any(path.read_text() for path in group.rglob("cgroup.procs")))
            for directory in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
                directory.rmdir()
            group.rmdir()
