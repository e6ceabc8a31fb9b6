# SPDX-License-Identifier: MIT
"""Typewright: a D-Bus session service that types, and confirms every key event."""

__version__ = "0.2.0.dev0"
