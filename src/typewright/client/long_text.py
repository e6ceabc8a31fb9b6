# SPDX-License-Identifier: MIT
"""Texts of any length: typed in pieces, all into one window; and read from files, which are not believed to be texts."""

from __future__ import annotations

from typewright.errors import InvalidArgs, LimitsExceeded, TypewrightError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, BinaryIO

    from typewright.client.typist import Typist

_PIECE = 1_000
"""Characters in one call: pieces show progress, and let other callers in between."""
_LONGEST = 1 << 22
"""Bytes in a file: with more, something else than a text comes in."""


def type_text(
    typist: Typist,
    text: str,
    options: Mapping[str, object],
    *,
    complain: Callable[[str], object],
    progress: Callable[[int, int], object] = lambda typed, total: None,
) -> dict[str, Any]:
    """
    Type `text`; return the report, in which `typed` and `total` are those of the whole text.

    Raises an error of `typewright.errors`; if a part is typed by then, `complain(sentence)` was called before it. Only a
    text in several pieces calls `progress(typed, total)`.
    """
    if len(text) <= _PIECE:
        return typist.type(text, options)
    text = _checked(text, options)
    from typewright.text.typeable import pieces

    chosen, typed, report = dict(options), 0, {}
    for piece in pieces(text, _PIECE):
        try:
            report = typist.type(piece, chosen)
        except TypewrightError:
            if typed:
                complain(f"{typed} of {len(text)} characters are confirmed, and then:")
            raise
        typed += report["typed"]
        # Another window may have the focus by the next piece, and the text must stay in one.
        if report["window"]:
            chosen["window"] = report["window"]
        progress(typed, len(text))
        if not report["confirmed"]:
            break
    return {**report, "typed": typed, "total": len(text)}


def read_text(stream: BinaryIO, name: str, encoding: str = "utf-8") -> str:
    """Return the text in `stream`. Raises InvalidArgs or LimitsExceeded, which call it `name`."""
    try:
        data = stream.read(_LONGEST + 1)
    except OSError:
        raise InvalidArgs(f"{name} cannot be read.") from None
    if len(data) > _LONGEST:
        raise LimitsExceeded(f"{name} has more than {_LONGEST >> 20} MiB, and nothing of it was typed: split it into parts.")
    try:
        return data.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        raise InvalidArgs(
            f"{name} is not {problem.encoding.upper()}, beginning with byte {problem.start + 1}, and nothing of it was "
            "typed: convert it, as with `iconv`."
        ) from None


def _checked(text: str, options: Mapping[str, object]) -> str:
    """Return `text` as it is typed. The service sees a piece at a time, and would type some before the one it refuses."""
    from typewright.options import Options
    from typewright.text.typeable import typeable

    try:
        text = typeable(text)
    except ValueError as refused:
        raise InvalidArgs(str(refused)) from None
    Options().given(options).with_line_ends(text)
    return text
