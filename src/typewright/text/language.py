# SPDX-License-Identifier: MIT
"""The tables of `context.toml`: what a language puts between two pieces of dictated text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any

SHARED = "any"
_TAG = re.compile(r"(C|POSIX|[A-Za-z]{2,3})([-_][A-Za-z0-9]{2,8})*([.@].*)?")
"""A locale, or a language tag; languages have two or three letters (BCP 47, section 2.2.1)."""


@dataclass(frozen=True)
class Rules:
    """The table of one language; `context.toml` documents each field at its top."""

    no_space_before: str
    no_space_after: str
    space_before: Mapping[str, str]
    space_after: Mapping[str, str]
    opening: str
    closing: str
    sentence_ends: str
    unsure_after: str
    number_marks: str
    number_point_ends: bool
    elides: bool
    suffixes: frozenset[str]
    abbreviations: frozenset[str]
    small_words: frozenset[str]


def rules_for(locale: str, own: Mapping[str, Mapping[str, Any]] | None = None) -> Rules:
    """
    Return the rules for a locale or language tag (`de_AT.UTF-8`, `de-AT`, `de`), extended by the user's `own` tables, which
    are by language.

    Raises ValueError, with a sentence, for an unknown key or a value of the wrong type in `own`.
    """
    tables = tomllib.loads(resources.files(__package__).joinpath("context.toml").read_text("utf-8"))
    language = _language(locale)
    table = {**tables[SHARED], **tables.get(language, {})}
    for wanted in (SHARED, language):
        for name, additions in (own or {}).items():
            if _language(name) == wanted:
                for key, value in additions.items():
                    table[key] = _extended(f"context.{name}.{key}", table.get(key), value)
    return Rules(**{each.name: _typed(each.type, table[each.name]) for each in fields(Rules)})


def is_language(value: object) -> bool:
    """Return whether `value` has the form of a locale or language tag."""
    return isinstance(value, str) and _TAG.fullmatch(value) is not None


def _language(locale: str) -> str:
    return locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()


def _extended(name: str, known: Any, value: Any) -> Any:
    if known is None:
        raise ValueError(f"Unknown key {name}; known keys: {', '.join(each.name for each in fields(Rules))}.")
    if type(value) is not type(known):
        raise ValueError(f"{name} must have the type that it has in Typewright's own table: {type(known).__name__}.")
    if isinstance(known, list) and not all(isinstance(word, str) and word for word in value):
        raise ValueError(f"{name} must be a list of words.")
    if isinstance(known, dict):
        if not all(isinstance(each, str) and len(each) == 1 for pair in value.items() for each in pair):
            raise ValueError(f"{name} must map one character to one character.")
        return {**known, **value}
    if name.endswith("small_words"):
        return f"{known} {value}"
    return value if isinstance(known, bool) else known + value


def _typed(form: Any, value: Any) -> Any:
    if form != "frozenset[str]":
        return value
    words: Iterable[str] = value.split() if isinstance(value, str) else value
    return frozenset(words)
