# SPDX-License-Identifier: MIT
"""`python -m typewright`."""

from typewright.cli import main

main()
