# SPDX-License-Identifier: MIT
"""The accessibility bus (AT-SPI 2), read only: what programs tell of the object that has the focus, and of its text."""
