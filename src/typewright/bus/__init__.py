# SPDX-License-Identifier: MIT
"""
The D-Bus side of the service, and the only importer of txdbus.

Read `connection` first: one connection to a bus, on top of txdbus's protocol and marshalling; `connect` makes one.
`contract` reads the interfaces from their XML, `dispatch` answers calls by it, `skeletons` delegates each member to the
typing or dictation service, and `publication` puts all of that on the bus. `client` is for programs that call a service.
"""
