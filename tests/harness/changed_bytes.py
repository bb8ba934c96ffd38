"""Bytes that somebody, or a bad line, has changed on their way."""

from __future__ import annotations

import random


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
