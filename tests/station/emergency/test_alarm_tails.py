"""A village's recorded sentence behind every real alarm: heard where it can be, and never in the alarm's way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from harness.sounds import voice_like

from loudspeaker.codec import decode, encode
from loudspeaker.maintenance.check import check_files
from loudspeaker.model.alert_preview import AlertPreview
from loudspeaker.model.requests import PreviewUrgent
from loudspeaker.model.spoken_text import Utterance
from loudspeaker.production.specification import ProgrammeSpec, RecordingSpec, RenderJob
from loudspeaker.station import Station

Progress = Callable[[int, int, str], None]
OUTPUT, WORDS, SECONDS = "san-kho", "Nước dâng!", 3.0
TAIL = "recordings/suoi-trat.wav"


@pytest.fixture
def home(home: Path) -> Path:
    """Suối Trát hears its sentence behind every alarm; it shares its output with Nà Hoa."""
    commune = home / "commune.yaml"
    lines = f"alarm_tail: {{suoi-trat: {TAIL}}}\npolicy: {{hours: [05:00-21:00]}}\n"  # the hours of drills
    commune.write_text(commune.read_text("utf-8") + lines, encoding="utf-8")
    (home / "recordings").mkdir()
    (home / TAIL).write_bytes(voice_like(SECONDS))
    return home


def alarm(station: Station, drill: bool = False) -> ProgrammeSpec:
    return station.alerts.alert_spec(WORDS, None, OUTPUT, drill)


def preview(station: Station, drill: bool = False) -> AlertPreview:
    return station.alerts.preview(PreviewUrgent(WORDS, None, ("na-hoa",), False, drill, None))


def duration(station: Station, spec: ProgrammeSpec, quiet: Progress) -> float:
    station.preparation.make([spec], quiet)
    programme = station.planner.find_programme(spec)
    assert programme
    return programme.duration


def test_it_is_heard_behind_every_alarm_of_the_output_that_the_village_hears(station: Station, quiet: Progress) -> None:
    spec = alarm(station)
    template = station.alerts.alert_spec(None, "lu-quet", OUTPUT, False)
    signed = station.alerts.spoken_spec((Utterance(WORDS, 0.5),), OUTPUT, False)
    assert all([one.path for one in found.tail] == [TAIL] for found in (spec, template, signed))

    longer = duration(station, spec, quiet) - duration(station, replace(spec, tail=()), quiet)
    assert SECONDS < longer < SECONDS + 1.5


def test_neither_a_drill_nor_an_end_has_it(station: Station) -> None:
    assert alarm(station, drill=True).tail == ()
    assert not any(spec.tail for spec in station.alerts.all_clear_specs("lu-quet", [OUTPUT], False))
    assert preview(station, drill=True).recipes.keys() == {OUTPUT}


def test_two_villages_with_one_sentence_hear_it_once(home: Path, station: Station) -> None:
    commune = home / "commune.yaml"
    text = commune.read_text("utf-8").replace("{suoi-trat: ", f"{{na-hoa: {TAIL}, suoi-trat: ")
    commune.write_text(text, encoding="utf-8")
    station.reload()

    assert len(alarm(station).tail) == 1


def test_a_missing_one_is_warned_of_and_the_alarm_is_given_without_it(home: Path, station: Station) -> None:
    whole = preview(station)
    assert whole.mistakes == []
    (home / TAIL).unlink()
    station.reload()
    without = preview(station)

    (warning,) = without.mistakes
    assert warning.facts["village"] == "suoi-trat"
    assert TAIL in str(warning)
    assert without.recipes != whole.recipes
    assert preview(station, drill=True).mistakes == []
    assert [one.problem.place for one in check_files(station) if TAIL in str(one.problem)] == ["commune.yaml"]


def test_one_that_nobody_has_read_yet_keeps_no_alarm_waiting(station: Station) -> None:
    """The daemon hashes no recording: a child does, a moment later."""
    station.planner.take_up(reads=False)

    assert alarm(station).tail == ()
    assert "suoi-trat" in str(preview(station).mistakes)


def test_one_that_is_no_sound_is_left_out_when_the_alarm_is_made(home: Path, station: Station, quiet: Progress) -> None:
    (home / TAIL).write_bytes(b"no sound at all")
    station.reload()
    spec = alarm(station)
    assert [one.path for one in spec.tail] == [TAIL]

    assert duration(station, spec, quiet) == duration(station, replace(spec, tail=()), quiet)


def test_the_recipe_of_what_has_none_is_as_before_and_another_recording_is_another_recipe(station: Station) -> None:
    plain = replace(alarm(station), tail=())
    assert len(plain.identity()) == 3

    found = {station.planner.recipe(replace(plain, tail=(RecordingSpec(TAIL, digest),))) for digest in ("0a", "0b")} | {
        station.planner.recipe(plain)
    }
    assert len(found) == 3


def test_it_comes_back_from_the_job_that_another_process_renders(station: Station) -> None:
    spec = alarm(station)

    assert decode(RenderJob, json.loads(json.dumps(encode(spec.job())))).spec() == spec
