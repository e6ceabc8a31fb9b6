# SPDX-License-Identifier: MIT
"""What the user's desktop shows of the service: an item in its tray, with a menu, and notifications."""
