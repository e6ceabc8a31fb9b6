# SPDX-License-Identifier: MIT
"""
The accessibility bus (AT-SPI 2), read only: what programs say about the object that has the focus, and about its text.

`accessibility` is what the engine uses; it keeps a `session` open while the `status` of accessibility is on. A session
follows the `focus`, asks `objects`, and hears `text_events`.
"""
