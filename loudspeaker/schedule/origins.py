"""What offices above the commune have scheduled: what of it is planned here, and what is only offered. Pure.

Thông tư 39/2020/TT-BTTTT: routine is sent for the commune to choose from; priority is planned at once, for all villages
of the commune, and where it meets the commune's own priority, the commune decides the order. Both as `ReceivedRules`
say. Policy holds for them as for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..model.broadcast import Broadcast, VillageSchedule
from ..model.commune import Commune
from ..model.contents import Contents
from ..model.enums import Level


def planned_schedules(contents: Contents) -> tuple[VillageSchedule, ...]:
    """The commune's own schedules, and behind them for each of its villages what is planned of those it was sent."""
    own, levels = contents.schedules, _levels(contents)
    nearest_first = sorted(contents.received, key=_is_for_everybody)
    sent = [replace(file, broadcasts=_select_entries(contents.commune, file, levels)) for file in nearest_first]
    if not any(schedule.broadcasts for schedule in sent):
        return own
    names = {schedule.id: schedule.name for schedule in own}
    villages = dict.fromkeys((*contents.commune.villages, *contents.box.plays, *names))
    return own + tuple(
        replace(schedule, id=village, name=names.get(village, village))
        for schedule in sent
        if schedule.broadcasts
        for village in villages
    )


def find_offers(contents: Contents) -> list[tuple[VillageSchedule, int]]:
    """What the commune may choose from: schedules that it was sent, each with the place of an entry in it.

    A bulletin or relay that one of its own schedules names already is left out.
    """
    levels = _levels(contents)
    taken = {(entry.bulletin, entry.stream) for schedule in contents.schedules for entry in schedule.broadcasts}
    return [
        (schedule, number)
        for schedule in contents.received
        for number, entry in enumerate(schedule.broadcasts)
        if (entry.bulletin, entry.stream) not in taken
        and not _is_planned(contents.commune, schedule.origin, entry, levels)
    ]


def precedence(commune: Commune, origin: str, level: Level) -> int:
    """The order of what is of one level: the lower goes first, 0 is the commune's own."""
    if not origin:
        return 0
    return -1 if level is Level.PRIORITY and commune.rules_for(origin).first else 1


def _is_for_everybody(schedule: VillageSchedule) -> bool:
    """Is it for all communes below the office that has sent it?"""
    return schedule.id == schedule.origin


def _select_entries(commune: Commune, schedule: VillageSchedule, levels: Mapping[str, Level]) -> tuple[Broadcast, ...]:
    return tuple(entry for entry in schedule.broadcasts if _is_planned(commune, schedule.origin, entry, levels))


def _is_planned(commune: Commune, origin: str, entry: Broadcast, levels: Mapping[str, Level]) -> bool:
    level = entry.level or levels.get(entry.bulletin or "", Level.ROUTINE)
    return level is not Level.ROUTINE or commune.rules_for(origin).routine


def _levels(contents: Contents) -> Mapping[str, Level]:
    return {name: bulletin.level for name, bulletin in contents.bulletins.items()}
