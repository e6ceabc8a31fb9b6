# SPDX-License-Identifier: MIT
"""
The installation of Typewright for a user, or for a package: the files beside the program, made and removed.

`setup` writes and removes them; `places` has their paths, `program` finds the program that they start. `sample`, `man_pages`
and `completions` make files from the configuration, the contract and the command line. The standard library is enough for
all of them, so that they work where nothing else does.
"""
