# SPDX-License-Identifier: MIT
"""From text to a key list: pure functions of text, layout and state. Imports the standard library only."""
