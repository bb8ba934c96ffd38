"""A box goes over to another commune: its log stays readable, and what was decided about its loudspeakers holds on."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.office import NOW, SCOPE, join_box, open_office
from harness.small_commune import ZONE, at

from loudspeaker.cli import cli
from loudspeaker.errors import BadUsage
from loudspeaker.i18n import set_language
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.reports.log_export import read_export
from loudspeaker.reports.records import RecordStore
from loudspeaker.station.box.box_key import open_box_key
from loudspeaker.station.box.moving import FRESH, MOVED, move_box
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.restrictions import awaits_village, mark_empty, standing_pauses, uncommissioned_outputs
from loudspeaker.station.station import Station
from loudspeaker.store.asrun import AsRunLog, read_commune
from loudspeaker.store.atomic import move_database
from loudspeaker.trust.dsse import parse_envelope
from loudspeaker.trust.opening import read_unverified
from loudspeaker.trust.signed_documents import LogHead


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture
def paths(home: Path) -> StationPaths:
    return StationPaths(home, home / ".state")


@pytest.fixture
def aired(paths: StationPaths) -> StationPaths:
    """With a log that says of one airing, of an output that was commissioned and of a pause."""
    with closing(AsRunLog.open(paths.log, SCOPE)) as log:
        mark_empty(log, NOW)
        log.event("commission", "", NOW, output="san-kho", by="Páo")
        until = NOW + timedelta(days=1)
        log.event("pause", "", NOW, village="na-hoa", until=until.isoformat(), why="đám tang")
        told = Occurrence("na-hoa/tin-sang/x", "na-hoa", "san-kho", "tin-sang", "Tin", Level.ROUTINE, NOW)
        log.verdict(AsRunRecord(told, Verdict.AIRED, "", NOW, NOW + timedelta(minutes=1)))
    return paths


def run(home: Path, *words: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *words])


def test_the_old_log_is_closed_whole_and_signed_and_a_new_one_begins(aired: StationPaths) -> None:
    before = open_box_key(aired).public.person

    moved = move_box(aired, "ban-may", "Lý", NOW, "Xã Bản Mây")

    assert (moved.before, moved.after, moved.left) == (SCOPE, "ban-may", "")
    with closing(RecordStore(lambda record: True)) as records:
        exported = read_export(moved.life / "log.jsonl", records)  # the chain is whole
        assert [record.verdict for record in records] == [Verdict.AIRED]
    assert exported.commune == SCOPE
    head = read_unverified(parse_envelope((moved.life / "head.json").read_bytes()))
    assert isinstance(head, LogHead)
    assert (head.box, head.head, head.entries) == (before, exported.head, exported.entries)
    with closing(AsRunLog.open_read_only(moved.life / "asrun.db", SCOPE)) as log:
        assert log.verify() == exported.head
    with closing(Station.open(aired.home)) as station:
        assert (station.files.commune.id, station.files.commune.name) == ("ban-may", "Xã Bản Mây")
        (event,) = station.log.events(MOVED)
        assert (event.facts["commune"], event.facts["by"]) == (SCOPE, "Lý")
        assert station.log.verify()
    assert open_box_key(aired).public.person != before  # a hub takes nothing of before for the new commune's


def test_what_was_decided_about_its_loudspeakers_holds_on(aired: StationPaths) -> None:
    move_box(aired, "ban-may", "Lý", NOW)

    with closing(Station.open(aired.home)) as station:
        assert uncommissioned_outputs(station.log, ["san-kho", "nha-hop"]) == {"nha-hop"}
        assert [pause.village for pause in standing_pauses(station.log, NOW)] == ["na-hoa"]
        assert not awaits_village(station.log)


def test_a_box_that_takes_signed_files_leaves_them_and_may_join_the_new_commune(
    home: Path, tmp_path: Path, aired: StationPaths
) -> None:
    join_box(home, open_office(home, tmp_path))
    (aired.fleet).mkdir(exist_ok=True)
    aired.hub_settings.write_text("{}")

    moved = move_box(aired, "ban-may", "Lý", NOW)

    assert moved.left == SCOPE
    assert read_membership(aired) is None
    assert not aired.hub_settings.exists()
    with closing(Station.open(home)) as station:
        assert station.log.commune == "ban-may"


def test_the_refusal_of_a_log_of_another_commune_names_the_command(aired: StationPaths, home: Path) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8").replace(f"id: {SCOPE}", "id: ban-may"), encoding="utf-8")

    refused = run(home, "plan")
    assert (refused.exit_code, "loudspeaker fleet move ban-may" in refused.stderr) == (1, True)
    moved = run(home, "fleet", "move", "ban-may", "--by", "Lý", "--yes")

    assert moved.exit_code == 0, moved.stderr
    assert run(home, "plan").exit_code == 0


def test_a_report_takes_the_closed_life_of_the_commune_that_was_merged(aired: StationPaths, tmp_path: Path) -> None:
    moved = move_box(aired, "ban-may", "Lý", NOW)
    words = ("report", str(moved.life / "log.jsonl"), "--month", "2026-11", "-o", str(tmp_path / "b.csv"))

    made = run(aired.home, *words)

    assert made.exit_code == 0, made.stderr
    assert "tin-sang" in (tmp_path / "b.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("commune", ["Bản Mây", SCOPE])
def test_what_is_no_other_commune_is_told_and_changes_nothing(aired: StationPaths, commune: str) -> None:
    with pytest.raises(BadUsage):
        move_box(aired, commune, "Lý", NOW)

    assert read_commune(aired.log) == SCOPE
    assert not (aired.state / "lives").exists()


def test_a_power_cut_between_both_logs_leaves_one(aired: StationPaths) -> None:
    move_box(aired, "ban-may", "Lý", at("2026-11-24T12:00").astimezone(ZONE))
    move_database(aired.log, aired.state / FRESH)  # as if it were not yet in its place

    with pytest.raises(BadUsage, match="already"):
        move_box(aired, "ban-may", "Lý", NOW)

    assert read_commune(aired.log) == "ban-may"
