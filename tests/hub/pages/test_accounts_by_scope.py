"""An account of one commune finds nothing of another: no name, no id, and no sign that there is one.

Every route is walked. One that is new fails here until it has its fields: so none is forgotten.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from harness.hub_boxes import JoinedBox, enrol, open_pages, registered
from harness.office import NOW, SCOPE, Office, open_province
from harness.officers import PASSWORD, Officer, Officers
from harness.signing import PEOPLE, PHONE, make_passkey
from harness.signing import assertion_fields as assertion

from loudspeaker.clock import FakeClock
from loudspeaker.fleet.topics import BoxHealth, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_site import HUB_MAP, OWN, HubSite
from loudspeaker.hub.watch.incidents import IncidentBook, IncidentKind, Trouble
from loudspeaker.i18n import translator
from loudspeaker.model.board import HealthRow
from loudspeaker.station.box.box_key import public_box_key
from loudspeaker.station.signing.alert_packing import AlertDraft
from loudspeaker.station.signing.packing import pack_files, write_trust, write_zip
from loudspeaker.station.signing.trust_changes import TrustWish
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.signed_documents import AlertKind
from loudspeaker.web.access.accounts import Role

OTHER, PROVINCE = "xa-khac", "tinh-thu"
OTHER_FILES = {
    "commune.yaml": f"commune: Xã Khác\nid: {OTHER}\nvoices: [tone:low]\nvillages: [ban-xa]\n",
    "bulletins/tin-khac.md": "---\ntitle: Tin khác\n---\nMời bà con họp.\n",
    "schedules/ban-xa.yaml": "village: Bản Xa\nbroadcasts: []\n",
}
WORDS = AlertDraft(AlertKind.ALERT, "Nước suối đang dâng!", repeat=3, gap=30)
# Of the account itself, or of nobody yet.
ONESELF = {"POST /vao", "POST /ra", "POST /bat-dau", "POST /xac-nhan", "POST /mat-khau", "POST /khoa-ky"}
QUERIES = ("", "?cap={scope}&xa={scope}&mau=lu-quet&ban=lu-quet&thay=1&thon=na-hoa&cach=clear&kiem=1")
NOT_PAGES = {"/vao", "/bat-dau", "/ca.crt", "/phien"}


@dataclass(frozen=True)
class TwoCommunes:
    """A hub of two communes and their province; `parts` name what is the first one's, `fields` fill its forms."""

    hub: Hub
    people: Officers
    box: JoinedBox
    parts: Mapping[str, str]
    fields: Mapping[str, Mapping[str, Any]]
    zip: bytes
    words: frozenset[str]  # that only the first one's things have

    def state(self) -> tuple[str, Mapping[str, str], list[object]]:
        """All that the hub has, but for its log of acts."""
        root = self.hub.paths.root
        files = {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.name.startswith(("console.db", "hub.db"))
        }
        database = "\n".join(map(str, (tuple(row) for table in TABLES for row in self.hub.database.rows(table))))
        accounts = self.people.console.site.accounts
        theirs = [one for one in accounts.accounts() if one.scope == SCOPE]
        return database, files, [theirs, [accounts.log_ins(one.login) for one in theirs], len(accounts.accounts())]


KEPT = "box", "invitation", "passkey", "incident", "scope", "signed_alert", "village_told"
TABLES = [f"SELECT * FROM {name}" for name in KEPT]


@pytest.fixture
def both(published: Hub, office: Office, tmp_path: Path) -> Iterator[TwoCommunes]:
    """The first commune has one of everything."""
    hub = published
    open_province(tmp_path, office.stick)
    keys = [*(PEOPLE[name].public for name in ("hoa", "pao", "ly")), PHONE.public]
    _, path = write_trust(office.stick, SCOPE, keys, NOW, PROVINCE)
    office.sign(path, "hoa", "pao")
    other = open_other(office.stick, tmp_path)
    for one in (PROVINCE, SCOPE, OTHER):
        hub.publish(office.stick, one)
    hub.bells.look()
    files = hub.served_files(SCOPE)
    assert files
    envelope = hub.alerts.write(SCOPE, WORDS, files)
    made = PHONE.sign(envelope).signatures[-1]
    assert made.assertion
    hub.alerts.sign(envelope, made.value, made.assertion)
    hub.bells.look()
    box, neighbour = enrol(hub, tmp_path, "một", ["na-hoa"]), enrol(hub, tmp_path, "khác", ["ban-xa"], OTHER)
    box.air("na-hoa")
    hub.intake.accept(registered(hub, box), box.segment())
    health = BoxHealth("0.1", NOW, (HealthRow("card âm thanh", "không thấy card", True),))
    keep_messages(hub.database, [SaidMessage(str(Topic(TopicKind.HEALTH, box.id)), format_message(health))], NOW)
    note_incidents(hub, box, neighbour)
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\n---\nHôm nay trời mưa.\n")
    pack_files(office.home, office.stick, SCOPE, NOW)
    hub.drafts.propose(office.stick, SCOPE)
    write_zip(office.stick, SCOPE, tmp_path / "usb.zip")
    hub.passkeys.add("lanthu", "abc", PHONE.public)
    hub.trust_drafts.propose(SCOPE, TrustWish(boxes=(public_box_key(box.key.public.public),)))
    with open_pages(hub) as people:
        yield describe(hub, people, box, (tmp_path / "usb.zip").read_bytes())
    assert other.scope == OTHER


