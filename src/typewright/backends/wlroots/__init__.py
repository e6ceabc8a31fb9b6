# SPDX-License-Identifier: MIT
"""
The backend for Wayland compositors that take virtual keyboards: sway, labwc, river, Wayfire, Hyprland, COSMIC, niri.

Read `backend` first. docs/wayland.md says what it can promise, and why it works as it does.
"""
