# SPDX-License-Identifier: MIT
"""What some programs can't take, whatever is confirmed: known by their names, and refused before the first key."""

from __future__ import annotations

from collections.abc import Sequence

from typewright.engine.job import Job
from typewright.engine.plans import KeyStep, Step
from typewright.engine.timeouts import DeferredGenerator, Timeouts
from typewright.interfaces.backend import IPrograms, Program
from typewright.reasons import CHARACTER_CUT, FORWARDER, Reason

# Viewers, nested servers and virtual machines pass keycodes, or keysyms of their own keymap, on to another keyboard.
_FORWARDERS = frozenset(
    (
        "xephyr", "xnest", "nxagent", "x2goagent", "vncviewer", "tigervnc viewer", "realvnc viewer", "vncviewer.real",
        "turbovnc viewer", "org.remmina.remmina", "remmina", "xfreerdp", "xfreerdp3", "rdesktop", "krdc", "vinagre",
        "gnome-connections", "org.gnome.connections", "gnome-boxes", "org.gnome.boxes", "virt-viewer", "remote-viewer",
        "virt-manager", "spicy", "virtualbox machine", "virtualboxvm", "vmware", "vmplayer", "qemu", "qemu-system-x86_64",
        "qemu-system-aarch64", "anydesk", "rustdesk", "teamviewer", "scrcpy", "moonlight", "parsecd", "wfica",
    )
)  # fmt: skip
_CUTTING = frozenset(("kwrite", "kate", "kdevelop"))
"""KTextEditor drops characters beyond U+FFFF."""
_CUTTING_TOOLKITS = frozenset(("java",))
"""The JDK's XIM code cuts keysyms beyond U+FFFF to 16 bits."""


class ProgramLimits:
    """Stops jobs whose text the program with the focus is known not to take."""

    def __init__(self, programs: IPrograms, timeouts: Timeouts) -> None:
        self._programs = programs
        self._timeouts = timeouts

    def check(self, job: Job, steps: Sequence[Step]) -> DeferredGenerator:
        """Stop the job if its program cannot take what these steps lend. Asks nothing where nothing is lent."""
        lending = [step for step in steps if isinstance(step, KeyStep) and step.lend]
        if job.stopped or not lending:
            return
        program = yield from self._timeouts.within(job, self._programs.program(job.place))
        reason = program and limit(program, lends=True, beyond=any(step.beyond for step in lending))
        if reason:
            job.stop(reason)


def limit(program: Program, *, lends: bool, beyond: bool) -> Reason | None:
    """
    Return why `program` cannot take a text, None if it can.

    `lends` tells that characters of it are lent, since the keyboard layout lacks them, `beyond` that some are beyond U+FFFF.
    """
    name = program.name.lower()
    if lends and name in _FORWARDERS:
        return FORWARDER
    if beyond and (name in _CUTTING or program.toolkit in _CUTTING_TOOLKITS):
        return CHARACTER_CUT
    return None