def open_other(stick: Path, folder: Path) -> Office:
    """The second commune, which publishes on the same stick."""
    other = Office(folder / "other", stick, OTHER)
    for name, text in OTHER_FILES.items():
        (other.home / name).parent.mkdir(parents=True, exist_ok=True)
        other.write(name, text)
    other.trust("sua", "vang", people=("sua", "vang", "mai"), parent=PROVINCE)
    other.publish("sua", "vang")
    return other


def note_incidents(hub: Hub, box: JoinedBox, neighbour: JoinedBox) -> None:
    """One of a box of each, one of an alert and one of a version of the first, and one of the hub itself."""
    names = {"commune": "Xã Thử", "villages": "Thôn Nà Hoa", "at": "04:40 24/11"}
    count = {"count": "1", "all": "1", "boxes": "máy một (Xã Thử)"}
    other = {"box": "máy khác", "commune": "Xã Khác", "villages": "Bản Xa", "at": "04:40 24/11"}
    found = [
        Trouble(IncidentKind.SILENT_BOX, box.id, {"box": "máy một", **names}),
        Trouble(IncidentKind.SILENT_BOX, neighbour.id, other),
        Trouble(IncidentKind.MISSED_ALERT, f"{SCOPE}/1", {"alert": f"{SCOPE}/1", "title": "Nước suối", **count}),
        Trouble(IncidentKind.BAD_VERSION, f"{SCOPE}/1", {"version": "1", "office": "Xã Thử", **count}),
        Trouble(IncidentKind.LOST_BROKER, "", {"at": "04:00 24/11"}),
    ]
    IncidentBook(hub.database, translator("vi")).note(found, NOW)


def describe(hub: Hub, people: Officers, box: JoinedBox, packed: bytes) -> TwoCommunes:
    """What an account of the second commune asks for, knowing every id of the first."""
    accounts = people.console.site.accounts
    accounts.use_link(accounts.add("lanthu", "Lù Thị Lan", Role, SCOPE), PASSWORD, "127.0.0.1")
    session = accounts.log_in("lanthu", PASSWORD, "127.0.0.1", "test")
    draft, alert = hub.drafts.draft(SCOPE), hub.alerts.served_envelope(SCOPE, 1)
    trust = hub.trust_drafts.draft(SCOPE).parts[0]
    assert alert
    parts = {"scope": SCOPE, "box": box.id, "bulletin": "tin-sang", "number": "1", "login": "lanthu"}
    parts |= {"key": PHONE.public.id, "log_in": str(accounts.number_of(session))}
    fields: dict[str, Mapping[str, Any]] = {
        "POST /moi-may": {"scope": SCOPE, "name": "mới"},
        "POST /moi-may/usb": {"scope": SCOPE, "name": "mới", "way": "stick", "address": "loa.vn"},
        "POST /may/{box}/thay": {"way": "code", "sure": "1"},
        "POST /lenh/moi": {"scope": SCOPE, "text": "Cháy rừng!", "village": "*", "repeat": "3"},
        "POST /lenh/ky": {"envelope": format_envelope(alert).decode(), **assertion(alert, PHONE)},
        "POST /lenh/phat": {"envelope": format_envelope(alert).decode(), **assertion(alert, PHONE)},
        "POST /lenh/{scope}/{number}/da-goi": {"village": f"{SCOPE}/na-hoa"},
        "POST /lenh/tai-ve": {"envelope": format_envelope(alert).decode()},
        "POST /lenh/tep": {"envelope": format_envelope(alert).decode()},
        "POST /ky/{scope}/phat-hanh": {},
        "POST /ky/{scope}/tep": {},
        "POST /danh-sach-khoa/{scope}/tep": {},
        "POST /ky/{scope}": {"digest": draft.digest, **assertion(draft.envelope)},
        "POST /ky/{scope}/bo": {"sure": "1"},
        "POST /danh-sach-khoa/{scope}": {"digest": trust.digest, **assertion(trust.envelope)},
        "POST /danh-sach-khoa/{scope}/bo": {"sure": "1"},
        "POST /danh-sach-khoa": {"scope": SCOPE, "without": PHONE.public.id},
        "POST /may/{box}/thu-hoi": {"sure": "1"},
        "POST /khoa-ky/{key}/bo": {"sure": "1"},
        "POST /cai-dat/nguoi": {"login": "moi", "name": "Người Mới", "role": "admin", "scope": SCOPE},
        "POST /cai-dat/phien/{number}/ket-thuc": {},
        "POST /cai-dat/nguoi/{login}/quyen": {"role": "view", "scope": OTHER},
        "POST /cai-dat/nguoi/{login}/ma": {},
        "POST /cai-dat/nguoi/{login}/mo": {},
        "POST /mat-may/{login}": {},
        "POST /cai-dat/nguoi/{login}/xoa": {"sure": "1"},
    }
    names = {"Xã Thử", "Nà Hoa", "Suối Trát", "máy một", "Tin sáng", "Lũ quét", "Nước suối", "trời mưa", "Lù Thị Lan"}
    ids = {SCOPE, box.id, box.key.public.public, PHONE.public.id, "không thấy card"}
    return TwoCommunes(hub, people, box, parts, fields, packed, frozenset(names | ids))


