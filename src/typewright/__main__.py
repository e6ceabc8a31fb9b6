# SPDX-License-Identifier: MIT
"""`python -m typewright`, and the program `typewright`."""

import signal

# Until there is a handler of our own, an interrupt ends the program at once. Python would raise it as an exception, and
# drops those that are raised in a callback, of which it has one for each import: a service would start in spite of it.
if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from typewright.cli.parser import main

if __name__ == "__main__":
    main()
