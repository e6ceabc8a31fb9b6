# SPDX-License-Identifier: MIT
"""Runs in a terminal, reads the raw tty, and holds what it got; the byte of Return counts as a newline."""

import os
import select
import tty

from answers import SLOW_S, Answers, work

got = bytearray()
answers = Answers(lambda: got.decode("utf-8", "replace").replace("\r", "\n"), got.clear)
tty.setraw(0)
os.write(1, b"ready\r\n")
while True:
    readable, _, _ = select.select([0, answers], [], [])
    if 0 in readable:
        data = os.read(0, 1 if SLOW_S else 65536)
        if not data:
            break
        if SLOW_S and data[0] >> 6 != 0b10:  # the first byte of a character
            work()
        got += data
        answers.changed()
    if answers in readable:
        answers.asked()
