# SPDX-License-Identifier: MIT
"""Configuration files that are not obeyed: those that others could write, or that never end; and what is wrong in them."""

from __future__ import annotations

import grp
import os
from pathlib import Path

import pytest

from typewright import trusted_file
from typewright.config import Config
from typewright.config_file import load_config
from typewright.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('pacing = "event"\n')
    path.chmod(0o600)
    return path


def refused(path: Path) -> str:
    """The sentence with which a file is refused, without its name."""
    with pytest.raises(ConfigError) as problem:
        load_config(path)
    return str(problem.value).removeprefix(f"{path}: ")


def test_a_file_of_ones_own_is_obeyed(file: Path) -> None:
    assert load_config(file).pacing == "event"
    link = file.with_name("link")
    link.symlink_to(file)
    assert load_config(link).pacing == "event"


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/full"])
def test_a_device_is_refused(path: str) -> None:
    assert refused(Path(path)) == "it is a device, and must be a regular file."


def test_the_null_device_is_an_empty_file() -> None:
    assert load_config(Path("/dev/null")) == Config()


def test_a_fifo_is_refused_at_once(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert refused(fifo) == "it is a FIFO, and must be a regular file."
    assert refused(tmp_path) == "it is a directory, and must be a regular file."


def test_a_file_that_is_too_long_or_too_deep_is_refused(file: Path) -> None:
    file.write_text(f"callers = {'[' * 5000}{']' * 5000}\n")
    assert refused(file) == "its lists or tables are nested too deeply."
    file.write_text("#" * (1 << 20) + "\n")
    assert refused(file).startswith("it is longer than 1048576 bytes")
    file.write_bytes(b"\xff")
    assert refused(file) == "it is not UTF-8 at byte 1."


def test_a_file_that_others_can_write_is_refused(file: Path) -> None:
    file.chmod(0o602)
    assert refused(file) == f"it can be written by other users, and is not obeyed; run `chmod go-w {file}`."


def test_a_file_in_a_directory_that_others_can_write_is_refused(file: Path) -> None:
    file.parent.chmod(0o777)
    assert refused(file).startswith(f"its directory {file.parent} can be written by other users, who could replace it")
    file.parent.chmod(0o1777)
    assert load_config(file).pacing == "event"


def test_a_file_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = os.getuid()
    monkeypatch.setattr(trusted_file.os, "getuid", lambda: owner + 1)
    if owner == 0:  # root's files are trusted
        os.chown(file, 4711, -1)
        owner = 4711
    assert refused(file).startswith(f"it belongs to user {owner}, who is neither you nor root, and is not obeyed")


@pytest.mark.parametrize(("members", "name", "obeyed"), [([], "me", True), (["me"], "me", True), (["you"], "me", False),
                                                        ([], "staff", False)])  # fmt: skip
def test_ones_own_group_is_nobody_else(
    file: Path, monkeypatch: pytest.MonkeyPatch, members: list[str], name: str, obeyed: bool
) -> None:
    file.chmod(0o660)
    if os.getuid() == 0:
        os.chown(file, -1, 4711)
    user = trusted_file.pwd.struct_passwd(("me", "x", os.getuid(), 4711, "", "/", "/bin/sh"))
    monkeypatch.setattr(trusted_file.pwd, "getpwuid", lambda uid: user)
    monkeypatch.setattr(trusted_file.grp, "getgrgid", lambda gid: grp.struct_group((name, "x", gid, members)))
    if obeyed:
        assert load_config(file).pacing == "event"
    else:
        assert "can be written by other users" in refused(file)


def test_a_value_that_is_no_toml_is_named_by_its_key(file: Path) -> None:
    file.write_text('pacing = "event"\ntyping_enabled = yes\n')
    assert refused(file) == "Invalid value (at line 2, column 18). typing_enabled must be true or false."
    file.write_text("[context\n")
    assert "must be" not in refused(file)


@pytest.mark.parametrize("tag", ["", "de", "de-AT", "de_AT.UTF-8", "hsb", "zh-Hant-TW", "ca@valencia", "C", "POSIX"])
def test_a_language_is_accepted(file: Path, tag: str) -> None:
    file.write_text(f'language = "{tag}"\n')
    assert load_config(file).language == tag


@pytest.mark.parametrize("tag", ["wrong", "d", "de AT", "german"])
def test_what_is_no_language_is_refused(file: Path, tag: str) -> None:
    file.write_text(f'language = "{tag}"\n')
    assert refused(file).startswith("language must be a language tag, such as de")


def test_no_file_is_no_problem_where_none_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load_config() == Config()
    assert refused(tmp_path / "none.toml") == "there is no such file."
