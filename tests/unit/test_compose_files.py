# SPDX-License-Identifier: MIT
"""Which Compose files hold for this session."""

from __future__ import annotations

from pathlib import Path

import pytest

from typewright.backends.shared.compose_files import ComposeFiles
from typewright.keymap.keysyms import keysym_named

ACUTE_E = tuple(map(keysym_named, ("dead_acute", "e")))


def composed(character: str, **environ: str) -> bool:
    return bool(ComposeFiles(environ).sequences(character))


@pytest.mark.parametrize("name", ["LC_ALL", "LC_CTYPE", "LANG"])
@pytest.mark.parametrize("locale", ["C.UTF-8", "C.utf8", "en_US.UTF-8", "de_DE.utf8", "cs_CZ.UTF-8", "pt_BR.UTF-8"])
def test_every_utf_8_locale_composes(name: str, locale: str) -> None:
    assert ComposeFiles({name: locale}).sequences("é")[0] == ACUTE_E


@pytest.mark.parametrize(
    "environ", [{}, {"LANG": "C"}, {"LANG": "POSIX"}, {"LANG": "de_DE.ISO8859-1"}, {"LANG": "xx_YY.UTF-8"}]
)
def test_others_do_not(environ: dict[str, str]) -> None:
    assert not composed("é", **environ)


def test_the_first_of_the_variables_that_says_something_holds() -> None:
    assert composed("é", LC_ALL="", LC_CTYPE="C.UTF-8", LANG="C")
    assert not composed("é", LC_ALL="C", LC_CTYPE="C.UTF-8")


def test_the_users_file_has_its_say(tmp_path: Path) -> None:
    (tmp_path / ".XCompose").write_text('include "%L"\n<dead_acute> <e> : "x"\n')
    assert composed("è", LANG="C.UTF-8", HOME=str(tmp_path))
    own = ComposeFiles({"LANG": "C.UTF-8", "HOME": str(tmp_path)})
    assert ACUTE_E not in own.sequences("é")


def test_a_file_that_includes_nothing_is_all_there_is(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text('<dead_acute> <e> : "é"\n')
    environ = {"LANG": "C.UTF-8", "XCOMPOSEFILE": str(other), "HOME": str(tmp_path)}
    assert (composed("é", **environ), composed("è", **environ)) == (True, False)


def test_a_file_that_includes_itself_comes_to_an_end(tmp_path: Path) -> None:
    (tmp_path / ".XCompose").write_text('include "%H/.XCompose"\n<dead_acute> <e> : "é"\n')
    assert composed("é", LANG="C.UTF-8", HOME=str(tmp_path))


def test_without_any_file_nothing_is_composed(tmp_path: Path) -> None:
    assert ComposeFiles({"LANG": "C.UTF-8"}, tmp_path).sequences("é") == ()


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    files = ComposeFiles({"LANG": "C.UTF-8"}, tmp_path)
    (tmp_path / "en_US.UTF-8").mkdir()
    (tmp_path / "en_US.UTF-8/Compose").write_text('<dead_acute> <e> : "é"\n')
    (tmp_path / "compose.dir").write_text("en_US.UTF-8/Compose:\t\tC.UTF-8\n")
    assert files.sequences("é") == (ACUTE_E,)
