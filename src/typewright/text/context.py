# SPDX-License-Identifier: MIT
"""
Dictated text, adjusted to the text before it: spaces, and capitals at the starts of sentences.

The text is cut at its single spaces, and each piece is adjusted to all that is before it, so that a sentence comes out the
same in one insertion or in ten. Tabs, newlines and runs of spaces stay as they are.

A capital is only removed from a word that has none of its own (`small_words`), and only at the start of the insertion, where
the recognizer wrote one because its own text began. Where it is uncertain whether a sentence begins (after an abbreviation,
a colon, an ellipsis, an opening quote), letters stay as they were dictated.
"""

from __future__ import annotations

import re

from typewright.text.language import Rules

_ADDRESS = re.compile(
    r"""\w+:/ | www\. | [^\s@]+@[^\s@]+\.\w | [~/\\.]*([\w-][\w.-]*)?[/\\]\S |
        \w[\w-]*(\.[\w-]+)*\.[a-z]{2,}(?![\w.]) | \.\w | [@#]\w""",
    re.VERBOSE | re.IGNORECASE,
)
# It takes long to compile: `re` does that when it is first needed, and not when the service starts.
_NO_SPACES = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]"
_QUOTE = '"'
_BLANKS = " \t\u00a0\u202f"
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]\.\Z")
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS, _INSIDE, _UNSURE = "begins", "inside", "unsure"


def adjust(text: str, before: str | None, rules: Rules) -> str:
    """
    Return `text` as it is to be typed after `before`: "" if nothing is there, None if that is unknown; then `text` is
    returned as it is.

    The last paragraph of `before` is enough. A space that is already there is not deleted.
    """
    if before is None or not text:
        return text
    written, wordless = before, True
    for place, piece in enumerate(re.split("(?<! ) (?! )", text)):
        if place and not piece:
            written += " "
        for part, fragment in enumerate(_fragments(piece, rules)):
            gap = _special(written, fragment, rules) if part else _gap(written, fragment, rules, apart=place > 0)
            written += gap + _cased(written + gap, fragment, rules, first=wordless)
            wordless = wordless and not any(map(str.isalnum, fragment))
    return written[len(before) :]


def tells_place(before: str, rules: Rules) -> bool:
    """
    Return whether `before`, of which the beginning may be missing, shows whether a sentence begins at its end: blanks and
    opening marks alone occur both at the start of a sentence and within one.
    """
    return bool(before.strip(_BLANKS + rules.opening))


def _fragments(piece: str, rules: Rules) -> list[str]:
    """Return `piece`, cut at those marks in it that have a space of their own kind."""
    if not piece or not rules.space_before or _ADDRESS.match(piece):
        return [piece] if piece else []
    rest = piece.lstrip("".join(rules.space_after))
    stem = rest.rstrip(rules.no_space_before + "".join(rules.space_before))
    tail = rest[len(stem) :]
    close = next((place for place, mark in enumerate(tail) if mark in rules.space_before), len(tail))
    fragments = [piece[: len(piece) - len(rest)], stem + tail[:close], *_closing_apart(tail[close:], rules)]
    return [fragment for fragment in fragments if fragment]


def _closing_apart(marks: str, rules: Rules) -> list[str]:
    return re.findall(f"[{re.escape(rules.closing)}]|[^{re.escape(rules.closing)}]+", marks)


def _special(written: str, piece: str, rules: Rules) -> str:
    """Return the space of another kind that the language puts between the two, if any."""
    if not written or written[-1].isspace() or piece[0].isspace():
        return ""
    return rules.space_before.get(piece[0]) or rules.space_after.get(written[-1]) or ""


def _gap(written: str, piece: str, rules: Rules, *, apart: bool) -> str:
    """Return what goes between the two; `apart` is True if they were dictated with a space between them."""
    if not written or not piece or written[-1].isspace() or piece[0].isspace():
        return ""
    if special := _special(written, piece, rules):
        return special
    return "" if _close(written, piece, rules, apart=apart) else " "


def _close(written: str, piece: str, rules: Rules, *, apart: bool) -> bool:
    last, first = written[-1], piece[0]
    if re.match(_NO_SPACES, last) and re.match(_NO_SPACES, first):
        return True
    if _QUOTE in (last, first) and _open_quote(written):
        return True if last == _QUOTE else first == _QUOTE or _tight(piece, rules)
    if last in rules.no_space_after or _tight(piece, rules):
        return True
    if last in rules.number_marks and written[-2:-1].isdigit() and re.match(r"\d+\b", piece):
        return not apart
    if last in "'’":
        return rules.elides and written[-2:-1].isalpha()
    if last == "-":
        return not apart and written[-2:-1].isalnum()
    return first in "'’" and re.split(r"\W", piece[1:], maxsplit=1)[0].lower() in rules.suffixes


def _tight(piece: str, rules: Rules) -> bool:
    """Return whether `piece` begins with a mark that takes no space before it, and is not `.5` or `:)`."""
    if piece[0] not in rules.no_space_before:
        return False
    return piece[0] in rules.closing or not (piece[1:2].isalnum() or re.match(r"[:;]-?[()DP](?!\w)", piece))


def _open_quote(written: str) -> bool:
    """Return whether a straight quote is open in the last paragraph."""
    return written.rpartition("\n")[2].count(_QUOTE) % 2 == 1


def _cased(written: str, piece: str, rules: Rules, *, first: bool) -> str:
    found = _WORD.search(piece)
    start = found.start() if found else 0
    if not found or _ADDRESS.match(piece[start:]) or any(mark not in rules.opening for mark in piece[:start].lstrip()):
        return piece
    word, place = found[0], _place(written + piece[:start], rules)
    if place == _BEGINS and word.islower() and len(word[0].upper()) == 1:
        return piece[:start] + word[0].upper() + piece[start + 1 :]
    if place == _INSIDE and first and word in (word.capitalize(), word.title()) and word.lower() in rules.small_words:
        return piece[:start] + word[0].lower() + piece[start + 1 :]
    return piece


def _place(written: str, rules: Rules) -> str:
    """Return whether a word after `written` begins a sentence: _BEGINS, _INSIDE or _UNSURE."""
    spaced = written.rstrip(_BLANKS)
    bare = spaced.rstrip(rules.opening).rstrip(_BLANKS) if not _ends_closed(spaced, rules) else spaced
    if not bare or bare.endswith("\n"):
        return _BEGINS
    quoted = set(spaced[len(bare) :]) - set(" ([{¿¡\u00a0\u202f")
    closed = bare.rstrip(rules.closing).rstrip("\u00a0\u202f")
    if not closed:
        return _UNSURE
    last = closed[-1]
    if last in rules.unsure_after:
        return _UNSURE
    if last in rules.sentence_ends:
        return _UNSURE if last == "." and _no_end(closed, rules) else _BEGINS
    return _UNSURE if quoted else _INSIDE


def _ends_closed(spaced: str, rules: Rules) -> bool:
    """Return whether the last mark is a straight quote that closes."""
    return spaced.endswith(_QUOTE) and not _open_quote(spaced)


def _no_end(closed: str, rules: Rules) -> bool:
    """Return whether the point at the end may not be the end of a sentence."""
    if closed.endswith("..") or _INITIAL.search(closed[-3:]):
        return True
    if closed[-2:-1].isdigit():
        return not rules.number_point_ends
    plain = closed[-16:].replace("\u00a0", " ").replace("\u202f", " ")
    return any(plain.endswith(short) and not plain[: -len(short)][-1:].isalnum() for short in rules.abbreviations)
