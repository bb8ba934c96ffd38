"""One airing from its rule to its plan, and what a plan is told of bulletins and of people's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from ..codec import decode, encode
from ..errors import Message
from .enums import Expected, Level
from .refusal import Reason

Facts = Mapping[str, object]  # of an airing or a request, as the log keeps them
INSTANT = "%Y-%m-%dT%H:%M"  # how the id of a scheduled airing names its time


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instant for which a rule, or a person, asks that a village hears something.

    What is planned for it (`Airing`) and what became of it (`AsRunRecord`) hold it.
    """

    id: str  # village/broadcast/2026-11-24T06:05 in local time, for ever; a person's has seconds, too
    village: str
    output: str  # "" where no output of this box plays the village
    broadcast: str  # its name; "play", "urgent" … where a person asked for it
    bulletin: str | None  # id; None for a stream, and for an alarm in words of the moment
    level: Level
    scheduled_at: datetime  # aware, in the commune's zone
    title: str = ""  # of the bulletin; the words themselves, where an alarm was given as text; older records have none
    drill: bool = False  # an exercise (diễn tập), announced as one


class OfOccurrence:
    """What an airing and its record are asked as often as the occurrence that they hold."""

    __slots__ = ()
    occurrence: Occurrence

    @property
    def id(self) -> str:
        return self.occurrence.id

    @property
    def village(self) -> str:
        return self.occurrence.village

    @property
    def output(self) -> str:
        return self.occurrence.output

    @property
    def broadcast(self) -> str:
        return self.occurrence.broadcast

    @property
    def bulletin(self) -> str | None:
        return self.occurrence.bulletin

    @property
    def title(self) -> str:
        return self.occurrence.title

    @property
    def level(self) -> Level:
        return self.occurrence.level

    @property
    def scheduled_at(self) -> datetime:
        return self.occurrence.scheduled_at

    @property
    def drill(self) -> bool:
        return self.occurrence.drill


@dataclass(frozen=True, slots=True)
class Airing(OfOccurrence):
    """One occurrence as it is planned (lượt phát). Times are aware, in the commune's zone; lengths in seconds."""

    occurrence: Occurrence
    starts_at: datetime | None  # what will happen; None if nothing will
    ends_at: datetime | None
    duration: float  # opening and closing words included where it opens or closes a session
    duration_source: str  # "prepared" or "estimated"
    expected: Expected
    why: Reason | Message | None
    stream: str | None = None  # its address
    fallback: str | None = None  # a bulletin, should the stream fail
    length: float | None = None  # of a stream
    opens: bool = False  # first of its session on its output
    closes: bool = False  # last of it
    chime: bool = True
    music: bool = True
    gain: float = 0.0  # dB
    repeat: int | None = None  # None: as often as the bulletin says
    wait: float = 600.0  # how long it may be held up
    origin: str = ""  # the office above the commune whose schedule asks for it
    quota_origin: str = ""  # the office whose minutes it takes: none where the commune itself asks for the same sound

    def shift(self, by: timedelta) -> Airing:
        """The same of a schedule on another day, which is planned alike."""
        at = self.scheduled_at + by
        ident = f"{self.village}/{self.broadcast}/{at:{INSTANT}}"
        return replace(
            self,
            occurrence=replace(self.occurrence, id=ident, scheduled_at=at),
            starts_at=self.starts_at and self.starts_at + by,
            ends_at=self.ends_at and self.ends_at + by,
        )

    def with_fallback(self) -> Airing:
        """The same time of the same village, with the fallback bulletin instead of the stream."""
        return replace(self, occurrence=replace(self.occurrence, bulletin=self.fallback), stream=None)


@dataclass(frozen=True, slots=True)
class BulletinFacts:
    """What a plan must know of one bulletin; `duration` is its programme's, in seconds, without session words."""

    title: str
    level: Level = Level.ROUTINE
    valid_from: date | None = None
    valid_until: date | None = None
    duration: float = 60.0
    duration_source: str = "estimated"
    ready: bool = True  # False: nothing could be aired, `why` says what is missing
    approved: bool = False
    why: Message | None = None
    repeats: Mapping[int, float] = field(default_factory=dict)  # `repeat` of an entry -> duration, where it differs


@dataclass(frozen=True, slots=True)
class SessionWords:
    """Lengths in seconds of what stands around a session: signature tune, opening and closing words."""

    tune: float = 0.0
    opening: float = 0.0
    closing: float = 0.0


@dataclass(frozen=True, slots=True)
class StandingPause:
    """A village is to be quiet from `begins` to `until` (a funeral, an announced power cut)."""

    village: str
    begins: datetime
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What people decided after the schedule was written, by the log: all of it means less sound."""

    skips: Mapping[str, str] = field(default_factory=dict)  # airing id -> why
    pauses: tuple[StandingPause, ...] = ()
    uncommissioned: frozenset[str] = frozenset()  # outputs that nobody has tried and released for the schedule yet
    unconfirmed: bool = False  # nobody has said yet that this box is in the right village


def span_words(span: timedelta) -> Message:
    """In minutes and seconds.

    >>> span_words(timedelta(seconds=149.4))
    Message('2 min 29 s')
    """
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    if not minutes:
        return Message("{seconds} s", seconds=seconds)
    if not seconds:
        return Message("{minutes} min", minutes=minutes)
    return Message("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)


def about_words(seconds: float) -> Message:
    """The same of what nobody has measured yet.

    >>> about_words(7.2)
    Message('about 7 s')
    """
    return Message("about {length}", length=span_words(timedelta(seconds=seconds)))


def airing_facts(airing: Airing) -> Facts:
    """An airing as plain values."""
    facts = encode(airing)
    occurrence = facts.pop("occurrence")
    return {**facts, **occurrence}


def airing_from_facts(facts: Facts) -> Airing:
    """An airing as it was. Raises one of `codec.UNREADABLE` where these are not an airing's facts."""
    return decode(Airing, {**facts, "occurrence": facts})
