# SPDX-License-Identifier: MIT
"""A program that runs already and types with pynput: a text for each line of JSON, answered with what went wrong."""

from __future__ import annotations

import json
import sys

# python-xlib prints to the standard output what it has to complain of, and pynput opens the display when it is imported.
answers, sys.stdout = sys.stdout, sys.stderr
from pynput.keyboard import Controller  # noqa: E402


def main() -> None:
    """Read a text a line from standard input, type it, print the name of the error that ended it, if any."""
    keyboard = Controller()
    for line in sys.stdin:
        error = ""
        try:
            keyboard.type(json.loads(line))
        except Exception as problem:  # whatever it is, the rest of the text is not typed, and that is counted
            error = type(problem).__name__
        print(json.dumps({"error": error}), file=answers, flush=True)


main()
