# SPDX-License-Identifier: MIT
"""
What every program to be typed into has in common: it answers, on a socket, what text it holds.

Run by the system's Python, which has the toolkits. A request is a line, an answer is a line of JSON:
`text N`: the whole text, as soon as it is N characters long, or ends with a bar (then no more will come); `focused`:
whether keys would go to the text; `clear`. A later request overtakes a waiting one. Nothing is written unasked, so that the
program never blocks on it.
"""

import json
import os
import socket
import time


class Answers:
    """
    I answer for the program; it has me look at the socket when that is readable, and when the text has changed.

    `ending()` gives, cheaply, a length that the text has at most, and its last character: a long text is not to be fetched
    at each key.
    """

    def __init__(self, text, clear, focused=lambda: True, ending=None):
        self._text = text
        self._ending = ending
        self._clear = clear
        self._focused = focused
        self._wanted = None
        self._asked = b""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(os.environ["TARGET_SOCKET"])

    def fileno(self):
        return self._socket.fileno()

    def asked(self, *_):
        """The socket is readable."""
        data = self._socket.recv(4096)
        if not data:
            raise SystemExit
        self._asked += data
        *lines, self._asked = self._asked.split(b"\n")
        for line in lines:
            word, *count = line.decode().split()
            if word == "text":
                self._wanted = int(count[0])
                self.changed()
            elif word == "clear":
                self._clear()
                self._answer("")
            else:
                self._answer(self._focused())
        return True

    def changed(self, *_):
        """The text has perhaps changed."""
        if self._wanted is None:
            return
        if self._ending is not None:
            length, last = self._ending()
            if length < self._wanted and last != "|":
                return
        text = self._text()
        if len(text) >= self._wanted or text.endswith("|"):
            self._wanted = None
            self._answer(text)

    def _answer(self, value):
        self._socket.sendall(json.dumps(value).encode() + b"\n")


def work(*_):
    """What a program does with each key before it takes it: nothing, or TARGET_SLOW_S seconds of sleep."""
    time.sleep(SLOW_S)


SLOW_S = float(os.environ["TARGET_SLOW_S"])
TITLE = os.environ["TARGET_TITLE"]
