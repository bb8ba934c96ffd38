"""Which occurrences are rejected before time is allocated: people's decisions, validity, approval, hours, pauses.

A chain of small questions in a visible order; the first that is answered gives the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from ..errors import Message
from ..model.commune import Policy
from ..model.contents import PlanInput
from ..model.enums import ApprovalRule, Expected, Level
from ..model.refusal import Reason, Refusal
from .channels import Calendar, Channel
from .occurrences import Candidate
from .open_hours import DAYTIME, PauseSpan, Stretches, lies_in, open_hours
from .timeline import Rejection, format_seconds, format_time


@dataclass(frozen=True, slots=True)
class OutputDay:
    """One day of one output, with all that may reject a candidate."""

    day: date
    policy: Policy
    open: Stretches  # before pauses
    pauses: tuple[PauseSpan, ...]
    skips: Mapping[str, str]  # airing id -> why
    streams: Collection[str]  # hosts that may be relayed
    uncommissioned: str = ""  # the output, where nobody has released it for the schedule yet
    unconfirmed: bool = False  # nobody has said yet that the box is in the right village

    def reject(self, candidate: Candidate, questions: tuple[Question, ...]) -> Rejection | None:
        """Why nothing can become of `candidate` whatever else is on the air; None where it may ask for time."""
        for question in questions:
            if rejection := question(self, candidate):
                return rejection
        return None


Question = Callable[[OutputDay, Candidate], Rejection | None]


def output_day(given: PlanInput, channel: Channel, calendar: Calendar) -> OutputDay:
    """The day of `calendar` on the output of `channel`."""
    day, restrictions = calendar.midnight.date(), given.restrictions
    policy, following = channel.policy_on(day), channel.policy_on(day + timedelta(days=1))
    return OutputDay(
        day,
        policy,
        open_hours(policy, day, given.commune.days, following),
        calendar.pauses(channel, restrictions.pauses),
        restrictions.skips,
        given.commune.streams,
        channel.output if channel.output in restrictions.uncommissioned else "",
        restrictions.unconfirmed,
    )


def _reject_skipped(today: OutputDay, candidate: Candidate) -> Rejection | None:
    if not today.skips or (why := today.skips.get(candidate.occurrence.id)) is None:
        return None
    return Rejection(Expected.SKIPPED, Message("skipped: {why}", why=why))


def _reject_missing(today: OutputDay, candidate: Candidate) -> Rejection | None:
    bulletin = candidate.occurrence.bulletin
    if bulletin is None or candidate.facts is not None:
        return None
    return Rejection(Expected.NOT_READY, Message("there is no bulletin “{bulletin}”", bulletin=bulletin))


def _reject_foreign(today: OutputDay, candidate: Candidate) -> Rejection | None:
    if candidate.stream is None:
        return None
    host = urlsplit(candidate.stream).hostname
    if host is None or host in today.streams:  # without a host it is an input of this box
        return None
    return _refuse(Refusal.STREAM, Message("{host} is not among the “streams” of commune.yaml", host=host))


def _reject_emergency(today: OutputDay, candidate: Candidate) -> Rejection | None:
    if candidate.facts is None or candidate.facts.level is not Level.EMERGENCY:
        return None
    return _refuse(Refusal.EMERGENCY, Message("an emergency cannot be scheduled; it is aired by hand with “urgent”"))


def _reject_uncommissioned(today: OutputDay, candidate: Candidate) -> Rejection | None:
    if not today.uncommissioned:
        return None
    return _refuse(
        Refusal.COMMISSIONING,
        Message(
            "the output {output} has not been commissioned: try it with “loudspeaker test {output} --by NAME”",
            output=today.uncommissioned,
        ),
    )


def _reject_unconfirmed(today: OutputDay, candidate: Candidate) -> Rejection | None:
    if not today.unconfirmed:
        return None
    return _refuse(
        Refusal.VILLAGE,
        Message("nobody has confirmed yet that this box is in the right village: “loudspeaker fleet confirm-village”"),
    )


def _reject_expired(today: OutputDay, candidate: Candidate) -> Rejection | None:
    facts = candidate.facts
    if facts is None:
        return None
    if facts.valid_from and today.day < facts.valid_from:
        return _refuse(
            Refusal.VALIDITY, Message("the bulletin is valid only from {day}", day=format_date(facts.valid_from))
        )
    if facts.valid_until and today.day > facts.valid_until:
        return _refuse(
            Refusal.VALIDITY, Message("the bulletin was valid only until {day}", day=format_date(facts.valid_until))
        )
    return None


def _reject_unapproved(today: OutputDay, candidate: Candidate) -> Rejection | None:
    if today.policy.approval is ApprovalRule.OPTIONAL or candidate.facts is None or candidate.facts.approved:
        return None
    return _refuse(
        Refusal.APPROVAL,
        Message("the bulletin is not approved; approve it with “approve {id}”", id=candidate.occurrence.bulletin),
    )


def _reject_paused(today: OutputDay, candidate: Candidate) -> Rejection | None:
    for begins, until, pause in today.pauses:
        if begins < candidate.at + candidate.duration and candidate.at < until:
            return _refuse(Refusal.PAUSE, Message("{village} is paused: {why}", village=pause.village, why=pause.why))
    return None


def _reject_closed(today: OutputDay, candidate: Candidate) -> Rejection | None:
    ends = candidate.at + candidate.duration
    if lies_in(today.open, candidate.at, ends):
        return None
    return _refuse(Refusal.POLICY, _explain_hours(today, candidate.at, ends))


def _explain_hours(today: OutputDay, begins: float, ends: float) -> Message:
    if not today.open:
        return Message("policy has no broadcasts on this day")
    first, last = DAYTIME[0]
    if not today.policy.allow_night and not first <= begins < last:
        return Message("at night, before 05:00 and after 21:00, policy has no broadcasts")
    hours = ", ".join(f"{format_time(first)}–{format_time(last)}" for first, last in today.open)
    if any(first <= begins < last for first, last in today.open):
        return Message(
            "it would last until {time}, beyond the hours of policy ({hours})", time=format_seconds(ends), hours=hours
        )
    return Message("it lies outside the hours of policy ({hours})", hours=hours)


def _reject_unready(today: OutputDay, candidate: Candidate) -> Rejection | None:
    if candidate.facts is None or candidate.facts.ready:
        return None
    return Rejection(Expected.NOT_READY, candidate.facts.why or Message("there is nothing ready to be aired"))


# What holds for every airing; that people skipped this one comes first where a plan is made.
RULES: tuple[Question, ...] = (
    _reject_missing,
    _reject_foreign,
    _reject_emergency,
    _reject_uncommissioned,
    _reject_unconfirmed,
    _reject_expired,
    _reject_unapproved,
    _reject_paused,
    _reject_closed,
    _reject_unready,
)
QUESTIONS: tuple[Question, ...] = (_reject_skipped, *RULES)


def _refuse(kind: Refusal, why: Message) -> Rejection:
    return Rejection(Expected.REFUSED, Reason(kind, why))


def format_date(day: date) -> str:
    """A date as people write it, 5/7/2021."""
    return f"{day.day}/{day.month}/{day.year}"
