# SPDX-License-Identifier: MIT
"""
Plays a program that uses Vosk: prints what its recognizer returns, as it returns it.

    python3 vosk_style.py | typewright dictate

With Vosk, the loop is: `print(rec.Result() if rec.AcceptWaveform(data) else rec.PartialResult(), flush=True)`.
"""

import json

RESULTS = [
    {"partial": ""},
    {"partial": "i scream"},
    {"partial": "ice cream is"},
    {"text": "ice cream is good"},
    {"partial": ""},
    {"partial": "huh"},
    {"text": ""},
]

for result in RESULTS:
    print(json.dumps(result, indent=2), flush=True)
