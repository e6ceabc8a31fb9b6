# SPDX-License-Identifier: MIT
"""The documentation lists the exit status of every error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from typewright.bus import standard_errors
from typewright.errors import TypewrightError

assert standard_errors  # which has errors of its own

PAGE = (Path(__file__).parents[2] / "docs" / "how-to.md").read_text("utf-8")
assert standard_errors.UnknownMethod  # imported for the errors that it defines
_OTHERS = {0, 1, 130}  # done, not confirmed, interrupted


def statuses(error: type[TypewrightError]) -> Iterator[int]:
    """Give the exit status of an error and of all its subclasses; other tests have made some of their own."""
    yield error.exit_status
    for kind in error.__subclasses__():
        if kind.__module__.startswith("typewright."):
            yield from statuses(kind)


def test_every_exit_status_is_in_the_table() -> None:
    section = PAGE.partition("\n## Use the exit statuses\n")[2].partition("\n## ")[0]
    listed = [int(number) for number in re.findall(r"^\| (\d+) \|", section, re.M)]
    assert listed == sorted({*statuses(TypewrightError), *_OTHERS})
