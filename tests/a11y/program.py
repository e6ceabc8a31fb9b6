# SPDX-License-Identifier: MIT
"""
A program with a text field, a password field, an area of several lines and a button, in the toolkit named by its argument.

Run it with Debian's Python, which has the toolkits. It prints `ready`, then a line of JSON for each line on its standard
input: `focus NAME`, `set TEXT` (JSON; the caret goes to its end), `caret POSITION`, `select START END`, `drop LETTER` (from
now on every field ignores that letter), `lock` and `unlock` (the area is read-only, or not), and `say`, which returns the
text before the caret of the widget that has the focus.
"""

from __future__ import annotations

import json
import os
import sys


class Gtk:
    """What GTK 3 and GTK 4 have in common."""

    def __init__(self, version: str) -> None:
        import gi

        gi.require_version("Gtk", f"{version}.0")
        from gi.repository import GLib, Gtk

        if version == "4":
            Gtk.init()
        self.four, self.glib, self.gtk = version == "4", GLib, Gtk
        self.loop = GLib.MainLoop()
        password = Gtk.PasswordEntry() if self.four else Gtk.Entry(visibility=False)
        self.fields = {
            "text": Gtk.Entry(), "password": password, "area": Gtk.TextView(), "button": Gtk.Button(label="OK")
        }  # fmt: skip
        self.fields["area"].set_size_request(300, 200)
        self.window = Gtk.Window(title="program")
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        for field in self.fields.values():
            (box.append if self.four else box.add)(field)
        (self.window.set_child if self.four else self.window.add)(box)
        if not self.four:
            box.show_all()
        self.window.present()
        self.name = "text"
        self.dropped = ""
        for field in (self.fields["text"], self.fields["area"].get_buffer()):
            source = field.get_delegate() if self.four and field is self.fields["text"] else field
            source.connect("insert-text", self._insert)

    def _insert(self, source: object, *about: object) -> None:
        (text,) = (each for each in about if isinstance(each, str))
        if text == self.dropped:
            source.stop_emission_by_name("insert-text")

    def drop(self, letter: str) -> None:
        self.dropped = letter

    def lock(self, locked: bool) -> None:
        self.fields["area"].set_editable(not locked)

    def focus(self, name: str) -> None:
        self.name = name
        self.fields[name].grab_focus()

    def set(self, text: str) -> None:
        field = self.fields[self.name]
        if self.name == "area":
            field.get_buffer().set_text(text)
        else:
            field.set_text(text)
            field.set_position(-1)

    def caret(self, position: int) -> None:
        self.select(position, position)

    def select(self, start: int, end: int) -> None:
        field = self.fields[self.name]
        if self.name == "area":
            buffer = field.get_buffer()
            buffer.select_range(buffer.get_iter_at_offset(end), buffer.get_iter_at_offset(start))
        else:
            field.select_region(start, end)

    def say(self) -> str:
        field = self.fields[self.name]
        if self.name == "area":
            buffer = field.get_buffer()
            return buffer.get_text(buffer.get_start_iter(), buffer.get_iter_at_mark(buffer.get_insert()), True)
        return field.get_text()[: field.get_position()]

    def run(self, read: object) -> None:
        self.glib.io_add_watch(0, self.glib.IO_IN | self.glib.IO_HUP, lambda *_: read())
        self.loop.run()

    def stop(self) -> None:
        self.loop.quit()


class Qt:
    """Qt 5."""

    def __init__(self, version: str) -> None:
        from PyQt5 import QtCore, QtWidgets

        self.core = QtCore
        self.application = QtWidgets.QApplication([])
        self.window = QtWidgets.QWidget()
        self.window.setWindowTitle("program")
        box = QtWidgets.QVBoxLayout(self.window)
        self.fields = {
            "text": QtWidgets.QLineEdit(), "password": QtWidgets.QLineEdit(), "area": QtWidgets.QTextEdit(),
            "button": QtWidgets.QPushButton("OK"),
        }  # fmt: skip
        self.fields["password"].setEchoMode(QtWidgets.QLineEdit.Password)
        for field in self.fields.values():
            box.addWidget(field)
        self.window.show()
        self.window.activateWindow()
        self.name = "text"

    def drop(self, letter: str) -> None:
        class Filter(self.core.QObject):
            def eventFilter(_, watched: object, event: object) -> bool:
                return event.type() == self.core.QEvent.KeyPress and event.text() == letter

        self.filter = Filter()
        for field in self.fields.values():
            field.installEventFilter(self.filter)

    def lock(self, locked: bool) -> None:
        self.fields["area"].setReadOnly(locked)

    def focus(self, name: str) -> None:
        self.name = name
        self.fields[name].setFocus()

    def set(self, text: str) -> None:
        field = self.fields[self.name]
        if self.name == "area":
            field.setPlainText(text)
            self.caret(len(text))
        else:
            field.setText(text)

    def caret(self, position: int) -> None:
        self.select(position, position)

    def select(self, start: int, end: int) -> None:
        field = self.fields[self.name]
        if self.name == "area":
            cursor = field.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end, cursor.KeepAnchor)
            field.setTextCursor(cursor)
        elif start == end:
            field.setCursorPosition(start)
        else:
            field.setSelection(start, end - start)

    def say(self) -> str:
        field = self.fields[self.name]
        if self.name == "area":
            return field.toPlainText()[: field.textCursor().position()]
        return field.text()[: field.cursorPosition()]

    def run(self, read: object) -> None:
        self.notifier = self.core.QSocketNotifier(0, self.core.QSocketNotifier.Read)
        self.notifier.activated.connect(lambda *_: read())
        self.application.exec_()

    def stop(self) -> None:
        self.application.quit()


def main(toolkit: str) -> None:
    program = {"gtk3": Gtk, "gtk4": Gtk, "qt5": Qt}[toolkit](toolkit[-1])

    def read() -> bool:
        data = os.read(0, 65536)
        if not data:
            program.stop()
        for line in data.decode().splitlines():
            command, _, argument = line.partition(" ")
            if command in ("caret", "select"):
                getattr(program, command)(*map(int, argument.split()))
            elif command == "set":
                program.set(json.loads(argument))
            elif command in ("lock", "unlock"):
                program.lock(command == "lock")
            elif command in ("focus", "drop"):
                getattr(program, command)(argument)
            print(json.dumps(program.say() if command == "say" else None), flush=True)
        return bool(data)

    print("ready", flush=True)
    program.run(read)


main(sys.argv[1])
