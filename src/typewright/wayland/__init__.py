# SPDX-License-Identifier: MIT
"""
The Wayland wire, without libwayland: what a client needs that types.

Read `connection` first: `connect` gives a connection whose globals are known. `registry` binds them, `objects` are what is
bound and made: they take requests and tell events. `tables` describes the interfaces, `address` finds the compositor,
`failures` are the ways in which all of this ends.
"""
