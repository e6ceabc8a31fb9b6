# SPDX-License-Identifier: MIT
"""Whether the user's screen is locked: one interface, several sources."""
