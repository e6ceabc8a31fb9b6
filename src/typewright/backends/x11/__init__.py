# SPDX-License-Identifier: MIT
"""The X11 backend, the only importer of Xlib: XTEST sends, RECORD confirms, XInput2 tells each key's source."""
