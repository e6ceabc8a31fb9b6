# SPDX-License-Identifier: MIT
"""A QPlainTextEdit of PyQt5 or PyQt6, as the argument says."""

import sys
from importlib import import_module

from answers import TITLE, Answers, work

QSocketNotifier = import_module(f"{sys.argv[1]}.QtCore").QSocketNotifier
widgets = import_module(f"{sys.argv[1]}.QtWidgets")


class Edit(widgets.QPlainTextEdit):
    def keyPressEvent(self, event):
        work()
        super().keyPressEvent(event)


application = widgets.QApplication(sys.argv)
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
