"""The engines on this machine: our own, and plug-ins, which are entry points of the group `loudspeaker.engines`.

An entry point is a class that takes no arguments and implements `interfaces.Engine`. An engine that keeps voices on
this machine has an attribute `folder`, which is set here. Imports no engine and no numpy, so that the daemon may.

Ours are entry points, too (setup.cfg), and found without looking for those: that takes as long as a whole command.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Message, NotAvailable

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

    from ..interfaces import Engine

GROUP = "loudspeaker.engines"
# Module of `engines`, which is the engine's name -> its class.
OWN = {"espeak": "Espeak", "gtts": "Gtts", "command": "Command", "piper": "Piper", "edge": "Edge", "tone": "Tone"}


def engine_names() -> list[str]:
    """The names of all engines, whether or not what they need is installed."""
    return sorted({*OWN, *_entry_points().names})


@cache
def load_engine(name: str, folder: Path | None = None) -> Engine:
    """The engine of that name, one for the whole process; `folder` is where voices of this machine are installed.

    Raises `NotAvailable` for an unknown name and for a plug-in that cannot be imported.
    """
    if name not in OWN and name not in _entry_points().names:
        raise NotAvailable(_unknown_engine(name))
    engine = _instantiate(name)
    if folder is not None and hasattr(engine, "folder"):
        engine.folder = folder
    return engine


@cache
def _entry_points() -> EntryPoints:
    """Looked for once in a process, where a plug-in may be meant."""
    from importlib.metadata import entry_points  # 40 ms, half of it for looking: whoever speaks with ours does without

    return entry_points(group=GROUP)


def _instantiate(name: str) -> Engine:
    try:
        if name in OWN:
            own: Engine = getattr(import_module(f"..engines.{name}", __package__), OWN[name])()
            return own
        plug_in: Engine = _entry_points()[name].load()()
    except Exception as error:  # a plug-in may fail in any way, and must cost only itself
        why = f"{type(error).__name__}: {error}"
        raise NotAvailable(Message("the voice engine “{name}” cannot be loaded: {why}", name=name, why=why)) from error
    return plug_in


def _unknown_engine(name: str) -> Message:
    known = engine_names()
    nearest = get_close_matches(name, known, 1)
    if nearest:
        return Message("there is no voice engine “{name}”; did you mean “{nearest}”?", name=name, nearest=nearest[0])
    return Message("there is no voice engine “{name}”; known are: {known}", name=name, known=", ".join(known))
