"""Airings that people ask for: how they are named, what makes two of them the same, what a request goes by. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ..model.airing import Airing, Occurrence
from ..model.enums import Expected
from ..model.requests import Play, PreviewEnd, PreviewUrgent, Request, TestOutput, Urgent
from ..playout.item import ManualRequest


def in_words(alarm: ManualRequest) -> tuple[object, ...]:
    """What identifies an alarm: the instant at which it was given (its id has only the second) and its words."""
    airing = alarm.airing
    words = airing.title, airing.bulletin, airing.drill, alarm.by, alarm.plays, alarm.gap, alarm.until
    return airing.scheduled_at, *words


def co_signer(request: Request) -> dict[str, str]:
    """The second person of an alarm, as a fact of the log; empty where there is none."""
    return {"second": request.second} if isinstance(request, Urgent) and request.second else {}


def named_recipes(request: Request) -> Iterable[str]:
    """The recipes of the sound that was shown to the person who gives this alarm; none for other requests."""
    recipes = request.recipes if isinstance(request, Urgent) else None
    return (recipes or {}).values()


def names_file(request: Request) -> bool:
    """Does it need people's files? An alarm with a typed text does not."""
    if isinstance(request, Urgent):
        return request.bulletin is not None
    return isinstance(request, Play | TestOutput | PreviewUrgent | PreviewEnd)


def at_once(occurrence: Occurrence, duration: float = 0.0, fallback: str | None = None) -> Airing:
    """What a person asked for, to be heard at its instant; `duration` in seconds, where it is known."""
    starts, ends = occurrence.scheduled_at, occurrence.scheduled_at + timedelta(seconds=duration)
    return Airing(occurrence, starts, ends, duration, "prepared", Expected.AIR, None, fallback=fallback)


@dataclass(frozen=True, slots=True)
class AiringName:
    """What the id of an airing that was asked for is made of."""

    village: str
    kind: str
    at: datetime

    @property
    def id(self) -> str:
        return airing_name(self.kind, self.village, self.at)


def parse_airing_name(name: str, zone: tzinfo) -> AiringName:
    """What a name that `airing_name` gave was made of, in the commune's zone."""
    village, kind, instant = name.split("/")
    return AiringName(village, kind, datetime.fromisoformat(instant).replace(tzinfo=zone))


def airing_name(kind: str, village: str, moment: datetime) -> str:
    return f"{village}/{kind}/{moment:%Y-%m-%dT%H:%M:%S}"
