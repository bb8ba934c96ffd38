"""What a folder holds as a value: read once, and written into other folders."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file, by its path from the folder. `same_as`: an earlier file of which it is another name (a hard link)."""

    path: str
    data: bytes
    same_as: str


FileTree = tuple[TreeFile, ...]


def read_tree(folder: Path, without: Collection[str] = ()) -> FileTree:
    """All files below the folder, but for what bears one of the names `without`; empty folders are left out."""
    known: dict[int, str] = {}
    found: list[TreeFile] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in without)
        for name in sorted(name for name in names if name not in without):
            path = os.path.join(place, name)
            relative = os.path.relpath(path, folder)
            with open(path, "rb") as file:
                status = os.stat(file.fileno())
                same_as = known.setdefault(status.st_ino, relative)
                found.append(TreeFile(relative, file.read(), "" if same_as == relative else same_as))
    return tuple(found)


def write_tree(folder: Path, tree: FileTree) -> None:
    """The files of a tree below the folder, which may be there already."""
    made: set[str] = set()
    for one in tree:
        path = os.path.join(folder, one.path)
        place = os.path.dirname(path)
        if place not in made:
            os.makedirs(place, exist_ok=True)
            made.add(place)
        if one.same_as:
            os.link(os.path.join(folder, one.same_as), path)
        else:
            with open(path, "wb") as file:
                file.write(one.data)
