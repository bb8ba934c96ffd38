"""Eviction: which files of a cache have to go. The stores delete them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

NO_LAST_USES: Mapping[Path, float] = {}


def select_evictions(
    files: Iterable[Path], budget: int, protected: Collection[Path], uses: Mapping[Path, float] = NO_LAST_USES
) -> Iterator[Path]:
    """The least recently used of `files` that must go until the rest takes `budget` bytes; never a protected one.

    `uses` is when a file was last used, in seconds since 1970; without it, the time of its last change counts.
    """
    states = {path: path.stat() for path in files if path.exists()}
    excess = sum(state.st_size for state in states.values()) - budget
    for path in sorted(states, key=lambda path: uses.get(path, states[path].st_mtime)):
        if excess <= 0:
            return
        if path not in protected:
            excess -= states[path].st_size
            yield path
