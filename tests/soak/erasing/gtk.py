# SPDX-License-Identifier: MIT
"""A GTK window with one text field. Arguments: major version, `entry` or `area`, and the directory to talk through."""

import json
import sys
from pathlib import Path

import gi

version, kind, room = sys.argv[1], sys.argv[2], Path(sys.argv[3])
gi.require_version("Gdk", f"{version}.0")
gi.require_version("Gtk", f"{version}.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

field = Gtk.Entry() if kind == "entry" else Gtk.TextView()


def load() -> None:
    text = (room / "text").read_text("utf-8")
    if kind == "entry":
        field.set_text(text)
        field.set_position(-1)
    else:
        field.get_buffer().set_text(text)
        field.get_buffer().place_cursor(field.get_buffer().get_end_iter())


def report() -> None:
    if kind == "entry":
        text = field.get_text()
    else:
        text = field.get_buffer().get_text(*field.get_buffer().get_bounds(), True)
    with (room / "reports").open("w") as reports:
        reports.write(json.dumps(text) + "\n")


def press(keysym: int) -> bool:
    action = {Gdk.KEY_F8: load, Gdk.KEY_F9: report}.get(keysym)
    if action:
        action()
    return action is not None


if version == "3":
    window = Gtk.Window()
    window.connect("key-press-event", lambda _, event: press(event.keyval))
    window.add(field)
    window.show_all()
else:
    window = Gtk.Window()
    keys = Gtk.EventControllerKey()
    keys.set_propagation_phase(Gtk.PropagationPhase.CAPTURE)
    keys.connect("key-pressed", lambda _, keysym, __, ___: press(keysym))
    window.add_controller(keys)
    window.set_child(field)
    window.present()
field.grab_focus()
GLib.MainLoop().run()
