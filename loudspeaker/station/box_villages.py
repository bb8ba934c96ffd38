"""Which villages a box.yaml plays, for a box that is told so by whoever lets it join."""

from __future__ import annotations

from collections.abc import Sequence

from ..config import box_file
from ..config.keywords import KEYWORDS
from ..yamlfile import put
from .new_station import VILLAGE, id_of

FILE = "box.yaml"


def played_villages(data: bytes) -> tuple[str, ...]:
    """Their ids; none where nobody has said that yet. Raises `BadFile`."""
    plays = tuple(box_file.parse(FILE, data).plays)
    return () if plays == (id_of(VILLAGE),) else plays


def with_villages(data: bytes, villages: Sequence[str]) -> bytes:
    """The same file with these, all heard through its first output. Raises `BadFile`."""
    output = next(iter(box_file.parse(FILE, data).outputs), None)
    if output is None:
        data, output = put(FILE, data, (), "outputs", "{loa: {device: auto}}", KEYWORDS).after, "loa"
    plays = ", ".join(f"{village}: {output}" for village in villages)
    return put(FILE, data, (), "plays", f"{{{plays}}}", KEYWORDS).after
