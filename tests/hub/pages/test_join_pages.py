"""A box is taken in by a stick that a page makes, or takes the place of another: by whoever may, and tells so first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from harness.certificates import FOUND
from harness.hub_boxes import JoinedBox, enrol, make_box_key, open_pages, quick_keys
from harness.office import SCOPE, Office, deliveries, open_province
from harness.officers import Officer, Officers
from harness.signing import HOST

from loudspeaker.clock import FakeClock
from loudspeaker.fleet.join_stick import JoinStick, read_join_stick
from loudspeaker.fleet.joining import JoinRequest, format_request, open_answer, parse_code
from loudspeaker.fleet.stick_joining import StickJoining
from loudspeaker.fleet.topics import BoxHealth, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.box_registry import LASTS
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_paths import need_certificate
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.web.access.accounts import Role

BOX_YAML = "plays: {na-hoa: loa}\noutputs: {loa: {device: file}}\n"


@pytest.fixture
def people(published: Hub) -> Iterator[Officers]:
    published.bells.look()
    with open_pages(published) as officers:
        yield officers


@pytest.fixture
def admin(people: Officers) -> Officer:
    return people.officer(Role.ADMIN)


@pytest.fixture
def old(published: Hub, tmp_path: Path) -> JoinedBox:
    """A box that has told what it plays."""
    box = enrol(published, tmp_path)
    health = BoxHealth("0.1", published.clock.now(), (), box_yaml=BOX_YAML)
    said = SaidMessage(str(Topic(TopicKind.HEALTH, box.id)), format_message(health))
    keep_messages(published.database, [said], published.clock.now())
    return box


def unpack(answer: Any, folder: Path) -> JoinStick:
    """The .zip of an answer on a stick; its invitation."""
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(folder)
    found = read_join_stick(folder)
    assert found
    return found


def take_in(hub: Hub, code: str, secret: str, replaces: str = "") -> str:
    """A box joins by a code; the box.yaml that it gets."""
    typed, key = parse_code(code), make_box_key(secret)
    keys = quick_keys(typed)
    raw = format_request(JoinRequest(typed.letters, key.public.public, ("na-hoa",), "", "0.1", replaces), keys)
    return open_answer(hub.join(raw), raw, keys).box_yaml


def test_a_stick_for_a_box_with_a_network_carries_a_code_that_lets_one_box_in(
    admin: Officer, published: Hub, tmp_path: Path
) -> None:
    page = admin.get("/moi-may/usb").text
    assert f'value="{HOST}:8443"' in page
    assert "Thôn Nà Hoa" in page

    fields = {"scope": SCOPE, "name": "nhà văn hóa", "way": "stick", "address": "loa.vn:9443"}
    stick = unpack(admin.post("/moi-may/usb", village=["na-hoa"], **fields), tmp_path / "usb")

    assert (stick.address, stick.box, stick.villages) == ("loa.vn:9443", "nhà văn hóa", ("na-hoa",))
    assert stick.until == published.clock.now() + LASTS
    assert {path.name for path in (tmp_path / "usb").iterdir()} == {"tham-gia.json"}
    take_in(published, stick.code, "mới")
    assert [box.name for box in published.registry.boxes()] == ["nhà văn hóa"]
    assert not list(published.paths.root.glob("usb-*"))


def test_by_a_stick_for_a_box_without_a_network_it_joins(
    admin: Officer, published: Hub, office: Office, home: Path, tmp_path: Path
) -> None:
    fields = {"scope": SCOPE, "name": "nhà văn hóa", "way": "alone"}
    stick = unpack(admin.post("/moi-may/usb", **fields), tmp_path / "usb")
    paths = StationPaths(home, home / ".state")

    StickJoining(deliveries(paths), tmp_path / "usb", stick).join()

    membership = read_membership(paths)
    assert membership
    assert membership.accepted.version == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x"},
        {"name": "", "way": "alone"},
        {"name": "x", "way": "code"},
        {"name": "x", "way": "stick", "address": "không phải địa chỉ"},
        {"name": "x", "way": "alone", "village": "ban-la"},
        {"name": "x", "way": "alone", "scope": "xa-khac"},
    ],
)
def test_what_is_wrong_is_told_beside_what_was_typed(admin: Officer, published: Hub, fields: dict[str, str]) -> None:
    answer = admin.post("/moi-may/usb", **{"scope": SCOPE, **fields})

    assert answer.status_code == 422
    assert 'id="wrong"' in answer.text
    assert not published.database.rows("SELECT * FROM invitation")
    assert not list(published.paths.root.glob("usb-*"))


def test_a_commune_is_chosen_and_no_province(admin: Officer, published: Hub, office: Office, tmp_path: Path) -> None:
    open_province(tmp_path, office.stick)
    office.trust("hoa", "pao", parent="tinh-thu")
    for scope in ("tinh-thu", SCOPE):
        published.publish(office.stick, scope)
    published.bells.look()

    page = admin.get("/moi-may/usb?cap=tinh-thu").text

    assert "Thôn Nà Hoa" in page
    assert 'value="tinh-thu"' not in page
    assert admin.get("/moi-may/usb?cap=xa-khac").status_code == 404


def test_by_a_code_another_box_takes_the_place_of_one_that_is_let_in_no_more(
    admin: Officer, published: Hub, old: JoinedBox
) -> None:
    path = f"/may/{old.id}/thay"
    assert path in admin.get(f"/may/{old.id}").text
    assert "Thôn Nà Hoa" in admin.get(path).text
    assert admin.post(path, way="code").status_code == 422  # nothing was ticked

    page = admin.post(path, way="code", sure="1").text
    code = page.partition('<p class="said">')[2].partition("<")[0]

    assert f"{code} --replace {old.id}" in page
    assert not published.registry.box(old.id).revoked
    assert take_in(published, code, "mới", old.id) == BOX_YAML
    assert published.registry.box(old.id).revoked
    assert [box.name for box in published.registry.boxes() if not box.revoked] == ["máy box"]


@pytest.mark.parametrize("way", ["stick", "alone"])
def test_by_a_stick_too_with_what_the_old_one_plays(admin: Officer, old: JoinedBox, tmp_path: Path, way: str) -> None:
    stick = unpack(admin.post(f"/may/{old.id}/thay", way=way, sure="1"), tmp_path / "usb")

    assert (stick.box, stick.replaces, stick.box_yaml) == ("máy box", old.id, BOX_YAML)
    assert bool(stick.code) == (way == "stick")
    assert (tmp_path / "usb" / "v1").is_dir() == (way == "alone")


def test_that_a_box_has_never_told_what_it_plays_is_told(admin: Officer, published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path)

    assert "chưa lần nào báo về cấu hình" in admin.get(f"/may/{box.id}/thay").text


def test_the_password_is_typed_first_and_acts_are_noted(
    admin: Officer, old: JoinedBox, clock: FakeClock, people: Officers
) -> None:
    paths = ("/moi-may/usb", f"/may/{old.id}/thay")
    admin.post(paths[0], scope=SCOPE, name="x", way="alone")
    admin.post(paths[1], way="code", sure="1")
    acts = admin.get("/nhat-ky/thao-tac").text
    assert "làm USB để thêm máy" in acts
    assert "cho máy khác thay một máy" in acts
    clock.advance(3600)

    for path in paths:
        assert admin.get(path).headers["location"] == f"/xac-nhan?den={path}"
        assert admin.post(path, scope=SCOPE, name="x", way="alone", sure="1").status_code == 409
    viewer = people.officer(Role.VIEW)
    assert "/thay" not in viewer.get(f"/may/{old.id}").text


@pytest.mark.skipif(not FOUND, reason="needs openssl")
def test_whose_browser_runs_on_the_hub_writes_no_stick_that_leads_a_box_to_itself(published: Hub) -> None:
    published.bells.look()
    need_certificate(published.paths, ("loa.laocai.gov.vn",))
    with open_pages(published, "localhost") as officers:
        page = officers.officer(Role.ADMIN).get("/moi-may/usb", host="localhost:8443").text

    assert 'value="loa.laocai.gov.vn:8443"' in page
