"""What is kept from one reading of the files to the next: after any edit all is as if it had been read anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from harness.small_commune import FILES

from loudspeaker.clock import FakeClock
from loudspeaker.model.airing import Airing
from loudspeaker.station import Station
from loudspeaker.store.programmes import ProgrammeFacts

Edit = Callable[[Station], object]


def write(name: str, text: str) -> Edit:
    def edit(station: Station) -> None:
        path = station.paths.home / name
        path.write_text(text, encoding="utf-8")

    return edit


def more(name: str, text: str) -> Edit:
    return write(name, FILES[name] + text)


def pause(station: Station) -> None:
    now = station.clock.now()
    until = (now + timedelta(hours=9)).isoformat()
    station.log.event("pause", "", now, village="na-hoa", until=until, why="đám tang", by="Hoa")


def make_all(station: Station) -> None:
    """Every programme that the coming days need, without any sound in it."""
    for number, spec in enumerate(station.preparation.specs_of(planned(station))):
        recipe = station.planner.recipe(spec)
        station.planner.programmes.put(recipe, recipe.encode(), ProgrammeFacts(recipe, 48_000, 48_000 * (9 + number)))


def throw_away(station: Station) -> None:
    shutil.rmtree(station.planner.programmes.folder)


ENTRY = "  - {bulletin: nhac, at: 17:40, name: them, repeat: 3}\n"
CROWD = "  - {bulletin: nhac, name: dong, every: 1m, between: 00:00-23:59}\n"
EDITS: dict[str, Edit] = {
    "a text": write("bulletins/nhac.md", FILES["bulletins/nhac.md"].replace("họp thôn", "đi họp thôn")),
    "a title": write("bulletins/nhac.md", FILES["bulletins/nhac.md"].replace("Nhắc lại", "Nhắc")),
    "a rule": more("schedules/na-hoa.yaml", ENTRY),
    "policy": more("commune.yaml", "policy: {hours: [05:00-07:00, 17:00-19:00]}\n"),
    "around the clock": more("commune.yaml", "policy: {hours: [00:00-24:00], allow_night: yes}\n"),
    "a crowd": more("schedules/na-hoa.yaml", CROWD + CROWD.replace("dong", "qua-dong")),
    "approval": more("commune.yaml", "policy: {approval: required}\n"),
    "named days": more("commune.yaml", "days: {le: {dates: 2026-11-25, chime: none}}\npolicy: {quiet: [le]}\n"),
    "own readings": more("commune.yaml", "say: {họp: hội họp}\n"),
    "own words of a session": more("commune.yaml", "closing: Chào bà con.\n"),
    "voices": write("commune.yaml", FILES["commune.yaml"].replace("tone:low", "tone:high")),
    "an output": write("box.yaml", FILES["box.yaml"].replace("device: file", "device: file, profile: indoor")),
    "early hours": write("box.yaml", FILES["box.yaml"].replace("device: file", "device: file, early: 7:00")),
    "a village without an output": write("box.yaml", FILES["box.yaml"].replace(", suoi-trat: san-kho", "")),
    "a broken bulletin": write("bulletins/tin-sang.md", "---\ntitel: x\n---\nx\n"),
    "a deleted bulletin": lambda station: (station.paths.home / "bulletins" / "tin-sang.md").unlink(),
    "a pause": pause,
    "sound": make_all,
    "sound, and no more": lambda station: (make_all(station), station.reload(), planned(station), throw_away(station)),
}


def planned(station: Station) -> list[Airing]:
    return station.airings.between(*station.clock.window(None, 4))


def answers(station: Station) -> object:
    """All that is planned, and by which recipes it is heard."""
    airings = planned(station)
    specs = station.preparation.specs_of(airings)
    return airings, [station.planner.recipe(spec) for spec in specs], station.planner.unread_sources()


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_after_an_edit_all_is_as_if_it_had_been_read_anew(home: Path, clock: FakeClock, edit: Edit) -> None:
    station = Station.open(home, clock=clock)
    make_all(station)
    before = answers(station)

    edit(station)
    station.reload()
    after = answers(station)

    anew = Station.open(home, clock=clock)
    assert after == answers(anew)
    anew.close()
    for name, text in FILES.items():  # and back again
        write(name, text)(station)
    station.reload()
    if edit not in (pause, make_all) and station.planner.programmes.folder.exists():
        assert answers(station) == before
    station.close()


def test_what_no_edit_has_touched_is_not_planned_again(home: Path, clock: FakeClock) -> None:
    write("box.yaml", "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: file}, b: {device: file}}\n")(
        station := Station.open(home, clock=clock)
    )
    station.reload()
    before = {airing.id: airing for airing in planned(station)}

    more("schedules/na-hoa.yaml", ENTRY)(station)
    station.reload()
    after = {airing.id: airing for airing in planned(station)}

    assert after.keys() > before.keys()
    assert all((after[id] is airing) == (airing.output == "b") for id, airing in before.items())
    station.close()


class UnaskedVoices:
    """Voices of whom nobody may ask whether they are there: that takes a program of theirs."""

    def fingerprint(self, voice: str) -> str | None:
        raise AssertionError(voice)


def test_where_nothing_was_made_no_voice_is_asked(station: Station) -> None:
    station.planner.voices = UnaskedVoices()  # type: ignore[assignment]

    assert planned(station)
