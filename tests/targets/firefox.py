# SPDX-License-Identifier: MIT
"""A Firefox with a textarea, which tells its text in the title of its window."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from tests.helpers import desktop
from tests.targets.program import Program
from tests.targets.window import focused, until

_PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>text[]</title>
<textarea autofocus spellcheck="false" style="width: 90vw; height: 90vh"></textarea>
<script>
  const area = document.querySelector('textarea');
  area.addEventListener('input', () => { document.title = `text[${encodeURIComponent(area.value)}]`; });
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


class Firefox(Program):
    """A Firefox that shows one page and nothing else; the only program of its display."""

    def __init__(self, environ: dict[str, str], home: Path) -> None:
        profile, page = home / "profile", home / "page.html"
        profile.mkdir()
        page.write_text(_PAGE)
        (profile / "user.js").write_text("".join(f'user_pref("{name}", {value});\n' for name, value in _SETTINGS.items()))
        command = ["firefox-esr", "--no-remote", "--profile", str(profile), "--kiosk", f"file://{page}"]
        super().__init__(command, environ, "text")

    def focus(self) -> None:
        until(lambda: "text[" in focused(self._environ), "Firefox has the focus")
        until(self._takes, "the page has the focus")

    def _takes(self) -> bool:
        self.press("x")
        return self.text().endswith("x")

    def text(self) -> str:
        title = focused(self._environ)
        return unquote(title.partition("text[")[2].rpartition("]")[0])

    def clear(self) -> None:
        self.press("ctrl+a", "BackSpace")

    def press(self, *keys: str) -> None:
        """Have another program press these keys, in the notation of xdotool."""
        desktop.run(self._environ, "xdotool", "key", "--delay", "20", *keys)
