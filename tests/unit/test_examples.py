# SPDX-License-Identifier: MIT
"""The examples of docs/engine.md run, and print what the page says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("example", sorted((DOCS / "examples").glob("*.py")), ids=lambda example: example.stem)
def test_the_example_prints_what_the_page_says(example: Path) -> None:
    ran = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, timeout=30, check=True)
    page = (DOCS / "engine.md").read_text("utf-8")
    assert f"```text\n{ran.stdout}```" in page
    assert f"(examples/{example.name})" in page
