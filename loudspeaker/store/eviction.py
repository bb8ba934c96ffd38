"""Which files of a cache have to go. Only chooses; deleting is the stores' own affair."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

NO_USES: Mapping[Path, float] = {}


def over_budget(
    files: Iterable[Path], budget: int, protected: Collection[Path], uses: Mapping[Path, float] = NO_USES
) -> Iterator[Path]:
    """The least recently used of `files` that must go until the rest takes `budget` bytes; never a protected one.

    A file was last used when `uses` says so (seconds since 1970), else when it was last modified.
    """
    states = {path: path.stat() for path in files if path.exists()}
    excess = sum(state.st_size for state in states.values()) - budget
    for path in sorted(states, key=lambda path: uses.get(path, states[path].st_mtime)):
        if excess <= 0:
            return
        if path not in protected:
            excess -= states[path].st_size
            yield path
