"""What a change of schedules hurts, in as few lines as say it: alike airings of all days are one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from ..errors import Message
from ..model.airing import Airing, span_words
from .comparison import PlanComparison


@dataclass(frozen=True, slots=True)
class ClashLine:
    """Airings of one title at one time of day that suffer the same; `fatal` where they are not heard."""

    message: Message
    count: int
    fatal: bool


def clash_lines(comparison: PlanComparison) -> list[ClashLine]:
    """What is forbidden and what is not heard first, then what is late."""
    return [
        *_unheard_lines(comparison.breaches, own=True),
        *_unheard_lines(comparison.blocked, own=True),
        *_unheard_lines(comparison.lost, own=False),
        *_late([(delay.airing, delay.by) for delay in comparison.waiting], own=True),
        *_late([(delay.airing, delay.by) for delay in comparison.late], own=False),
    ]


def _unheard_lines(airings: Iterable[Airing], own: bool) -> Iterator[ClashLine]:
    groups: dict[object, list[Airing]] = {}
    for airing in airings:
        kind = airing.why.template if airing.why else ""
        groups.setdefault((airing.scheduled_at.time(), airing.title, kind), []).append(airing)
    for same in groups.values():
        first = same[0]
        facts = {"at": f"{first.scheduled_at:%H:%M}", "title": first.title, "why": first.why or "–"}
        message = Message("{at} “{title}” will not be heard: {why}", **facts)
        if own:
            message = Message("{at} cannot be: {why}", at=facts["at"], why=facts["why"])
        yield ClashLine(message, len(same), fatal=True)


def _late(delays: Iterable[tuple[Airing, timedelta]], own: bool) -> Iterator[ClashLine]:
    groups: dict[object, list[tuple[Airing, timedelta]]] = {}
    for airing, by in delays:
        groups.setdefault((airing.scheduled_at.time(), airing.title), []).append((airing, by))
    for same in groups.values():
        first, longest = same[0][0], max(by for _, by in same)
        facts = {"at": f"{first.scheduled_at:%H:%M}", "title": first.title, "by": span_words(longest)}
        message = Message("{at} “{title}” has to wait {by}", **facts)
        if own:
            message = Message("{at} has to wait {by}", at=facts["at"], by=facts["by"])
        yield ClashLine(message, len(same), fatal=False)
