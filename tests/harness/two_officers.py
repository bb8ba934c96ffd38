"""Two officers who edit the same schedule at once, step by step, in any order of their steps."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from loudspeaker.clock import FakeClock
from loudspeaker.station import Station
from loudspeaker.station.editing.schedule_editing import EntryEdit
from loudspeaker.store.edits import EditConflict

VILLAGES = ("na-hoa", "suoi-trat")
ENTRY = "tin-sang"
FIRST = date(2027, 1, 1)  # far enough not to bring a clash


class OfficerAtWork:
    """Leaves days out of the entry that both villages have, one at a time, and adds an entry now and then."""

    def __init__(self, number: int, home_of: Station, chance: random.Random, tasks: int) -> None:
        self.name = f"officer {number}"
        self.saved: list[tuple[str, str]] = []  # village, what must be found there in the end
        self.conflicts = 0
        self._number = number
        self._station = home_of
        self._chance = chance
        self._tasks = tasks

    def steps(self) -> Iterator[None]:
        """Does the tasks; between two steps the other may do anything."""
        for task in range(self._tasks):
            done = False
            while not done:
                self._station.reload()
                yield
                done = yield from self._attempt(task)

    def _attempt(self, task: int) -> Iterator[None]:  # type: ignore[misc]
        editing = self._station.editing.schedules
        day = (FIRST + timedelta(days=2 * task + self._number)).isoformat()
        try:
            if self._chance.random() < 0.3:
                name = f"them-{self._number}-{task}"
                entry = {
                    "name": [name],
                    "bulletin": ["nhac"],
                    "at": [f"{6 + task % 12}:{20 + self._number}"],
                    "on": [day],
                }
                edits, tokens = [EntryEdit("na-hoa", "", entry)], [("na-hoa", name)]
            else:
                seen = [editing.entry(village, ENTRY) for village in VILLAGES]
                yield
                edits = [
                    EntryEdit(
                        one.village, ENTRY, {**one.entry, "except": [*one.entry.get("except", ()), day]}, one.revision
                    )
                    for one in seen
                ]
                tokens = [(village, day) for village in VILLAGES]
            yield
            effect = editing.suppose(editing.change(edits), 1)
            yield
            editing.save(effect, self.name)
        except EditConflict:
            self.conflicts += 1
            return False  # type: ignore[return-value]
        self.saved += tokens
        return True  # type: ignore[return-value]


def work_at_once(home_station: Station, other_station: Station, seed: int, tasks: int = 3) -> list[OfficerAtWork]:
    """Let two officers do their tasks, each at a station of the same folder, in an order of steps that `seed` gives."""
    chance = random.Random(seed)
    officers = [
        OfficerAtWork(number, station, chance, tasks) for number, station in enumerate((home_station, other_station))
    ]
    running = [officer.steps() for officer in officers]
    while running:
        turn = chance.choice(running)
        if next(turn, turn) is turn:
            running.remove(turn)
    return officers


def lost_updates(station: Station, officers: list[OfficerAtWork]) -> list[tuple[str, str]]:
    """What somebody was told is saved, and is not there."""
    station.reload()
    there = {
        village: " ".join(
            f"{source.name} {source.entry.get('except', ())}" for source in station.editing.schedules.entries(village)
        )
        for village in VILLAGES
    }
    return [(village, token) for officer in officers for village, token in officer.saved if token not in there[village]]


def open_twice(home: object, clock: FakeClock) -> tuple[Station, Station]:
    """The station as two programs have it open."""
    first = Station.open(home, clock=clock)  # type: ignore[arg-type]
    return first, Station.open(home, clock=clock)  # type: ignore[arg-type]