MADE_UP = {
    **{"scope": "xa-khong-co", "box": "b-00000000", "bulletin": "khong-co", "number": "1", "login": "khongco"},
    **{"key": "f" * 16, "log_in": "999"},
}


def fill(path: str, parts: Mapping[str, str]) -> str:
    if path.startswith("/cai-dat/phien/"):
        parts = {**parts, "number": parts["log_in"]}
    return re.sub(r"\{([^}]+)\}", lambda part: parts[part[1]], path)


def blank(text: str, parts: Mapping[str, str]) -> str:
    """An answer without what was asked for, and without what is another each time."""
    for part in sorted((part for part in parts.values() if not part.isdecimal()), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(part)}\b", "·", text, flags=re.IGNORECASE)
    return re.sub(r"Số để báo kỹ thuật[^<]*|value=\"[0-9a-f]{64}\"", "", text)


def pages() -> list[str]:
    paths = [route.removeprefix("GET ") for route in HUB_MAP.needs if route.startswith("GET ")]
    return [path for path in paths if path not in NOT_PAGES]


def everything(officer: Officer, both: TwoCommunes) -> str:
    """All that somebody finds at any page, however it is asked for."""
    clock, found = cast(FakeClock, both.hub.clock), []
    for path in pages():
        for query in QUERIES:
            clock.advance(0.5)  # nobody asks for so many at once
            found.append(officer.get(fill(path, both.parts) + query.format(**both.parts)).text)
    return "\n".join(found)


def test_an_account_of_another_commune_finds_nothing_of_the_first_on_any_page(both: TwoCommunes) -> None:
    stranger, clock = both.people.officer(*Role, scope=OTHER), cast(FakeClock, both.hub.clock)
    for path in pages():
        for query in QUERIES:
            clock.advance(1)
            theirs = stranger.get(fill(path, both.parts) + query.format(**both.parts))
            unknown = stranger.get(fill(path, MADE_UP) + query.format(**MADE_UP))
            same = blank(theirs.text, both.parts), blank(unknown.text, MADE_UP)

            assert [word for word in both.words if word in unknown.text or word in same[0]] == [], path
            assert (theirs.status_code, same[0]) == (unknown.status_code, same[1]), path
            assert theirs.status_code != 403, path


def test_their_own_their_province_and_whoever_sees_everything_find_it(both: TwoCommunes) -> None:
    for scope in (SCOPE, PROVINCE, ""):
        text = everything(both.people.officer(*Role, scope=scope), both)

        own_only = {PHONE.public.id}  # a passkey is its owner's
        assert [word for word in both.words - own_only if word not in text] == [], scope
        assert ("Xã Khác" in text) is (scope != SCOPE)


def test_an_account_of_another_commune_does_nothing_to_the_first(both: TwoCommunes) -> None:
    stranger, own = (both.people.officer(*Role, scope=scope) for scope in (OTHER, SCOPE))
    routes = {route for route in HUB_MAP.needs if route.startswith("POST ")}
    assert routes == both.fields.keys() | ONESELF | {"POST /ky"}
    before = both.state()

    for route, fields in both.fields.items():
        cast(FakeClock, both.hub.clock).advance(1)
        answer = stranger.post(fill(route.removeprefix("POST "), both.parts), **fields)
        assert answer.status_code in (404, 422), route
        assert [word for word in both.words if word in blank(answer.text, both.parts)] == [], route
    signed_file = format_envelope(both.hub.drafts.draft(SCOPE).envelope)
    files = {"/ky": both.zip, f"/ky/{SCOPE}/tep": signed_file, f"/danh-sach-khoa/{SCOPE}/tep": signed_file}
    for path, content in files.items():
        sent = stranger.client.post(path, data={"form_token": stranger.token}, files={"file": ("x", content)})
        assert sent.status_code == 404, path
    assert both.state() == before

    refused = {
        **dict.fromkeys(("POST /lenh/tep", "POST /ky/{scope}/tep", "POST /danh-sach-khoa/{scope}/tep"), 422),
        "POST /lenh/phat": 422,
        "POST /ky/{scope}/phat-hanh": 422,
        "POST /ky/{scope}/bo": 404,
        "POST /khoa-ky/{key}/bo": 404,
    }
    for route, fields in both.fields.items():  # the same forms, sent by those whose it is
        cast(FakeClock, both.hub.clock).advance(1)
        sent_as = {**fields, "scope": SCOPE} if "quyen" in route else fields
        answer = own.post(fill(route.removeprefix("POST "), both.parts), **sent_as)
        assert answer.status_code in (refused.get(route, 200), refused.get(route, 303)), route
    assert both.state() != before


