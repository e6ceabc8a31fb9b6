# SPDX-License-Identifier: MIT
"""Stand-ins for a backend and for the accessibility bus, for tests and for programs that build on the engine."""
