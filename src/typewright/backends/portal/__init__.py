# SPDX-License-Identifier: MIT
"""
The backend of desktops that let programs type through their portal, after the user has consented: GNOME and KDE.

Read `backend` first. `consent` asks the user once, `session` is the portal's side of it; `keyboard` and `keyer` work over
the EI wire (`typewright.ei`) that a session hands out.
"""
