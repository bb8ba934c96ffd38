"""What the files mean together: names that lead nowhere, clashes and breaches of policy to come. Reads no file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ..errors import Message, Problem
from ..vocabulary import Expected
from ..yamlfile import nearest
from .airing import Airing
from .box import Box
from .broadcasts import Broadcast, VillageSchedule
from .commune import Commune

# What else is expected is told elsewhere (not ready) or was decided by people (skipped).
TOLD = {Expected.AIR, Expected.REFUSED, Expected.DISPLACED}


def findings(
    commune: Commune,
    box: Box,
    schedules: Iterable[VillageSchedule],
    bulletins: Collection[str],
    airings: Iterable[Airing],
) -> Iterator[tuple[Problem, bool]]:
    """Each with whether it is a mistake (a name that leads nowhere) or only to be known (`airings` as planned)."""
    schedules = list(schedules)
    for schedule in schedules:
        for broadcast in schedule.broadcasts:
            for message in _nowhere(broadcast, bulletins):
                yield Problem(schedule.path, broadcast.line, message), True
        if commune.villages and schedule.id not in commune.villages:
            yield Problem(schedule.path, 0, _stranger(schedule.id, commune)), False
    for village in box.plays:
        if commune.villages and village not in commune.villages:
            yield Problem("box.yaml", 0, _stranger(village, commune)), False
    for problem in _to_come(schedules, airings):
        yield problem, False


def _nowhere(broadcast: Broadcast, bulletins: Collection[str]) -> Iterator[Message]:
    for name in (broadcast.bulletin, broadcast.fallback):
        if name is None or name in bulletins:
            continue
        if meant := nearest(name, bulletins):
            yield Message("there is no bulletin “{bulletin}”; did you mean “{meant}”?", bulletin=name, meant=meant)
        else:
            yield Message("there is no bulletin “{bulletin}”", bulletin=name)


def _stranger(village: str, commune: Commune) -> Message:
    known = ", ".join(commune.villages)
    return Message("“{village}” is not among the villages of commune.yaml: {known}", village=village, known=known)


def _to_come(schedules: Iterable[VillageSchedule], airings: Iterable[Airing]) -> Iterator[Problem]:
    """What will not go as written: one line for each broadcast and reason, with the first time and how often."""
    places = {
        (schedule.id, entry.name): (schedule.path, entry.line)
        for schedule in schedules
        for entry in schedule.broadcasts
    }
    alike: dict[tuple[str, str, str], list[Airing]] = {}
    for airing in airings:
        if airing.why is not None and airing.expected in TOLD:
            alike.setdefault((airing.village, airing.broadcast, airing.why.template), []).append(airing)
    for (village, broadcast, _), same in alike.items():
        path, line = places.get((village, broadcast), ("", 0))
        yield Problem(path, line, _first(same))


def _first(same: list[Airing]) -> Message:
    at = same[0].scheduled_at
    when = f"{at:%H:%M} {at.day}/{at.month}/{at.year}"
    if len(same) == 1:
        return Message("{when}: {why}", when=when, why=same[0].why)
    return Message(
        "{when}, and {count} more times in these days: {why}", when=when, count=len(same) - 1, why=same[0].why
    )
