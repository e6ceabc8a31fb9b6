# SPDX-License-Identifier: MIT
"""A Chromium with a textarea, asked over the pipe of its DevTools: no port, no driver, no other program."""

from __future__ import annotations

import itertools
import json
import os
import select
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from tests.helpers import desktop
from tests.targets.program import PROGRAMS, Program

# As root it has no sandbox; and it shall talk to nobody but us.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--password-store=basic",
)


class Browser(Program):
    """A Chromium that shows one page and no address bar."""

    def __init__(self, environ: dict[str, str], title: str, home: Path, slow_s: float, options: Sequence[str] = ()) -> None:
        page = f"file://{PROGRAMS}/textarea.html?{urlencode({'title': title, 'slow_s': slow_s})}"
        theirs_in, self._requests = os.pipe()
        self._answers, theirs_out = os.pipe()
        self._numbers = itertools.count(1)
        self._got = b""
        self._session = ""
        # It reads its file 3 and writes to 4, whatever they are here.
        command = f'exec 3<&{theirs_in} 4>&{theirs_out}; exec chromium "$@"'
        super().__init__(
            [
                "bash",
                "-c",
                command,
                "bash",
                *OPTIONS,
                "--remote-debugging-pipe",
                *options,
                f"--user-data-dir={home}/profile",
                f"--app={page}",
            ],
            environ,
            title,
            pass_fds=[theirs_in, theirs_out],
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._attach(page)

    def ask(self, request: str, patience_s: float = desktop.PATIENCE_S) -> object:
        word, *count = request.split()
        answer = self._call(
            "Runtime.evaluate",
            patience_s,
            expression=f"{word}({' '.join(count)})",
            awaitPromise=True,
            returnByValue=True,
        )
        return answer["result"]["value"]

    def close(self) -> None:
        super().close()
        os.close(self._requests)
        os.close(self._answers)

    def _attach(self, page: str) -> None:
        """Find the page, and wait until its script has run."""
        deadline = time.monotonic() + desktop.PATIENCE_S
        while time.monotonic() < deadline:
            for found in self._call("Target.getTargets")["targetInfos"]:
                if found["url"] == page:
                    attached = self._call("Target.attachToTarget", targetId=found["targetId"], flatten=True)
                    self._session = attached["sessionId"]
                    ready = self._call("Runtime.evaluate", expression="document.readyState == 'complete'")
                    if ready["result"].get("value"):
                        return
                    self._session = ""
        raise desktop.Ended("Chromium did not show the page")

    def _call(self, method: str, patience_s: float = desktop.PATIENCE_S, **parameters: object) -> dict:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + patience_s
        while True:
            answer = self._message(deadline)
            if answer.get("id") == number:
                assert "result" in answer, answer
                return answer["result"]

    def _message(self, deadline: float) -> dict:
        while b"\0" not in self._got:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            data = os.read(self._answers, 1 << 20)
            if not data:
                raise desktop.Ended("Chromium is gone")
            self._got += data
        message, _, self._got = self._got.partition(b"\0")
        return json.loads(message)
