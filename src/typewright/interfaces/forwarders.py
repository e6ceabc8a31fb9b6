# SPDX-License-Identifier: MIT
"""
Forwarders: viewers, nested servers and virtual machines, which pass keycodes, or keysyms of their own keymap, on to another
keyboard. They are known by the names of their windows.

What is confirmed of one is that it has the keys; what is on its other side may get them later.
"""

from __future__ import annotations

FORWARDERS = frozenset(
    (
        "xephyr", "xnest", "nxagent", "x2goagent", "vncviewer", "tigervnc viewer", "realvnc viewer", "vncviewer.real",
        "turbovnc viewer", "org.remmina.remmina", "remmina", "xfreerdp", "xfreerdp3", "rdesktop", "krdc", "vinagre",
        "gnome-connections", "org.gnome.connections", "gnome-boxes", "org.gnome.boxes", "virt-viewer", "remote-viewer",
        "virt-manager", "spicy", "virtualbox machine", "virtualboxvm", "vmware", "vmplayer", "qemu", "qemu-system-x86_64",
        "qemu-system-aarch64", "anydesk", "rustdesk", "teamviewer", "scrcpy", "moonlight", "parsecd", "wfica",
    )
)  # fmt: skip
"""Names in lower case."""
