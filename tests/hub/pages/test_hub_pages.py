"""The hub's pages: who may see them, how boxes are, what became of each bulletin and of each alert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from anyio.from_thread import start_blocking_portal
from harness.hub_boxes import JoinedBox, enrol, registered
from harness.office import NOW, SCOPE, Office, open_province
from harness.officers import PASSWORD, QUICK, Officers
from harness.signing import make_alert, signed
from harness.site_client import SiteClient
from prometheus_client.parser import text_string_to_metric_families as parse

from loudspeaker.clock import FakeClock
from loudspeaker.fleet.topics import BoxHealth, HeldVersions, Presence, Receipt, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_app import create_hub_app
from loudspeaker.hub.hub_site import HUB_MAP, HubSite, routes
from loudspeaker.hub.watch.incident_watch import IncidentWatch
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.model.board import HealthRow
from loudspeaker.model.enums import Verdict
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.console import Console
from loudspeaker.web.guard import MAY, Task

ADDRESS = "https://127.0.0.1:8443"
THERE = Presence(True, "0.1", {SCOPE: HeldVersions(2, 1)})


@pytest.fixture
def people(published: Hub) -> Iterator[Officers]:
    """Those who use the pages of a hub that serves one commune."""
    published.bells.look()
    pages = HubSite.open(published, language="vi", hashes=QUICK)
    app = create_hub_app(published, pages.create_app())
    with start_blocking_portal() as portal:
        yield Officers(cast(Console, pages), portal, ADDRESS, app)
    pages.close()


def say(hub: Hub, box: JoinedBox, kind: TopicKind, message: Presence | Receipt | BoxHealth, minutes: int = 0) -> None:
    said = SaidMessage(str(Topic(kind, box.id)), format_message(message))
    keep_messages(hub.database, [said], NOW + timedelta(minutes=minutes))


def text_of(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<main")[2]).split())


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert routes().keys() == HUB_MAP.needs.keys()
    assert {route.partition(" ")[0] for route in HUB_MAP.needs} == {"GET", "POST"}
    assert all(f"GET {address}" in HUB_MAP.needs for address, _ in (*HUB_MAP.navigation, *HUB_MAP.more))


def test_nobody_sees_a_page_without_logging_in_or_without_the_right(people: Officers, clock: FakeClock) -> None:
    """At one hub: whoever is refused changes nothing."""
    viewer, stranger = people.officer(Role.VIEW), people.stranger()
    for route, task in ((route, task) for route, task in HUB_MAP.needs.items() if task):
        clock.advance(1)  # nobody asks for so many at once
        method, path = route.split(" ")
        path = re.sub(r"\{[^}]*\}", "x", path)

        assert stranger.client.request(method, path).status_code == (303 if method == "GET" else 401), route
        if Role.VIEW not in MAY[cast(Task, task)]:
            assert (viewer.get(path) if method == "GET" else viewer.post(path)).status_code == 403, route


def test_the_first_person_comes_in_by_a_link(people: Officers, published: Hub) -> None:
    stranger = people.stranger()
    assert stranger.get("/").headers["location"] == "/bat-dau"
    code = people.console.site.accounts.make_link()
    fields = {"code": code, "name": "Lan", "login": "lan", "password": PASSWORD, "again": PASSWORD}

    assert "loudspeaker-hub link" in stranger.get("/bat-dau").text
    assert stranger.post("/bat-dau", **fields).status_code == 303
    assert stranger.get("/").status_code == 200
    assert stranger.client.get("/v1/join").status_code == 404  # an address of the hub is no page


def test_the_door_names_the_highest_office_and_of_unrelated_ones_none(
    people: Officers, published: Hub, office: Office, tmp_path: Path
) -> None:
    def door() -> str:
        published.bells.look()
        people.officer(Role.VIEW)  # somebody has a password
        return people.stranger().get("/vao").text

    assert "<h1>Máy chủ truyền thanh Xã Thử</h1>" in door()
    open_province(tmp_path, office.stick)
    published.publish(office.stick, "tinh-thu")
    unrelated = door()
    assert "<h1>Máy chủ truyền thanh</h1>" in unrelated
    assert "<title>Đăng nhập</title>" in unrelated
    assert not any(name in unrelated for name in ("Xã Thử", "Tỉnh Thử"))
    assert "Máy chủ truyền thanh Xã Thử" in people.officer(Role.VIEW, scope=SCOPE).get("/them").text  # as it is theirs
    office.trust("hoa", "pao", parent="tinh-thu", hub=published.key.public)
    published.publish(office.stick, SCOPE)
    assert "<h1>Máy chủ truyền thanh Tỉnh Thử</h1>" in door()


def test_files_of_boxes_are_served_beside_the_pages_and_pages_to_own_names_only(people: Officers) -> None:
    client = people.stranger().client

    assert client.get(f"/v1/{SCOPE}/manifest.json", headers={"host": "anything"}).status_code == 200
    assert client.get("/vao", headers={"host": "evil.example"}).status_code == 421


def test_how_each_box_is_is_told_in_a_word(people: Officers, published: Hub, tmp_path: Path) -> None:
    well, silent, behind, unwell, forked, new = (
        enrol(published, tmp_path, name) for name in ("tốt", "im", "chậm", "hỏng", "sai", "mới")
    )
    for box in (well, silent, unwell, forked):
        say(published, box, TopicKind.PRESENCE, THERE)
    say(published, behind, TopicKind.PRESENCE, Presence(True, "0.1", {SCOPE: HeldVersions(1, 0)}))
    say(published, silent, TopicKind.PRESENCE, Presence(False), 5)
    say(published, unwell, TopicKind.HEALTH, BoxHealth("0.1", NOW, (HealthRow("card âm thanh", "không có", True),)))
    with published.database.change() as connection:
        connection.execute("INSERT INTO refused_log VALUES (?, ?, 'why', 'fork')", (forked.id, "2026"))

    page = text_of(people.officer(Role.VIEW).get("/").text)

    for name, word in (
        ("tốt", "Bình thường"),
        ("im", "Mất liên lạc mất liên lạc từ 05:05"),
        ("chậm", "Chưa nhận bản mới"),
        ("hỏng", "Không phát được"),
        ("sai", "Không dùng được nhật ký"),
        ("mới", "Chưa nối lần nào"),
    ):
        assert re.search(rf"máy {name} Thôn Nà Hoa {word}", page), (name, page)
    assert page.index("máy im") < page.index("máy tốt")
    assert "1 mất liên lạc · 1 không dùng được nhật ký · 1 không phát được" in page
    told = people.officer(Role.VIEW).get(f"/may/{unwell.id}").text
    assert "Card âm thanh: không có" in text_of(told)
    assert new.id in people.officer(Role.VIEW).get(f"/may/{new.id}").text


def test_what_became_of_a_bulletin_is_told_for_each_village(people: Officers, published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path, villages=["na-hoa"])
    box.air("na-hoa")
    box.air("na-hoa", 5, Verdict.MISSED_OFF)
    published.intake.accept(registered(published, box), box.segment())
    viewer = people.officer(Role.VIEW)

    listed = text_of(viewer.get("/cong-van").text)
    once, twice = (text_of(viewer.get(f"/cong-van/tin-sang?so-lan={asked}").text) for asked in (1, 2))

    assert re.search(r"Tin sáng.* 1 lượt ở 1 thôn, gần nhất 05:00", listed)
    assert "1/2 thôn đã phát đủ 1 lượt · 0 thôn chưa đủ · 1 thôn chưa có nhật ký" in once
    assert "0/2 thôn đã phát đủ 2 lượt · 1 thôn chưa đủ" in twice
    assert re.search(r"Thôn Nà Hoa .*mất điện.* ×1 ✓ 1 lượt, gần nhất 05:00", once)
    assert once.index("Suối Trát") < once.index("Nà Hoa")


def test_a_province_sees_its_communes_and_behind_each_the_villages(
    people: Officers, published: Hub, office: Office, tmp_path: Path
) -> None:
    open_province(tmp_path, office.stick)
    office.trust("hoa", "pao", parent="tinh-thu")
    for scope in ("tinh-thu", SCOPE):
        published.publish(office.stick, scope)
    published.bells.look()
    box = enrol(published, tmp_path, villages=["na-hoa"])
    box.air("na-hoa", bulletin="bao-so-5@tinh-thu")
    published.intake.accept(registered(published, box), box.segment())
    viewer = people.officer(Role.VIEW)

    assert "Máy chủ truyền thanh Tỉnh Thử" in viewer.get("/").text
    listed = viewer.get("/cong-van").text
    assert "Bão số 5" in listed
    assert 'value="tinh-thu" selected' in listed
    page = text_of(viewer.get("/cong-van/bao-so-5?cap=tinh-thu").text)
    assert "1/2 thôn đã phát đủ 1 lượt" in page
    assert "Thôn Nà Hoa" in page


def test_how_far_boxes_have_come_with_an_alert_is_told(
    people: Officers, published: Hub, office: Office, tmp_path: Path
) -> None:
    alert = make_alert(1, scope=SCOPE, issued=NOW, until=NOW.replace(hour=9))
    path = office.own / "alert" / "1.json"
    path.parent.mkdir()
    path.write_bytes(format_envelope(signed(seal(alert), "hoa", "pao")))
    published.publish(office.stick, SCOPE)
    published.bells.look()
    heard, silent = enrol(published, tmp_path, "một"), enrol(published, tmp_path, "hai")
    for state in (AlertState.PREPARED, AlertState.AIRED):
        say(published, heard, TopicKind.RECEIPT, Receipt(alert.id, state, NOW))
    viewer = people.officer(Role.VIEW)

    assert "1 đã phát" in text_of(viewer.get("/lenh").text)
    page = text_of(viewer.get(f"/lenh/{alert.id}").text)

    assert "máy một Xã Thử Đã phát 05:00:00" in page
    assert page.index("máy hai Xã Thử ✗ chưa trả lời") < page.index("máy một")
    assert viewer.get(f"/lenh/{SCOPE}/9").status_code == 404
    assert silent.id in viewer.get(f"/lenh/{alert.id}").text


def test_a_box_is_invited_and_revoked_by_whoever_may_and_that_is_noted(
    people: Officers, published: Hub, tmp_path: Path, clock: FakeClock
) -> None:
    admin = people.officer(Role.ADMIN)
    made = admin.post("/moi-may", scope=SCOPE, name="nhà văn hóa").text
    assert re.search(r"loudspeaker fleet join 127.0.0.1:8443 (\w{4}-){3}\w{4}", made)
    assert admin.post("/moi-may", scope="xa-khac", name="x").status_code == 422

    box = enrol(published, tmp_path)
    assert admin.post(f"/may/{box.id}/thu-hoi").status_code == 422
    assert not published.board().box(box.id).revoked
    assert admin.post(f"/may/{box.id}/thu-hoi", sure="1").status_code == 303
    assert published.board().box(box.id).revoked
    acts = text_of(admin.get("/nhat-ky/thao-tac").text)
    assert "thu hồi máy" in acts
    assert "tạo mã để thêm máy" in acts
    clock.advance(3600)
    assert admin.post("/moi-may", scope=SCOPE).status_code == 409  # the password was typed long ago


@pytest.mark.parametrize("path", ["/xa/xa-khac", "/may/b-00000000", "/cong-van?cap=xa-khac", "/lenh/xa-khac/1"])
def test_what_is_not_there_is_told(people: Officers, path: str) -> None:
    assert people.officer(Role.VIEW).get(path).status_code == 404


def test_a_hub_that_serves_nothing_yet_shows_empty_pages(tmp_path: Path, hub: Hub) -> None:
    pages = HubSite.open(hub, language="vi", hashes=QUICK)
    viewer = Officers(cast(Console, pages), host=ADDRESS, app=pages.create_app()).officer(Role.VIEW)

    assert "Chưa có máy nào" in text_of(viewer.get("/").text)
    assert [viewer.get(path).status_code for path in ("/cong-van", "/lenh", "/them")] == [200] * 3
    pages.close()


def test_figures_are_for_this_machine_and_count_boxes_by_how_they_are(
    people: Officers, published: Hub, tmp_path: Path
) -> None:
    say(published, enrol(published, tmp_path, "một"), TopicKind.PRESENCE, THERE)
    enrol(published, tmp_path, "hai")
    published.contact.lost = NOW
    client = people.stranger().client
    here = SiteClient(client.app, ADDRESS, people.portal, ("127.0.0.1", 50_000))

    text = here.get("/metrics").text
    figures = {sample.name + str(sample.labels): sample.value for one in parse(text) for sample in one.samples}

    assert figures["loudspeaker_hub_boxes{'condition': 'well'}"] == 1
    assert figures["loudspeaker_hub_boxes{'condition': 'never-there'}"] == 1
    assert figures["loudspeaker_hub_broker_connected{}"] == 0
    assert figures["loudspeaker_hub_incidents{'kind': 'silent-box'}"] == 0
    assert client.get("/metrics").status_code == 401  # from elsewhere, without a token


def test_incidents_stand_above_every_page_until_they_are_over(
    people: Officers, published: Hub, tmp_path: Path, clock: FakeClock
) -> None:
    box, viewer = enrol(published, tmp_path), people.officer(Role.VIEW)
    clock.advance(3 * 3600)
    say(published, box, TopicKind.PRESENCE, Presence(False))
    IncidentWatch(published, people.console.site.translate).look()

    assert "1 sự cố chưa hết" in viewer.get("/them").text
    assert "Máy box của Xã Thử mất liên lạc từ 05:00 24/11" in text_of(viewer.get("/su-co").text)
    say(published, box, TopicKind.PRESENCE, THERE, 5)
    IncidentWatch(published, people.console.site.translate).look()
    assert "sự cố chưa hết" not in viewer.get("/them").text
    assert "Máy box của Xã Thử đã nối lại hết từ 08:00" in text_of(viewer.get("/su-co").text)
