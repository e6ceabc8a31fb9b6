# SPDX-License-Identifier: MIT
"""Programs with widgets, GTK 3 (which answers a ping) and Tk (another question): the text that they hold afterwards."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.helpers import desktop

GTK = r"""
imports.gi.versions.Gtk = '3.0';
const { Gtk, GLib } = imports.gi;
Gtk.init(null);
const window = new Gtk.Window({ title: 'target' });
const view = new Gtk.TextView();
window.add(view);
view.buffer.connect('changed', () => {
    if (view.buffer.text.endsWith('|'))
        print(JSON.stringify(view.buffer.text));
});
window.connect('map-event', () => { print(JSON.stringify('')); });
window.show_all();
Gtk.main();
"""
TK = r"""
import json, tkinter
root = tkinter.Tk()
root.title('target')
text = tkinter.Text(root, undo=False)
text.pack()
def changed(event):
    modified = text.edit_modified()
    text.edit_modified(False)
    if modified and text.get("end-2c") == "|":
        print(json.dumps(text.get("1.0", "end-1c")), flush=True)
text.bind("<<Modified>>", changed)
text.bind("<Map>", lambda event: print('""', flush=True))
text.focus_set()
root.mainloop()
"""
TARGETS = {"gtk3": ["gjs", "-c", GTK], "tk": ["/usr/bin/python3", "-c", TK]}
MIXED = "The quick (brown) fox; Grüße, Œuvre à Łódź, привет мир, Ελληνικά, 漢字と仮名, עברית, ∀x∈ℝ — “ok” 👍 "


@contextmanager
def target(environ: dict[str, str], command: list[str]) -> Iterator[desktop.Child]:
    """
    A program with the focus, that prints the text that it holds, as JSON, whenever that ends with a bar.

    Not with each character: a program that blocks on a full pipe takes no keys.
    """
    child = desktop.Child(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert json.loads(child.line()) == ""
        desktop.run(environ, "xdotool", "windowfocus", "--sync", desktop.window(environ, "--name", "^target$"))
        yield child
    finally:
        child.end()
        child.process.stdout.close()


@pytest.mark.parametrize("name", TARGETS)
def test_the_text_that_a_program_holds_is_the_text_that_was_sent(environ: dict[str, str], name: str) -> None:
    desktop.run(environ, "setxkbmap", "-option", "", "us")
    text = MIXED * 3 + "|"
    with target(environ, TARGETS[name]) as program, desktop.service(environ):
        told = desktop.busctl_call(environ, "Type", "sa{sv}", text, "0")
        assert '"confirmed" b true' in told
        assert '"level" s "application"' in told
        assert json.loads(program.line()) == text
        assert desktop.busctl_call(environ, "Insert", "s", "end|") == "b true"
        assert json.loads(program.line()) == text + "end|"
