# SPDX-License-Identifier: MIT
"""
Made `hypotheses.jsonl`, once: 200 sentences, spoken by espeak-ng, and what PocketSphinx took them for while it listened.

Run it with `.venv/bin/python -m tests.data.record_hypotheses`, which takes a quarter of an hour. A line of the file is
`{"said": sentence, "heard": [["partial", text], ..., ["final", text]]}`.
"""

from __future__ import annotations

import importlib.util
import io
import json
import random
from pathlib import Path

from pocketsphinx import Decoder
from tests.helpers import speech

STREAMS = 200
FILE = Path(__file__).with_name("hypotheses.jsonl")
_EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "dictation" / "pocketsphinx_live.py"
_WORDS_A_MINUTE = (120, 140, 160)


def main() -> None:
    """Speak, listen, and write down."""
    specification = importlib.util.spec_from_file_location("pocketsphinx_live", _EXAMPLE)
    example = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(example)
    decoder = Decoder(loglevel="FATAL")
    chance = random.Random(5)
    with FILE.open("w", encoding="utf-8") as file:
        for sentence in speech.sentences(STREAMS):
            audio = speech.spoken(sentence, chance.choice(speech.VOICES), chance.choice(_WORDS_A_MINUTE))
            heard = list(example.hypotheses(io.BytesIO(audio), decoder))
            file.write(json.dumps({"said": sentence, "heard": heard}) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
