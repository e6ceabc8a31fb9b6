# SPDX-License-Identifier: MIT
"""`python -m typewright`, and the program `typewright`."""

import _signal as signal  # `signal` itself imports `enum`, which takes as long as a whole call
import sys

# Until the program has its own handler, an interrupt ends it at once. Python's handler raises an exception, which is lost
# when that happens in a callback, as each import has one: the service would start in spite of the interrupt.
if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main() -> None:
    """Run the program: a plain command that is one call at once, everything else by the parser."""
    from typewright.cli import quick

    status = quick.run(sys.argv[1:])
    if status is not None:
        sys.exit(status)
    from typewright.cli import parser

    parser.main()


if __name__ == "__main__":
    main()
