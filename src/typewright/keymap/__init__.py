# SPDX-License-Identifier: MIT
"""XKB's model of a keyboard, and the key coder: pure functions of text, layout and state. Standard library only."""
