# SPDX-License-Identifier: MIT
"""A Tk window with one text field. Argument: the directory to talk through."""

import json
import sys
import tkinter
from pathlib import Path

room = Path(sys.argv[1])
window = tkinter.Tk()
field = tkinter.Text(window)


def load(_: object) -> str:
    field.delete("1.0", "end")
    field.insert("1.0", (room / "text").read_text("utf-8"))
    field.mark_set("insert", "end - 1 chars")
    return "break"


def report(_: object) -> str:
    text = field.get("1.0", "end - 1 chars")
    with (room / "reports").open("w") as reports:
        reports.write(json.dumps(text) + "\n")
    return "break"


field.bind("<F8>", load)
field.bind("<F9>", report)
field.pack()
field.focus_set()
window.mainloop()
