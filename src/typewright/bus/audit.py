# SPDX-License-Identifier: MIT
"""The audit: a line in the log for each job, who had it done and how it ended; lengths only, never the text."""

from __future__ import annotations

from twisted.logger import Logger

from typewright.bus.identities import Identities
from typewright.interfaces.services import Report

log = Logger(namespace="typewright.audit")


class Audit:
    """I write down how jobs end."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities

    def ended(self, caller: str, kind: str, report: Report) -> None:
        """Write the line of a job."""
        log.info(
            "{kind} for {caller}: {typed} of {total}, {outcome} in {elapsed:.3f} s",
            kind=kind,
            caller=self._identities.known(caller),
            typed=report.typed,
            total=report.total,
            outcome=f"confirmed ({report.level})" if report.confirmed else f"not confirmed: {report.reason}",
            elapsed=report.elapsed_s,
        )
