# SPDX-License-Identifier: MIT
"""
Drop-ins: programs with the names and the arguments of the tools that type, which have Typewright type.

Each module that is named as a tool translates its command line, or a line of its standard input, to steps; it does nothing
else. `steps` says what steps there are, `runner` carries them out, and `files` puts the programs into a directory. As with
`typewright.client`, the time that it takes to import all this is what a caller waits for.
"""
