# SPDX-License-Identifier: MIT
"""News fragments are named as towncrier and the reader need them, and versions move."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from typewright import __version__

ROOT = Path(__file__).parents[2]
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]
TYPES = [kind["directory"] for kind in CONFIGURATION["type"]]
NEWS = ROOT / CONFIGURATION["directory"]
FRAGMENTS = sorted(path for path in NEWS.iterdir() if path.name != "README.md" and path != ROOT / CONFIGURATION["template"])
CHANGES = (ROOT / CONFIGURATION["filename"]).read_text("utf-8")

_NAME = re.compile(rf"\d+\.[a-z0-9-]+\.({'|'.join(TYPES)})\.md")
_RELEASED = re.compile(r"^## (\d+)\.(\d+)\.(\d+) \(\d{4}-\d\d-\d\d\)$", re.M)


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_is_one_change_in_a_few_sentences(path: Path) -> None:
    text = path.read_text("utf-8")
    assert _NAME.fullmatch(path.name)
    assert text.endswith(".\n")
    assert "\n\n" not in text
    assert len(text) <= 400


def test_the_changelog_has_the_place_where_towncrier_writes_and_its_releases_in_order() -> None:
    assert CONFIGURATION["start_string"] in CHANGES
    released = [tuple(map(int, version)) for version in _RELEASED.findall(CHANGES)]
    assert released
    assert released == sorted(set(released), reverse=True)


def test_the_version_has_moved_since_the_last_release() -> None:
    numbers, _, suffix = __version__.partition(".dev")
    last = max(tuple(map(int, version)) for version in _RELEASED.findall(CHANGES))
    version = tuple(map(int, numbers.split(".")))
    if suffix:
        assert version > last
    else:  # This is the commit of a release.
        assert version == last
        assert FRAGMENTS == []
