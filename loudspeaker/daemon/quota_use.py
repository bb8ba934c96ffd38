"""What else of a day policy counts when something is to be heard: by the log, and by the plan what is still to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..model.enums import Expected, Level, Verdict
from ..playout.ports import Log
from ..playout.queue import remains
from ..playout.states import moment, restore_state
from ..schedule.quota import Stretch

DAY = timedelta(days=1)


def quota_stretches(
    log: Log, planned: Iterable[Airing], airing: Airing, midnight: datetime, now: datetime, in_hand: Collection[str]
) -> Iterator[Stretch]:
    """All other stretches on the output of `airing` on the day that begins at `midnight`.

    What was heard counts, of what was heard in part its seconds, and what is still to come or `in_hand` (ids); what was
    missed does not. Nor do emergencies, tests and what overrode the policy.
    """
    exempt = {event.airing for event in log.events("asked", since=midnight) if event.facts["override"]} | {airing.id}
    judged = [one for one in log.rows(midnight, midnight + DAY) if one.output == airing.output]
    for one in judged:
        if one.started_at and one.ended_at and one.id not in exempt and _counts(one):
            yield one.started_at, one.ended_at
    known = {one.id for one in judged} | exempt
    for coming in planned:
        if coming.output != airing.output or coming.expected is not Expected.AIR or coming.id in known:
            continue
        if coming.starts_at and coming.ends_at and midnight <= coming.starts_at < midnight + DAY:
            if coming.ends_at > now or coming.id in in_hand:
                yield coming.starts_at, coming.ends_at
            else:
                yield from _heard_stretch(log, coming.id)


def _counts(record: AsRunRecord) -> bool:
    return record.level is not Level.EMERGENCY and record.verdict is not Verdict.NO_AUDIO


def _heard_stretch(log: Log, airing: str) -> Iterator[Stretch]:
    """What the log knows of an airing that nobody has judged yet: its station went off while it sounded."""
    state = restore_state(log.events(airing=airing))
    attempt = remains(state, moment(log.recall("heartbeat"))) if state.trying else state.best
    if attempt.heard and attempt.started_at and attempt.ended_at:
        yield attempt.started_at, attempt.ended_at
