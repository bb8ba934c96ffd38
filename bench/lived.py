"""A station's as-run log after years, made by the station's own code: for the benches that ask something of it.

    python bench/lived.py FOLDER ENTRIES

One week of four outputs and eight villages through `Requests` (speakers without a card, a clock that runs as fast as it
can), with replays, tests, drills, skips, pauses, approvals and a power cut; then the same week again and again with
earlier dates, chained anew, until there are ENTRIES.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness.small_commune import FILES, ZONE
from recovery import put

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import LoudspeakerError
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.approvals import digest
from loudspeaker.store.hash_chain import initial_hash, next_hash

WEEK = timedelta(days=7)
VILLAGES = ["na-hoa", "suoi-trat", "cho-may", "ban-lim", "na-pe", "phieng-khoai", "pa-sang", "hua-na"]
OUTPUTS = ["san-kho", "nha-van-hoa", "ubnd", "doi-loa"]
TIMES = ["05:15", "06:05", "11:00", "17:00", "17:30", "18:05"]
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def make(home: Path, entries: int) -> None:
    """A station whose log has at least `entries`, in whole weeks up to now."""
    now = datetime.now(ZONE).replace(microsecond=0)
    put(home, station_files())
    lived = week(home, now - WEEK, now)
    database = sqlite3.connect(home / ".state" / "asrun.db", isolation_level=None)
    (commune,) = database.execute("SELECT commune FROM station").fetchone()
    triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    database.executescript("PRAGMA synchronous = OFF; BEGIN; DELETE FROM entries; DELETE FROM sqlite_sequence")
    before = initial_hash(commune)

    def chained() -> Iterator[tuple[str, str]]:
        nonlocal before
        for text in earlier(lived, -(-entries // len(lived))):
            before = next_hash(before, text)
            yield text, before

    database.executemany("INSERT INTO entries (entry, hash) VALUES (?, ?)", chained())
    database.execute("COMMIT")
    for _, statement in triggers:
        database.execute(statement)
    database.close()


def earlier(lived: Sequence[str], weeks: int) -> Iterator[str]:
    """The entries of `weeks` weeks, the last of them as it was lived."""
    for back in reversed(range(weeks)):
        shift = back * WEEK

        def dated(found: re.Match[str], shift: timedelta = shift) -> str:
            return (date.fromisoformat(found[0]) - shift).isoformat()

        yield from (DATE.sub(dated, text) for text in lived)


def station_files() -> dict[str, str]:
    """`FILES` for eight villages on four outputs, which may be heard at all hours."""
    plays = ", ".join(f"{village}: {OUTPUTS[n // 2]}" for n, village in enumerate(VILLAGES))
    policy = "policy: {hours: [00:00-24:00], sessions_per_day: 99, minutes_per_session: 999, allow_night: true}\n"
    commune = FILES["commune.yaml"].replace("[na-hoa, suoi-trat]", f"[{', '.join(VILLAGES)}]") + policy
    files = {**FILES, "commune.yaml": commune, "box.yaml": f"plays: {{{plays}}}\nclock: trusted\noutputs:\n"}
    files["box.yaml"] += "".join(f"  {output}: {{device: file}}\n" for output in OUTPUTS)
    for village in VILLAGES:
        rules = [f"{{name: lich-{n}, bulletin: {'nhac' if n % 3 else 'tin-sang'}, at: '{at}'}}"
                 for n, at in enumerate(TIMES)]  # fmt: skip
        rules.append("{name: nhac-lai, bulletin: nhac, every: 15m, between: 14:00-16:30}")
        text = f"village: Thôn {village}\nbroadcasts:\n" + "".join(f"  - {rule}\n" for rule in rules)
        files[f"schedules/{village}.yaml"] = text
    return files


def week(home: Path, begins: datetime, ends: datetime) -> list[str]:
    """Live a week on the log of `home`; the stored text of its entries."""
    clock = FakeClock(begins)
    station = Station.open(home, clock=clock)
    station.preparation.prepare(None, 2, lambda done, total, what: None)
    call = [station.alerts.alert_spec(None, "lu-quet", output, True) for output in OUTPUTS]
    station.preparation.make(
        [*call, *station.alerts.all_clear_specs("lu-quet", OUTPUTS, True)], lambda done, total, what: None
    )
    station.preparation.make(
        [station.preparation.test_spec(output, True) for output in OUTPUTS], lambda done, total, what: None
    )
    live = on_air(station, clock)
    for day in range(7):
        midnight = (begins + timedelta(days=day)).replace(hour=0, minute=0, second=0)
        for hour, minute in ((8, 0), (9, 0), (9, 30), (12, 0), (12, 10), (20, 0)):
            moment = midnight + timedelta(hours=hour, minutes=minute)
            if moment < begins or moment >= ends:
                continue
            until(live, clock, moment)
            decide(live, day, (hour, minute), midnight)
        if day == 3:  # the power fails for an hour, in the middle of the afternoon
            until(live, clock, max(clock.now(), midnight + timedelta(hours=15, seconds=1)))
            clock.advance_to(clock.now() + timedelta(hours=1))
            live = on_air(station, clock)
    until(live, clock, ends)
    live.on_air.close()
    lived = [text for _, text, _ in station.log.entries()]
    station.close()
    return lived


def on_air(station: Station, clock: FakeClock) -> Requests:
    speakers = {output: MemorySpeaker(clock) for output in OUTPUTS}
    live = Requests(OnAir(station, speakers, clock, station.log, lambda now, trusted: frozenset({"box"})))
    live.on_air.look()
    live.on_air.step()
    return live


def until(live: Requests, clock: FakeClock, moment: datetime) -> None:
    while clock.now() < moment:
        clock.advance_to(min(live.on_air.step(), moment))
    for speaker in live.speakers.values():
        speaker.played.clear()  # type: ignore[attr-defined]


def decide(live: Requests, day: int, at: tuple[int, int], midnight: datetime) -> None:
    """What people ask for on a working day, as it comes through the door."""
    village, by = VILLAGES[day], "Lò Thị Hoa"
    airing = f"{village}/lich-3/{midnight:%Y-%m-%d}T17:00"
    asked: list[tuple[str, dict[str, object]]] = []
    if at == (8, 0):
        for name in ("tin-sang", "nhac"):
            found = live.station.files.bulletin(name)
            shown = digest(found, live.station.planner.bulletin_spec(found))
            asked.append(("approve", {"bulletin": name, "digest": shown, "by": by}))
    elif at == (9, 0):
        asked = [("skip", {"airing": airing, "why": "nhà bên có đám tang", "by": by})]
        asked += [("skip", {**asked[0][1], "undo": True})] if day % 2 else []
    elif at == (9, 30):
        ends = (midnight + timedelta(hours=14)).isoformat()
        asked = [("pause", {"village": village, "until": ends, "why": "họp chi bộ", "by": by})]
    elif at == (12, 0):
        asked = [("resume", {"village": VILLAGES[day], "by": by})] if day % 3 == 0 else []
        asked += [("play", {"bulletin": "tin-sang", "villages": VILLAGES[:2], "by": by})]
    elif at == (12, 10) and day == 2:
        alarm = {"text": None, "bulletin": "lu-quet", "repeat": 3, "gap": 30.0, "until": None, "drill": True}
        asked = [("urgent", {**alarm, "villages": VILLAGES, "by": by})]
    elif at == (20, 0) and day == 0:
        asked = [("test", {"output": OUTPUTS[0], "tone": True, "by": by})]
    for do, args in asked:
        try:
            live.carry_out(do, args, 1000)
        except LoudspeakerError as error:
            sys.stderr.write(f"{do}: {error}\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
