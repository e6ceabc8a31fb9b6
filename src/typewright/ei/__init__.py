# SPDX-License-Identifier: MIT
"""
The EI wire, without libei: what a program needs that sends keys to a compositor ("emulated input").

Read `connection` first: `connect` makes a connection of a socket that the desktop has handed out. `keyboards` finds the
devices with a keyboard among what the compositor offers. `tables` describes the interfaces, `failures` are the ways in which
all of this ends.
"""
