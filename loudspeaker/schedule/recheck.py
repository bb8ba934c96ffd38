"""Policy once more, at air (docs/promises.md, 6): may this sound now, for everybody who would hear it?

Sessions of the day and their minutes are counted again: what was heard by hand counts, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ..errors import Message
from ..model.airing import Airing
from ..model.commune import Policy
from ..model.contents import PlanInput
from ..model.refusal import Reason, Refusal
from .admission import RULES, output_day
from .channels import calendar, channel
from .occurrences import Candidate
from .timeline import SESSION_GAP, over_quota

Stretch = tuple[datetime, datetime]  # from when to when something sounds

SLACK = timedelta(seconds=10)  # what was planned to the second may be heard a little beside it


def recheck(
    given: PlanInput,
    airing: Airing,
    begins: datetime,
    ends: datetime,
    others: Sequence[Stretch] = (),
    heard: timedelta = timedelta(0),
) -> Message | None:
    """Why `airing` may not sound from `begins` to `ends` (aware); None where it may.

    `others` is what else of this day counts, from when to when: each session and its minutes. `heard`: what the office
    above the commune that asks for it has had heard on this output today, whatever manifest it was in. Whether the
    airing was skipped is not asked: a skip is an order about one airing, not a rule.
    """
    begins = begins.astimezone(given.commune.zone)
    today = calendar(given.commune, begins.date())
    hearers = given.box.hearers().get(airing.output, [airing.village])
    output = output_day(given, channel(given.commune, airing.output, hearers), today)
    at, duration = int((begins - today.midnight).total_seconds()), (ends - begins).total_seconds()
    facts = given.facts.get(airing.bulletin) if airing.bulletin else None
    if rejection := output.reject(Candidate(airing.occurrence, airing.stream, facts, at, duration), RULES):
        return rejection.why
    origin = airing.quota_origin
    most = timedelta(minutes=given.commune.rules_for(origin).minutes_per_day)
    if origin and heard + (ends - begins) > most + SLACK:
        return Reason(Refusal.POLICY, over_quota(origin, most.total_seconds()))
    why = check_quota(output.policy, others, (begins, ends))
    return why and Reason(Refusal.POLICY, why)


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
