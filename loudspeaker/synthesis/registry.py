"""Which engines there are: entry points of the group `loudspeaker.engines`, ours and strangers' alike.

An entry point is a class that can be made without arguments and is an `interfaces.Engine`. One that keeps voices on
this machine has an attribute `folder`, which is set here. Cheap to import: no engine and no numpy may come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..errors import BadUsage, Message, NotAvailable

if TYPE_CHECKING:
    from ..interfaces import Engine

GROUP = "loudspeaker.engines"


@dataclass(frozen=True, slots=True)
class Voice:
    """`engine:voice` as people write it, e.g. `espeak:vi` or `command:/usr/local/bin/say --slow`."""

    engine: str
    name: str

    @classmethod
    def parse(cls, spec: str) -> Self:
        """Split at the first colon. Raises `BadUsage` where one of the halves is missing."""
        engine, _colon, name = (part.strip() for part in spec.partition(":"))
        if not engine or not name:
            raise BadUsage(Message("“{spec}” is not a voice; write it as engine:voice, like espeak:vi", spec=spec))
        return cls(engine, name)

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


def names() -> list[str]:
    """The engines that are known here, whether or not what they need is installed."""
    return sorted({point.name for point in entry_points(group=GROUP)})


@cache
def engine(name: str, folder: Path | None = None) -> Engine:
    """The engine of that name, one for the whole process; voices installed on this machine lie in `folder`.

    Raises `NotAvailable` for a name nobody registered and for a plug-in that cannot be imported.
    """
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise NotAvailable(_unknown(name))
    made = _made(next(iter(found)))
    if folder is not None and hasattr(made, "folder"):
        made.folder = folder
    return made


def _made(point: EntryPoint) -> Engine:
    try:
        made: Engine = point.load()()
    except Exception as error:  # a stranger's plug-in may fail in any way, and costs only itself
        why = f"{type(error).__name__}: {error}"
        raise NotAvailable(
            Message("the voice engine “{name}” cannot be loaded: {why}", name=point.name, why=why)
        ) from error
    return made


def _unknown(name: str) -> Message:
    from difflib import get_close_matches

    known = names()
    nearest = get_close_matches(name, known, 1)
    if nearest:
        return Message("there is no voice engine “{name}”; did you mean “{nearest}”?", name=name, nearest=nearest[0])
    return Message("there is no voice engine “{name}”; known are: {known}", name=name, known=", ".join(known))
