"""Changes of people's files: what they would do is known before they are saved, and nobody's work is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from harness.power_cut import RecordingDisk, restarted
from harness.two_officers import lost_updates, open_twice, work_at_once

from loudspeaker.clock import FakeClock
from loudspeaker.config.schedule_file import parse
from loudspeaker.errors import BadFile, BadUsage, NotFound, Refused
from loudspeaker.model.enums import Expected
from loudspeaker.schedule.choices import ChoiceKind
from loudspeaker.station import Station
from loudspeaker.station.editing.schedule_editing import EntryEdit, ScheduleEditing
from loudspeaker.station.editing.what_if import ChangeEffect
from loudspeaker.store.edits import EditConflict, apply_edits, finish_edits, revision_of

NEW = {"bulletin": ["nhac"], "at": ["11:04"], "until": ["2026-11-30"]}


def schedule(station: Station, village: str) -> str:
    return (station.paths.home / "schedules" / f"{village}.yaml").read_text(encoding="utf-8")


def rewrite(station: Station, village: str, old: str, new: str) -> None:
    path = station.paths.home / "schedules" / f"{village}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    station.reload()


def lines_of(station: Station, bulletin: str) -> list[str]:
    text = schedule(station, "na-hoa") + schedule(station, "suoi-trat")
    return [line for line in text.splitlines() if f"bulletin: {bulletin}" in line]


def suppose(station: Station, *edits: EntryEdit) -> ChangeEffect:
    return station.editing.schedules.suppose(station.editing.schedules.change(edits))


def test_what_a_new_entry_does_is_known_before_it_is_saved(station: Station) -> None:
    before = schedule(station, "na-hoa")
    effect = suppose(station, EntryEdit("na-hoa", "", NEW))

    assert [airing.id for airing in effect.comparison.mine][:2] == [
        "na-hoa/nhac-2/2026-11-24T11:04",
        "na-hoa/nhac-2/2026-11-25T11:04",
    ]
    assert len(effect.comparison.mine) == 7
    assert effect.comparison.clean
    assert schedule(station, "na-hoa") == before


def test_supposing_changes_nothing_of_what_is_planned(station: Station) -> None:
    planned = station.airings.plan(None, 14)
    kept = dict(station.planner._days.airings.values._now)

    suppose(station, EntryEdit("na-hoa", "", NEW), EntryEdit("suoi-trat", "tin-sang", None))

    assert station.planner._days.airings.values._now == kept
    assert station.airings.plan(None, 14) == planned


def test_what_is_saved_is_what_was_shown(station: Station) -> None:
    effect = suppose(station, EntryEdit("Thôn Nà Hoa", "", NEW))
    station.editing.schedules.save(effect, "chị Hoa")
    station.reload()

    path = station.paths.home / "schedules/na-hoa.yaml"
    assert schedule(station, "na-hoa").endswith("  - {bulletin: nhac, name: nhac-2, at: 11:04, until: 2026-11-30}\n")
    assert [(one.path, one.revision_after) for one in effect.change] == [("schedules/na-hoa.yaml", revision_of(path))]
    assert {airing.id: airing.starts_at for airing in effect.comparison.mine}.items() <= {
        one.id: one.airing.starts_at for one in station.airings.plan(None, 14)
    }.items()


@pytest.mark.parametrize("approval", ["optional", "required"])
def test_a_clash_is_found_though_the_bulletin_is_not_approved_yet(home: Path, clock: FakeClock, approval: str) -> None:
    with (home / "commune.yaml").open("a") as file:
        file.write(f"policy: {{approval: {approval}}}\n")
    station = Station.open(home, clock=clock)
    effect = suppose(station, EntryEdit("na-hoa", "", {**NEW, "at": ["17:30"]}))
    station.close()

    assert {airing.expected for airing in effect.comparison.mine} == {Expected.AIR}
    assert len(effect.comparison.waiting) == 7


def test_what_breaks_the_policy_is_not_saved(station: Station) -> None:
    effect = suppose(station, EntryEdit("na-hoa", "", {**NEW, "at": ["21:30"]}))
    before = schedule(station, "na-hoa")

    with pytest.raises(Refused, match="the policy does not allow it"):
        station.editing.schedules.save(effect, "chị Hoa", accept_late=True)
    assert schedule(station, "na-hoa") == before


def test_what_would_be_late_is_saved_when_that_is_accepted(station: Station) -> None:
    effect = suppose(station, EntryEdit("na-hoa", "", {**NEW, "at": ["17:30"]}))

    assert effect.choice("late")
    with pytest.raises(Refused, match="would be late"):
        station.editing.schedules.save(effect, "chị Hoa")
    station.editing.schedules.save(effect, "chị Hoa", accept_late=True)
    assert "name: nhac-2" in schedule(station, "na-hoa")


@pytest.mark.parametrize("kind", [ChoiceKind.MOVE, ChoiceKind.INSTEAD])
def test_a_choice_changes_the_entries_and_keeps_every_comment(station: Station, kind: ChoiceKind) -> None:
    rewrite(station, "suoi-trat", "at: 17:30}", "at: 17:30}  # chiều")
    rewrite(station, "na-hoa", "at: [06:05, 17:30]}", "at: 17:30}  # chiều")
    edits = [EntryEdit("na-hoa", "", {**NEW, "at": ["17:30"], "from": ["2026-11-28"]})]
    adjusted = station.editing.schedules.adjust(edits, suppose(station, *edits).choice(kind).adjustments)
    after = suppose(station, *adjusted)
    station.editing.schedules.save(after, "chị Hoa")

    assert after.comparison.clean
    assert all("17:30" in line and "}  # chiều" in line for line in lines_of(station, "tin-sang"))


def test_an_entry_that_somebody_has_changed_meanwhile_is_a_conflict(station: Station) -> None:
    seen = station.editing.schedules.entry("na-hoa", "nhac")
    other = suppose(station, EntryEdit("na-hoa", "nhac", {**seen.entry, "at": ["11:10"]}))
    station.editing.schedules.save(other, "chị Lan")
    station.reload()

    with pytest.raises(EditConflict):
        station.editing.schedules.change([EntryEdit("na-hoa", "nhac", {**seen.entry, "repeat": ["1"]}, seen.revision)])


def test_a_file_that_was_saved_since_it_was_supposed_is_a_conflict(station: Station) -> None:
    effect = suppose(station, EntryEdit("na-hoa", "", NEW))
    path = station.paths.home / "schedules/na-hoa.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# tay\n", encoding="utf-8")

    with pytest.raises(EditConflict):
        station.editing.schedules.save(effect, "chị Hoa")
    assert schedule(station, "na-hoa").endswith("# tay\n")


def test_a_village_without_a_schedule_gets_one(station: Station) -> None:
    (station.paths.home / "schedules/suoi-trat.yaml").unlink()
    station.reload()
    effect = suppose(station, EntryEdit("suoi-trat", "", NEW))
    station.editing.schedules.save(effect, "chị Hoa")

    assert parse("schedules/suoi-trat.yaml", schedule(station, "suoi-trat").encode()).broadcasts[0].bulletin == "nhac"


def test_an_entry_is_taken_out(station: Station) -> None:
    effect = suppose(station, EntryEdit("na-hoa", "nhac", None))
    station.editing.schedules.save(effect, "chị Hoa")

    assert len(effect.comparison.withdrawn) == 14
    assert "nhac" not in schedule(station, "na-hoa")


@pytest.mark.parametrize("entry", [None, {"bulletin": ["nhac"], "at": ["11:05"]}])
def test_what_is_taken_out_or_altered_was_as_long_as_it_was_read(
    station: Station, entry: dict[str, list[str]] | None
) -> None:
    rewrite(station, "na-hoa", "at: 11:00", "at: 11:00, repeat: 3")
    planned = {one.id: one.airing.duration for one in station.airings.plan(None, 14)}
    effect = suppose(station, EntryEdit("na-hoa", "nhac", entry))

    assert len(effect.comparison.withdrawn) == 14
    for airing in effect.comparison.withdrawn:
        assert airing.duration == planned[airing.id]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ({"bulletin": ["khong-co"], "at": ["6:05"]}, NotFound),
        ({"bulletin": ["nhac"], "at": ["25:00"]}, BadUsage),
        ({"bulletin": ["nhac"]}, BadUsage),
    ],
)
def test_an_unsound_entry_is_refused(station: Station, entry: dict[str, list[str]], error: type[Exception]) -> None:
    with pytest.raises(error):
        station.editing.schedules.must_be_sound(entry)


def test_a_broken_schedule_is_mended_by_its_people_first(station: Station) -> None:
    path = station.paths.home / "schedules/na-hoa.yaml"
    path.write_text("broadcasts: [x\n")
    station.reload()

    with pytest.raises(BadFile):
        station.editing.schedules.change([EntryEdit("na-hoa", "", NEW)])
    assert path.read_text() == "broadcasts: [x\n"


def test_a_longer_text_is_told_with_whose_approval_it_voids(station: Station) -> None:
    bulletin = station.preparation.preview("tin-sang")
    station.log.event("approve", "", station.clock.now(), bulletin="tin-sang", digest=bulletin.digest, by="anh Páo")
    source = station.editing.bulletins.source("tin-sang")
    edit = station.editing.bulletins.alter("tin-sang", source.revision, f"{source.text} Xin nhắc lại.", {})

    assert station.editing.schedules.suppose((edit,)).voided == ("tin-sang",)


def test_a_power_cut_leaves_both_villages_schedules_old_or_both_new(
    station: Station, tmp_path: Path, home: Path
) -> None:
    disk = RecordingDisk(home)
    for folder in (home, home / "schedules"):  # what there was before is on the disk
        for path in (*folder.glob("*.yaml"), folder):
            fd = os.open(path, os.O_RDONLY)
            disk.fsync(fd)
            os.close(fd)
    disk.worlds.clear()
    write: Callable[..., None] = partial(apply_edits, system=disk)
    editing = ScheduleEditing(station.paths, station.files, station.clock, station.planner, lambda: station.log, write)
    edits = [EntryEdit(village, "tin-sang", None) for village in ("na-hoa", "suoi-trat")]
    before = [(home / f"schedules/{village}.yaml").read_bytes() for village in ("na-hoa", "suoi-trat")]
    editing.save(editing.suppose(editing.change(edits)), "chị Hoa")
    after = [(home / f"schedules/{village}.yaml").read_bytes() for village in ("na-hoa", "suoi-trat")]

    found = []
    for folder in restarted(disk.worlds, tmp_path / "after"):
        finish_edits(folder)
        found.append([(folder / f"schedules/{village}.yaml").read_bytes() for village in ("na-hoa", "suoi-trat")])
    disk.close()
    assert [one for one in found if one not in (before, after)] == []
    assert (before in found, after in found) == (True, True)


def test_of_two_officers_who_edit_at_once_nobody_loses_anything(home: Path, clock: FakeClock) -> None:
    conflicts = 0
    first, second = open_twice(home, clock)
    for seed in range(6):
        officers = work_at_once(first, second, seed)
        assert lost_updates(first, officers) == []
        conflicts += sum(officer.conflicts for officer in officers)
    first.close()
    second.close()
    assert conflicts  # they do meet
