"""An emergency before it is aired, as a value that goes through the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import Message

Wanted = Mapping[str, Sequence[Any]]  # of sound that is still to be made: recipe -> what its order tells


@dataclass(frozen=True, slots=True)
class Call:
    """What will be said, every guess in it, who will hear it, until when (ISO), and the sound that it takes."""

    text: str | None
    bulletin: str | None
    drill: bool
    until: str | None
    villages: Sequence[str]
    spoken: str
    doubts: Sequence[Message]
    mistakes: Sequence[Message]  # in people's files
    recipes: Mapping[str, str]  # by output
    wanted: Wanted
    clears: Wanted  # for its all-clear
