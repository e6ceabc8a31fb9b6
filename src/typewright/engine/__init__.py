# SPDX-License-Identifier: MIT
"""The generators of Deferreds that type. No reactor, no I/O: clock, keyer and observer are given to them."""
