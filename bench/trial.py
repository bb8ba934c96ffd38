"""What trying a change of schedules costs before it is saved. Run: python bench/trial.py

The commune of `bench/edits.py`: 15 villages with 20 rules each and 60 bulletins, its texts read. An officer fills in a
new entry for one village, for five, and for all: each time everything is planned for 14 days with the change, whom it
hurts is told, and the ways out of the clash are found, each proven by planning again. Processor time of this thread;
the plan without the change is known, as it is after the first look at the form. Budget: 180 ms.
Baseline in the same run: planning those 14 days anew, with nothing kept.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

from edits import NOW, files, seconds, write

from loudspeaker.clock import FakeClock
from loudspeaker.station import Station
from loudspeaker.station.editing.schedule_editing import EntryEdit
from loudspeaker.station.editing.what_if import ChangeEffect

ROUNDS = 5
BUDGET = 0.180  # seconds
ENTRIES = {
    "at a time that is free": {"bulletin": ["tin-7"], "at": ["19:00"]},
    "that meets others": {"bulletin": ["tin-7"], "at": ["17:02"], "until": ["2026-12-04"], "repeat": ["2"]},
    "at night": {"bulletin": ["tin-7"], "at": ["22:00"]},
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, text in files(random.Random(1)).items():
            write(home, name, text)
        station = Station.open(home, clock=FakeClock(NOW))
        station.preparation.read_ahead()
        window = station.clock.window(None, 14)
        anew = median(seconds(lambda: plan_anew(home, window)) for _ in range(3))
        print(f"{'14 days of all villages, anew':44} {1e3 * anew:6.1f} ms")
        for count in (1, 5, 15):
            for what, entry in ENTRIES.items():
                measure(station, count, what, entry)
        station.close()


def measure(station: Station, count: int, what: str, entry: dict[str, list[str]]) -> None:
    """Print the milliseconds of a try, and what was found."""
    effects: list[ChangeEffect] = []

    def attempt() -> None:
        edits = [EntryEdit(f"thon-{number}", "", entry) for number in range(count)]
        effects.append(station.editing.schedules.suppose(station.editing.schedules.change(edits)))

    attempt()
    took = [seconds(attempt) for _ in range(ROUNDS)]
    found = effects[-1].comparison
    hurt = f"{len(found.mine)} new, {len(found.late) + len(found.waiting)} late, {len(found.lost)} lost"
    kinds = ", ".join(choice.kind for choice in effects[-1].choices) or "–"
    verdict = "" if median(took) <= BUDGET else f"  MORE than {1e3 * BUDGET:.0f} ms"
    print(f"{count:2} villages, {what:30} {1e3 * median(took):6.1f} ms   {hurt}; {kinds}{verdict}", flush=True)


def plan_anew(home: Path, window: tuple[object, object]) -> None:
    station = Station.open(home, clock=FakeClock(NOW))
    station.airings.between(*window)  # type: ignore[arg-type]
    station.close()


if __name__ == "__main__":
    main()
