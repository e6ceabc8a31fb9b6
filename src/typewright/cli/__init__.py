# SPDX-License-Identifier: MIT
"""
The command line.

A plain command that is one call of the service (`quick`) is carried out by the light client (`calls`), without a parser.
`parser` reads everything else, and imports the rest when the command is known.
"""
