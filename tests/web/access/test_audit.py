"""What people did at the console: every form is noted with who, what, when, from where; no change of it goes unseen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import PASSWORD, Officers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loudspeaker.clock import FakeClock
from loudspeaker.plaintext import find_bad_character
from loudspeaker.store.hash_chain import BrokenChain
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.access.audit import LONGEST, Act, ConsoleAudit
from loudspeaker.web.access.audit_pages import DEEDS, TRIALS
from loudspeaker.web.access.console_database import ConsoleDatabase
from loudspeaker.web.guard import NEEDS

pytestmark = pytest.mark.waits

LEAVING = {"POST /ra"}  # whoever sends it is somebody else then
MANY = 1000
ACT = Act("POST /cai-dat/nguoi", 200, "Lan", "lan", "192.168.1.7", {"login": "hoa"})


@pytest.fixture
def audit(tmp_path: Path, clock: FakeClock) -> Iterator[ConsoleAudit]:
    with closing(ConsoleDatabase.open(tmp_path / "console.db", clock, "boot")) as database:
        yield ConsoleAudit(database)


def change(tmp_path: Path, statement: str) -> None:
    with closing(sqlite3.connect(tmp_path / "console.db")) as other:
        other.execute(statement)
        other.commit()


def test_acts_are_kept_in_order_with_their_time(audit: ConsoleAudit, clock: FakeClock) -> None:
    for number in range(3):
        audit.add(Act("POST /dung", 303, "Lan", "lan", "192.168.1.7", {"why": str(number)}))
        clock.advance(60)

    records = audit.records(2)
    assert [(record.number, record.act.about["why"]) for record in records] == [(3, "2"), (2, "1")]
    assert (clock.now() - records[0].at).total_seconds() == 60
    assert [record.number for record in audit.records(9, before=2)] == [1]
    assert audit.verify() == 3
    assert len(audit.head()) == 64


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE audit SET entry = replace(entry, '192.168.1.7', '192.168.1.8') WHERE number = 2", 2),
        ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE number = 1) WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 4", 4),
        ("DELETE FROM audit", 1),
    ],
)
def test_whoever_changes_or_deletes_an_entry_is_found_out(
    audit: ConsoleAudit, tmp_path: Path, statement: str, number: int
) -> None:
    for _ in range(4):
        audit.add(ACT)
    assert audit.verify() == 4
    change(tmp_path, statement)

    with pytest.raises(BrokenChain) as broken:
        audit.verify()
    assert broken.value.number == number


@given(words=st.text(st.characters(), max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_forge_a_line_or_another_entry(audit: ConsoleAudit, words: str) -> None:
    audit.add(Act("POST /vao", 422, words, words, words, {"login": words}))
    (record,) = audit.records(1)

    for kept in (record.act.by, record.act.account, record.act.address, *record.act.about.values()):
        assert find_bad_character(kept) is None
        assert len(kept) <= LONGEST
    assert audit.verify() == record.number


def test_an_entry_that_cannot_be_read_hides_no_other(audit: ConsoleAudit, tmp_path: Path) -> None:
    for _ in range(3):
        audit.add(ACT)
    change(tmp_path, "UPDATE audit SET entry = '{' WHERE number = 2")

    assert [record.number for record in audit.records(9)] == [3, 1]


# At the console.


def acts(officers: Officers) -> list[tuple[str, int, str, dict[str, str]]]:
    """The latest first: what, how it ended, by whom, about what."""
    return [
        (record.act.what, record.act.status, record.act.account, dict(record.act.about))
        for record in officers.console.site.audit.records(50)
    ]


def test_logging_in_and_failing_to_are_noted_with_the_name_that_was_typed(officers: Officers) -> None:
    officers.officer(Role.EDIT)
    stranger = officers.stranger()
    stranger.client.post("/vao", data={"login": "edit", "password": "sai hoàn toàn"})
    stranger.client.post("/vao", data={"login": "kẻ\nlạ", "password": "sai hoàn toàn"})
    stranger.client.post("/vao", data={"login": "edit", "password": PASSWORD})

    assert acts(officers) == [
        ("POST /vao", 303, "", {"login": "edit"}),
        ("POST /vao", 422, "", {"login": "kẻ\\nlạ"}),
        ("POST /vao", 422, "", {"login": "edit"}),
    ]
    assert {record.act.address for record in officers.console.site.audit.records(9)} == {"testclient"}


def test_a_change_is_noted_with_what_it_was_about(officers: Officers, daemon: FakeDaemon) -> None:
    admin = officers.officer(*Role)
    admin.post("/cai-dat/nguoi", name="Lò Thị Hoa", login="hoa", role=["edit", "duty"])
    admin.post("/cai-dat/nguoi/hoa/quyen", role="view")
    admin.post("/im-lang", village="na-hoa", until="day", why="đám tang")

    found = acts(officers)
    assert found[2] == (
        "POST /cai-dat/nguoi",
        200,
        "".join(Role),
        {"name": "Lò Thị Hoa", "login": "hoa", "role": "edit, duty"},
    )
    assert found[1][3] == {"login": "hoa", "role": "view"}
    assert found[0][0] == "POST /im-lang"
    assert found[0][3]["village"] == "na-hoa"


def test_what_was_refused_is_noted_too(officers: Officers) -> None:
    officers.officer(Role.VIEW).post("/cai-dat/nguoi", name="X", login="x")

    assert acts(officers)[0][:3] == ("POST /cai-dat/nguoi", 403, "view")


def test_no_secret_comes_into_it(officers: Officers) -> None:
    code = officers.console.site.accounts.make_link()
    fields = {"code": code, "password": PASSWORD, "again": PASSWORD, "login": "lan", "name": "Lan"}
    stranger = officers.stranger()
    stranger.client.post("/bat-dau", data=fields)
    stranger.post("/mat-khau", old=PASSWORD, password="một câu khác hẳn", again="một câu khác hẳn")
    stranger.post("/xac-nhan", password=PASSWORD)
    told = json.dumps([record.act.about for record in officers.console.site.audit.records(9)], default=dict)

    assert len(acts(officers)) == 3
    assert not [secret for secret in (code, PASSWORD, "một câu khác", stranger.token) if secret in told]


def test_what_is_only_tried_or_looked_at_is_not_noted(officers: Officers) -> None:
    person = officers.officer(*Role)
    person.get("/")
    person.post("/lich/thu", village="na-hoa")
    person.post("/ban-tin/tin-sang/nhap", text="x", revision="")

    assert acts(officers) == []


def test_every_form_that_changes_something_is_noted(officers: Officers, clock: FakeClock) -> None:
    person, routes = officers.officer(*Role), [route for route in NEEDS if route.startswith("POST")]
    for number, route in enumerate((route for route in routes if route not in TRIALS | LEAVING), 1):
        clock.advance(1)  # nobody sends so many at once
        path = route.partition(" ")[2].replace("{id:path}", "x/y").replace("{", "").replace("}", "")
        person.post(path, why="<b>")

        noted = [record.act.what for record in officers.console.site.audit.records(MANY)]
        assert (noted[0], len(noted)) == (route, number)
    assert DEEDS.keys() | TRIALS | LEAVING <= NEEDS.keys()


@pytest.mark.parametrize("route", sorted(LEAVING))
def test_whoever_leaves_is_noted_too(officers: Officers, route: str) -> None:
    officers.officer(*Role).post(route.partition(" ")[2])

    assert [act[0] for act in acts(officers)] == [route]


def test_the_administrator_sees_who_did_what_and_others_do_not(officers: Officers) -> None:
    admin = officers.officer(Role.ADMIN)
    officers.stranger().client.post("/vao", data={"login": "<script>alert(1)</script>", "password": "sai hoàn toàn"})
    page = admin.get("/nhat-ky/thao-tac").text

    assert "đăng nhập" in page
    assert "không được (422)" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert officers.officer(Role.EDIT).get("/nhat-ky/thao-tac").status_code == 403


def test_the_list_is_paged_and_can_be_checked(officers: Officers) -> None:
    admin = officers.officer(Role.ADMIN)
    for number in range(130):
        officers.console.site.audit.add(
            Act("POST /dung", 303, "Lan", "lan", "192.168.1.7", {"why": f"lý do {number:03d}"})
        )
    first = admin.get("/nhat-ky/thao-tac?kiem=1").text
    second = admin.get("/nhat-ky/thao-tac?truoc=31").text

    assert "130 mục, không mục nào bị sửa" in first
    assert "truoc=31" in first
    assert "lý do 030" in first
    assert "lý do 029" in second
    assert "lý do 030" not in second
    assert admin.get("/nhat-ky/thao-tac?truoc=9999999999999999999999").status_code == 200
