"""The box.yaml of a box that joins: which villages it plays, or all of it where it takes the place of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...config import box_file
from ...config.keywords import KEYWORDS
from ...errors import Message, NotFound
from ...store.atomic import read_regular_file, write_atomic
from ...yamlfile import put, remove
from ..deliveries.membership import read_membership
from ..new_station import VILLAGE, id_of
from ..paths import StationPaths

FILE = "box.yaml"
MOST_BYTES = 1_000_000
ANSWERS = "out"  # of boxes, on a stick


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


def read_box_yaml(paths: StationPaths) -> bytes:
    """The content of the file; empty where there is none."""
    return read_regular_file(paths.home / FILE, MOST_BYTES) or b""


def box_yaml_of_another(data: bytes) -> bytes:
    """What this box takes of another's file, which a hub or a stick brings and nobody has signed. Raises `BadFile`.

    Without its voices, which may be programs, and without its word that the clock is right: people say both here.
    """
    if not data:
        return data
    box = box_file.parse(FILE, data)
    for key, is_there in (("voices", box.voices), ("clock", box.clock_trusted)):
        if is_there:
            data = remove(FILE, data, (key,), KEYWORDS).after
    return data


def carried_box_yaml(stick: Path, box: str) -> bytes:
    """What a box has left of itself on a stick, as this one may take it. Raises `NotFound`, `BadFile`."""
    data = read_regular_file(stick / ANSWERS / box / FILE, MOST_BYTES)
    if data is None:
        raise NotFound(Message("the stick has no {file} of {box}: has it been in that box?", file=FILE, box=box))
    return box_yaml_of_another(data)


@contextmanager
def box_yaml_in_place(paths: StationPaths, after: bytes) -> Iterator[None]:
    """Write it for a block in which the box joins; as before where it does not. Raises `BadFile`, `WriteError`."""
    before = read_box_yaml(paths)
    if not after or after == before:
        yield
        return
    box_file.parse(FILE, after)
    write_atomic(paths.home / FILE, after)
    with undo_unless_joined(paths, lambda: write_atomic(paths.home / FILE, before)):
        yield


@contextmanager
def undo_unless_joined(paths: StationPaths, undo: Callable[[], object]) -> Iterator[None]:
    """Undo where the block fails, unless the box has joined by then: what is lacking comes with another try."""
    try:
        yield
    except BaseException:
        if read_membership(paths) is None:
            undo()
        raise
