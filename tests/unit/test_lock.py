# SPDX-License-Identifier: MIT
"""What packaging/install may download is written down, to the last file, and fits pyproject.toml (issue 4, point 13)."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
BUILD, RUN = ROOT / "packaging" / "build-requirements.txt", ROOT / "packaging" / "requirements.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lock: Path) -> dict[str, str]:
    """Package -> version, of a lock file that holds nothing else, and for each of them hashes."""
    found = {}
    for line in lock.read_text().replace("\\\n", " ").splitlines():
        if not line.startswith("#"):
            exact = re.fullmatch(r"([a-z0-9-]+)==([\w.]+)((?: +--hash=sha256:[0-9a-f]{64})+) *", line)
            assert exact, line
            found[exact[1]] = exact[2]
    return found


@pytest.mark.promise("locked-complete")
@pytest.mark.parametrize(
    ("lock", "wanted"), [(BUILD, PROJECT["build-system"]["requires"]), (RUN, PROJECT["project"]["dependencies"])]
)
def test_the_pins_are_what_the_project_asks_for(lock: Path, wanted: list[str]) -> None:
    pinned = pins(lock)
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), "run packaging/lock"


@pytest.mark.promise("locked-complete")
def test_nothing_is_pinned_but_what_is_needed_and_all_of_that() -> None:
    needed: set[str] = set()
    wanted = [canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]]
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            requirements = map(Requirement, metadata.requires(name) or [])
            wanted += [
                canonicalize_name(one.name) for one in requirements if not one.marker or one.marker.evaluate({"extra": ""})
            ]
    assert set(pins(RUN)) == needed, "run packaging/lock"
