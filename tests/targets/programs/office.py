# SPDX-License-Identifier: MIT
"""
Answers for a LibreOffice Writer or Calc, over its UNO interface, as `answers.py` describes. Argument: the name of its pipe.

Run by the system's Python, which has LibreOffice's module. A sheet tells the cells that have been entered; `at` is the row
of the current one, and `again` goes to the last row that has a text, and tells which that is.
"""

import json
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import Locale

_LOOKED_AT = "A1:D600"
_CONTENTS = 1 | 2 | 4 | 16  # numbers, dates, texts and formulas, not the format

local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
while True:
    try:
        context = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        break
    except NoConnectException:
        time.sleep(0.1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
while desktop.getCurrentComponent() is None:
    time.sleep(0.1)
document = desktop.getCurrentComponent()
controller = document.getCurrentController()


class Paragraphs:
    """The text of a Writer."""

    def text(self):
        return document.getText().getString()

    def clear(self):
        document.getText().setString("")


class Cells:
    """The texts of a Calc: a line for each row, with tabs between the cells. All cells are of the format "text"."""

    def __init__(self):
        self._sheet = document.getSheets().getByIndex(0)
        self._sheet.NumberFormat = document.getNumberFormats().queryKey("@", Locale(), False)

    def text(self):
        return "\n".join(self._lines())

    def clear(self):
        self._sheet.clearContents(_CONTENTS)
        self._go(0)

    def at(self):
        return document.getCurrentSelection().getCellAddress().Row

    def again(self):
        last = max(0, len(self._lines()) - 1)
        self._go(last)
        return last

    def _go(self, row):
        # A cell that `select` has marked is a range of one, in which Return stays.
        place = PropertyValue()
        place.Name, place.Value = "ToPoint", f"$A${row + 1}"
        dispatcher = context.ServiceManager.createInstance("com.sun.star.frame.DispatchHelper")
        dispatcher.executeDispatch(controller.getFrame(), ".uno:GoToCell", "", 0, (place,))

    def _lines(self):
        rows = self._sheet.getCellRangeByName(_LOOKED_AT).getDataArray()
        lines = ["\t".join(map(str, row)).rstrip("\t") for row in rows]
        while lines and not lines[-1]:
            lines.pop()
        return lines


held = Cells() if document.supportsService("com.sun.star.sheet.SpreadsheetDocument") else Paragraphs()


def answer(request):
    word, *_ = request.split()
    if word == "focused":
        return bool(controller.getFrame().isActive())
    if word != "text":
        return getattr(held, word)()
    return held.text()


for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
