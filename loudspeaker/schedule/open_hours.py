"""Policy as open hours: in which stretches of a day an output may speak, for everybody who hears it.

All times are seconds since local midnight; a stretch may reach past 86,400 where the next day goes on from it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache, reduce
from typing import NamedTuple

from ..model.airing import StandingPause
from ..model.commune import Policy
from ..model.day_set import NamedDay

DAY = 24 * 3600
FOREVER = float("inf")
DAYTIME = ((5 * 3600, 21 * 3600),)

Stretches = tuple[tuple[float, float], ...]


class PauseSpan(NamedTuple):
    """A pause as it lies on one day, in seconds since its midnight."""

    begins: float
    until: float
    pause: StandingPause


@lru_cache(maxsize=256)
def strictest_policy(policies: frozenset[Policy]) -> Policy:
    """What all of `policies` allow: villages that share horns hear one another's broadcasts."""
    return reduce(_stricter_policy, sorted(policies, key=repr))


def _stricter_policy(first: Policy, second: Policy) -> Policy:
    return Policy(
        hours=tuple((int(a), int(b)) for a, b in intersect(first.hours, second.hours)),
        sessions_per_day=min(first.sessions_per_day, second.sessions_per_day),
        minutes_per_session=min(first.minutes_per_session, second.minutes_per_session),
        allow_night=first.allow_night and second.allow_night,
        approval=max(first.approval, second.approval, key=lambda rule: rule.rank),
        approval_on_paper=first.approval_on_paper and second.approval_on_paper,
        alarm_by_two=first.alarm_by_two or second.alarm_by_two,
        weekdays=first.weekdays & second.weekdays,
        quiet=tuple(sorted({*first.quiet, *second.quiet})),
    )


def lies_in(stretches: Stretches, begins: float, ends: float) -> bool:
    """Does all of it lie inside one of `stretches`, which are in order and apart?"""
    place = bisect_right(stretches, (begins, FOREVER)) - 1
    return place >= 0 and ends <= stretches[place][1]


def intersect(one: Iterable[tuple[float, float]], other: Iterable[tuple[float, float]]) -> Stretches:
    """The stretches that are in both, in order."""
    others = list(other)
    cuts = [(max(a, c), min(b, d)) for a, b in one for c, d in others]
    return tuple(sorted((a, b) for a, b in cuts if a < b))


@lru_cache(maxsize=256)
def open_stretches(policy: Policy) -> Stretches:
    """The open stretches of a day on which `policy` allows sound at all; those that touch are one."""
    joined: list[tuple[float, float]] = []
    for begins, ends in sorted(policy.hours if policy.allow_night else intersect(policy.hours, DAYTIME)):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends, joined[-1][1])
        else:
            joined.append((begins, ends))
    return tuple(joined)


def allows_sound(policy: Policy, day: date, named: Mapping[str, NamedDay]) -> bool:
    """Does `policy` allow any sound on `day`?"""
    return day.weekday() in policy.weekdays and not any(day in named[name].days for name in policy.quiet)


def may_cross_midnight(policies: Iterable[Policy]) -> bool:
    """May an airing run over midnight, where on each day one of these holds?"""
    known = [stretches for policy in policies if (stretches := open_stretches(policy))]
    return any(day[-1][1] == DAY for day in known) and any(day[0][0] == 0 for day in known)


def open_hours(policy: Policy, day: date, named: Mapping[str, NamedDay], following: Policy | None = None) -> Stretches:
    """When on `day` an airing may lie; empty on a day without sound. `following` holds on the next day, if another."""
    if not allows_sound(policy, day, named):
        return ()
    following = following or policy
    stretches, tomorrow = open_stretches(policy), open_stretches(following)
    goes_on = stretches and tomorrow and stretches[-1][1] == DAY and tomorrow[0][0] == 0
    if goes_on and allows_sound(following, day + timedelta(days=1), named):
        return (*stretches[:-1], (stretches[-1][0], DAY + tomorrow[0][1]))
    return stretches


def subtract_pauses(stretches: Stretches, pauses: Iterable[PauseSpan]) -> Stretches:
    """What is left of `stretches` outside `pauses`."""
    left = stretches
    for begins, until, _ in pauses:
        left = intersect(left, ((-FOREVER, begins), (until, FOREVER)))
    return left
