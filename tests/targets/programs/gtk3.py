# SPDX-License-Identifier: MIT
"""A GTK 3 TextView."""

import gi

gi.require_version("Gtk", "3.0")
from answers import TITLE, Answers, work  # noqa: E402
from gi.repository import GLib, Gtk  # noqa: E402

window = Gtk.Window(title=TITLE)
window.set_default_size(800, 600)
view = Gtk.TextView()
view.set_wrap_mode(Gtk.WrapMode.CHAR)
scrolled = Gtk.ScrolledWindow()
scrolled.add(view)
window.add(scrolled)
text = view.get_buffer()


def content():
    # get_text would leave out what the buffer takes for an anchor, get_slice does not.
    return text.get_slice(*text.get_bounds(), True)


def ending():
    last = text.get_end_iter()
    return text.get_char_count(), last.backward_char() and last.get_char()


answers = Answers(content, lambda: text.set_text(""), lambda: view.is_focus() and window.has_toplevel_focus(), ending)
view.connect("key-press-event", work)
text.connect("changed", answers.changed)
GLib.io_add_watch(answers.fileno(), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, answers.asked)
window.show_all()
view.grab_focus()
Gtk.main()
