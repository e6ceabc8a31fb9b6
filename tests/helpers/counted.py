# SPDX-License-Identifier: MIT
"""
`python -m tests.helpers.counted PYTHON -m typewright ...` is a `typewright ...` that tells what it holds on SIGUSR2, on
standard error, for `tests.helpers.held`. It has to tell by itself: the kernel shows its files to no other process.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from pathlib import Path

from typewright.cli.parser import main


def _tell(*_: object) -> None:
    gc.collect()
    peak, resident = re.findall(r"(?:VmHWM|VmRSS):\s*(\d+) kB", Path("/proc/self/status").read_text())
    descriptors = len(os.listdir("/proc/self/fd")) - 1  # that of the directory itself
    print(f"held: {resident} {peak} {descriptors} {len(gc.get_objects())}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR2, _tell)
    main(sys.argv[sys.argv.index("typewright") + 1 :])
