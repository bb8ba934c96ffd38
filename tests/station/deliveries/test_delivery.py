"""Signed files on a stick: packed and signed at the commune, taken by a box, which reads nothing else from then on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from harness.office import NOW, SCOPE, Office, deliveries, join, open_office
from harness.power_cut import RecordingDisk, restarted

from loudspeaker.errors import BadFile, BadUsage, LoudspeakerError, Refused
from loudspeaker.station.deliveries.delivery import Deliveries
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.packing import pack_files
from loudspeaker.station.station import Station
from loudspeaker.store.received import DamagedFile
from loudspeaker.trust.faults import Fault, UntrustedDocument


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    """An office that has published one version, its rules among it."""
    return open_office(home, tmp_path)


@pytest.fixture
def box(home: Path) -> StationPaths:
    return StationPaths(home, home / ".state")


def title(box: StationPaths) -> str:
    station = Station.open(box.home, box.state)
    try:
        return station.files.bulletin("tin-sang").title
    finally:
        station.close()


def test_a_box_that_has_joined_reads_what_was_signed_and_nothing_else(box: StationPaths, office: Office) -> None:
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin của xã\n---\nHọp thôn.\n")
    office.publish("hoa")
    join(box, office)
    (box.home / "bulletins" / "tin-sang.md").write_text("---\ntitle: Không ký\n---\nSai.\n", encoding="utf-8")
    (box.home / "bulletins" / "la.md").write_text("---\ntitle: Lạ\n---\nSai.\n", encoding="utf-8")

    station = Station.open(box.home, box.state)

    assert station.files.bulletin("tin-sang").title == "Tin của xã"
    assert "la" not in station.files.contents.bulletins
    assert station.files.box.plays  # box.yaml is its own
    station.close()


def test_an_open_station_goes_over_to_a_new_version(box: StationPaths, office: Office) -> None:
    join(box, office)
    station = Station.open(box.home, box.state)
    before = station.planner.stamp()
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")

    taken = deliveries(box).take(office.stick)
    assert (taken.before, taken.version, taken.persons) == (1, 2, ("hoa",))
    assert station.planner.stamp() != before
    station.reload()

    assert station.files.bulletin("tin-sang").title == "Tin mới"
    station.close()


def test_the_same_delivery_again_changes_nothing(box: StationPaths, office: Office) -> None:
    join(box, office)
    before = box.membership.read_bytes()

    assert not deliveries(box).take(office.stick).is_new
    assert box.membership.read_bytes() == before


def unsigned(office: Office) -> None:
    office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    office.publish()


def signed_by_a_stranger(office: Office) -> None:
    office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    office.publish("hub")


def rules_by_one(office: Office) -> None:
    office.write("commune.yaml", (office.home / "commune.yaml").read_text(encoding="utf-8") + "# changed\n")
    office.publish("hoa")


def swapped_blob(office: Office) -> None:
    office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    office.publish("hoa")
    for blob in (office.stick / "v1" / "blob").iterdir():
        blob.write_bytes(blob.read_bytes().replace(b"Sai", b"sai"))


def missing_blob(office: Office) -> None:
    office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    office.publish("hoa")
    newest = max((office.stick / "v1" / "blob").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    newest.unlink()


def replaced_manifest(office: Office) -> None:
    """The same version with another content, as a second centre would publish it."""
    (office.own / "manifest.json").unlink()
    office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    office.publish("hoa", "pao")


@pytest.mark.parametrize(
    ("spoil", "error", "fault"),
    [
        (unsigned, UntrustedDocument, Fault.UNSIGNED),
        (signed_by_a_stranger, UntrustedDocument, Fault.UNSIGNED),
        (rules_by_one, UntrustedDocument, Fault.UNSIGNED),
        (replaced_manifest, UntrustedDocument, Fault.FORKED),
        (swapped_blob, DamagedFile, None),
        (missing_blob, Refused, None),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_what_is_refused_leaves_the_version_before_in_force(
    box: StationPaths,
    office: Office,
    spoil: Callable[[Office], None],
    error: type[LoudspeakerError],
    fault: Fault | None,
) -> None:
    join(box, office)
    before, membership = title(box), box.membership.read_bytes()
    spoil(office)

    with pytest.raises(error) as refused:
        deliveries(box).take(office.stick)

    assert getattr(refused.value, "fault", None) == fault
    assert (title(box), box.membership.read_bytes()) == (before, membership)


def test_a_box_that_has_missed_a_change_of_the_rules_takes_what_came_after_it(
    box: StationPaths, office: Office
) -> None:
    join(box, office)
    office.write("commune.yaml", (office.home / "commune.yaml").read_text(encoding="utf-8") + "# changed\n")
    office.publish("ly", "pao")
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")

    assert deliveries(box).take(office.stick).version == 3
    assert title(box) == "Tin mới"


def test_rules_that_one_person_has_set_aside_as_signed_are_not_believed(box: StationPaths, office: Office) -> None:
    join(box, office)
    office.write("commune.yaml", (office.home / "commune.yaml").read_text(encoding="utf-8") + "# changed\n")
    office.publish("hoa")
    office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    office.publish("hoa")

    with pytest.raises(UntrustedDocument):
        deliveries(box).take(office.stick)


def test_an_older_stick_brings_nothing_back(box: StationPaths, office: Office, tmp_path: Path) -> None:
    join(box, office)
    shutil.copytree(office.stick, tmp_path / "old")
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    deliveries(box).take(office.stick)

    with pytest.raises(UntrustedDocument) as refused:
        deliveries(box).take(tmp_path / "old")

    assert refused.value.fault is Fault.STALE
    assert title(box) == "Tin mới"


def test_files_that_no_station_could_use_are_not_put_in_force(box: StationPaths, office: Office) -> None:
    join(box, office)
    office.write("commune.yaml", "commune: [\n")
    with pytest.raises(BadFile):
        pack_files(office.home, office.stick, SCOPE, NOW)


def test_a_file_that_was_changed_on_the_disk_of_the_box_is_not_read(box: StationPaths, office: Office) -> None:
    join(box, office)
    path = next((box.received / SCOPE).glob("v*/bulletins/tin-sang.md"))
    path.unlink()
    path.write_text("---\ntitle: Sai\n---\nSai.\n", encoding="utf-8")

    station = Station.open(box.home, box.state)

    assert "tin-sang" not in station.files.contents.bulletins
    assert any(problem.path == "bulletins/tin-sang.md" for problem in station.files.problems)
    station.close()


def test_a_person_who_was_taken_off_the_list_signs_nothing_more(box: StationPaths, office: Office) -> None:
    join(box, office)
    office.trust("pao", "ly", people=("pao", "ly"))
    office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    office.publish("hoa")

    with pytest.raises(UntrustedDocument):
        deliveries(box).take(office.stick)
    (office.own / "trust" / "2.json").unlink()  # a stick without the list that takes her off
    with pytest.raises(UntrustedDocument):
        deliveries(box).take(office.stick)


def test_a_list_that_was_taken_away_on_the_box_is_told(box: StationPaths, office: Office) -> None:
    join(box, office)
    office.trust("pao", "ly", people=("pao", "ly"))
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("pao")
    deliveries(box).take(office.stick)
    (office.own / "trust" / "2.json").unlink()
    (box.received / SCOPE / "trust" / "2.json").unlink()

    with pytest.raises(Refused):
        deliveries(box).take(office.stick)


def test_a_clock_of_1970_takes_what_has_not_ended(box: StationPaths, office: Office) -> None:
    join(box, office)
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa", now=NOW + timedelta(days=1))

    assert Deliveries(box, NOW.replace(year=1970), trusted=False).take(office.stick).is_new


def test_a_box_joins_once_and_leaves_with_the_last_files(box: StationPaths, office: Office) -> None:
    join(box, office)
    with pytest.raises(BadUsage):
        join(box, office)
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin cuối\n---\nHọp thôn.\n")
    office.publish("hoa")
    deliveries(box).take(office.stick)

    assert deliveries(box).leave() == SCOPE

    assert read_membership(box) is None
    assert title(box) == "Tin cuối"
    for do in (deliveries(box).leave, lambda: deliveries(box).take(office.stick)):
        with pytest.raises(BadUsage):
            do()


def test_a_box_that_could_not_take_the_first_files_has_not_joined(box: StationPaths, office: Office) -> None:
    missing = next((office.stick / "v1" / "blob").iterdir())
    missing.unlink()
    with pytest.raises(Refused):
        join(box, office)

    assert read_membership(box) is None
    assert title(box)


def test_nothing_is_packed_twice(office: Office) -> None:
    with pytest.raises(BadUsage):
        pack_files(office.home, office.stick, SCOPE, NOW)


def test_a_power_cut_while_taking_leaves_the_old_files_or_the_new_ones(
    box: StationPaths, office: Office, tmp_path: Path
) -> None:
    shutil.rmtree(box.home / ".state", ignore_errors=True)
    root = tmp_path / "disk"
    shutil.copytree(box.home, root)
    disk = RecordingDisk(root)
    paths = StationPaths(root, root / ".state")
    recorded = Deliveries(paths, NOW, trusted=True, system=disk)
    recorded.join(office.stick, recorded.first_trust(office.stick, SCOPE), "Lý")
    before = title(paths)
    shutil.rmtree(root / ".state" / "readings", ignore_errors=True)
    disk.worlds.clear()
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")

    recorded.take(office.stick)

    titles = set()
    for world in restarted([*disk.worlds, *disk.now()], tmp_path / "restarted"):
        shutil.copy(box.home / "box.yaml", world / "box.yaml")
        titles.add(title(StationPaths(world, world / ".state")))
    assert titles == {before, "Tin mới"}
    disk.close()
