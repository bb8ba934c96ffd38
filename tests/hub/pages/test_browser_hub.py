"""The hub's pages in Chromium, over TLS: accessible, nothing from elsewhere, as wide as a telephone and as a desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zipfile import ZipFile

import pytest
from harness.browser import (
    PHONE,
    Stage,
    Visitor,
    axe_violations,
    new_page,
    running_chromium,
    small_targets,
    some_widths,
    visiting,
)
from harness.certificates import FOUND
from harness.every_page import look, looking
from harness.hub_boxes import enrol, registered
from harness.hub_pages import serving
from harness.office import NOW, SCOPE, open_office, open_province
from harness.officers import PASSWORD, QUICK
from harness.signing import make_alert, signed
from harness.small_commune import write_small_commune

from loudspeaker.clock import FakeClock
from loudspeaker.fleet.topics import BoxHealth, HeldVersions, Presence, Receipt, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_paths import need_certificate
from loudspeaker.hub.hub_process import prepare_broker
from loudspeaker.hub.hub_site import HubSite
from loudspeaker.hub.watch.incidents import IncidentBook, IncidentKind, Trouble
from loudspeaker.i18n import translator
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.model.board import HealthRow
from loudspeaker.model.enums import Verdict
from loudspeaker.station.signing.packing import pack_files
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import Cadence
from loudspeaker.web.access.accounts import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sampled,
    pytest.mark.skipif(not FOUND, reason="needs openssl"),
    pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning"),
]


BOX = "plays: {na-hoa: loa}\noutputs: {loa: {device: file}}\n"


@dataclass(frozen=True)
class HubStage:
    """Where its pages are, and the id of a box that is unwell."""

    address: str
    box: str


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubStage]:
    """A hub of a province with one commune and three boxes: one well, one silent, one that cannot air anything."""
    folder = tmp_path_factory.mktemp("hub")
    write_small_commune(folder / "dai")
    with closing(Hub.open(folder / "hub", FakeClock(NOW))) as hub:
        need_certificate(hub.paths, ("localhost",))
        prepare_broker(hub)
        box = fill(hub, folder)
        with closing(HubSite.open(hub, hashes=QUICK)) as pages, serving(hub, pages) as port:
            code = pages.site.accounts.add("all", "Chị Lan", Role)
            pages.site.accounts.use_link(code, PASSWORD, "test")
            yield HubStage(f"https://localhost:{port}", box)


def fill(hub: Hub, folder: Path) -> str:
    """What boxes have said and sent; the id of the one that is unwell."""
    office = open_office(folder / "dai", folder)
    province = open_province(folder, office.stick)
    office.trust("hoa", "pao", parent="tinh-thu", hub=hub.key.public)
    words = {"text": "Nước dâng", "spoken": "Nước dâng", "again": Cadence(7200.0, NOW.replace(hour=9))}
    alert = make_alert(1, scope=SCOPE, issued=NOW, until=NOW.replace(hour=9), **words)
    path = office.own / "alert" / "1.json"
    path.parent.mkdir()
    path.write_bytes(format_envelope(signed(seal(alert), "hoa", "pao")))
    for scope in ("tinh-thu", SCOPE):
        hub.publish(office.stick, scope)
    hub.bells.look()
    entry = "{bulletin: bao-so-5, level: priority, at: ['22:30', '05:40']}"
    province.write("schedules/tinh-thu.yaml", f"broadcasts: [{entry}]\n")
    pack_files(province.home, province.stick, "tinh-thu", NOW, True)
    hub.drafts.propose(province.stick, "tinh-thu")
    well, silent, unwell = (enrol(hub, folder, name, ["na-hoa"]) for name in ("trường học", "chợ", "nhà văn hóa"))
    there = Presence(True, "0.1", {SCOPE: HeldVersions(2, 1)})
    health = BoxHealth("0.1", NOW, (HealthRow("card âm thanh", "không thấy card", True),), box_yaml=BOX)
    well.air("na-hoa", bulletin="bao-so-5@tinh-thu")
    well.air("na-hoa", 9, Verdict.MISSED_OFF)
    hub.intake.accept(registered(hub, well), well.segment())
    said = [
        *((box.id, TopicKind.PRESENCE, there) for box in (well, unwell)),
        (silent.id, TopicKind.PRESENCE, Presence(False)),
        (unwell.id, TopicKind.HEALTH, health),
        (well.id, TopicKind.RECEIPT, Receipt(alert.id, AlertState.AIRED, NOW, times=2)),
    ]
    messages = [SaidMessage(str(Topic(kind, box)), format_message(message)) for box, kind, message in said]
    keep_messages(hub.database, messages, NOW - timedelta(minutes=20))
    book, by_day = IncidentBook(hub.database, translator("vi")), NOW.replace(hour=8)
    names = {"box": "máy chợ", "commune": "Xã Thử", "villages": "Thôn Nà Hoa", "at": "04:40 24/11"}
    lost = Trouble(IncidentKind.LOST_BROKER, "", {"at": "04:00 24/11"})
    book.note([lost], by_day)
    book.note([Trouble(IncidentKind.SILENT_BOX, silent.id, names)], by_day)
    return unwell.id


@pytest.fixture(params=some_widths())
def visitor(request: pytest.FixtureRequest, chromium: Any, stage: HubStage) -> Iterator[Visitor]:
    with visiting(chromium, cast(Stage, stage), "all", request.param) as found:
        yield found


PAGES = (
    *("/", f"/xa/{SCOPE}", "/may/{box}", "/cong-van", "/cong-van/bao-so-5?cap=tinh-thu", f"/cong-van?cap={SCOPE}"),
    *("/lenh", f"/lenh/{SCOPE}/1", f"/lenh/moi?cap={SCOPE}&thay=1", f"/lenh/moi?cap={SCOPE}&ban=lu-quet"),
    *(
        f"/lenh/moi?cap={SCOPE}",
        f"/lenh/kiem-tra?cap={SCOPE}",
        f"/lenh/dung?cap={SCOPE}",
        f"/lenh/phat?cap={SCOPE}&ban=nhac",
        f"/danh-sach-khoa?cap={SCOPE}",
    ),
    "/ky/tinh-thu",
    "/lenh/moi?cap=tinh-thu",
    *("/moi-may/usb", "/may/{box}/thay"),
    *("/su-co", "/moi-may", "/them", "/cai-dat/nguoi", "/nhat-ky/thao-tac", "/mat-may"),
)


def test_every_page_is_accessible_and_fits(chromium: Any, stage: HubStage) -> None:
    with looking(chromium, cast(Stage, stage), "all") as visitor:
        found = look(visitor, [path.format(box=stage.box) for path in PAGES])

    assert "\n".join(found) == ""


def test_somebody_logs_in(chromium: Any, stage: HubStage) -> None:
    with new_page(chromium, PHONE) as page:
        person = Visitor(page, cast(Stage, stage))
        person.log_in("all")
        assert page.url == f"{stage.address}/"
        assert person.seen.wrong == []


def test_the_plan_of_a_draft_comes_by_itself_and_opens_to_the_communes_that_do_not_hear_it(visitor: Visitor) -> None:
    visitor.open("/ky/tinh-thu")
    visitor.page.locator("#plan").wait_for()
    visitor.press(visitor.page.locator("summary", has_text="1 xã chỉ phát ở một số thôn"))

    assert "Xã Thử" in visitor.page.inner_text("#plan")
    assert axe_violations(visitor.page) == []
    assert small_targets(visitor.page) == []


def test_the_board_renews_itself_and_leads_to_the_box_that_is_unwell(chromium: Any, stage: HubStage) -> None:
    with looking(chromium, cast(Stage, stage), "all") as visitor:  # its page goes by a clock of its own
        visitor.page.clock.install()
        visitor.open("/")
        with visitor.page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
            visitor.page.clock.fast_forward(31_000)
        visitor.tap("máy nhà văn hóa", "link")

        assert visitor.page.url.endswith(f"/may/{stage.box}")
        assert "không thấy card" in visitor.page.inner_text("main")


def test_a_stick_is_made_by_the_keyboard_alone(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    visitor.open(f"/moi-may/usb?cap={SCOPE}")
    page.get_by_label("Tên thường gọi của máy").focus()
    page.keyboard.type("máy chợ")
    for _ in range(2):
        page.keyboard.press("Tab")  # villages, of which the first is ticked
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.type") != "radio":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # without a network
    with page.expect_download() as download:
        page.keyboard.press("Enter")

    assert download.value.suggested_filename == f"usb-{SCOPE}.zip"
    with ZipFile(download.value.path()) as packed:
        stick = json.loads(packed.read("tham-gia.json"))
        assert f"v1/{SCOPE}/manifest.json" in packed.namelist()
    assert (stick["box"], len(stick["villages"]), stick["code"]) == ("máy chợ", 1, "")
