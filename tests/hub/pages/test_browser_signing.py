"""An officer's passkey in Chromium, of a telephone that is made up: it is made at the hub's page, and signs there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from harness.browser import WIDTHS, Stage, Visitor, axe_violations, running_chromium, small_targets, some_widths
from harness.certificates import FOUND
from harness.hub_boxes import open_hub
from harness.hub_pages import serving
from harness.office import NOW, SCOPE, Office, open_office
from harness.officers import PASSWORD, QUICK
from harness.signing import PEOPLE
from harness.small_commune import write_small_commune

from loudspeaker.clock import FakeClock
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_paths import need_certificate
from loudspeaker.hub.hub_site import HubSite
from loudspeaker.hub.published_files import read_published
from loudspeaker.station.signing.packing import pack_files, write_trust
from loudspeaker.trust.signed_documents import AlertKind
from loudspeaker.web.access.accounts import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sampled,
    pytest.mark.skipif(not FOUND, reason="needs openssl"),
    pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning"),
]
TELEPHONE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
EXPECTED = (  # what the browser tells besides
    "Failed to load resource",  # an answer of 422
    "pubKeyCredParams is missing",  # on purpose: of RS256 no signature is believed
)


@dataclass(frozen=True)
class SigningStage:
    """A hub that serves a commune, and the commune's office."""

    address: str
    hub: Hub
    office: Office

    def name(self, visitor: Visitor) -> None:
        """The next trust document names the passkeys that were made here, beside the key files."""
        keys = [*(PEOPLE[name].public for name in ("hoa", "pao", "ly")), *(one.key for one in self.hub.passkeys.all())]
        _, path = write_trust(self.office.stick, SCOPE, keys, NOW)
        self.office.sign(path, "hoa", "pao")
        self.hub.publish(self.office.stick, SCOPE)
        self.hub.bells.look()

    def propose(self, text: str) -> None:
        """Have a bulletin's new text wait for a signature."""
        self.office.write("bulletins/tin-sang.md", f"---\ntitle: Tin sáng\n---\n{text}\n")
        pack_files(self.office.home, self.office.stick, SCOPE, NOW)
        self.hub.drafts.propose(self.office.stick, SCOPE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SigningStage]:
    write_small_commune(tmp_path / "dai")
    with closing(open_hub(tmp_path / "hub", FakeClock(NOW))) as hub:
        need_certificate(hub.paths, ("localhost",))
        office = open_office(tmp_path / "dai", tmp_path)
        hub.publish(office.stick, SCOPE)
        hub.bells.look()
        with closing(HubSite.open(hub, hashes=QUICK)) as pages, serving(hub, pages) as port:
            for login, name in (("hoa", "Chị Hoa, VH-XH"), ("pao", "Anh Páo, trực ban")):
                code = pages.site.accounts.add(login, name, Role)
                pages.site.accounts.use_link(code, PASSWORD, "test")
            yield SigningStage(f"https://localhost:{port}", hub, office)


class Telephone:
    """A person's own browser, with a passkey store of its own."""

    def __init__(self, chromium: Any, stage: SigningStage, login: str, width: str) -> None:
        self.context = chromium.new_context(viewport=WIDTHS[width], locale="vi-VN", ignore_https_errors=True)
        self.visitor = Visitor(self.context.new_page(), cast(Stage, stage))
        self.page = self.visitor.page
        self.devtools = self.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        options = {**TELEPHONE, "isUserVerified": True, "automaticPresenceSimulation": True}
        self.id = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        self.visitor.sign_in(login)

    def refuse(self) -> None:
        """From now on its owner does not unlock it."""
        self.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})

    def unlock(self) -> None:
        self.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": True})

    def make_passkey(self) -> None:
        self.visitor.open("/khoa-ky")
        self.visitor.tap("Tạo khóa ký trên thiết bị này")
        self.page.get_by_text("chưa có trong danh sách khóa nào").wait_for()

    def check(self) -> None:
        """The page that is open is accessible and fits."""
        assert axe_violations(self.page) == []
        assert small_targets(self.page) == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(params=some_widths())
def telephone(request: pytest.FixtureRequest, chromium: Any, stage: SigningStage) -> Iterator[Telephone]:
    made = Telephone(chromium, stage, "hoa", request.param)
    yield made
    made.context.close()
    wrong = [told for told in made.visitor.seen.wrong if not any(one in told for one in EXPECTED)]
    assert wrong == [], wrong


