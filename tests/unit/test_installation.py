# SPDX-License-Identifier: MIT
"""The files of an installation: written, removed, and nothing else touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import unittest
from pathlib import Path

import pytest

from typewright.cli.parser import make_parser
from typewright.errors import NotInstallable
from typewright.installation import completions, program
from typewright.installation.command_line import read
from typewright.installation.man_pages import man_pages
from typewright.installation.places import Places
from typewright.installation.sample import is_untouched, sample
from typewright.installation.setup import install, install_configuration, installed_program, is_packaged, remove

COMMANDS = read(make_parser())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def places(home: Path) -> Places:
    return Places.of_user({"HOME": str(home)})


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return executable(tmp_path / "venv" / "bin" / "typewright")


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def files(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_symlink() or path.is_file()}


def test_all_that_is_written_is_removed(places: Places, home: Path, venv: Path) -> None:
    shown = install(places, venv, COMMANDS, sandbox=True)
    assert places.link is not None
    assert places.link.readlink() == venv
    assert {path for path in shown if not path.exists()} == set()
    assert installed_program(places) == venv
    assert f'ExecStart="{venv}" serve --activated\n' in places.unit.read_text()
    remove(places, COMMANDS)
    assert files(home) == set()
    assert not (home / ".config" / "typewright").exists()
    assert remove(places, COMMANDS) == []


def test_a_configuration_that_sets_something_is_the_users(places: Places, home: Path, venv: Path) -> None:
    assert places.config is not None
    places.config.parent.mkdir(parents=True)
    places.config.write_text('# mine\npacing = "event"\n')
    install(places, venv, COMMANDS)
    remove(places, COMMANDS)
    assert files(home) == {".config/typewright/config.toml"}
    assert places.config.read_text() == '# mine\npacing = "event"\n'
    remove(places, COMMANDS, purge=True)
    assert files(home) == set()


def test_the_sample_sets_nothing() -> None:
    assert is_untouched(sample())
    assert not is_untouched(sample().replace('#pacing = "run"', 'pacing = "run"'))


def test_a_link_of_another_installer_is_left_alone(places: Places, home: Path, venv: Path) -> None:
    """As pipx and uv make one."""
    assert places.link is not None
    places.link.parent.mkdir(parents=True)
    places.link.symlink_to(venv)
    install(places, venv, COMMANDS)
    remove(places, COMMANDS)
    assert files(home) == {".local/bin/typewright"}


def test_a_link_is_still_a_setups_own_after_a_second_setup(places: Places, home: Path, venv: Path) -> None:
    install(places, venv, COMMANDS)
    other = executable(venv.parents[2] / "other" / "typewright")
    install(places, other, COMMANDS)
    install(places, other, COMMANDS)
    assert places.link is not None
    assert places.link.readlink() == other
    remove(places, COMMANDS)
    assert files(home) == set()


def test_a_program_of_the_users_is_not_replaced(places: Places, home: Path, venv: Path) -> None:
    assert places.link is not None
    executable(places.link)
    with pytest.raises(NotInstallable, match="is in the way"):
        install(places, venv, COMMANDS)
    assert files(home) == {".local/bin/typewright"}
    install(places, places.link, COMMANDS)  # as pip --user puts it there
    remove(places, COMMANDS)
    assert files(home) == {".local/bin/typewright"}


def test_a_directory_that_cannot_be_written_is_named(places: Places, home: Path, venv: Path) -> None:
    (home / ".config").write_text("in the way")
    with pytest.raises(NotInstallable, match=r"\.config/.* cannot be written: "):
        install(places, venv, COMMANDS)


def test_a_package_starts_its_own_program(tmp_path: Path) -> None:
    root, named = tmp_path / "package", Path("/usr/bin/typewright")
    install(Places.of_system(root), named, COMMANDS)
    assert {
        "usr/lib/systemd/user/typewright.service",
        "usr/share/dbus-1/services/org.typewright.Typist1.service",
        "usr/share/man/man1/typewright.1",
        "usr/share/zsh/vendor-completions/_typewright",
    } <= files(root)
    assert is_packaged(named, root)
    assert not is_packaged(Path("/usr/local/bin/typewright"), root)


def test_for_a_packaged_program_only_the_configuration_is_the_users(places: Places, home: Path) -> None:
    assert install_configuration(places) == [places.config]
    assert files(home) == {".config/typewright/config.toml"}


def test_the_program_is_the_one_that_was_called(places: Places, venv: Path) -> None:
    assert places.link is not None
    assert program.find_program(str(venv), places.link) == venv
    places.link.parent.mkdir(parents=True)
    places.link.symlink_to(venv)
    assert program.find_program(str(places.link), places.link) == venv


@pytest.mark.parametrize("directory", ["cache/uv/archive-v0/x/bin", ".cache/pipx/x/bin", "an 'odd' place"])
def test_a_program_that_does_not_stay_is_refused(tmp_path: Path, places: Places, directory: str) -> None:
    assert places.link is not None
    with pytest.raises(NotInstallable):
        program.find_program(str(executable(tmp_path / directory / "typewright")), places.link)


def test_what_the_shell_needs_is_told(places: Places, venv: Path, home: Path) -> None:
    assert places.link is not None
    install(places, venv, COMMANDS)
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    assert program.path_advice(venv, places.link, {**environ, "PATH": f"{places.link.parent}:/bin"}) == ""
    assert "export PATH=" in program.path_advice(venv, places.link, environ)
    (home / ".profile").write_text('[ -d "$HOME/.local/bin" ] && PATH="$HOME/.local/bin:$PATH"\n')
    assert program.path_advice(venv, places.link, environ).startswith("Log in again")


# --- what is made from the command line ------------------------------------------------------------------------------


def run(command: list[str], script: str) -> str:
    if shutil.which(command[0]) is None:
        raise unittest.SkipTest(f"not installed: {command[0]}")
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def completed(line: str) -> list[str]:
    """What bash completes at the end of `line`."""
    words = " ".join(f"'{word}'" for word in line.split(" "))
    script = f"COMP_WORDS=({words}) COMP_CWORD={line.count(' ')}\n_typewright\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    return run(["bash"], completions.bash(COMMANDS) + script).split()


def test_bash_completes_commands_options_and_values() -> None:
    assert completed("typewright se") == ["serve", "setup"]
    assert completed("typewright -v sta") == ["status", "start"]
    assert completed("typewright type --new") == ["--newline"]
    assert completed("typewright type --newline s") == ["shift-return", "space"]
    assert completed("typewright serve --config x") == []


def test_the_other_shells_take_their_completions() -> None:
    run(["zsh", "-n"], completions.zsh(COMMANDS))
    told = run(["fish"], completions.fish(COMMANDS) + "complete -C 'typewright type --newline s'\n")
    assert {line.partition("\t")[0] for line in told.splitlines()} == {"shift-return", "space"}


def test_internal_options_are_not_told() -> None:
    assert "--activated" not in completions.bash(COMMANDS) + "".join(man_pages(COMMANDS).values())


@pytest.mark.parametrize("page", sorted(man_pages(COMMANDS)))
def test_a_man_page_is_read_without_a_warning(page: str) -> None:
    told = run(["groff", "-man", "-Tutf8", "-ww", "-P-cbou"], man_pages(COMMANDS)[page])
    assert "NAME" in told


def test_the_man_page_has_every_command_option_and_status() -> None:
    page = man_pages(COMMANDS)["man1/typewright.1"].replace("\\-", "-")
    for command in COMMANDS.commands:
        assert f".SS {command.name}" in page
        assert all(flag in page for option in command.options for flag in option.flags)
    assert os.linesep.join([".B 78", "The configuration file has problems"]) in page
