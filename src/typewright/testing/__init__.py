# SPDX-License-Identifier: MIT
"""Stand-ins for those who build on the engine, and for our own tests."""
