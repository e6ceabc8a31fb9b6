# SPDX-License-Identifier: MIT
"""A QLineEdit and a QPlainTextEdit of PyQt5 or PyQt6, as the argument says; see `answers.py`."""

import sys
from importlib import import_module

from answers import TITLE, Answers

core = import_module(f"{sys.argv[1]}.QtCore")
gui = import_module(f"{sys.argv[1]}.QtGui")
widgets = import_module(f"{sys.argv[1]}.QtWidgets")


class Program:
    def __init__(self):
        self.window = widgets.QWidget()
        self.window.setWindowTitle(TITLE)
        box = widgets.QVBoxLayout(self.window)
        self.line, self.edit = widgets.QLineEdit(), widgets.QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        for field in (self.line, self.edit):
            box.addWidget(field)
        self._corrects = False
        self.edit.textChanged.connect(lambda: core.QTimer.singleShot(0, self._correct))
        self.window.show()

    def reset(self):
        self._corrects = False
        self.line.setMaxLength(32767)
        self.line.setValidator(None)
        self.edit.setReadOnly(False)
        self.put("first", "")
        self.put("second", "")

    def put(self, field, text):
        if field == "first":
            self.line.setText(text)
        else:
            self.edit.setPlainText(text)
            self.edit.moveCursor(gui.QTextCursor.MoveOperation.End)

    def focus(self, field):
        (self.line if field == "first" else self.edit).setFocus()
        if field == "first":
            self.line.end(False)

    def focused(self):
        return self.line.hasFocus() or self.edit.hasFocus()

    def limit(self, count):
        self.line.setMaxLength(count)

    def digits(self):
        self.line.setValidator(gui.QRegularExpressionValidator(core.QRegularExpression("[0-9]*"), self.line))

    def editable(self, may):
        self.edit.setReadOnly(not may)

    def correct(self):
        self._corrects = True

    def caret(self, offset):
        cursor = self.edit.textCursor()
        cursor.setPosition(offset)
        self.edit.setTextCursor(cursor)

    def select(self):
        self.edit.selectAll()

    def texts(self):
        return [self.line.text(), self.edit.toPlainText()]

    def _correct(self):
        at = self.edit.toPlainText().find("(c)")
        if self._corrects and at >= 0:
            cursor = gui.QTextCursor(self.edit.document())
            cursor.setPosition(at)
            cursor.setPosition(at + 3, gui.QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText("©")


application = widgets.QApplication(sys.argv)
program = Program()
answers = Answers(program)
notifier = core.QSocketNotifier(answers.fileno(), core.QSocketNotifier.Type.Read)
notifier.activated.connect(answers.asked)
application.exec()
