# SPDX-License-Identifier: MIT
"""The seams: what the engine asks of a display, of the accessibility bus, and what the bus side asks of the engine."""
