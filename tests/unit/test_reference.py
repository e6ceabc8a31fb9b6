# SPDX-License-Identifier: MIT
"""What the documentation repeats is what stands in the contract and in the configuration."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
make_reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_reference)


@pytest.mark.parametrize("page", make_reference.pages(), ids=lambda page: page.name)
def test_the_page_is_as_it_would_be_made(page: Path) -> None:
    made = make_reference.pages()[page]
    assert page.read_text("utf-8") == made, "run .venv/bin/python docs/make_reference.py"


def test_every_member_of_the_contract_is_documented() -> None:
    for path in (ROOT / "dbus").glob("*.xml"):
        for element in make_reference._parsed(path).iter():
            if element.tag in ("interface", "method", "signal", "property", "arg"):
                assert make_reference._annotation(element, make_reference.DOC), element.attrib["name"]
