# SPDX-License-Identifier: MIT
"""The engine: from a call to confirmed keys, and to what is remembered of them. Deferreds, no reactor, no I/O."""
