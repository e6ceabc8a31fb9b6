# SPDX-License-Identifier: MIT
"""The smallest backend: a keyboard, a window and its text are simulated, and what happens there is printed."""
