# SPDX-License-Identifier: MIT
"""
What the programs with two fields have in common: each line on a socket is a JSON list, a command and its arguments, and
gets an answer. The commands are methods of the program.

Run by the system's Python, which has the toolkits.
"""

import json
import os
import socket


class Answers:
    """Calls the methods of `program`, which has this object look at the socket when that is readable."""

    def __init__(self, program):
        self._program = program
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
            command, *arguments = json.loads(line)
            answer = getattr(self._program, command)(*arguments)
            self._socket.sendall(json.dumps(answer).encode() + b"\n")
        return True


TITLE = os.environ["TARGET_TITLE"]
