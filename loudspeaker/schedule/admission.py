"""Who is turned away at the door, before time is given out: people's orders, validity, approval, quiet days, pauses.

A chain of small questions in a visible order; the first that says no gives the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from ..errors import Message
from ..model.commune import Policy
from ..model.enums import Expected, Level, Refusal
from ..model.refusal import Reason
from .occurrences import Wish
from .open_hours import DAYTIME, Silence, Stretches, lies_in
from .timeline import Denial, clock, to_the_second


@dataclass(frozen=True, slots=True)
class Today:
    """One day of one output, with all that may turn a wish away."""

    day: date
    policy: Policy
    open: Stretches  # before pauses
    silences: tuple[Silence, ...]
    skips: Mapping[str, str]
    name: Callable[[Wish], str]  # the id of its airing
    streams: Collection[str]  # hosts that may be relayed
    uncommissioned: str = ""  # the output, where nobody has released it for the schedule yet

    def screen(self, wish: Wish) -> Denial | None:
        """Why nothing can become of `wish` whatever else is on the air; None where it may ask for time."""
        for question in QUESTIONS:
            if denial := question(self, wish):
                return denial
        return None


def _skipped(today: Today, wish: Wish) -> Denial | None:
    if not today.skips or (why := today.skips.get(today.name(wish))) is None:
        return None
    return Denial(Expected.SKIPPED, Message("skipped: {why}", why=why))


def _missing(today: Today, wish: Wish) -> Denial | None:
    bulletin = wish.broadcast.bulletin
    if bulletin is None or wish.facts is not None:
        return None
    return Denial(Expected.NOT_READY, Message("there is no bulletin “{bulletin}”", bulletin=bulletin))


def _foreign(today: Today, wish: Wish) -> Denial | None:
    host = urlsplit(wish.broadcast.stream or "").hostname
    if host is None or host in today.streams:  # without a host it is an input of this box
        return None
    return _refused(Refusal.STREAM, Message("{host} is not among the “streams” of commune.yaml", host=host))


def _emergency(today: Today, wish: Wish) -> Denial | None:
    if wish.facts is None or wish.facts.level is not Level.EMERGENCY:
        return None
    return _refused(Refusal.EMERGENCY, Message("an emergency cannot be scheduled; it is aired by hand with “urgent”"))


def _uncommissioned(today: Today, wish: Wish) -> Denial | None:
    if not today.uncommissioned:
        return None
    return _refused(
        Refusal.COMMISSIONING,
        Message(
            "the output {output} has not been commissioned: try it with “loudspeaker test {output} --by NAME”",
            output=today.uncommissioned,
        ),
    )


def _expired(today: Today, wish: Wish) -> Denial | None:
    facts = wish.facts
    if facts is None:
        return None
    if facts.valid_from and today.day < facts.valid_from:
        return _refused(
            Refusal.VALIDITY, Message("the bulletin is valid only from {day}", day=written(facts.valid_from))
        )
    if facts.valid_until and today.day > facts.valid_until:
        return _refused(
            Refusal.VALIDITY, Message("the bulletin was valid only until {day}", day=written(facts.valid_until))
        )
    return None


def _unapproved(today: Today, wish: Wish) -> Denial | None:
    if not today.policy.approval or wish.facts is None or wish.facts.approved:
        return None
    return _refused(
        Refusal.APPROVAL,
        Message("the bulletin is not approved; approve it with “approve {id}”", id=wish.broadcast.bulletin),
    )


def _silenced(today: Today, wish: Wish) -> Denial | None:
    for begins, until, pause in today.silences:
        if begins < wish.at + wish.duration and wish.at < until:
            return _refused(Refusal.PAUSE, Message("{village} is paused: {why}", village=pause.village, why=pause.why))
    return None


def _closed(today: Today, wish: Wish) -> Denial | None:
    ends = wish.at + wish.duration
    if lies_in(today.open, wish.at, ends):
        return None
    return _refused(Refusal.POLICY, _closed_why(today, wish.at, ends))


def _closed_why(today: Today, begins: float, ends: float) -> Message:
    if not today.open:
        return Message("policy has no broadcasts on this day")
    first, last = DAYTIME[0]
    if not today.policy.allow_night and not first <= begins < last:
        return Message("at night, before 05:00 and after 21:00, policy has no broadcasts")
    hours = ", ".join(f"{clock(first)}–{clock(last)}" for first, last in today.open)
    if any(first <= begins < last for first, last in today.open):
        return Message(
            "it would last until {time}, beyond the hours of policy ({hours})", time=to_the_second(ends), hours=hours
        )
    return Message("it lies outside the hours of policy ({hours})", hours=hours)


def _unready(today: Today, wish: Wish) -> Denial | None:
    if wish.facts is None or wish.facts.ready:
        return None
    return Denial(Expected.NOT_READY, wish.facts.why or Message("there is nothing ready to be aired"))


QUESTIONS = (
    _skipped,
    _missing,
    _foreign,
    _emergency,
    _uncommissioned,
    _expired,
    _unapproved,
    _silenced,
    _closed,
    _unready,
)


def _refused(kind: Refusal, why: Message) -> Denial:
    return Denial(Expected.REFUSED, Reason(kind, why))


def written(day: date) -> str:
    """A date as people write it, 5/7/2021."""
    return f"{day.day}/{day.month}/{day.year}"
