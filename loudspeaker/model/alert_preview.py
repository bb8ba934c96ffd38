"""An alarm before it is given, and its end before it is done: what will be said, to whom, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import Message
from .enums import Ending

Wanted = Mapping[str, object]  # sound still to be made: recipe -> what its specification tells


@dataclass(frozen=True, slots=True)
class AlertPreview:
    """What an alarm will say and every guess in it, who will hear it, until when (ISO), and the sound that it takes."""

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
    two_persons: bool = False  # does policy ask that a second person gives it, too?


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """Alarms that will end alike: what will be said, and who will hear it."""

    form: Ending
    drill: bool
    alarms: Sequence[str]  # ids
    titles: Sequence[str]  # of the alarms
    villages: Sequence[str]
    repeats: bool  # is any of them still to be said?
    spoken: str  # "" where nothing is said


@dataclass(frozen=True, slots=True)
class EndPreview:
    """The end of alarms as it was asked for, and the sound that it still takes."""

    form: Ending | None
    closings: Sequence[ClosingPreview]
    wanted: Wanted
