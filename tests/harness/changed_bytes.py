"""Bytes that somebody, a bad line or a memory card has changed."""

from __future__ import annotations

import os
import random
from pathlib import Path


def change_bytes(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them flipped, cut, doubled or exchanged."""
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(data))
        kind = chance.randrange(4)
        if kind == 0:
            data[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[place : place + chance.randrange(1, 9)]
        elif kind == 2:
            data[place:place] = data[place : place + chance.randrange(1, 9)]
        else:
            other = chance.randrange(len(data))
            data[place], data[other] = data[other], data[place]
        if not data:
            break
    return bytes(data)


def flip_bit(path: Path) -> None:
    """As a memory card does: the file keeps its place, its size and its age, and so does what is linked to it."""
    state, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
