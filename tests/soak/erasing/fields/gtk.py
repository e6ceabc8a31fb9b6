# SPDX-License-Identifier: MIT
"""An entry and a text view of GTK, of the version that the argument says; see `answers.py`."""

import sys

import gi

gi.require_version("Gtk", f"{sys.argv[1]}.0")
from answers import TITLE, Answers  # noqa: E402
from gi.repository import GLib, Gtk  # noqa: E402

FOUR = sys.argv[1] == "4"


class Program:
    def __init__(self):
        self.window = Gtk.Window(title=TITLE)
        self.entry, self.view = Gtk.Entry(), Gtk.TextView(accepts_tab=False)
        self.view.set_size_request(400, 300)
        self.buffer = self.view.get_buffer()
        self._digits, self._corrects = False, False
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        for field in (self.entry, self.view):
            (box.append if FOUR else box.add)(field)
        (self.window.set_child if FOUR else self.window.add)(box)
        (self.entry.get_delegate() if FOUR else self.entry).connect("insert-text", self._check)
        self.buffer.connect("changed", lambda _: GLib.idle_add(self._correct))
        self.window.present() if FOUR else self.window.show_all()

    def reset(self):
        self._digits, self._corrects = False, False
        self.entry.set_max_length(0)
        self.view.set_editable(True)
        self.put("first", "")
        self.put("second", "")

    def put(self, field, text):
        if field == "first":
            self.entry.set_text(text)
            self.entry.set_position(-1)
        else:
            self.buffer.set_text(text)
            self.buffer.place_cursor(self.buffer.get_end_iter())

    def focus(self, field):
        (self.entry if field == "first" else self.view).grab_focus()
        if field == "first":
            self.entry.set_position(-1)

    def focused(self):
        active = self.window.is_active() if FOUR else self.window.has_toplevel_focus()
        return active and any(field.is_focus() or field.has_focus() for field in self._fields())

    def _fields(self):
        return [self.entry.get_delegate() if FOUR else self.entry, self.view]

    def limit(self, count):
        self.entry.set_max_length(count)

    def digits(self):
        self._digits = True

    def editable(self, may):
        self.view.set_editable(may)

    def correct(self):
        self._corrects = True

    def caret(self, offset):
        self.buffer.place_cursor(self.buffer.get_iter_at_offset(offset))

    def select(self):
        self.buffer.select_range(*self.buffer.get_bounds())

    def texts(self):
        return [self.entry.get_text(), self.buffer.get_slice(*self.buffer.get_bounds(), True)]

    def _check(self, field, text, *_):
        if self._digits and not text.isdigit():
            field.stop_emission_by_name("insert-text")

    def _correct(self):
        at = self.buffer.get_slice(*self.buffer.get_bounds(), True).find("(c)")
        if self._corrects and at >= 0:
            self.buffer.delete(*map(self.buffer.get_iter_at_offset, (at, at + 3)))
            self.buffer.insert(self.buffer.get_iter_at_offset(at), "©")


if FOUR:
    GLib.set_prgname("ways4.py")
    Gtk.init()
program = Program()
answers = Answers(program)
GLib.io_add_watch(answers.fileno(), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, answers.asked)
GLib.MainLoop().run()
