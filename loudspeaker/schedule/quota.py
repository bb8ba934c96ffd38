"""Sessions of a day and their minutes, counted once more at air: what was heard by hand counts, too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..errors import Message
from ..model.commune import Policy
from .timeline import SESSION_GAP

Stretch = tuple[datetime, datetime]  # from when to when something sounds

SLACK = timedelta(seconds=10)  # what was planned to the second may be heard a little beside it


def check_quota(policy: Policy, others: Iterable[Stretch], wanted: Stretch) -> Message | None:
    """Why `wanted` would be a session too many, or make one too long; None where policy has room for it."""
    others = list(others)
    sessions = join_sessions([*others, wanted])
    if len(sessions) > max(policy.sessions_per_day, len(join_sessions(others))):
        return Message("policy allows {count} sessions a day", count=policy.sessions_per_day)
    begins, ends = next(session for session in sessions if session[0] <= wanted[0] <= session[1])
    if ends - begins > timedelta(minutes=policy.minutes_per_session) + SLACK:
        return Message("the session would be longer than {minutes} minutes", minutes=f"{policy.minutes_per_session:g}")
    return None


def join_sessions(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sessions: what lies no further apart than the pause that ends one."""
    sessions: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if sessions and begins - sessions[-1][1] <= timedelta(seconds=SESSION_GAP) + SLACK:
            sessions[-1] = sessions[-1][0], max(sessions[-1][1], ends)
        else:
            sessions.append((begins, ends))
    return sessions
