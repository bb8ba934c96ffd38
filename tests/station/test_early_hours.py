"""An output's early hours: what is due before they end is mastered more quietly, and everything agrees about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from harness.made_sound import save_rendering
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.config.box_file import parse
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.model.airing import Airing
from loudspeaker.model.box import Output
from loudspeaker.model.requests import Play
from loudspeaker.production.specification import ProgrammeSpec
from loudspeaker.sound.profiles import QUIETER
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

Progress = Callable[[int, int, str], None]
MORNING, EVENING = "na-hoa/tin-sang/2026-11-24T06:05", "na-hoa/tin-sang/2026-11-24T17:30"


@pytest.fixture
def home(home: Path) -> Path:
    box = (home / "box.yaml").read_text()
    (home / "box.yaml").write_text(box.replace("device: file", "device: file, early: 06:10"))
    return home


def coming(station: Station) -> list[Airing]:
    return station.airings.between(*station.clock.window(None, 1))


def airing(station: Station, identity: str) -> Airing:
    return next(one for one in coming(station) if one.id == identity)


def made(station: Station, identity: str) -> str:
    """The key of what was made for an airing."""
    found = [
        station.planner.find_programme(order) for order in station.planner.sequence_specs(airing(station, identity))
    ]
    return "+".join(programme.key for programme in found if programme)


@pytest.mark.parametrize("written", ["outputs: {a: {early: 06:10}}", "đường loa: {a: {sáng sớm: 6h10}}"])
def test_a_box_says_when_its_early_hours_end(written: str) -> None:
    assert parse("box.yaml", written.encode()).outputs == {"a": Output("a", early=6 * 3600 + 600)}


def test_the_same_bulletin_is_two_programmes_of_one_set_of_clips(station: Station, quiet: Progress) -> None:
    assert all(row.ready for row in station.preparation.prepare(None, 1, quiet))
    morning, evening = (station.planner.sequence_specs(airing(station, one)) for one in (MORNING, EVENING))
    texts = {
        line.text
        for order in station.preparation.specs_of(coming(station))
        for said in order.speeches
        for line in said.utterances
    }

    assert [len(morning), len(evening)] == [2, 2], "the opening and the bulletin"
    assert len(list(station.paths.clips.rglob("*.flac"))) == len(texts)
    for quietly, loudly in zip(morning, evening, strict=True):
        early, late = station.planner.find_programme(quietly), station.planner.find_programme(loudly)
        assert early
        assert late
        assert (early.path != late.path, early.frames) == (True, late.frames)
        assert late.loudness - early.loudness == pytest.approx(QUIETER, abs=0.5)


def test_what_is_aired_is_what_was_prepared_for_its_hour(station: Station, clock: FakeClock, quiet: Progress) -> None:
    save_rendering(station)
    station.preparation.prepare(None, 1, quiet)
    speaker = MemorySpeaker(clock)
    live = Requests(OnAir(station, {"san-kho": speaker}, clock, station.log))
    while clock.now() < at("2026-11-24T17:40:00"):
        clock.advance_to(min(live.on_air.step(), at("2026-11-24T17:40:00")))
    aired = {row.id: row.programme for row in station.airings.records()}

    assert (aired[MORNING], aired[EVENING]) == (made(station, MORNING), made(station, EVENING))
    assert aired[MORNING] != aired[EVENING]


def test_what_was_made_for_early_hours_alone_has_a_known_length(station: Station, quiet: Progress) -> None:
    save_rendering(station)
    station.preparation.make(station.planner.sequence_specs(airing(station, MORNING)), quiet)

    assert {row.airing.duration_source for row in station.airings.plan() if row.bulletin == "tin-sang"} == {"prepared"}


def test_a_loudness_of_ones_own_is_quieter_too_and_an_early_profile_stays_what_it_is() -> None:
    order = ProgrammeSpec(())

    assert ProgrammeSpec((), loudness=-20.0).for_early_hours() == ProgrammeSpec(
        (), profile="horn-early", loudness=-26.0
    )
    assert order.for_early_hours().for_early_hours() == order.for_early_hours()


def test_an_emergency_is_as_loud_as_ever(station: Station, clock: FakeClock) -> None:
    clock.advance_to(at("2026-11-24T05:30:00"))

    assert station.alerts.alert_spec("Lũ về!", None, "san-kho", False).profile == "horn"
    assert station.alerts.alert_spec(None, "lu-quet", "san-kho", False).profile == "horn"


def test_a_replay_in_early_hours_is_quiet(station: Station, clock: FakeClock, quiet: Progress) -> None:
    clock.advance_to(at("2026-11-24T05:40:00"))
    order = station.planner.bulletin_spec(station.files.bulletin("nhac"), "san-kho")
    station.preparation.make([station.planner.adapt_to_hour(order, "san-kho", station.clock.now())], quiet)
    live = Requests(OnAir(station, {"san-kho": MemorySpeaker(clock)}, clock, station.log))
    live.play(Play("nhac", ("na-hoa",), "một buổi nữa"), "chị Hoa")
    while not station.airings.records():
        clock.advance_to(live.on_air.step())

    assert station.airings.records()[0].verdict == "aired"
