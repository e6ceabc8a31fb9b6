# SPDX-License-Identifier: MIT
"""Text without keys: what is typeable, how it fits its context, what a BackSpace deletes. Standard library only."""
