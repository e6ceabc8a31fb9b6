# SPDX-License-Identifier: MIT
"""
PocketSphinx in a pipe: raw audio in, `partial ...` and `final ...` lines out, as `typewright dictate` reads them.

    parec --format=s16le --rate=16000 --channels=1 | python3 pocketsphinx_live.py | typewright dictate --context

The audio has 16 bits per sample in the machine's byte order, one channel, 16,000 samples per second.
"""

import sys
from collections.abc import Iterator
from typing import BinaryIO

from pocketsphinx import Decoder, Endpointer


def hypotheses(audio: BinaryIO, decoder: Decoder) -> Iterator[tuple[str, str]]:
    """Yield what `decoder` recognizes in `audio`: ("partial", text) whenever its guess changes, and ("final", text)."""
    endpointer = Endpointer()  # separates speech from silence, and finds the end of an utterance
    guess = ""
    while frame := audio.read(endpointer.frame_bytes):
        speaking = endpointer.in_speech
        whole = len(frame) == endpointer.frame_bytes
        speech = endpointer.process(frame) if whole else endpointer.end_stream(frame)
        if speech is None:
            continue
        if not speaking:
            decoder.start_utt()
            guess = ""
        decoder.process_raw(speech)
        if endpointer.in_speech:
            if (said := text_of(decoder)) != guess:
                guess = said
                yield "partial", said
        else:
            decoder.end_utt()
            yield "final", text_of(decoder)
    if endpointer.in_speech:
        decoder.end_utt()
        yield "final", text_of(decoder)


def text_of(decoder: Decoder) -> str:
    """Return the decoder's best guess so far."""
    best = decoder.hyp()
    return best.hypstr if best else ""


if __name__ == "__main__":
    for kind, text in hypotheses(sys.stdin.buffer, Decoder(loglevel="FATAL")):
        print(kind, text, flush=True)
