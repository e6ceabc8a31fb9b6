# SPDX-License-Identifier: MIT
"""
Characters as the user sees them: extended grapheme clusters (Unicode Standard Annex 29).

The annex's rules are a regular expression over the classes of code points: a text is translated into one letter a code
point, for its class, and Python's own `re` cuts that. packaging/make_graphemes.py makes the table of classes,
`graphemes.tsv`, which names its Unicode version.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

# r CR · n LF · c control · p prepend · s spacing mark · e x k extend (k a linker of conjuncts, x neither linker nor
# extender of them) · z zero width joiner · q a linker that extends nothing · d consonant that may be linked · f flag
# letter (regional indicator) · i pictograph · L V T H G Hangul's leading, vowel, trailing, LV, LVT · o any other
_CLUSTER = re.compile(
    r"""rn | [rnc] |
        p*
        (?: L*(?:V+|HV*|G)T* | L+ | T+ | ff | i(?:[exk]*zi)* | [qk][ez]*d | [^rnc] )
        (?: k[ez]*d | [exkzs] )*""",
    re.VERBOSE,
)
_FIRST_SYLLABLE, _LAST_SYLLABLE, _SYLLABLES_OF_A_VOWEL = 0xAC00, 0xD7A3, 28


class _Classes(dict[int, str]):
    """Code point -> class letter, for `str.translate`; remembers each code point that was asked for."""

    def __missing__(self, code_point: int) -> str:
        letter = "o"
        if _FIRST_SYLLABLE <= code_point <= _LAST_SYLLABLE:
            letter = "G" if (code_point - _FIRST_SYLLABLE) % _SYLLABLES_OF_A_VOWEL else "H"
        return self.setdefault(code_point, letter)


@cache
def _classes() -> _Classes:
    classes = _Classes()
    for line in resources.files(__package__).joinpath("graphemes.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            first, last, letter = line.split("\t")
            classes.update(dict.fromkeys(range(int(first, 16), int(last, 16) + 1), letter))
    return classes


def classes(text: str) -> str:
    """Return the letters of the classes of the code points of `text`."""
    return text.translate(_classes())


def clusters(text: str) -> list[str]:
    """Return the extended grapheme clusters of `text`, in order; joined they are `text` again."""
    if text.isascii() and "\r" not in text:
        return list(text)
    return [text[found.start() : found.end()] for found in _CLUSTER.finditer(classes(text))]
