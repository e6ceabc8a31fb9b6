# SPDX-License-Identifier: MIT
"""An Entry and a Text of Tk; see `answers.py`."""

import tkinter

from answers import TITLE, Answers


class Program:
    def __init__(self):
        self.root = tkinter.Tk()
        self.root.title(TITLE)
        self._limit, self._digits, self._corrects = 0, False, False
        check = (self.root.register(self._check), "%P")
        self.line, self.text = tkinter.Entry(self.root, validate="key", validatecommand=check), tkinter.Text(self.root)
        self.line.pack()
        self.text.pack()
        self.text.bind("<<Modified>>", self._correct)

    def reset(self):
        self._limit, self._digits, self._corrects = 0, False, False
        self.editable(True)
        self.put("first", "")
        self.put("second", "")

    def put(self, field, text):
        if field == "first":
            self.line.configure(validate="none")
            self.line.delete(0, "end")
            self.line.insert(0, text)
            self.line.configure(validate="key")
        else:
            self.text.delete("1.0", "end")
            self.text.insert("1.0", text)
            self.text.mark_set("insert", "end-1c")

    def focus(self, field):
        (self.line if field == "first" else self.text).focus_force()
        if field == "first":
            self.line.icursor("end")

    def focused(self):
        return self.root.focus_get() in (self.line, self.text)

    def limit(self, count):
        self._limit = count

    def digits(self):
        self._digits = True

    def editable(self, may):
        self.text.configure(state="normal" if may else "disabled")

    def correct(self):
        self._corrects = True

    def caret(self, offset):
        self.text.mark_set("insert", f"1.0+{offset}c")

    def select(self):
        self.text.tag_add("sel", "1.0", "end-1c")

    def texts(self):
        return [self.line.get(), self.text.get("1.0", "end-1c")]

    def _check(self, becoming):
        too_long = self._limit and len(becoming) > self._limit
        return not too_long and (becoming.isdigit() or not self._digits)

    def _correct(self, _):
        self.text.edit_modified(False)
        at = self.text.get("1.0", "end-1c").find("(c)")
        if self._corrects and at >= 0:
            self.text.delete(f"1.0+{at}c", f"1.0+{at + 3}c")
            self.text.insert(f"1.0+{at}c", "©")


program = Program()
answers = Answers(program)
program.root.createfilehandler(answers, tkinter.READABLE, answers.asked)
program.root.mainloop()
