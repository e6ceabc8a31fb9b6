# SPDX-License-Identifier: MIT
"""
Messages as bytes, and back: a header (object, size, opcode), then the arguments by their signature.

A signature is one letter an argument, as in libwayland and libei: `i` int, `u` uint, `x` and `t` their 64-bit twins, `f`
fixed (a float in EI), `s` string, `o` object, `n` new id, `a` array, `h` descriptor. A `?` before `s` or `o` allows null.
All is in the machine's byte order and padded to 4 bytes; descriptors travel beside the bytes.

No error here shows a value: it may be text that was to be typed.

Source: "The Wayland Protocol", chapter 4, "Wire Format"; the EI protocol, "Wire Format".
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LENGTH = struct.Struct("=I")
_FIXED_ONE = 256
_NULLABLE = "so"


class Malformed(Exception):
    """What the peer sent is not the protocol; the sentence says what is wrong with it, and shows no value."""


class Unsendable(ValueError):
    """A message can't be sent as it was asked for; the sentence says why, and shows no value."""


@dataclass(frozen=True)
class Dialect:
    """
    The form of a protocol's messages.

    `scalars` maps the letters of fixed size to those of `struct`. Where `fixed`, `f` is a number of 1/256 each. With
    `size_above_opcode` the header's second word has the size in its upper half. `longest_out` is what every peer takes,
    `longest_in` what is taken from one; both in bytes, header included.
    """

    name: str
    header: struct.Struct
    size_above_opcode: bool
    scalars: dict[str, str]
    others: str
    fixed: bool
    longest_out: int
    longest_in: int

    def head(self, target: int, opcode: int, size: int) -> bytes:
        """The header of a message of `size` bytes in all."""
        if self.size_above_opcode:
            return self.header.pack(target, size << 16 | opcode)
        return self.header.pack(target, size, opcode)

    def read_head(self, data: bytes, at: int) -> tuple[int, int, int]:
        """The object, the opcode and the size that the header at `at` tells; raises Malformed for an impossible size."""
        if self.size_above_opcode:
            target, word = self.header.unpack_from(data, at)
            size, opcode = word >> 16, word & 0xFFFF
        else:
            target, size, opcode = self.header.unpack_from(data, at)
        if size < self.header.size:
            raise Malformed(f"a message of {size} bytes, shorter than its header")
        if size > self.longest_in:
            raise Malformed(f"a message of {size} bytes, longer than {self.longest_in}")
        if size % 4:
            raise Malformed(f"a message of {size} bytes, not a multiple of 4")
        return target, opcode, size


WAYLAND = Dialect(
    name="Wayland",
    header=struct.Struct("=II"),
    size_above_opcode=True,
    scalars={"i": "i", "u": "I", "f": "i", "o": "I", "n": "I"},
    others="sah",
    fixed=True,
    longest_out=4096,  # The buffer of every libwayland before 1.23; a longer message ends the connection.
    longest_in=0xFFFF,
)
EI = Dialect(
    name="EI",
    header=struct.Struct("=QII"),
    size_above_opcode=False,
    scalars={"i": "i", "u": "I", "x": "q", "t": "Q", "f": "f", "o": "Q", "n": "Q"},
    others="sh",
    fixed=False,
    longest_out=4096,
    longest_in=0xFFFF,
)


