# SPDX-License-Identifier: MIT
"""
The room that speaks D-Bus, and the only importer of txdbus.

Read `connection` first: one connection to the bus, on txdbus's protocol and marshalling; `dial` makes one. `contract`
knows the interface from its XML; `exported` answers calls by it; `face` delegates them to the typing service, a line a
member; `publication` puts all of it on the bus. `client` is the other side.
"""
