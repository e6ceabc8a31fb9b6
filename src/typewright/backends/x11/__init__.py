# SPDX-License-Identifier: MIT
"""The X11 backend, and the only importer of Xlib: XTEST sends, RECORD confirms, XInput2 tells whose key it was."""
