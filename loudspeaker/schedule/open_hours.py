"""Policy as open hours: in which stretches of a day an output may speak, for everybody who hears it.

All times are seconds since local midnight; a stretch may reach past 86,400 where the next day goes on from it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache, reduce
from typing import NamedTuple

from ..model.airing import Pause
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
    pause: Pause


@lru_cache(maxsize=256)
def strictest(policies: frozenset[Policy]) -> Policy:
    """What all of `policies` allow: villages that share horns hear one another's broadcasts."""
    return reduce(_stricter, sorted(policies, key=repr))


def _stricter(one: Policy, other: Policy) -> Policy:
    return Policy(
        hours=tuple((int(a), int(b)) for a, b in common(one.hours, other.hours)),
        sessions_per_day=min(one.sessions_per_day, other.sessions_per_day),
        minutes_per_session=min(one.minutes_per_session, other.minutes_per_session),
        allow_night=one.allow_night and other.allow_night,
        approval=one.approval or other.approval,
        weekdays=one.weekdays & other.weekdays,
        quiet=tuple(sorted({*one.quiet, *other.quiet})),
    )


def lies_in(stretches: Stretches, begins: float, ends: float) -> bool:
    """Does all of it lie inside one of `stretches`, which are in order and apart?"""
    place = bisect_right(stretches, (begins, FOREVER)) - 1
    return place >= 0 and ends <= stretches[place][1]


def common(one: Iterable[tuple[float, float]], other: Iterable[tuple[float, float]]) -> Stretches:
    """The stretches that are in both, in order."""
    others = list(other)
    cuts = [(max(a, c), min(b, d)) for a, b in one for c, d in others]
    return tuple(sorted((a, b) for a, b in cuts if a < b))


@lru_cache(maxsize=256)
def daily(policy: Policy) -> Stretches:
    """The open stretches of a day on which `policy` allows sound at all; those that touch are one."""
    joined: list[tuple[float, float]] = []
    for begins, ends in sorted(policy.hours if policy.allow_night else common(policy.hours, DAYTIME)):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends, joined[-1][1])
        else:
            joined.append((begins, ends))
    return tuple(joined)


def allowed(policy: Policy, day: date, named: Mapping[str, NamedDay]) -> bool:
    """Does `policy` allow any sound on `day`?"""
    return day.weekday() in policy.weekdays and not any(day in named[name].days for name in policy.quiet)


def around_the_clock(policy: Policy) -> bool:
    """May an airing run over midnight?"""
    stretches = daily(policy)
    return bool(stretches) and stretches[0][0] == 0 and stretches[-1][1] == DAY


def open_hours(policy: Policy, day: date, named: Mapping[str, NamedDay]) -> Stretches:
    """When on `day` an airing may lie; empty on a day without sound."""
    if not allowed(policy, day, named):
        return ()
    stretches = daily(policy)
    if around_the_clock(policy) and allowed(policy, day + timedelta(days=1), named):
        return (*stretches[:-1], (stretches[-1][0], DAY + stretches[0][1]))
    return stretches


def without(open_stretches: Stretches, pauses: Iterable[PauseSpan]) -> Stretches:
    """What is left of `open_stretches` outside `pauses`."""
    left = open_stretches
    for begins, until, _ in pauses:
        left = common(left, ((-FOREVER, begins), (until, FOREVER)))
    return left
