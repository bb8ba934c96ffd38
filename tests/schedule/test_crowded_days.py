"""More airings on a day than a box can deal with: what is due first is planned and made, and `check` tells the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.playout_harness import PlayoutHarness, airing, changed
from harness.small_commune import at

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.i18n import set_language
from loudspeaker.model.broadcast import Broadcast, VillageSchedule
from loudspeaker.schedule.crowd import MOST_A_DAY, find_limits
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments])


def crowd(home: Path, villages: int, minutes: int, entries: int) -> None:
    """So many airings in each of so many villages, one each minute from midnight."""
    times = ", ".join(f"'{minute // 60:02}:{minute % 60:02}'" for minute in range(minutes))
    lines = [f"  - {{bulletin: nhac, name: muc-{entry}, at: [{times}]}}" for entry in range(entries)]
    for number in range(villages):
        text = "village: Thôn\nbroadcasts:\n" + "\n".join(lines) + "\n"
        (home / "schedules" / f"thon-{number}.yaml").write_text(text, encoding="utf-8")


def test_twenty_five_thousand_airings_a_day_are_told_and_the_first_are_planned(home: Path) -> None:
    crowd(home, villages=10, minutes=250, entries=10)

    told = run(home, "check", "--days", "2")
    planned = json.loads(run(home, "plan", "--date", "tomorrow", "--json").stdout)

    assert told.exit_code == 2
    cut = [line for line in told.stdout.splitlines() if "are left out" in line]
    assert len(cut) == 10
    assert cut[0].startswith("schedules/thon-0.yaml: 2500 airings on ")
    assert cut[0].endswith("with at most 1500 for all villages: those from 00:15 on are left out")
    theirs = [row for row in planned if row["village"].startswith("thon-")]
    assert len(theirs) == MOST_A_DAY
    assert max(row["scheduled_at"][11:16] for row in theirs) == "00:14"


@pytest.mark.parametrize("neighbour", ["plays: {na-hoa: san-kho, thon-0: san-kho}", "plays: {na-hoa: san-kho}"])
def test_a_greedy_village_takes_nothing_from_another(home: Path, neighbour: str) -> None:
    crowd(home, villages=1, minutes=400, entries=10)
    box = (home / "box.yaml").read_text(encoding="utf-8")
    (home / "box.yaml").write_text(neighbour + box[box.index("\n") :], encoding="utf-8")

    planned = json.loads(run(home, "plan", "--date", "tomorrow", "--json").stdout)

    assert len([row for row in planned if row["village"] == "na-hoa"]) == 3
    assert 1_000 < len(planned) <= 2 * MOST_A_DAY


def test_what_is_due_first_is_made_first(home: Path, station: Station, clock: FakeClock) -> None:
    (home / "schedules" / "na-hoa.yaml").write_text(
        "village: Nà Hoa\nbroadcasts:\n"
        "  - {bulletin: nhac, at: 06:00}\n  - {bulletin: tin-sang, at: 17:00}\n  - {bulletin: khac, at: 11:00}\n",
        encoding="utf-8",
    )
    (home / "bulletins" / "khac.md").write_text("---\ntitle: Khác\n---\nLời khác.\n", encoding="utf-8")
    clock.advance_to(at("2026-11-24T10:00:00"))
    station.reload()
    made: list[str] = []
    make = station.preparation.renderer.render
    station.preparation.renderer = _Noting(station.preparation.renderer, made, make)  # type: ignore[assignment]

    station.preparation.prepare(None, 1, lambda *_: None)

    words = [said for said in made if "Đây là Đài" not in said]
    assert [said.split()[1] for said in words] == ["khác.", "thưa", "nhắc"]


class _Noting:
    """A renderer that remembers what it was asked for, in order."""

    def __init__(self, renderer: object, made: list[str], make: Callable[..., object]) -> None:
        self._renderer, self._made, self._make = renderer, made, make

    def __getattr__(self, name: str) -> object:
        return getattr(self._renderer, name)

    def render(self, order: object, recipe: str, progress: object) -> object:
        self._made.append(order.spoken_text)  # type: ignore[attr-defined]
        return self._make(order, recipe, progress)


@pytest.mark.parametrize("most", range(12))
def test_room_is_shared_alike_and_never_wasted(most: int) -> None:
    greedy = (Broadcast("a", "a", (60, 120, 3600)), Broadcast("b", "b", (60, 120)), Broadcast("c", "c", (60,)))
    placed = [(7, VillageSchedule("x", "", greedy)), (8, VillageSchedule("y", "", greedy[2:]))]
    placed.append((9, VillageSchedule("z", "", greedy[1:])))

    cut = {village: limit for (village, _), limit in find_limits(placed, DAY, most).items()}

    got = {}
    for village, schedule in placed:
        asked = sorted((at, place) for place, entry in enumerate(schedule.broadcasts) for at in entry.times)
        kept = [one for one in asked if village not in cut or one < cut[village]]
        assert kept == asked[: len(kept)]
        got[village] = len(kept)
    assert sum(got.values()) == min(most, 10)
    assert got[8] == min(1, most // 3)
    assert got[9] == min(3, (most - got[8]) // 2)


class Slow(FakeClock):
    """Time goes by with every look at it, as it does where planning is slow."""

    def monotonic(self) -> float:
        self.looks = getattr(self, "looks", 0) + 1
        return float(self.looks)


def test_a_slow_plan_is_made_day_by_day_with_today_first(home: Path) -> None:
    clock = Slow(at("2026-11-24T05:00:00"))
    station = Station.open(home, clock=clock)
    live = Requests(
        OnAir(station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, lambda *_: frozenset({"box"}))
    )
    live.on_air.look()

    seen = []
    for _ in range(4):
        again = live.on_air.step()
        days = {item.airing.scheduled_at.date() for item in live.controller.open_items()}
        seen.append((len(days), again - live.on_air.now() <= timedelta(seconds=0.02)))

    assert seen == [(1, True), (2, True), (3, True), (4, False)]
    live.on_air.close()
    station.close()


def test_what_is_edited_away_by_the_thousand_is_noted_a_little_at_a_time() -> None:
    one = airing("17:30")
    airings = [changed(one, id=f"{one.id}-{number}") for number in range(40)]
    stage = PlayoutHarness(*airings)
    stage.step()
    stage.airings = ()

    again = stage.step()
    assert len(stage.log.events("edit")) == 5
    assert again - stage.clock.now() <= timedelta(seconds=0.02)

    stage.until("17:02")
    assert len(stage.log.events("edit")) == 40
    assert stage.verdicts() == {}
