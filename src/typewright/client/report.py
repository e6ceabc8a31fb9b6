# SPDX-License-Identifier: MIT
"""What a report of the service means to the user: code, sentence and cure of a job that is not confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typewright.reasons import REASONS

_CURES = {reason.code: reason.cure for reason in REASONS}


def problem(report: Mapping[str, Any], progress: str = "") -> str:
    """
    Return the sentences for a job that is not confirmed, such as `not confirmed (code moved): the focus moved to another
    window; 3 of 5 characters are confirmed. Put the focus back ...`; `progress` is the part before the cure.
    """
    code, reason = str(report.get("code", "")), str(report.get("reason", "")).rstrip(".")
    said = "; ".join(filter(None, [reason, progress]))
    sentences = f"not confirmed{f' (code {code})' if code else ''}: {said}."
    return " ".join(filter(None, [sentences, _CURES.get(code, "")]))
