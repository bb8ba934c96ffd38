"""What an edit of people's files costs the daemon's only thread. Run: python bench/edits.py

A commune of 15 villages with 20 rules each and 60 bulletins, its texts read and its programmes made. A file is edited,
and the processor time of this thread is counted from `look` until the running order is whole again: when the edit is
seen, when a child process has read what is new, when a child has made its sound. Budget: 40 ms for the three together.
Baseline in the same run: a station that is opened anew and plans the same days, with nothing kept.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import BinaryIO

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.service import Service
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.store.programmes import ProgrammeFacts

VILLAGES, RULES, BULLETINS, OUTPUTS = 15, 20, 60, 8
LINES = 12  # of a bulletin, some 900 letters
ROUNDS = 7
BUDGET = 0.040  # seconds
NOW = at("2026-11-24T12:00")
LINE = "Sáng ngày {day}/12, UBND xã họp bàn việc phòng, chống lũ quét tại nhà văn hóa thôn {number}. "
COMMUNE = (
    "commune: Xã Bản Mây\nid: ban-may\nvoices: [tone:low]\n"
    f"villages: [{', '.join(f'thon-{number}' for number in range(VILLAGES))}]\n"
)
POLICY = "policy: {{hours: [05:00-11:30, 16:00-20:30], sessions_per_day: 20, minutes_per_session: {number}}}\n"


class NoChildren(Children):
    """Child processes whose work this program does itself; what starting one costs is not counted."""

    def start(self, *words: str, name: str = "", quiet: bool = False, output: BinaryIO | None = None) -> None:
        pass


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))


def measure(home: Path) -> None:
    """Print seconds of this thread for each kind of edit, and for all anew."""
    for name, text in files(random.Random(1)).items():
        write(home, name, text)
    prepare(home)
    clock = FakeClock(NOW)
    station = Station.open(home, clock=clock)
    speakers = {output: MemorySpeaker(clock) for output in station.files.box.outputs}
    daemon = Service(station, speakers, None, children=NoChildren(station.paths.command_line))
    take_up(daemon)
    airings = len(daemon.on_air._order.airings)
    print(f"{VILLAGES} villages x {RULES} rules, {BULLETINS} bulletins: {airings} airings planned")
    anew = median(seconds(lambda: open_anew(home)) for _ in range(ROUNDS))
    print(f"{'a station opened anew':34} {1e3 * anew:6.1f} ms")
    for what, edit in edits(home).items():
        rounds = [list(parts(daemon, home, edit, number)) for number in range(ROUNDS)]
        each = [median(part) for part in zip(*rounds, strict=True)]
        whole = median(sum(part) for part in rounds)
        told = " + ".join(f"{1e3 * part:.1f}" for part in each)
        verdict = "" if whole <= BUDGET else f", more than {1e3 * BUDGET:.0f} ms"
        print(f"{what:34} {1e3 * whole:6.1f} ms ({told}), {whole / anew:.2f} of that{verdict}", flush=True)
    daemon.close()
    station.close()


def parts(daemon: Service, home: Path, edit: Callable[[int], None], number: int) -> Iterator[float]:
    """Seconds: the edit is seen, what is new was read, what is new was made."""
    edit(number)
    yield seconds(lambda: take_up(daemon))
    prepare(home, sound=False)
    yield seconds(lambda: take_up(daemon))
    prepare(home)
    yield seconds(lambda: take_up(daemon))


def take_up(daemon: Service) -> None:
    """What the loop asks of the daemon after an edit, until all days are planned."""
    daemon.look()
    daemon.on_air.step()
    while not daemon.on_air._fresh:
        daemon.on_air.step()


def open_anew(home: Path) -> None:
    station = Station.open(home, clock=FakeClock(NOW))
    station.airings.between(*station.clock.window(None, 5))
    station.close()


def seconds(task: Callable[[], None]) -> float:
    """Processor time of this thread; the garbage collector is kept out."""
    gc.collect()
    gc.disable()
    began = time.thread_time()
    task()
    took = time.thread_time() - began
    gc.enable()
    return took


def prepare(home: Path, sound: bool = True) -> None:
    """What child processes do: read every text and leave it; make every programme, here without any sound in it."""
    station = Station.open(home, clock=FakeClock(NOW))
    station.preparation.read_ahead()
    if sound:
        airings = station.airings.between(*station.clock.window(None, 5))
        for spec in dict.fromkeys(station.preparation.specs_of(airings)):
            recipe = station.planner.recipe(spec)
            if station.planner.find_programme(spec) is None:
                station.planner.programmes.put(recipe, recipe.encode(), ProgrammeFacts(recipe, 48_000, 48_000 * 60))
    station.close()


def edits(home: Path) -> dict[str, Callable[[int], None]]:
    """By what is edited; each takes the number of the round, so that no two are alike."""

    def append(name: str, text: str) -> Callable[[int], None]:
        before = (home / name).read_text(encoding="utf-8")
        return lambda number: write(home, name, before + text.format(number=number, hour=number + 6))

    entry = "  - {{bulletin: tin-1, name: them-{number}, at: '{hour:02}:33', repeat: 3}}\n"
    return {
        "nothing but a file's time": lambda number: (home / "bulletins" / "tin-3.md").touch(),
        "the text of a bulletin": append("bulletins/tin-3.md", "Đến {number} giờ thì thôi.\n"),
        "a rule more": append("schedules/thon-3.yaml", entry),
        "a bulletin more": lambda number: write(home, f"bulletins/moi-{number}.md", bulletin(random.Random(number))),
        "policy": lambda number: write(home, "commune.yaml", COMMUNE + POLICY.format(number=90 - number)),
        "the commune's opening words": append("commune.yaml", "opening: Đây là Đài {number} xã Bản Mây.\n"),
        "a comment in box.yaml": append("box.yaml", "# {number}\n"),
        "a reading of the commune's own": append("commune.yaml", "say: {{Bluezone: bờ lu {number}}}\n"),
    }


def files(chance: random.Random) -> dict[str, str]:
    """A commune's files by path."""
    villages = [f"thon-{number}" for number in range(VILLAGES)]
    plays = ", ".join(f"{village}: loa-{number % OUTPUTS}" for number, village in enumerate(villages))
    outputs = ", ".join(f"loa-{number}: {{device: memory}}" for number in range(OUTPUTS))
    return {
        "commune.yaml": COMMUNE + POLICY.format(number=90),
        "box.yaml": f"plays: {{{plays}}}\noutputs: {{{outputs}}}\nclock: trusted\n",
        **{f"bulletins/tin-{number}.md": bulletin(chance) for number in range(BULLETINS)},
        **{f"schedules/{village}.yaml": schedule(chance, village) for village in villages},
    }


