# SPDX-License-Identifier: MIT
"""Command lines as `getopt_long` reads them, which the tools use."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNKNOWN = "an option is unknown; put -- before a text that begins with a dash"


class BadOption(Exception):
    """An option is unknown, or lacks its argument. The sentence does not repeat it: it may be a text with a dash."""


def getopt(
    words: Sequence[str], short: str, long: Mapping[str, str], *, permute: bool = False, long_only: bool = False
) -> tuple[list[tuple[str, str]], list[str]]:
    """
    Return the options in `words`, as pairs of a letter and an argument, and the other words.

    `short` is as for getopt(3): a colon follows the letter of an option with an argument. `long` maps long names to letters;
    they may be shortened. With `permute`, options may follow other words; with `long_only`, they may begin with one dash.
    Raises BadOption.
    """
    options: list[tuple[str, str]] = []
    others: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            others += left
            break
        if word.startswith("--") or (long_only and len(word) > len("-d") and word.startswith("-")):
            letter, equals, argument = _long(word, long)
            left[:0] = [argument] if equals else []
            options.append(_with_argument(letter, word.partition("=")[0], short, left))
        elif len(word) > 1 and word.startswith("-"):
            while word := word[1:]:
                if word[0] not in short or word[0] == ":":
                    raise BadOption(_UNKNOWN)
                if short[short.index(word[0]) + 1 :].startswith(":"):
                    left[:0] = [word[1:]] if word[1:] else []
                    options.append(_with_argument(word[0], word[0], short, left))
                    break
                options.append((word[0], ""))
        else:
            others.append(word)
            if not permute:
                others += left
                break
    return options, others


def _long(word: str, long: Mapping[str, str]) -> tuple[str, str, str]:
    name, equals, argument = word.lstrip("-").partition("=")
    found = [each for each in long if each == name] or [each for each in long if each.startswith(name)]
    if len({long[each] for each in found}) != 1:
        raise BadOption(_UNKNOWN)
    return long[found[0]], equals, argument


def _with_argument(letter: str, name: str, short: str, left: list[str]) -> tuple[str, str]:
    if not short[short.index(letter) + 1 :].startswith(":"):
        return letter, ""
    if not left:
        raise BadOption(f"option requires an argument -- '{name.lstrip('-')}'")
    return letter, left.pop(0)
