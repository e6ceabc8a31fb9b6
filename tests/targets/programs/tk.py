# SPDX-License-Identifier: MIT
"""A Tk Text."""

import tkinter

from answers import TITLE, Answers, work

root = tkinter.Tk()
root.title(TITLE)
text = tkinter.Text(root, undo=False)
text.pack()
answers = Answers(
    lambda: text.get("1.0", "end-1c"),
    lambda: text.delete("1.0", "end"),
    lambda: root.focus_get() is text,
)


def changed(_):
    text.edit_modified(False)
    answers.changed()


text.bind("<Key>", work)
text.bind("<<Modified>>", changed)
root.createfilehandler(answers, tkinter.READABLE, answers.asked)
text.focus_set()
root.mainloop()
