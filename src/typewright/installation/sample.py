# SPDX-License-Identifier: MIT
"""The example of a configuration: every key with its documentation and its default, commented out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import fields

from typewright.config import Config


def sample() -> str:
    """Return the example, as TOML."""
    return "\n".join(_lines()) + "\n"


def toml(value: object) -> str:
    """Return a default value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def is_untouched(text: str) -> bool:
    """Return whether a configuration sets nothing: it has no lines but comments, as the example of any version."""
    return all(not line.strip() or line.startswith("#") for line in text.splitlines())


def _lines() -> Iterator[str]:
    yield "# SPDX-License-Identifier: MIT"
    yield "# The configuration of Typewright: every key, with its default. Take the # away from those that you change."
    yield "# The service reads this file when it starts; `typewright restart` starts it again."
    for key in fields(Config):
        yield ""
        yield from textwrap.wrap(key.metadata["doc"], 118, initial_indent="# ", subsequent_indent="# ")
        yield f"# Accepts {key.metadata['form']}."
        yield f"#{key.name} = {toml(getattr(Config(), key.name))}"
