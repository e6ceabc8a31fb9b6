# SPDX-License-Identifier: MIT
"""
What the Wayland wire and the EI wire have in common: messages to objects, with descriptors beside the bytes.

Read `codec` first: a dialect, and signatures that turn arguments into bytes and back. `tables` describes interfaces,
`framing` cuts the stream into messages, `transport` moves bytes and descriptors between a socket and the reactor.
Then `connection` and `objects`, which each protocol's own derive from, and `losses`, the words for their ends.
"""
