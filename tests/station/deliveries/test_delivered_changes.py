"""Whoever signs a manifest reads what it changes: words as they are spoken, entries, rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.office import NOW, SCOPE, Office, open_office, open_province

from loudspeaker.errors import BadFile, Refused
from loudspeaker.station.deliveries.delivered_changes import DeliveredFiles, ManifestChanges, find_changes
from loudspeaker.station.signing.packing import carry_decision, pack_files
from loudspeaker.trust.dsse import parse_envelope
from loudspeaker.trust.opening import read_unverified
from loudspeaker.trust.signed_documents import ManifestDecision, SignedManifest


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


def files(office: Office) -> DeliveredFiles:
    manifest = read_unverified(parse_envelope((office.own / "manifest.json").read_bytes()))
    assert isinstance(manifest, SignedManifest)
    return DeliveredFiles(office.stick / "v1" / "blob", manifest, NOW)


def changes(office: Office) -> ManifestChanges:
    """What the files of the office, packed now, change against the version before."""
    before = files(office)
    pack_files(office.home, office.stick, SCOPE, NOW)
    return find_changes(before, files(office))


def heard(found: ManifestChanges) -> dict[str, str]:
    return {one.id: " ".join(part.spoken for part in one.parts) for one in found.bulletins}


def test_a_first_manifest_changes_everything(office: Office) -> None:
    found = find_changes(None, files(office))

    assert heard(found).keys() == {"tin-sang", "nhac", "lu-quet", "het-lu"}
    assert all(one.is_new for one in found.bulletins)
    assert [(one.name, len(one.added)) for one in found.schedules] == [("Thôn Nà Hoa", 2), ("Thôn Suối Trát", 1)]
    assert "+ commune: Xã Thử" in found.rules


def test_only_what_is_other_is_told_in_the_words_that_are_spoken(office: Office) -> None:
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\nlevel: priority\nrepeat: 2\n---\nHọp lúc 17h30.\n")
    office.write("bulletins/moi.md", "---\ntitle: Tin mới\n---\nMưa 20 mm.\n")
    (office.home / "bulletins" / "nhac.md").unlink()
    office.write("schedules/na-hoa.yaml", "village: Thôn Nà Hoa\nbroadcasts:\n  - {bulletin: moi, at: '05:45'}\n")

    found = changes(office)

    assert heard(found) == {"tin-sang": "Họp lúc mười bảy giờ ba mươi phút.", "moi": "Mưa hai mươi mi li mét."}
    assert [one.is_new for one in found.bulletins] == [True, False]
    facts = [str(fact) for fact in found.bulletins[1].facts]
    assert facts == ["a bulletin with priority", "said 2 times"]
    assert found.gone == ["Nhắc lại"]
    (schedule,) = found.schedules
    assert schedule.name == "Thôn Nà Hoa"
    assert [line.what for line in schedule.added] == ["Tin mới"]
    assert [line.what for line in schedule.removed] == ["Tin sáng", "Nhắc lại"]
    assert schedule.added[0].written == "{bulletin: moi, at: 05:45}"
    assert found.rules == ()


def test_a_word_of_the_rules_is_told_in_each_bulletin_that_it_changes(office: Office) -> None:
    rules = (office.home / "commune.yaml").read_text("utf-8")
    office.write("commune.yaml", f"{rules}say: {{trời nắng: trời đẹp}}\n")

    found = changes(office)

    assert heard(found) == {"tin-sang": "Kính thưa bà con! Hôm nay trời đẹp. Mời bà con ra đồng."}
    assert found.rules == ["+ say: {trời nắng: trời đẹp}"]


def test_a_decision_for_all_boxes_is_told_once(office: Office) -> None:
    before = files(office)
    carry_decision(office.stick, SCOPE, ManifestDecision("", "resume", "chị Hoa", "na-hoa"), NOW)
    decided = files(office)

    assert len(find_changes(before, decided).decisions) == 1
    assert find_changes(decided, decided).is_nothing


def test_signed_words_are_told_as_they_stand(office: Office, tmp_path: Path) -> None:
    province = open_province(tmp_path, office.stick)

    assert heard(find_changes(None, files(province))) == {"bao-so-5": "Bão số năm cách bờ hai trăm ki lô mét."}


def test_a_mistake_is_told_with_its_line_and_a_missing_file_by_its_name(office: Office) -> None:
    blobs = {path: file.sha256 for path, file in files(office).manifest.files.items()}
    blob = office.stick / "v1" / "blob" / blobs["bulletins/nhac.md"]
    blob.write_text("---\ntitle: Nhắc lại\nrepeat: nhiều\n---\nXin nhắc.\n", encoding="utf-8")
    with pytest.raises(BadFile) as mistake:
        files(office).must_be_sound()
    assert mistake.value.problems[0].place == "bulletins/nhac.md:3"
    blob.unlink()

    with pytest.raises(Refused, match=r"bulletins/nhac\.md"):
        files(office).must_be_sound()
