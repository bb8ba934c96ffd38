"""An emergency before it is aired, and its end before it is done, as values that go through the door."""

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
    clears: Wanted  # for its end


@dataclass(frozen=True, slots=True)
class PlannedClosing:
    """Alarms that will end alike: what will be said, and who will hear it."""

    form: str  # an `Ending`
    drill: bool
    alarms: Sequence[str]  # ids
    titles: Sequence[str]  # of the alarms
    villages: Sequence[str]
    repeats: bool  # is any of them still to be said?
    spoken: str  # "" where nothing is said


@dataclass(frozen=True, slots=True)
class PlannedEnd:
    """The end of alarms as it was asked for (an `Ending`, or None), and the sound that it still takes."""

    form: str | None
    closings: Sequence[PlannedClosing]
    wanted: Wanted
