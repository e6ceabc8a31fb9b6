# SPDX-License-Identifier: MIT
"""The keyboard in XKB's model, and the key coder on it: pure functions of text, layout and state. Standard library only."""