def test_the_province_acts_for_a_commune_where_its_trust_document_names_the_key(both: TwoCommunes) -> None:
    province, draft = both.people.officer(*Role, scope=PROVINCE), both.hub.drafts.draft(SCOPE)
    nobodys = province.post(f"/ky/{SCOPE}", digest=draft.digest, **assertion(draft.envelope, make_passkey("tu")))
    named = province.post(f"/ky/{SCOPE}", digest=draft.digest, **assertion(draft.envelope, PHONE))

    assert (nobodys.status_code, named.status_code) == (422, 200)
    assert "Đã phát hành" in named.text


def test_an_administrator_of_a_commune_lets_people_in_there_and_nowhere_else(both: TwoCommunes) -> None:
    admin, accounts = both.people.officer(Role.ADMIN, scope=SCOPE), both.people.console.site.accounts
    good = {"login": "moi", "name": "Người Mới", "role": "admin"}
    for scope in (OTHER, PROVINCE, ""):
        answer = admin.post("/cai-dat/nguoi", **good, scope=scope)
        assert (answer.status_code, "thuộc phạm vi" in answer.text) == (422, True)
    assert admin.post("/cai-dat/nguoi", **good).status_code == 422  # a form of before has no office
    assert admin.post("/cai-dat/nguoi/lanthu/quyen", role="admin", scope="").status_code == 422

    assert admin.post("/cai-dat/nguoi", **good, scope=SCOPE).status_code == 200
    assert [accounts.account(login).scope for login in ("moi", "lanthu")] == [SCOPE, SCOPE]
    page = both.people.officer(Role.ADMIN, scope=PROVINCE).get("/cai-dat/nguoi").text
    assert '<option value="xa-khac">Xã Khác</option>' in page
    assert "tất cả" not in page  # of everything a province has not the say
    whole = both.people.officer(Role.ADMIN)
    assert '<option value="" selected>tất cả' in whole.get("/cai-dat/nguoi").text
    assert whole.post("/cai-dat/nguoi/lanthu/quyen", role="view").status_code == 303
    assert accounts.account("lanthu").scope == SCOPE  # a form of before changes no office
    assert whole.post("/cai-dat/nguoi/lanthu/quyen", role="view", scope=OTHER).status_code == 303
    assert accounts.account("lanthu").scope == OTHER


def test_acts_are_told_to_their_own_office(both: TwoCommunes) -> None:
    for scope in (SCOPE, OTHER, ""):
        both.people.officer(Role.ADMIN, scope=scope).post("/mat-may/khongco")
    told = {
        scope: both.people.officer(Role.ADMIN, scope=scope).get("/nhat-ky/thao-tac").text.count("khóa tài khoản")
        for scope in (SCOPE, OTHER, PROVINCE, "")
    }

    assert told == {SCOPE: 1, OTHER: 1, PROVINCE: 2, "": 3}


def test_a_commune_that_has_published_nothing_has_empty_pages(both: TwoCommunes) -> None:
    new = both.people.officer(*Role, scope="xa-moi")

    assert {
        new.get(path).status_code for path in ("/", "/cong-van", "/lenh", "/lenh/moi", "/ky", "/su-co", "/them")
    } == {200}
    found = blank(everything(new, both), both.parts)
    assert [word for word in both.words if word in found] == []


def test_pages_ask_of_a_hub_what_a_person_sees_and_nothing_else() -> None:
    """What stands on the database and the folder of the whole hub is no page's."""
    whole = {"hub", "hub_database", "hub_paths", "box_registry", "log_intake", "bells", "adoption", "backups"}
    for module in OWN:
        source = inspect.getsource(module)
        used = {
            node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.level == 1
        }
        assert not used & whole, module.__name__
        assert "._hub" not in source
    for template in (Path(inspect.getfile(HubSite)).parent / "templates").glob("*.html"):
        assert "_hub." not in template.read_text("utf-8"), template.name
