"""Signed files that a memory card has changed by a bit: not read, and whole again by the next delivery."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from harness.changed_bytes import flip_bit
from harness.office import NOW, SCOPE, Office, deliveries, follow, join_box, open_office, open_province, speak

from loudspeaker.errors import BadFile, Refused
from loudspeaker.i18n import translator
from loudspeaker.station.deliveries.fetched_answer import LATE_FILES, read_fetched_answer
from loudspeaker.station.deliveries.membership import Membership, must_have_joined
from loudspeaker.station.deliveries.stick_answer import write_answer
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.packing import read_packed
from loudspeaker.station.signing.sound_packing import sound_path
from loudspeaker.station.station import Station
from loudspeaker.store.received import ReceivedFiles, is_whole

pytestmark = pytest.mark.waits

PATHS = ("commune.yaml", "bulletins/tin-sang.md", "schedules/na-hoa.yaml")


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


@pytest.fixture
def box(home: Path, office: Office) -> StationPaths:
    return join_box(home, office)


def laid_out(box: StationPaths, path: str, version: int = 1) -> Path:
    return ReceivedFiles(box.received, SCOPE).files(version) / path


def blob(box: StationPaths, path: str) -> str:
    return must_have_joined(box).accepted.files[path]


def all_whole(box: StationPaths) -> bool:
    """Every file of the manifest in force, under its name and by its hash."""
    accepted = must_have_joined(box).accepted
    received = ReceivedFiles(box.received, SCOPE)
    folder = received.files(accepted.version)
    named = all(is_whole(folder / path, sha256) for path, sha256 in accepted.files.items())
    return named and not received.missing(accepted.files.values())


def fetch(box: StationPaths, office: Office, *names: str) -> None:
    """The agent has brought these files."""
    folder = box.fleet / "v1" / "blob"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(office.stick / "v1" / "blob" / name, folder / name)


def look(box: StationPaths) -> dict[str, int]:
    """What the daemon's child finds damaged, when the agent has it look."""
    box.fleet.mkdir(exist_ok=True)
    box.fetched_mark.write_text(f"{LATE_FILES}1")
    return dict(deliveries(box).take_fetched().damaged)


@pytest.mark.parametrize("path", PATHS)
def test_a_stick_with_the_same_version_makes_it_whole(box: StationPaths, office: Office, path: str) -> None:
    flip_bit(laid_out(box, path))
    assert not all_whole(box)

    taken = deliveries(box).take(office.stick)

    assert (taken.is_new, taken.mended) == (False, (path,))
    assert all_whole(box)
    with closing(Station.open(box.home, box.state)) as station:
        assert not station.files.problems


def test_whoever_carries_the_stick_reads_what_was_damaged(box: StationPaths, office: Office) -> None:
    flip_bit(laid_out(box, "bulletins/tin-sang.md"))
    taken = deliveries(box).take(office.stick)

    with closing(Station.open(box.home, box.state)) as station:
        said = (write_answer(station, office.stick, [taken], translator("vi")) / "KET-QUA.txt").read_text("utf-8-sig")

    assert "đã chép lại 1 tệp bị hỏng trên máy này" in said
    assert "đã chép lại: bulletins/tin-sang.md" in said


@pytest.mark.parametrize("path", PATHS)
def test_the_agent_is_told_and_what_it_brings_makes_it_whole(box: StationPaths, office: Office, path: str) -> None:
    assert look(box) == {}
    flip_bit(laid_out(box, path))
    name = blob(box, path)
    assert look(box) == {name: (office.home / path).stat().st_size}

    fetch(box, office, name)
    flip_bit(box.fleet / "v1" / "blob" / name)
    assert look(box).keys() == {name}  # what is damaged there, too, costs only itself
    fetch(box, office, name)

    assert look(box) == {}
    assert all_whole(box)


def test_a_file_under_its_name_is_whole_again_by_the_blob_that_is(box: StationPaths) -> None:
    """As after a power cut between the two."""
    path = laid_out(box, "bulletins/tin-sang.md")
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-1])

    assert look(box) == {}
    assert all_whole(box)


def test_the_next_version_does_not_take_over_what_is_damaged(box: StationPaths, office: Office) -> None:
    name = blob(box, "bulletins/nhac.md")
    flip_bit(laid_out(box, "bulletins/nhac.md"))
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    stick = office.stick / "v1" / "blob" / name
    content = stick.read_bytes()
    stick.unlink()

    assert name in deliveries(box).lacking(office.stick, SCOPE).files
    with pytest.raises(Refused, match=r"bulletins/nhac\.md"):
        deliveries(box).take(office.stick)
    assert must_have_joined(box).accepted.version == 1

    stick.write_bytes(content)
    deliveries(box).take(office.stick)
    assert all_whole(box)


def test_a_station_that_cannot_be_opened_is_mended_with_what_the_agent_has_brought(
    box: StationPaths, office: Office
) -> None:
    flip_bit(laid_out(box, "commune.yaml"))
    with pytest.raises(BadFile, match="not the file that was signed"):
        Station.open(box.home, box.state)
    name = blob(box, "commune.yaml")
    box.fleet.mkdir(exist_ok=True)
    box.fetched_mark.write_text("of before")
    deliveries(box).take_fetched()

    assert not deliveries(box).mend()
    answer = read_fetched_answer(box.taken)
    assert (answer.mark, answer.damaged.keys()) == ("of before", {name})
    fetch(box, office, name)
    assert deliveries(box).mend()

    Station.open(box.home, box.state).close()
    assert read_fetched_answer(box.taken).damaged == {}


def test_a_sound_that_is_damaged_is_lacking_until_the_agent_has_brought_it(box: StationPaths, office: Office) -> None:
    speak(office)
    deliveries(box).take(office.stick)
    sound = read_packed(office.stick, SCOPE).files[sound_path("nhac")].sha256
    path = laid_out(box, sound_path("nhac"), version=2)
    flip_bit(path)

    assert look(box) == {}  # nothing that must be here
    assert not path.exists()
    fetch(box, office, sound)
    look(box)

    assert is_whole(path, sound)


def test_the_files_of_an_office_above_the_commune_are_made_whole_too(
    station: Station, home: Path, tmp_path: Path
) -> None:
    province = open_province(tmp_path, tmp_path / "stick")
    box = StationPaths(home, home / ".state")
    follow(box, province)
    path = next((box.received / province.scope).glob("v*/speech/bao-so-5.json"))
    flip_bit(path)

    assert len(look(box)) == 1
    assert deliveries(box).take(province.stick, province.scope).mended == ("speech/bao-so-5.json",)


def test_a_manifest_that_is_damaged_on_the_box_keeps_no_other_from_coming(box: StationPaths, office: Office) -> None:
    kept = box.received / SCOPE / "manifest.json"
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-7])
    deliveries(box).take(office.stick)
    assert kept.read_bytes() == whole

    kept.write_bytes(whole[:-7])
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    assert deliveries(box).take(office.stick).version == 2


def test_a_box_that_took_its_files_before_sizes_were_kept_is_mended_by_a_stick(
    box: StationPaths, office: Office
) -> None:
    stored = box.membership.read_text(encoding="utf-8")
    box.membership.write_text(stored.replace('"sizes"', '"of_another_version"'), encoding="utf-8")
    joined: Membership = must_have_joined(box)
    assert joined.accepted.sizes == {}
    flip_bit(laid_out(box, "bulletins/tin-sang.md"))

    assert look(box) == {}
    assert deliveries(box, NOW).take(office.stick).mended == ("bulletins/tin-sang.md",)
    assert all_whole(box)
