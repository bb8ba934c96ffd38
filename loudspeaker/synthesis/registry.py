"""The engines on this machine: entry points of the group `loudspeaker.engines`, our own and those of plug-ins.

An entry point is a class that takes no arguments and implements `interfaces.Engine`. An engine that keeps voices on
this machine has an attribute `folder`, which is set here. Imports no engine and no numpy, so that the daemon may.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Message, NotAvailable

if TYPE_CHECKING:
    from ..interfaces import Engine

GROUP = "loudspeaker.engines"


def engine_names() -> list[str]:
    """The names of all engines, whether or not what they need is installed."""
    return sorted({point.name for point in _entry_points()})


@cache
def load_engine(name: str, folder: Path | None = None) -> Engine:
    """The engine of that name, one for the whole process; `folder` is where voices of this machine are installed.

    Raises `NotAvailable` for an unknown name and for a plug-in that cannot be imported.
    """
    points = _entry_points().select(name=name)
    if not points:
        raise NotAvailable(_unknown_engine(name))
    engine = _instantiate(next(iter(points)))
    if folder is not None and hasattr(engine, "folder"):
        engine.folder = folder
    return engine


@cache
def _entry_points() -> EntryPoints:
    """Looked for once in a process: it takes 10 to 20 ms."""
    return entry_points(group=GROUP)


def _instantiate(point: EntryPoint) -> Engine:
    try:
        engine: Engine = point.load()()
    except Exception as error:  # a plug-in may fail in any way, and must cost only itself
        why = f"{type(error).__name__}: {error}"
        raise NotAvailable(
            Message("the voice engine “{name}” cannot be loaded: {why}", name=point.name, why=why)
        ) from error
    return engine


def _unknown_engine(name: str) -> Message:
    known = engine_names()
    nearest = get_close_matches(name, known, 1)
    if nearest:
        return Message("there is no voice engine “{name}”; did you mean “{nearest}”?", name=name, nearest=nearest[0])
    return Message("there is no voice engine “{name}”; known are: {known}", name=name, known=", ".join(known))
