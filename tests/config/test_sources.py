"""A station's own folder and what came signed from elsewhere are read as one, each under its own rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from harness.small_commune import FILES, at

from loudspeaker.config.folder import STANDS_IN, Folder
from loudspeaker.config.source import Source, is_inside
from loudspeaker.model.contents import PlanInput
from loudspeaker.schedule.origins import planned_schedules
from loudspeaker.schedule.plan import plan
from loudspeaker.store.last_good import LastGoodVersions

NOW = at("2026-11-24T12:00")
RECEIVED = {
    "bulletins/bao-so-5.md": "---\ntitle: Bão số 5\nlevel: priority\n---\nBão sắp vào bờ.\n",
    "schedules/lao-cai.yaml": "broadcasts:\n  - {bulletin: bao-so-5, at: '06:05'}\n",
    "speech/bao-so-5.json": '[[["Bão sắp vào bờ.", 0.5]]]\n',
}
SPEECH = {"bulletins/bao-so-5.md": "speech/bao-so-5.json"}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def hashes(files: Mapping[str, str]) -> dict[str, str]:
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    received = Source(write(tmp_path / "received", RECEIVED), "lao-cai", hashes(RECEIVED), speech=SPEECH)
    return Folder([Source(write(tmp_path / "home", FILES)), received], LastGoodVersions(tmp_path / "last-good"))


def test_ids_from_elsewhere_bear_their_origin(folder: Folder) -> None:
    contents = folder.contents(NOW)

    assert contents.problems == ()
    assert {"tin-sang", "bao-so-5@lao-cai"} <= contents.bulletins.keys()
    bulletin = contents.bulletins["bao-so-5@lao-cai"]
    assert (bulletin.id, bulletin.path) == ("bao-so-5@lao-cai", "received/lao-cai/bulletins/bao-so-5.md")
    assert contents.revisions[bulletin.path] == hashes(RECEIVED)["bulletins/bao-so-5.md"]
    assert {one.origin for one in contents.schedules} == {""}
    [received] = contents.received
    assert (received.path, received.origin) == ("received/lao-cai/schedules/lao-cai.yaml", "lao-cai")
    assert [(entry.name, entry.bulletin) for entry in received.broadcasts] == [("bao-so-5@lao-cai", "bao-so-5@lao-cai")]


def test_both_are_planned_for_the_villages(folder: Folder) -> None:
    contents = folder.contents(NOW)

    airings = plan(
        PlanInput(contents.commune, contents.box, planned_schedules(contents), {}),
        at("2026-11-25T06:00"),
        at("2026-11-25T07:00"),
    )

    assert {airing.id for airing in airings} == {
        "na-hoa/tin-sang/2026-11-25T06:05",
        "na-hoa/bao-so-5@lao-cai/2026-11-25T06:05",
        "suoi-trat/bao-so-5@lao-cai/2026-11-25T06:05",
    }


def test_the_communes_own_schedule_may_name_what_was_received(folder: Folder) -> None:
    entry = "village: Suối Trát\nbroadcasts:\n  - {bulletin: bao-so-5@lao-cai, at: 17:30}\n"
    (folder.home / "schedules" / "suoi-trat.yaml").write_text(entry, encoding="utf-8")

    contents = folder.contents(NOW)

    assert contents.problems == ()
    assert contents.schedules[1].broadcasts[0].bulletin == "bao-so-5@lao-cai"


def test_of_what_was_signed_only_these_bytes_are_used_and_nothing_stands_in(folder: Folder) -> None:
    folder.contents(NOW)
    path = folder.sources[1].folder / "bulletins" / "bao-so-5.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Bão sắp", "Bão đã"), encoding="utf-8")

    contents = folder.contents(NOW + timedelta(minutes=1))

    assert "bao-so-5@lao-cai" in contents.broken
    assert [str(problem) for problem in contents.problems] == [
        "received/lao-cai/bulletins/bao-so-5.md: this is not the file that was signed"
    ]

    path.write_text(RECEIVED["bulletins/bao-so-5.md"], encoding="utf-8")
    assert folder.contents(NOW + timedelta(minutes=2)).problems == ()


def test_what_was_not_signed_is_not_read_and_what_is_missing_is_told(folder: Folder) -> None:
    received = folder.sources[1].folder
    write(received, {"bulletins/la.md": RECEIVED["bulletins/bao-so-5.md"]})
    (received / "schedules" / "lao-cai.yaml").unlink()

    contents = folder.contents(NOW)

    assert "la@lao-cai" not in {*contents.bulletins, *contents.broken}
    assert [str(problem) for problem in contents.problems] == [
        "received/lao-cai/schedules/lao-cai.yaml: there is no such file"
    ]


def test_a_broken_file_of_the_communes_own_still_has_its_last_good_version(folder: Folder) -> None:
    folder.contents(NOW)
    (folder.home / "bulletins" / "tin-sang.md").write_text("không có đầu", encoding="utf-8")

    contents = folder.contents(NOW + timedelta(minutes=1))

    assert contents.bulletins["tin-sang"].title == "Tin sáng"
    assert STANDS_IN in [problem.message for problem in contents.problems]


def test_only_what_has_changed_is_parsed_again(folder: Folder) -> None:
    before = folder.contents(NOW)
    commune = folder.home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "closing: Hết.\n", encoding="utf-8")

    after = folder.contents(NOW)

    assert after.commune.closing == "Hết."
    assert all(mine is other for mine, other in zip(after.schedules, before.schedules, strict=True))
    assert all(bulletin is before.bulletins[name] for name, bulletin in after.bulletins.items())


def test_other_named_days_are_other_schedules(folder: Folder) -> None:
    days = "days: {tet: {dates: 2026-11-25}}\n"
    commune, schedule = folder.home / "commune.yaml", folder.home / "schedules" / "na-hoa.yaml"
    write(folder.home, {"commune.yaml": FILES["commune.yaml"] + days})
    schedule.write_text("village: A\nbroadcasts:\n  - {bulletin: nhac, at: 7:00, on: tet}\n", encoding="utf-8")
    assert folder.contents(NOW).schedules[0].broadcasts[0].falls_on(at("2026-11-25T00:00").date())

    commune.write_text(FILES["commune.yaml"] + days.replace("25", "26"), encoding="utf-8")

    assert not folder.contents(NOW).schedules[0].broadcasts[0].falls_on(at("2026-11-25T00:00").date())


def test_a_file_lies_in_a_folder_wherever_links_to_it_lead_from(tmp_path: Path) -> None:
    folder, beside, linked = tmp_path / "dai", tmp_path / "dai-2", tmp_path / "linked"
    for each in (folder, beside):
        each.mkdir()
        (each / "a.md").write_text("a")
    linked.symlink_to(folder)
    (folder / "out.md").symlink_to(beside / "a.md")
    (folder / "in.md").symlink_to("a.md")

    assert is_inside(folder / "a.md", folder)
    assert is_inside(folder / "in.md", linked)
    assert is_inside(linked / "a.md", folder)
    assert not is_inside(folder / "out.md", folder)
    assert not is_inside(beside / "a.md", folder)
    assert not is_inside(folder / ".." / "dai-2" / "a.md", folder)
