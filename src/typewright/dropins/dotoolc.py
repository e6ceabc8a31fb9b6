# SPDX-License-Identifier: MIT
"""dotoolc is dotool without the start of a keyboard, which is no difference here."""

from typewright.dropins.dotool import Lines, translate

__all__ = ["Lines", "translate"]
