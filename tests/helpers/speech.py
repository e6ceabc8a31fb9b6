# SPDX-License-Identifier: MIT
"""Speech for recognizers: sentences of a small grammar of our own, and espeak-ng saying them."""

from __future__ import annotations

import array
import random
import subprocess
from collections.abc import Iterator

RATE = 16_000
"""Samples a second, as recognizers want them."""
VOICES = ("en-us", "en-us+m3", "en-gb+f3", "en-gb+m7", "en-us+f2")

_WAV_HEADER_BYTES = 44
_ESPEAK_RATE = 22_050
_PATTERNS = (
    "{who} {does} the {what}",
    "{who} {does} {how} {what} {when}",
    "{ask} {does} the {what} {when}",
    "the {what} and the {what} are {how}",
    "{when} {who} will {do} {how} {what}",
    "there is {how} {what} behind the {what}",
)
_WORDS = {
    "who": ("my brother", "the old teacher", "everybody", "her friend", "nobody here", "the young doctor", "our neighbour"),
    "does": ("saw", "likes", "bought", "painted", "carried", "remembers", "wanted"),
    "do": ("write", "sell", "find", "open", "read", "build"),
    "ask": ("who", "I think she", "I hope he", "perhaps they", "maybe somebody"),
    "what": ("letter", "red house", "window", "garden", "paper", "yellow boat", "story", "kitchen table", "river", "bread"),
    "how": ("one", "a new", "another", "a small", "the best", "a very good"),
    "when": ("today", "in the morning", "on monday", "tomorrow", "before dinner", "after the war", "last week"),
}


def sentences(count: int, seed: int = 5) -> Iterator[str]:
    """`count` sentences, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        pattern = chance.choice(_PATTERNS)
        while "{" in pattern:
            before, _, rest = pattern.partition("{")
            kind, _, behind = rest.partition("}")
            pattern = before + chance.choice(_WORDS[kind]) + behind
        yield pattern


def spoken(sentence: str, voice: str = VOICES[0], words_a_minute: int = 140) -> bytes:
    """The sentence as raw audio, `RATE` samples a second of 16 bits, with half a second of silence at both ends."""
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(words_a_minute), sentence]
    wav = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    silence = bytes(RATE)
    return silence + _resampled(wav[_WAV_HEADER_BYTES:]) + silence


def _resampled(raw: bytes) -> bytes:
    # Linear interpolation: what it adds above the speech, no recognizer minds.
    samples = array.array("h", raw)
    count = (len(samples) - 1) * RATE // _ESPEAK_RATE
    result = array.array("h", bytes(2 * count))
    for place in range(count):
        left, part = divmod(place * _ESPEAK_RATE, RATE)
        result[place] = samples[left] + (samples[left + 1] - samples[left]) * part // RATE
    return result.tobytes()