class Signature:
    """
    The arguments of one message in a dialect.

    Objects and new ids are their numbers here; a null object is 0 when packed, and None for a nullable string.
    """

    __slots__ = ("_dialect", "_header", "_plain", "_sized", "descriptors", "letters", "nullable", "text")

    def __init__(self, dialect: Dialect, text: str) -> None:
        """Raises ValueError for a signature that the dialect does not know."""
        letters, nullable = _parse(dialect, text)
        self._dialect = dialect
        self._header = dialect.header.size
        self.text = text
        self.letters = letters
        """A letter for each argument."""
        self.nullable = nullable
        """Whether each argument may be null."""
        self.descriptors = letters.count("h")
        """How many descriptors go with the message."""
        numbers = not set(letters) - set("iuxt") and not any(nullable)
        self._plain = struct.Struct("=" + "".join(dialect.scalars[letter] for letter in letters)) if numbers else None
        self._sized = self._header + self._plain.size if self._plain else 0

    def __repr__(self) -> str:
        return f"<Signature {self.text!r}>"

    def pack(self, target: int, opcode: int, arguments: Sequence[Any]) -> bytes:
        """
        The message for these arguments; that of a descriptor is ignored here, it goes beside. Raises Unsendable.

        A string is given as str without NUL, an array as bytes.
        """
        if len(arguments) != len(self.letters):
            raise Unsendable(f"it takes {len(self.letters)} arguments, not {len(arguments)}")
        if self._plain is not None:
            try:
                return self._dialect.head(target, opcode, self._sized) + self._plain.pack(*arguments)
            except struct.error:
                raise Unsendable(self._misfit(arguments)) from None
        body = b"".join(self._packed(at, argument) for at, argument in enumerate(arguments))
        size = self._header + len(body)
        if size > self._dialect.longest_out:
            raise Unsendable(f"the message has {size} bytes, and {self._dialect.longest_out} is all that may be sent")
        return self._dialect.head(target, opcode, size) + body

    def unpack(self, body: bytes, received: deque[int]) -> list[Any]:
        """
        The arguments in the `body` of a message; descriptors are taken from those `received`, when all else is right.

        Raises Malformed.
        """
        if self._plain is not None:
            if len(body) != self._plain.size:
                raise Malformed(f"{len(body)} bytes of arguments where {self._plain.size} belong")
            return list(self._plain.unpack(body))
        arguments: list[Any] = []
        at = 0
        for letter, nullable in zip(self.letters, self.nullable, strict=True):
            value, at = self._read(letter, nullable, body, at)
            arguments.append(value)
        if at != len(body):
            raise Malformed(f"{len(body)} bytes of arguments where {at} belong")
        if self.descriptors:
            if len(received) < self.descriptors:
                raise Malformed("a message without its descriptor")
            for at, letter in enumerate(self.letters):
                if letter == "h":
                    arguments[at] = received.popleft()
        return arguments

    # --- one argument ------------------------------------------------------------------------------------------------

    def _packed(self, at: int, argument: Any) -> bytes:
        letter = self.letters[at]
        try:
            if letter == "h":
                return b""
            if letter == "s":
                return self._packed_string(at, argument)
            if letter == "a":
                return _counted(bytes(memoryview(argument)))
            if letter == "f" and self._dialect.fixed:
                argument = round(argument * _FIXED_ONE)
            if letter in "on" and not argument:
                if not self.nullable[at]:
                    raise Unsendable(f"argument {at + 1} may not be null")
                argument = 0
            return struct.pack("=" + self._dialect.scalars[letter], argument)
        except (struct.error, TypeError, ValueError, OverflowError) as problem:
            if isinstance(problem, Unsendable):
                raise
            raise Unsendable(f"argument {at + 1} does not fit the signature {self.text!r}") from None

    def _packed_string(self, at: int, argument: Any) -> bytes:
        if argument is None and self.nullable[at]:
            return _LENGTH.pack(0)
        if not isinstance(argument, str):
            raise TypeError
        if "\0" in argument:
            raise Unsendable(f"argument {at + 1} is a string with a NUL inside")
        return _counted(argument.encode() + b"\0")

    def _misfit(self, arguments: Sequence[Any]) -> str:
        for at, (letter, argument) in enumerate(zip(self.letters, arguments, strict=True)):
            try:
                struct.pack("=" + self._dialect.scalars[letter], argument)
            except struct.error:
                return f"argument {at + 1} does not fit the signature {self.text!r}"
        return f"an argument does not fit the signature {self.text!r}"

    def _read(self, letter: str, nullable: bool, body: bytes, at: int) -> tuple[Any, int]:
        if letter == "h":
            return None, at
        if letter in "sa":
            return _read_counted(letter, nullable, body, at)
        form = self._dialect.scalars[letter]
        size = struct.calcsize("=" + form)
        if at + size > len(body):
            raise Malformed("a message that ends before its arguments do")
        (value,) = struct.unpack_from("=" + form, body, at)
        if letter in "on" and not value and not nullable:
            raise Malformed("a null object where there must be one")
        if letter == "f" and self._dialect.fixed:
            value /= _FIXED_ONE
        return value, at + size


def uints(array: bytes) -> tuple[int, ...]:
    """An array of 32-bit numbers; raises Malformed when it ends inside one."""
    if len(array) % 4:
        raise Malformed("an array of 32-bit numbers that ends inside one")
    return struct.unpack(f"={len(array) // 4}I", array)


def _parse(dialect: Dialect, text: str) -> tuple[str, tuple[bool, ...]]:
    letters, nullable, null = "", [], False
    for character in text:
        if character == "?" and not null:
            null = True
            continue
        known = character in dialect.scalars or character in dialect.others
        if not known or (null and character not in _NULLABLE):
            raise ValueError(f"{text!r} is not a signature of {dialect.name}")
        letters += character
        nullable.append(null)
        null = False
    if null:
        raise ValueError(f"{text!r} is not a signature of {dialect.name}")
    return letters, tuple(nullable)


def _counted(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data + bytes(-len(data) % 4)


def _read_counted(letter: str, nullable: bool, body: bytes, at: int) -> tuple[Any, int]:
    start = at + 4
    if start > len(body):
        raise Malformed("a message that ends before its arguments do")
    (length,) = _LENGTH.unpack_from(body, at)
    end = start + length
    after = end + -length % 4
    if after > len(body):
        raise Malformed("a string or an array that goes on after the end of its message")
    if letter == "a":
        return body[start:end], after
    if not length:
        if nullable:
            return None, after
        raise Malformed("a null string where there must be one")
    if body[end - 1]:
        raise Malformed("a string without a NUL at its end")
    # Up to the first NUL, as C programs read it. A window's title need not be UTF-8: compositors pass it on unchecked.
    return body[start:end].partition(b"\0")[0].decode("utf-8", "replace"), after
