# SPDX-License-Identifier: MIT
"""The configuration file: TOML, read from a trusted place, all problems reported at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from typewright.access import rules_of
from typewright.config import Config
from typewright.errors import ConfigError
from typewright.text.language import rules_for
from typewright.trusted_file import Untrusted, read_trusted


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the configuration file is expected."""
    home = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "/")) / ".config")
    return Path(home) / "typewright" / "config.toml"


def load_config(path: Path | None = None) -> Config:
    """
    Return the configuration at `path`; without one, that at `config_path()` if it exists, else the defaults.

    Raises ConfigError with a line for each problem.
    """
    chosen = path or config_path()
    text = ""
    try:
        text = read_trusted(chosen).decode("utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        if path is None:
            return Config()
        raise ConfigError(f"{chosen}: there is no such file.") from None
    except OSError as problem:
        raise ConfigError(f"{chosen}: it cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError as problem:
        raise ConfigError(f"{chosen}: it is not UTF-8 at byte {problem.start + 1}.") from None
    except RecursionError:
        raise ConfigError(f"{chosen}: its lists or tables are nested too deeply.") from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{chosen}: {_of_syntax(text, str(problem))}") from None
    except Untrusted as problem:
        raise ConfigError(f"{chosen}: {problem}") from None
    problems = list(_problems(table))
    if problems:
        raise ConfigError("\n".join(f"{chosen}: {problem}" for problem in problems))
    return Config(**table)


def _of_syntax(text: str, problem: str) -> str:
    """Return the sentences for text that is not TOML, with the key of the line; `problem` is what tomllib says."""
    found = re.search(r"\(at line (\d+), column \d+\)", problem)
    line = text.splitlines()[int(found[1]) - 1] if found and int(found[1]) <= len(text.splitlines()) else ""
    name, equals, _ = line.partition("=")
    known = {each.name: each.metadata["form"] for each in fields(Config)}.get(name.strip())
    return f"{problem}. {name.strip()} must be {known}." if equals and known else f"{problem}."


def _problems(table: Mapping[str, Any]) -> list[str]:
    known = {each.name: each.metadata for each in fields(Config)}
    problems = []
    for name, value in table.items():
        if name not in known:
            problems.append(f"Unknown key {name}; known keys: {', '.join(known)}.")
        elif not known[name]["accepts"](value):
            problems.append(f"{name} must be {known[name]['form']}.")
    if not problems:
        for language in table.get("context", {}):
            try:
                rules_for(language, table["context"])
            except ValueError as problem:
                problems.append(str(problem))
        try:
            rules_of(table.get("callers", []))
        except ValueError as problem:
            problems.extend(str(problem).splitlines())
    if not problems and table.get("hold_s", 0) and table.get("pacing") != "event":
        problems.append('hold_s has an effect with pacing = "event" only.')
    return problems
