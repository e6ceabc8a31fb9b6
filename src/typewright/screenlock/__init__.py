# SPDX-License-Identifier: MIT
"""Whether the user's screen is locked: `sources` has the interface, and each other module a source."""
