# SPDX-License-Identifier: MIT
"""The outcome of a race as a plot: an SVG written by hand, a panel for each text, a bar for each program and peer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from tests.bench.peers import PEERS
from tests.bench.results import Key, Results

PLOT = Path(__file__).resolve().parents[2] / "docs" / "race.svg"

_COLOURS = ("#1a6fb5", "#e08a2e", "#8a8a8a", "#a06cb0")
_WRONG = "#c22020"
_LEFT, _TOP, _PANEL, _GAP = 70, 58, 250, 100
_BAR, _GROUP_GAP = 9, 9
_LOWEST, _HIGHEST = 10.0, 10_000.0  # characters a second: the ends of the logarithmic axis


def write(results: Results) -> None:
    """Put the plot into docs/."""
    PLOT.write_text(svg(results), "utf-8")


def svg(results: Results) -> str:
    """The plot as a document."""
    group = len(PEERS) * _BAR + _GROUP_GAP
    height = _TOP + len(results.targets) * group + 36
    width = _LEFT + len(results.texts) * (_PANEL + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
        "<title>Characters a second, and wrong characters, of Typewright and its peers</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_legend(),
        *(
            _text(_LEFT - 8, _TOP + number * group + len(PEERS) * _BAR / 2 + 4, target, anchor="end")
            for number, target in enumerate(results.targets)
        ),
    ]
    for number, (text, count) in enumerate(results.texts.items()):
        left = _LEFT + number * (_PANEL + _GAP)
        parts += [_text(left, _TOP - 12, f"{text}, {count:,} characters", weight="bold"), *_axis(left, height - 36)]
        for row, target in enumerate(results.targets):
            for place, peer in enumerate(PEERS):
                top = _TOP + row * group + place * _BAR
                parts += _bar(results, Key(text, target, peer.name), left, top, _COLOURS[place])
    return "\n".join((*parts, "</svg>", ""))


def _legend() -> Iterator[str]:
    at = _LEFT
    for peer, colour in zip(PEERS, _COLOURS, strict=True):
        yield f'<rect x="{at}" y="12" width="12" height="10" fill="{colour}"/>'
        yield _text(at + 17, 21, peer.name)
        at += 140
    yield f'<rect x="{at}" y="12" width="12" height="10" fill="none" stroke="#444"/>'
    yield _text(at + 17, 21, "characters a second, hollow where")
    yield _text(at + 225, 21, "characters are wrong", colour=_WRONG)


def _axis(left: float, bottom: float) -> Iterator[str]:
    for power in range(round(math.log10(_LOWEST)), round(math.log10(_HIGHEST)) + 1):
        at = left + _length(10.0**power)
        yield f'<path d="M{at:.1f} {_TOP - 4}V{bottom}" stroke="#ddd"/>'
        yield _text(at, bottom + 16, f"{10**power:,}", anchor="middle", colour="#666")


def _bar(results: Results, key: Key, left: float, top: float, colour: str) -> Iterator[str]:
    wrong = results.wrong(key)
    if not results.arrived(key):
        yield _text(left + 3, top + _BAR - 2, "most of it did not arrive", colour=_WRONG, size=8)
        return
    rate = results.rate(key)
    length = _length(rate)
    look = f'fill="none" stroke="{colour}"' if wrong else f'fill="{colour}" stroke="{colour}"'
    yield f'<rect x="{left}" y="{top + 0.5:g}" width="{length:.1f}" height="{_BAR - 2}" {look}/>'
    yield _text(left + length + 3, top + _BAR - 1.5, f"{rate:,.0f}", size=8)
    if wrong:
        at = left + length + 8 + 5 * len(f"{rate:,.0f}")
        yield _text(at, top + _BAR - 1.5, f"{wrong:,} wrong", colour=_WRONG, size=8)


def _length(rate: float) -> float:
    return _PANEL * math.log10(max(rate, _LOWEST) / _LOWEST) / math.log10(_HIGHEST / _LOWEST)


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal", colour: str = "#222", size: int = 11
) -> str:
    look = f'text-anchor="{anchor}" font-weight="{weight}" fill="{colour}" font-size="{size}"'
    return f'<text x="{x:g}" y="{y:g}" {look}>{escape(text)}</text>'