def bulletin(chance: random.Random) -> str:
    lines = [LINE.format(day=chance.randrange(1, 29), number=chance.randrange(100)) for _ in range(LINES)]
    return (
        f"---\ntitle: Tin {chance.randrange(1000)}\nrepeat: {chance.choice((1, 1, 2))}\n---\n" + "".join(lines) + "\n"
    )


def schedule(chance: random.Random, village: str) -> str:
    daily = f"  - {{bulletin: tin-{village[5:]}, name: hang-ngay, at: 17:00}}\n"
    return f"village: {village}\nbroadcasts:\n{daily}" + "".join(rule(chance, number) for number in range(1, RULES))


def rule(chance: random.Random, number: int) -> str:
    """An entry of one of the kinds that people write."""
    days = chance.choice(("", ", days: [2, 4, 6]", ", days: [7, CN]", ", lunar: [1, 15]", ", monthdays: [5, 20]"))
    repeat = chance.choice(("", "", "", ", repeat: 2"))
    at = f"{chance.choice((5, 6, 10, 11, 16, 17, 18)):02}:{chance.randrange(30, 60):02}"
    return f"  - {{bulletin: tin-{chance.randrange(BULLETINS)}, name: muc-{number}, at: '{at}'{days}{repeat}}}\n"


def write(home: Path, name: str, text: str) -> None:
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
