# SPDX-License-Identifier: MIT
"""The toolkit of a window, by the properties that it leaves."""

from __future__ import annotations

import pytest

from typewright.backends.x11.programs import toolkit

PING = "_NET_WM_PING"


@pytest.mark.parametrize(
    ("properties", "protocols", "found"),
    [
        ("", "", ""),
        ("WM_CLASS WM_PROTOCOLS", PING, ""),
        ("WM_CLASS _GTK_THEME_VARIANT", PING, "gtk"),
        ("_XEMBED_INFO _MOTIF_WM_HINTS WM_CLIENT_LEADER", PING, "qt"),
        ("_XEMBED_INFO _MOTIF_WM_HINTS", PING, ""),
        ("_NET_WM_BYPASS_COMPOSITOR", PING, "chromium"),
        ("_NET_WM_BYPASS_COMPOSITOR", "", ""),
        ("_NET_WM_BYPASS_COMPOSITOR", f"{PING} WM_TAKE_FOCUS", ""),
        ("_NET_WM_BYPASS_COMPOSITOR _GTK_THEME_VARIANT", PING, "gtk"),
    ],
)
def test_the_toolkit(properties: str, protocols: str, found: str) -> None:
    assert toolkit(properties.split(), protocols.split()) == found
