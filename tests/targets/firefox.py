# SPDX-License-Identifier: MIT
"""A Firefox with a textarea, whose page sends its text, as often as it changes, to a server of the test's."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.targets.program import Polled
from tests.targets.window import focused, until

_TITLE = "target-firefox"
_PAGE = f"""<!DOCTYPE html><meta charset="utf-8"><title>{_TITLE}</title>
<textarea autofocus spellcheck="false" style="width: 90vw; height: 90vh"></textarea>
<script>
  const area = document.querySelector('textarea');
  let sent = '', sending = false;
  const send = async () => {{
    if (sending) return;
    sending = true;
    while (sent !== area.value) {{
      sent = area.value;
      await fetch('/', {{method: 'POST', body: sent}});
    }}
    sending = false;
  }};
  area.addEventListener('input', send);
</script>
"""
_SETTINGS = {
    "browser.shell.checkDefaultBrowser": "false",
    "browser.aboutwelcome.enabled": "false",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "browser.startup.homepage_override.mstone": '"ignore"',
    "app.update.enabled": "false",
    "termsofuse.bypassNotification": "true",
    "browser.preonboarding.enabled": "false",
}


class _Page(BaseHTTPRequestHandler):
    """Serves the page, and keeps the last text that it has sent as `text` of the server."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer(_PAGE)

    def do_POST(self) -> None:
        self.server.text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer("")

    def log_message(self, *_: object) -> None:
        """Be silent."""

    def _answer(self, content: str) -> None:
        data = content.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    text = ""


def command(profile: Path, page: str) -> list[str]:
    """The command that shows `page` and nothing else, with a profile that is made in the directory `profile`."""
    profile.mkdir()
    (profile / "user.js").write_text("".join(f'user_pref("{name}", {value});\n' for name, value in _SETTINGS.items()))
    return ["firefox-esr", "--no-remote", "--profile", str(profile), "--kiosk", page]


class Firefox(Polled):
    """A Firefox that shows one page and nothing else; the only program of its display."""

    def __init__(self, environ: dict[str, str], home: Path) -> None:
        self._server = _Server(("127.0.0.1", 0), _Page)
        Thread(target=self._server.serve_forever, daemon=True).start()
        page = f"http://127.0.0.1:{self._server.server_port}/"
        super().__init__(command(home / "profile", page), environ, _TITLE)

    def focus(self) -> None:
        until(lambda: _TITLE in focused(self._environ), "Firefox has the focus")
        until(self._takes, "the page has the focus")

    def text(self) -> str:
        return self._server.text

    def clear(self) -> None:
        self.press("ctrl+a", "BackSpace")
        until(lambda: not self.text(), "the page has no text")

    def close(self) -> None:
        super().close()
        self._server.shutdown()
        self._server.server_close()

    def _takes(self) -> bool:
        self.press("x")
        return self.text().endswith("x")
