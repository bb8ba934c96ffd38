"""What else of a day policy counts when something is to be heard: by the log, and by the plan what is still to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ..playout.record import Log
from ..schedule.airing import Airing
from ..schedule.quota import Stretch
from ..vocabulary import Expected, Level

DAY = timedelta(days=1)


def counted(log: Log, planned: Iterable[Airing], airing: Airing, midnight: datetime) -> Iterator[Stretch]:
    """All other stretches on the output of `airing` on the day that begins at `midnight`.

    Emergencies, tests and what overrode the policy do not count.
    """
    exempt = {event.airing for event in log.events("asked", since=midnight) if event.facts["override"]} | {airing.id}
    heard = [one for one in log.rows(midnight, midnight + DAY) if one.output == airing.output]
    for one in heard:
        if one.started_at and one.ended_at and one.id not in exempt and one.level is not Level.EMERGENCY:
            yield one.started_at, one.ended_at
    judged = {one.id for one in heard} | exempt
    for coming in planned:
        if coming.output != airing.output or coming.expected is not Expected.AIR or coming.id in judged:
            continue
        if coming.starts_at and coming.ends_at and midnight <= coming.starts_at < midnight + DAY:
            yield coming.starts_at, coming.ends_at