def test_a_new_passkey_signs_the_words_that_are_shown_and_they_are_published(
    telephone: Telephone, stage: SigningStage
) -> None:
    page = telephone.page
    telephone.make_passkey()
    telephone.check()
    stage.name(telephone.visitor)
    stage.propose("Hôm nay 25/11 trời mưa.")
    telephone.visitor.open("/khoa-ky")
    assert "được ký bản tin và lịch phát" in page.inner_text("main")

    telephone.visitor.open("/ky")
    telephone.check()
    telephone.visitor.tap("Xã Thử: bản tin và lịch phát, bản số 2", "link")
    telephone.check()
    assert "\nHôm nay ngày hai mươi lăm tháng mười một trời mưa.\n" in page.inner_text("main")
    telephone.visitor.tap("Ký bằng khóa ký")
    page.get_by_text("Đã phát hành bản tin và lịch phát số 2 của Xã Thử").wait_for()
    telephone.check()

    published = read_published(stage.hub.paths.root, SCOPE)
    assert published.manifest
    assert published.manifest.version == 2
    assert stage.hub.drafts.all() == []


def test_two_people_air_an_alarm_from_two_telephones(chromium: Any, stage: SigningStage) -> None:
    hoa, pao = Telephone(chromium, stage, "hoa", "phone"), Telephone(chromium, stage, "pao", "desk")
    for one in (hoa, pao):
        one.make_passkey()
    stage.name(hoa.visitor)

    hoa.visitor.open("/lenh/moi")
    hoa.check()
    hoa.page.fill("#text", "Nước suối đang dâng 2 m!")
    hoa.visitor.tap("Xem lại ›")
    hoa.page.get_by_text("“Nước suối đang dâng hai mét!”").wait_for()
    hoa.check()
    hoa.refuse()
    hoa.visitor.tap("Ký bằng khóa ký")
    hoa.page.get_by_text("Chưa làm gì").wait_for()
    assert stage.hub.alerts.all(SCOPE) == []
    hoa.unlock()
    hoa.visitor.tap("Ký bằng khóa ký")
    hoa.page.get_by_text("còn thiếu 1 chữ ký", exact=False).wait_for()
    hoa.check()
    assert [one.missing for one in stage.hub.alerts.all(SCOPE)] == [1]

    pao.visitor.open("/lenh")
    pao.check()
    pao.visitor.tap(f"{SCOPE}/1", "link")
    pao.visitor.tap("Xem lại và ký ›", "link")
    pao.check()
    pao.visitor.tap("Ký: PHÁT RA 2 THÔN")
    pao.page.wait_for_url(f"**/lenh/{SCOPE}/1")
    (aired,) = stage.hub.alerts.all(SCOPE)
    assert (aired.missing, aired.persons) == (0, {"hoa", "pao"})

    pao.visitor.tap("Kết thúc lệnh này…", "link")
    pao.check()
    pao.visitor.open("/lenh")
    pao.visitor.tap("■ Dừng phát…", "link")
    pao.check()
    pao.visitor.tap("Ký: DỪNG NGAY")
    pao.page.wait_for_url(f"**/lenh/{SCOPE}/2")
    assert [(one.document.kind, one.missing) for one in stage.hub.alerts.all(SCOPE)][1:] == [(AlertKind.STOP, 0)]
    for one in (hoa, pao):
        one.context.close()


def test_two_people_take_a_key_away_from_two_telephones(chromium: Any, stage: SigningStage) -> None:
    hoa, pao = Telephone(chromium, stage, "hoa", "phone"), Telephone(chromium, stage, "pao", "desk")
    for one in (hoa, pao):
        one.make_passkey()
    stage.name(hoa.visitor)

    hoa.visitor.open("/danh-sach-khoa")
    hoa.check()
    hoa.page.get_by_label("Hủy quyền ký của khóa này: Ly").check()
    hoa.visitor.tap("Xem lại ›")
    hoa.page.get_by_text("Ly không còn được ký gì").wait_for()
    hoa.check()
    hoa.visitor.tap("Ký danh sách khóa")
    hoa.page.get_by_text("còn thiếu 1 chữ ký", exact=False).wait_for()

    pao.visitor.open("/danh-sach-khoa")
    pao.visitor.tap("Xem lại và ký ›", "link")
    pao.check()
    pao.visitor.tap("Ký danh sách khóa")
    pao.page.get_by_text("danh sách khóa số 3 có hiệu lực", exact=False).wait_for()
    pao.check()
    people = {key.person for key in read_published(stage.hub.paths.root, SCOPE).trust.keys if key.name != "hub"}
    assert people & {"hoa", "pao", "ly"} == {"hoa", "pao"}
    for one in (hoa, pao):
        one.context.close()
