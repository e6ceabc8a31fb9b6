# SPDX-License-Identifier: MIT
"""A Qt 6 QPlainTextEdit."""

import sys

from answers import TITLE, Answers, work
from PyQt6.QtCore import QSocketNotifier
from PyQt6.QtWidgets import QApplication, QPlainTextEdit


class Edit(QPlainTextEdit):
    def keyPressEvent(self, event):
        work()
        super().keyPressEvent(event)


application = QApplication(sys.argv)
edit = Edit()
edit.setWindowTitle(TITLE)
edit.resize(800, 600)


def ending():
    document = edit.document()
    length = document.characterCount() - 1
    return length, length and document.characterAt(length - 1)


answers = Answers(lambda: edit.document().toRawText().replace("\u2029", "\n"), edit.clear, edit.hasFocus, ending)
edit.textChanged.connect(answers.changed)
notifier = QSocketNotifier(answers.fileno(), QSocketNotifier.Type.Read)
notifier.activated.connect(answers.asked)
edit.show()
application.exec()
