# SPDX-License-Identifier: MIT
"""Every link, module and member that the documentation names exists, and every page that a source file names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "news" / "README.md"])
SOURCES = [path for folder in ("src", "tests", "packaging", "dbus") for path in sorted((ROOT / folder).rglob("*"))]

_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_MODULE = re.compile(r"`((?:[a-z_0-9]+/)*[a-z_0-9]+\.py)`")
_MEMBER = re.compile(r"`([A-Z]\w+)\.(\w+)(?:\([^)]*\))?`")
_PAGE = re.compile(r"\bdocs/[\w-]+\.(?:md|svg|toml|py)\b")


def anchors(page: str) -> set[str]:
    """Return the anchors of the page's headings, as GitHub makes them."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for heading in re.findall(r"^#+ +(.*)$", _FENCE.sub("", page), re.M):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def dead_links(path: Path) -> Iterator[str]:
    """Give the relative links of a page that lead nowhere."""
    text = _FENCE.sub("", path.read_text("utf-8"))
    for target in _LINK.findall(_CODE.sub("``", text)):
        if re.match(r"\w+:", target):
            continue
        file, _, anchor = target.partition("#")
        leads_to = (path.parent / file).resolve() if file else path
        if not leads_to.exists() or (anchor and anchor not in anchors(leads_to.read_text("utf-8"))):
            yield target


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    assert list(dead_links(path)) == []


def test_every_page_is_linked_from_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    linked = {target.partition("#")[0] for target in _LINK.findall(index)}
    assert [path.name for path in PAGES if path.parent == ROOT / "docs" and path.name not in {*linked, "README.md"}] == []


def test_every_page_that_a_source_file_names_exists() -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), page)
        for path in SOURCES
        if path.is_file() and path.suffix in {".py", ".xml", ".toml", ".tsv", ".service", ".conf", ""}
        for page in _PAGE.findall(path.read_text("utf-8", errors="replace"))
    }
    assert named
    assert [name for name in sorted(named) if not (ROOT / name[1]).exists()] == []


@pytest.mark.parametrize("name", ["architecture.md", "design-decisions.md", "engine.md", "glossary.md"])
def test_every_module_and_member_that_a_page_names_exists(name: str) -> None:
    page = (ROOT / "docs" / name).read_text("utf-8")
    paths = [path for folder in ("src", "tests", "docs") for path in (ROOT / folder).rglob("*.py")]
    modules = ["/" + path.relative_to(ROOT).as_posix() for path in paths]
    assert [named for named in _MODULE.findall(page) if not any(path.endswith(f"/{named}") for path in modules)] == []
    sources = [path.read_text("utf-8") for path in paths]
    for owner, member in _MEMBER.findall(page):
        homes = [source for source in sources if re.search(rf"^class {owner}\b", source, re.M)]
        assert any(re.search(rf"^    def {member}\b|^    {member}: ", source, re.M) for source in homes), (owner, member)


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `code` word: and more\n\n## Twice\n\n## Twice\n\n"
        "[a](#a-code-word-and-more) [b](#twice-1) [c](#twice-2) [d](other.md) [e](https://example.org/x) `[f](f.md)`\n"
        "```sh\n# No heading\n[g](g.md)\n```\n[h](page.md#no-heading)\n"
    )
    assert list(dead_links(page)) == ["#twice-2", "other.md", "page.md#no-heading"]
