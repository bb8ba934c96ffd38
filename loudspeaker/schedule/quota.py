"""How many sessions a day has and how long they last, once more at air: what was heard by hand counts, too. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..errors import Message
from ..model.commune import Policy
from .timeline import SESSION_GAP

Stretch = tuple[datetime, datetime]  # from when to when something sounds

SLACK = timedelta(seconds=10)  # what was planned to the second may be heard a little beside it


def exceeded(policy: Policy, others: Iterable[Stretch], wanted: Stretch) -> Message | None:
    """Why `wanted` would be a session too many, or make one too long; None where policy has room for it."""
    others = list(others)
    sessions = joined([*others, wanted])
    if len(sessions) > max(policy.sessions_per_day, len(joined(others))):
        return Message("policy allows {count} sessions a day", count=policy.sessions_per_day)
    begins, ends = next(one for one in sessions if one[0] <= wanted[0] <= one[1])
    if ends - begins > timedelta(minutes=policy.minutes_per_session) + SLACK:
        return Message("the session would be longer than {minutes} minutes", minutes=f"{policy.minutes_per_session:g}")
    return None


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sessions: what lies no further apart than the pause that ends one."""
    sessions: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if sessions and begins - sessions[-1][1] <= timedelta(seconds=SESSION_GAP) + SLACK:
            sessions[-1] = sessions[-1][0], max(sessions[-1][1], ends)
        else:
            sessions.append((begins, ends))
    return sessions
