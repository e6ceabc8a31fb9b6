# SPDX-License-Identifier: MIT
"""The contract: the file is what peers read, and all that they may call is in it (T17)."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from bus_bench import BusCase

import typewright.bus
from typewright.bus.contract import DICTATION, PATH, TYPIST, load, parents
from typewright.bus.standard import Peer
from typewright.bus.standard_errors import FileNotFound

_INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
_FILES = sorted((Path(typewright.bus.__file__).parent / "xml").glob("*.xml"))
_DOC = "org.gtk.GDBus.DocString"


class IntrospectionTest(BusCase):
    async def document(self, path: str) -> xml.Element:
        peer = await self.peer()
        [text] = await peer.call("Introspect", interface=_INTROSPECTABLE, path=path)
        return xml.fromstring(text)

    async def test_the_interface_is_that_of_the_file(self) -> None:
        await self.served()
        live = {element.attrib["name"]: element for element in (await self.document(PATH)).iter("interface")}
        self.assertEqual(
            list(live),
            [
                TYPIST,
                DICTATION,
                "org.freedesktop.DBus.Properties",
                "org.freedesktop.DBus.Peer",
                _INTROSPECTABLE,
            ],
        )
        for name in (TYPIST, DICTATION):
            file = Path(typewright.bus.__file__).parent / "xml" / f"{name}.xml"
            [written] = xml.parse(file).getroot().findall("interface")
            self.assertEqual(_canonical(live[name]), _canonical(written))
        self.assertIn("without a confirmation", _canonical(live[TYPIST]))

    async def test_the_way_there_can_be_walked(self) -> None:
        await self.served()
        path = ""
        while path != PATH:
            root = await self.document(path or "/")
            [child] = root.findall("node")
            self.assertEqual(
                [element.attrib["name"] for element in root.findall("interface")],
                ["org.freedesktop.DBus.Peer", _INTROSPECTABLE],
            )
            path += "/" + child.attrib["name"]
        self.assertEqual((await self.document(path)).findall("node"), [])


def _canonical(element: xml.Element) -> str:
    return xml.canonicalize(xml.tostring(element, encoding="unicode"), strip_text=True)


def test_the_signatures_of_the_contract() -> None:
    interface = load(TYPIST)
    assert {method.name: (method.takes, method.returns) for method in interface.methods.values()} == {
        "Insert": ("s", "b"),
        "Backspace": ("u", "b"),
        "Type": ("sa{sv}", "a{sv}"),
        "Press": ("s", "b"),
        "PressAndHold": ("sd", "b"),
        "Release": ("s", "b"),
        "Cancel": ("", "u"),
    }
    assert {prop.name: (prop.signature, prop.writable, prop.emits) for prop in interface.properties.values()} == {
        "TypingEnabled": ("b", True, "true"),
        "Busy": ("b", False, "true"),
        "Backend": ("s", False, "const"),
        "Layout": ("s", False, "true"),
        "Version": ("s", False, "const"),
    }
    assert {signal.name: signal.signature for signal in interface.signals.values()} == {"Finished": "ssbuussd"}
    interface = load(DICTATION)
    assert {method.name: (method.takes, method.returns) for method in interface.methods.values()} == {
        "Revise": ("s", "b"),
        "Commit": ("", ""),
        "Undo": ("", "b"),
        "Forget": ("", ""),
    }
    assert {prop.name: (prop.signature, prop.writable, prop.emits) for prop in interface.properties.values()} == {
        "ContextAdjust": ("b", True, "true"),
    }
    assert interface.signals == {}


@pytest.mark.parametrize("file", _FILES, ids=[file.stem for file in _FILES])
def test_everything_in_a_contract_file_is_documented(file: Path) -> None:
    [interface] = xml.parse(file).getroot().findall("interface")
    assert interface.attrib["name"] == file.stem
    for kind in ("method", "signal", "property", "arg"):
        for element in interface.iter(kind):
            docs = [note.attrib["value"] for note in element.findall("annotation") if note.attrib["name"] == _DOC]
            assert [bool(doc.strip()) for doc in docs] == [True], (kind, element.attrib["name"])


def test_a_contract_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        load("org.typewright.Nothing1")


def test_the_paths_above_an_object() -> None:
    assert parents("/a/b/c") == {"/": "a", "/a": "b", "/a/b": "c"}


def test_a_machine_without_an_id(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    bad.write_text("uninitialized\n")
    with pytest.raises(FileNotFound):
        Peer((tmp_path / "none", bad)).machine_id(None)  # type: ignore[arg-type]
    good.write_text("0123456789abcdef0123456789abcdef\n")
    assert Peer((tmp_path / "none", bad, good)).machine_id(None) == "0123456789abcdef" * 2  # type: ignore[arg-type]
