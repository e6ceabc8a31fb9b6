# SPDX-License-Identifier: MIT
"""The command line: `parser` is light, and imports the rest when the command is known."""
