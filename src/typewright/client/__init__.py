# SPDX-License-Identifier: MIT
"""
A client of the service on the standard library alone, and on the lightest part of it.

The commands of the shell and the drop-ins for other tools start a process for each call, so what is imported here is what
they wait for: no Twisted, no `socket`, `typing`, `re` or `dataclasses`, each of which takes longer than the call. Read
`wire` first, then `connection`; `typist` has the calls of the contract.
"""
