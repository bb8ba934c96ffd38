"""A piper voice of a few hundred bytes, written by hand: each letter hums for a hundredth of a second.

ONNX is Protocol Buffers; of these only numbers, bytes and nested messages are needed here.
"""

from __future__ import annotations

import json
import math
import struct
import unicodedata
from pathlib import Path

RATE, HOP = 22_050, 1_024  # frames a letter
FLOAT, INT64 = 1, 7
LETTERS = "_^$ " + "".join(sorted({*unicodedata.normalize("NFD", "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ.,!?;:-")}))


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def tensor(name: str, kind: int, shape: tuple[int, ...], raw: bytes) -> bytes:
    return b"".join(field(1, size) for size in shape) + field(2, kind) + field(8, name) + field(9, raw)


def value(name: str, kind: int, shape: tuple[str | int, ...]) -> bytes:
    sizes = b"".join(field(1, field(2 if isinstance(size, str) else 1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, sizes)))


def node(operation: str, inputs: tuple[str, ...], output: str, attributes: bytes = b"") -> bytes:
    return b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, operation) + attributes


def cast_to_float() -> bytes:
    return field(5, field(1, "to") + field(3, FLOAT) + field(20, 2))


def model() -> bytes:
    """input (1, letters) -> output (1, 1, 1, letters × HOP): each letter's number is how loud it hums."""
    hum = b"".join(
        struct.pack("<f", 0.01 * math.sin(0.06 * n) * math.sin(math.pi * n / HOP)) for n in range(HOP)
    )  # fmt: skip
    nodes = (
        node("Cast", ("input",), "letters", cast_to_float()),
        node("Reshape", ("letters", "column"), "loudness"),
        node("Mul", ("loudness", "hum"), "sound"),
        node("Reshape", ("sound", "row"), "output"),
    )
    constants = (
        tensor("column", INT64, (3,), struct.pack("<3q", 1, -1, 1)),
        tensor("hum", FLOAT, (1, 1, HOP), hum),
        tensor("row", INT64, (4,), struct.pack("<4q", 1, 1, 1, -1)),
    )
    inputs = (
        value("input", INT64, ("batch", "phonemes")),
        value("input_lengths", INT64, ("batch",)),
        value("scales", FLOAT, (3,)),
    )
    graph = (
        b"".join(field(1, part) for part in nodes)
        + field(2, "tiny")
        + b"".join(field(5, part) for part in constants)
        + b"".join(field(11, part) for part in inputs)
        + field(12, value("output", FLOAT, ("batch", 1, 1, "time")))
    )
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def tiny_voice(path: Path) -> None:
    """Write the model and its settings."""
    path.write_bytes(model())
    settings = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "vi"},
        "phoneme_type": "text",
        "num_symbols": len(LETTERS),
        "num_speakers": 1,
        "phoneme_id_map": {letter: [number] for number, letter in enumerate(LETTERS)},
    }
    path.with_name(f"{path.name}.json").write_text(json.dumps(settings), encoding="utf-8")
