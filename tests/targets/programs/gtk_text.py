# SPDX-License-Identifier: MIT
"""The text of a GtkTextView, which GTK 3 and GTK 4 are asked for in the same way; see `answers.py`."""


class Text:
    """I answer for a view's buffer."""

    def __init__(self, buffer):
        self._buffer = buffer

    def content(self):
        # get_text would leave out what the buffer takes for an anchor, get_slice does not.
        return self._buffer.get_slice(*self._buffer.get_bounds(), True)

    def clear(self):
        self._buffer.set_text("")

    def ending(self):
        last = self._buffer.get_end_iter()
        return self._buffer.get_char_count(), last.backward_char() and last.get_char()
