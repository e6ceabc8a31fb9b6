# SPDX-License-Identifier: MIT
"""`python -m typewright`, and the program `typewright`."""

import signal

# Until the program has its own handler, an interrupt ends it at once. Python's handler raises an exception, which is lost
# when that happens in a callback, as each import has one: the service would start in spite of the interrupt.
if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from typewright.cli.parser import main

if __name__ == "__main__":
    main()
