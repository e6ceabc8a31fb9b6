# SPDX-License-Identifier: MIT
"""The generated parts of the documentation are up to date with the contract, the reasons and the configuration."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from typewright.bus.contract import documentation, tree
from typewright.reasons import REASONS

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
assert _spec is not None
assert _spec.loader is not None
make_reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_reference)

REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")


@pytest.mark.parametrize("page", make_reference.pages(), ids=lambda page: page.name)
def test_the_page_is_as_it_would_be_made(page: Path) -> None:
    made = make_reference.pages()[page]
    assert page.read_text("utf-8") == made, "run .venv/bin/python docs/make_reference.py"


def test_every_member_of_the_contract_is_documented() -> None:
    for path in (ROOT / "dbus").glob("*.xml"):
        root = tree(path.read_text("utf-8"))
        documented = documentation(root)
        for element in root.iter():
            if element.tag in ("interface", "method", "signal", "property"):
                assert documented[element].paragraphs, element.attrib["name"]
                for argument in element.findall("arg"):
                    assert documented[element].parameters[argument.attrib["name"]], argument.attrib["name"]


def test_every_reason_is_in_the_table_once() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", REFERENCE.partition("## Reasons")[2], re.MULTILINE)
    assert rows == [reason.code for reason in REASONS]
    assert len(set(rows)) == len(rows)
