# SPDX-License-Identifier: MIT
"""Putting the keyboard right after a Typewright that died: the guardian and what it does."""
