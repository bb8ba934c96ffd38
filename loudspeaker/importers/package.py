"""The parts of a packed document (.docx, .odt, .xlsx), counted while they unpack."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable

LARGEST = 20 << 20  # bytes: of all the parts that are read from one file
BLOCK = 1 << 16  # bytes


class TooBig(Exception):
    """A file holds far more than any document of its kind."""


def read_parts(data: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """The parts with the `wanted` names; more than `LARGEST` bytes are refused, whatever a part says of its own size.

    Raises `TooBig`, and whatever `zipfile` raises on a damaged file.
    """
    contents: dict[str, bytes] = {}
    room = LARGEST
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if wanted(name) and name not in contents:
                contents[name] = _unpack(package, name, room)
                room -= len(contents[name])
    return contents


def pack(contents: Iterable[tuple[str, bytes]]) -> bytes:
    """A package of these parts, not compressed, for a library that reads nothing but packages."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, content in contents:
            package.writestr(name, content)
    return file.getvalue()


def _unpack(package: zipfile.ZipFile, name: str, room: int) -> bytes:
    content = bytearray()
    with package.open(name) as part:
        while block := part.read(BLOCK):
            content += block
            if len(content) > room:
                raise TooBig
    return bytes(content)
