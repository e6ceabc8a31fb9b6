# SPDX-License-Identifier: MIT
"""
Does the commands of `answers.py` in a LibreOffice Writer, over its UNO interface: its document is the second field.

Argument: the name of its pipe. Run by the system's Python, which has LibreOffice's module.
"""

import sys
import time

import uno
from answers import Answers
from com.sun.star.connection import NoConnectException

local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)


def component():
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
            continue
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        while desktop.getCurrentComponent() is None:
            time.sleep(0.1)
        return desktop.getCurrentComponent()


class Program:
    def __init__(self):
        self._document = component()
        self._controller = self._document.getCurrentController()

    def reset(self):
        self.put("second", "")

    def put(self, _, text):
        self._document.getText().setString(text)
        self._cursor().gotoEnd(False)

    def focus(self, _):
        pass

    def focused(self):
        return bool(self._controller.getFrame().isActive())

    def correct(self):
        """It does by itself."""

    def caret(self, offset):
        self._cursor().gotoStart(False)
        self._cursor().goRight(offset, False)

    def select(self):
        self._cursor().gotoStart(False)
        self._cursor().gotoEnd(True)

    def texts(self):
        return ["", self._document.getText().getString()]

    def _cursor(self):
        return self._controller.getViewCursor()


answers = Answers(Program())
while True:
    answers.asked()
