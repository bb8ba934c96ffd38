"""Chép ra USB: a delivery that is downloaded, unpacked onto a stick, signed there, and taken by a box."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from harness.fake_daemon import FakeDaemon
from harness.office import Office, deliveries, join, open_office
from harness.officers import Officer, Officers

from loudspeaker.station.paths import StationPaths
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.web.access.accounts import Role

pytestmark = pytest.mark.waits

PAGE, SCOPE = "/chep-usb", "xa-thu"


@pytest.fixture
def editor(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.EDIT)


def send(person: Officer, stick: str, *files: tuple[str, bytes]) -> Any:
    sent = [("signed", (name, data)) for name, data in files]
    return person.client.post(PAGE, data={"form_token": person.token, "stick": stick}, files=sent or None)


def unpack(answer: Any, stick: Path) -> list[str]:
    assert answer.status_code == 200, answer.text
    with ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(stick)
        return packed.namelist()


def test_a_box_takes_what_was_downloaded_unpacked_and_signed(
    editor: Officer, officers: Officers, home: Path, tmp_path: Path
) -> None:
    office = Office(home, tmp_path / "stick", SCOPE)
    office.trust("hoa", "pao")
    names = unpack(send(editor, "new"), office.stick)
    box = StationPaths(tmp_path / "box", tmp_path / "box" / ".state")
    box.home.mkdir()
    (box.home / "box.yaml").write_bytes((home / "box.yaml").read_bytes())
    with pytest.raises(UntrustedDocument):
        join(box, office)  # nobody has signed it
    office.sign(office.own / "manifest.json", "hoa", "pao")
    join(box, office)

    assert f"v1/{SCOPE}/manifest.json" in names
    assert not [name for name in names if "box.yaml" in name or "rules.json" in name]
    assert list(officers.console.site.own.glob("usb-*")) == []


def test_a_stick_that_has_been_used_goes_on_from_its_own_version(editor: Officer, home: Path, tmp_path: Path) -> None:
    office = open_office(home, tmp_path)
    box = StationPaths(tmp_path / "box", tmp_path / "box" / ".state")
    box.home.mkdir()
    (box.home / "box.yaml").write_bytes((home / "box.yaml").read_bytes())
    join(box, office)
    (home / "bulletins/moi.md").write_text("---\ntitle: Tin mới\n---\nHọp thôn.\n", encoding="utf-8")

    signed = (office.own / "manifest.json").read_bytes()
    names = unpack(send(editor, "used", ("manifest.json", signed)), office.stick)
    office.sign(office.own / "manifest.json", "hoa")  # one is enough: the rules are the same
    taken = deliveries(box).take(office.stick)

    assert (taken.version, taken.changed) == (2, ("bulletins/moi.md",))
    assert f"v1/{SCOPE}/rules.json" in names  # signed by two


def test_rules_that_too_few_have_signed_are_left_to_the_stick(editor: Officer, home: Path, tmp_path: Path) -> None:
    office = open_office(home, tmp_path)
    for number in (2, 3):
        office.write("bulletins/moi.md", f"---\ntitle: Tin {number}\n---\nHọp thôn.\n")
        office.publish("hoa")
    rules = (office.own / "rules.json").read_bytes()
    third = ("manifest.json", (office.own / "manifest.json").read_bytes())

    assert f"v1/{SCOPE}/rules.json" not in unpack(send(editor, "used", third), office.stick)
    assert (office.own / "rules.json").read_bytes() == rules
    assert f"v1/{SCOPE}/rules.json" in unpack(send(editor, "used", third, ("rules.json", rules)), office.stick)
    assert (office.own / "rules.json").read_bytes() == rules


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "manifest.json"),
        ([("rules.json", b"{}")], "manifest.json"),
        ([("manifest.json", b"{}"), ("x.json", b"{}")], "manifest.json"),
        ([("manifest.json", b"{}")], ""),
        ([("manifest.json", b"\xff" * 1000)], ""),
    ],
)
def test_what_is_no_manifest_is_told_and_nothing_is_left(
    editor: Officer, officers: Officers, files: list[tuple[str, bytes]], words: str
) -> None:
    answer = send(editor, "used", *files)

    assert answer.status_code == 422
    assert 'id="wrong"' in answer.text
    assert words in answer.text
    assert list(officers.console.site.own.glob("usb-*")) == []


def test_a_mistake_in_a_file_and_a_stick_that_has_everything_are_told(
    editor: Officer, home: Path, tmp_path: Path
) -> None:
    office = open_office(home, tmp_path)
    signed = ("manifest.json", (office.own / "manifest.json").read_bytes())
    unchanged = send(editor, "used", signed)
    (home / "bulletins/nhac.md").write_text("---\nlevel: loud\n---\nHọp.\n", encoding="utf-8")
    broken = send(editor, "new")

    assert unchanged.status_code == broken.status_code == 422
    assert "Không có gì thay đổi từ bản số 1" in unchanged.text
    assert "nhac.md" in broken.text


def test_a_box_that_takes_signed_files_packs_none(
    officers: Officers, daemon: FakeDaemon, home: Path, tmp_path: Path
) -> None:
    join(StationPaths(home, home / ".state"), open_office(home, tmp_path))
    person = officers.officer(*Role)

    assert send(person, "new").status_code == 409
    assert PAGE not in person.get("/them").text
