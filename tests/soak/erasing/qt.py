# SPDX-License-Identifier: MIT
"""A Qt window with one text field. Arguments: `entry` or `area`, and the directory to talk through."""

import json
import sys
from pathlib import Path

from PyQt5.QtCore import QEvent, QObject, Qt
from PyQt5.QtGui import QTextCursor
from PyQt5.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

kind, room = sys.argv[1], Path(sys.argv[2])
application = QApplication([])
field = QLineEdit() if kind == "entry" else QPlainTextEdit()


def load() -> None:
    text = (room / "text").read_text("utf-8")
    if kind == "entry":
        field.setText(text)
    else:
        field.setPlainText(text)
        field.moveCursor(QTextCursor.End)


def report() -> None:
    text = field.text() if kind == "entry" else field.toPlainText()
    with (room / "reports").open("w") as reports:
        reports.write(json.dumps(text) + "\n")


class Keys(QObject):
    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.KeyPress:
            return False
        action = {Qt.Key_F8: load, Qt.Key_F9: report}.get(event.key())
        if action:
            action()
        return action is not None


keys = Keys()
field.installEventFilter(keys)
field.resize(400, 300)
field.show()
application.exec()
