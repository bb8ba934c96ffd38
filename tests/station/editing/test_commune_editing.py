"""What a change of commune.yaml does to the plan, told before it is saved; and that it comes true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from loudspeaker.clock import FakeClock
from loudspeaker.config import commune_edit
from loudspeaker.errors import BadFile, Refused
from loudspeaker.model.enums import Expected
from loudspeaker.station import Station
from loudspeaker.station.editing.commune_editing import RuleEffect
from loudspeaker.store.edits import apply_edits


@pytest.fixture
def station(home: Path, clock: FakeClock) -> Iterator[Station]:
    with closing(Station.open(home, clock=clock)) as station:
        yield station


def policy_effect(station: Station, **values: str) -> RuleEffect:
    editing = station.editing.commune
    return editing.suppose(editing.alter(lambda data: commune_edit.alter_policy(data, values)))


def heard(station: Station) -> set[str]:
    window = station.clock.window(None, 14)
    return {one.id for one in station.planner.plan(*window, station.log) if one.expected is Expected.AIR}


def test_fewer_hours_tell_which_airings_are_refused_and_why(station: Station) -> None:
    effect = policy_effect(station, hours="[05:30-06:30]")

    assert {f"{one.scheduled_at:%H:%M}" for one in effect.refused} == {"11:00", "17:30"}
    assert not effect.allowed
    (noon, evening) = effect.lines(effect.refused)
    assert (noon.at, noon.title, noon.villages, noon.days) == ("11:00", "Nhắc lại", ("na-hoa",), 14)
    assert evening.villages == ("na-hoa", "suoi-trat")
    assert "hours of policy" in str(noon.why)
    assert "hours" not in (station.paths.home / "commune.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("values", [{"hours": "[05:30-06:30]"}, {"approval": "required"}, {"sessions_per_day": "1"}])
def test_what_was_foretold_comes_true_when_it_is_saved(station: Station, values: dict[str, str]) -> None:
    before = heard(station)
    effect = policy_effect(station, **values)
    apply_edits(station.paths.home, [effect.edit], "Lan")
    station.reload()

    assert heard(station) == before - {one.id for one in effect.refused} | {one.id for one in effect.allowed}


def test_an_approval_that_is_asked_for_names_the_bulletins_that_wait_for_it(station: Station) -> None:
    digest = station.preparation.preview("nhac").digest
    station.log.event("approve", "", station.clock.now(), bulletin="nhac", digest=digest, by="Páo")

    assert policy_effect(station, approval="required").unapproved == ("tin-sang",)


def test_rules_for_some_days_touch_these_days_only(station: Station) -> None:
    editing, rules = station.editing.commune, {"hours": "[05:30-06:30, 16:30-18:30]"}
    days = date(2026, 11, 26), date(2026, 11, 27)
    edit = editing.alter(lambda data: commune_edit.add_exception(data, *days, "Tuần thi", rules))
    effect = editing.suppose(edit)

    assert {one.scheduled_at.date() for one in effect.refused} == set(days)
    assert {f"{one.scheduled_at:%H:%M}" for one in effect.refused} == {"11:00"}


def test_a_day_of_mourning_takes_chime_and_tune(station: Station) -> None:
    editing, values = station.editing.commune, {"dates": "[2026-11-26]", "chime": "no", "music": "no"}
    effect = editing.suppose(editing.alter(lambda data: commune_edit.alter_day(data, "quoc-tang", values)))

    assert {one.scheduled_at.date() for one in effect.plain} == {date(2026, 11, 26)}
    assert (effect.refused, effect.allowed) == ((), ())


def test_a_day_that_a_schedule_names_cannot_be_taken_out(station: Station) -> None:
    home = station.paths.home
    (home / "schedules/na-hoa.yaml").write_text(
        "broadcasts: [{bulletin: nhac, at: 11:00, except: [le-hoi]}]\n", encoding="utf-8"
    )
    with (home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("days: {le-hoi: {dates: [2026-11-26]}}\n")
    station.reload()
    editing = station.editing.commune

    with pytest.raises(BadFile) as refused:
        editing.suppose(editing.alter(lambda data: commune_edit.remove_day(data, "le-hoi")))
    assert "schedules/na-hoa.yaml" in refused.value.problems[0].path


def test_what_commune_yaml_cannot_mean_is_told_before_anything_is_supposed(station: Station) -> None:
    with pytest.raises(BadFile):
        policy_effect(station, hours="[18:00-17:00]")


def test_another_voice_comes_first_and_those_of_before_stand_in(station: Station) -> None:
    edit = station.editing.commune.use_voice("tone:high")
    assert b"voices: [tone:high, tone:low]" in (edit.after or b"")


def test_a_program_is_no_voice_for_all_boxes(station: Station) -> None:
    with pytest.raises(Refused):
        station.editing.commune.use_voice("command:/usr/bin/say")
