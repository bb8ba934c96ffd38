"""What else of a day policy counts when something is to be heard: by the log, and by the plan what is still to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..model.bulletin import split_origin
from ..model.enums import Expected, Level, Verdict
from ..playout.ports import Log
from ..playout.queue import remains
from ..playout.states import moment, restore_state
from ..schedule.recheck import Stretch

DAY = timedelta(days=1)


def quota_stretches(
    log: Log, planned: Iterable[Airing], airing: Airing, midnight: datetime, now: datetime, in_hand: Collection[str]
) -> Iterator[Stretch]:
    """All other stretches on the output of `airing` on the day that begins at `midnight`.

    What was heard counts, of what was heard in part its seconds, and what is still to come or `in_hand` (ids); what was
    missed does not. Nor do emergencies, tests and what overrode the policy.
    """
    exempt = {event.airing for event in log.events("asked", since=midnight) if event.facts["override"]} | {airing.id}
    records = [record for record in log.rows(midnight, midnight + DAY) if record.output == airing.output]
    yield from _record_stretches(record for record in records if record.id not in exempt)
    known = {record.id for record in records} | exempt
    for other in planned:
        stretch = _planned_stretch(other, midnight)
        if not stretch or other.output != airing.output or other.id in known:
            continue
        if stretch[1] > now or other.id in in_hand:
            yield stretch
        else:
            yield from _heard_stretch(log, other.id)


def heard_for_origin(log: Log, planned: Iterable[Airing], airing: Airing, midnight: datetime) -> timedelta:
    """What the office above the commune that asks for `airing` has had heard on its output on that day.

    By the names in the log: what it had scheduled in a manifest that has been replaced since counts, too. What the
    commune itself has scheduled of that office's bulletins does not, nor what both ask for at one instant.
    """
    if not airing.quota_origin:
        return timedelta(0)
    apart = {other.id for other in planned if not other.quota_origin} | {airing.id}
    records = [record for record in log.rows(midnight, midnight + DAY) if record.output == airing.output]
    sent = [
        record
        for record in records
        if split_origin(record.broadcast)[1] == airing.quota_origin and record.id not in apart
    ]
    heard, until = timedelta(0), midnight
    for begins, ends in sorted(_record_stretches(sent)):  # what several villages hear together counts once
        heard += max(ends - max(begins, until), timedelta(0))
        until = max(until, ends)
    return heard


def _planned_stretch(airing: Airing, midnight: datetime) -> Stretch | None:
    """When an airing is to be heard that begins on this day; None for any other."""
    if airing.expected is not Expected.AIR or not airing.starts_at or not airing.ends_at:
        return None
    return (airing.starts_at, airing.ends_at) if midnight <= airing.starts_at < midnight + DAY else None


def _record_stretches(records: Iterable[AsRunRecord]) -> Iterator[Stretch]:
    """What was heard by these records."""
    for record in records:
        counts = record.level is not Level.EMERGENCY and record.verdict is not Verdict.NO_AUDIO
        if counts and record.started_at and record.ended_at:
            yield record.started_at, record.ended_at


def _heard_stretch(log: Log, airing: str) -> Iterator[Stretch]:
    """What the log knows of an airing that nobody has judged yet: its station went off while it sounded."""
    state = restore_state(log.events(airing=airing))
    attempt = remains(state, moment(log.recall("heartbeat"))) if state.trying else state.best
    if attempt.heard and attempt.started_at and attempt.ended_at:
        yield attempt.started_at, attempt.ended_at
