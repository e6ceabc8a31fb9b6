# SPDX-License-Identifier: MIT
"""A GTK 3 TextView."""

import gi

gi.require_version("Gtk", "3.0")
from answers import TITLE, Answers, work  # noqa: E402
from gi.repository import GLib, Gtk  # noqa: E402
from gtk_text import Text  # noqa: E402

window = Gtk.Window(title=TITLE)
window.set_default_size(800, 600)
view = Gtk.TextView()
view.set_wrap_mode(Gtk.WrapMode.CHAR)
scrolled = Gtk.ScrolledWindow()
scrolled.add(view)
window.add(scrolled)
text = Text(view.get_buffer())
answers = Answers(text.content, text.clear, lambda: view.is_focus() and window.has_toplevel_focus(), text.ending)
view.connect("key-press-event", work)
view.get_buffer().connect("changed", answers.changed)
GLib.io_add_watch(answers.fileno(), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, answers.asked)
window.show_all()
view.grab_focus()
Gtk.main()
