# SPDX-License-Identifier: MIT
"""The contract: peers read the file itself, and every member that they can call is in it (T17)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from bus_bench import BusCase

import typewright.bus
from typewright.bus.contract import DICTATION, PATH, TYPIST, documentation, load, parents, tree
from typewright.bus.standard import Peer
from typewright.bus.standard_errors import FileNotFound

_INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
_FILES = sorted((Path(typewright.bus.__file__).parent / "xml").glob("*.xml"))


class IntrospectionTest(BusCase):
    async def document(self, path: str) -> xml.Element:
        peer = await self.peer()
        [text] = await peer.call("Introspect", interface=_INTROSPECTABLE, path=path)
        return tree(text)

    @pytest.mark.promise("T17")
    async def test_the_interface_is_that_of_the_file(self) -> None:
        await self.served()
        document = await self.document(PATH)
        live = {element.attrib["name"]: element for element in document.iter("interface")}
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
            root = tree(file.read_text("utf-8"))
            [written] = root.findall("interface")
            self.assertEqual(_canonical(live[name]), _canonical(written))
            # The comments are the documentation. One of them comes before the interface.
            said, of_the_file = documentation(document), documentation(root)
            for element, original in zip(live[name].iter(), written.iter(), strict=True):
                self.assertEqual(said.get(element), of_the_file.get(original))
            self.assertIn(live[name], said)
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
    return xml.canonicalize(xml.tostring(element, encoding="unicode"), strip_text=True, with_comments=True)


@pytest.mark.promise("T7")
def test_the_signatures_of_the_contract() -> None:
    interface = load(TYPIST)
    assert {method.name: (method.takes, method.returns) for method in interface.methods.values()} == {
        "Insert": ("s", "b"),
        "Backspace": ("u", "b"),
        "Type": ("sa{sv}", "a{sv}"),
        "BackspaceWithOptions": ("ua{sv}", "a{sv}"),
        "Press": ("s", "b"),
        "PressWithOptions": ("sa{sv}", "a{sv}"),
        "PressAndHold": ("sd", "b"),
        "Release": ("s", "b"),
        "Cancel": ("", "u"),
        "CancelAll": ("", "u"),
        "Allow": ("", "b"),
    }
    assert {prop.name: (prop.signature, prop.writable, prop.emits) for prop in interface.properties.values()} == {
        "TypingEnabled": ("b", True, "true"),
        "Busy": ("b", False, "true"),
        "Backend": ("s", False, "const"),
        "Capabilities": ("as", False, "const"),
        "Layout": ("s", False, "true"),
        "Consent": ("s", False, "true"),
        "Version": ("s", False, "const"),
    }
    assert {signal.name: signal.signature for signal in interface.signals.values()} == {"Finished": "ssbuussds"}
    interface = load(DICTATION)
    assert {method.name: (method.takes, method.returns) for method in interface.methods.values()} == {
        "Revise": ("s", "b"),
        "Commit": ("", ""),
        "Undo": ("", "b"),
        "ReviseWithOptions": ("sa{sv}", "a{sv}"),
        "UndoWithOptions": ("a{sv}", "a{sv}"),
        "Forget": ("", ""),
    }
    assert {prop.name: (prop.signature, prop.writable, prop.emits) for prop in interface.properties.values()} == {
        "ContextAdjust": ("b", True, "true"),
    }
    assert interface.signals == {}


@pytest.mark.parametrize("file", _FILES, ids=[file.stem for file in _FILES])
def test_everything_in_a_contract_file_is_documented(file: Path) -> None:
    root = tree(file.read_text("utf-8"))
    documented = documentation(root)
    [interface] = root.findall("interface")
    assert interface.attrib["name"] == file.stem
    assert documented[interface].paragraphs
    assert list(documented[interface].parameters) == ["short_description"]
    for kind in ("method", "signal", "property"):
        for member in interface.iter(kind):
            assert documented[member].paragraphs, member.attrib["name"]
            arguments = [argument.attrib["name"] for argument in member.findall("arg")]
            assert list(documented[member].parameters) == arguments, member.attrib["name"]
            assert all(documented[member].parameters.values()), member.attrib["name"]


@pytest.mark.parametrize("file", _FILES, ids=[file.stem for file in _FILES])
def test_gdbus_codegen_reads_the_documentation(file: Path, tmp_path: Path) -> None:
    command = ["gdbus-codegen", "--generate-docbook", "made", "--output-directory", str(tmp_path), str(file)]
    subprocess.run(command, check=True)
    made = " ".join("".join(xml.parse(tmp_path / f"made-{file.stem}.xml").getroot().itertext()).split())
    root = tree(file.read_text("utf-8"))
    for element, said in documentation(root).items():
        for text in (*said.paragraphs, *said.parameters.values()):
            assert " ".join(re.sub(r"@(\w+)", r"\1", text).split()) in made, (element.attrib["name"], text)


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
