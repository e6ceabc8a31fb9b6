# SPDX-License-Identifier: MIT
"""A GTK 4 TextView."""

import gi

gi.require_version("Gtk", "4.0")
from answers import TITLE, Answers, work  # noqa: E402
from gi.repository import GLib, Gtk  # noqa: E402
from gtk_text import Text  # noqa: E402

GLib.set_prgname("gtk4.py")  # else its window has no class
Gtk.init()
window = Gtk.Window(title=TITLE)
window.set_default_size(800, 600)
view = Gtk.TextView()
view.set_wrap_mode(Gtk.WrapMode.CHAR)
scrolled = Gtk.ScrolledWindow()
scrolled.set_child(view)
window.set_child(scrolled)
text = Text(view.get_buffer())
answers = Answers(text.content, text.clear, lambda: view.is_focus() and window.is_active(), text.ending)
keys = Gtk.EventControllerKey()
keys.set_propagation_phase(Gtk.PropagationPhase.CAPTURE)
keys.connect("key-pressed", work)
window.add_controller(keys)
view.get_buffer().connect("changed", answers.changed)
GLib.io_add_watch(answers.fileno(), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, answers.asked)
window.present()
view.grab_focus()
GLib.MainLoop().run()
