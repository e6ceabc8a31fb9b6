# SPDX-License-Identifier: MIT
"""The ways into a display server, one folder each; `choice` picks one."""
