"""Cài đặt: what a change does is shown first, and only what was shown is saved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.web.access.accounts import PROOF, Role

RULES = {
    "begins": ["05:30", "10:45", "16:30"],
    "ends": ["06:30", "11:30", "18:30"],
    **{"sessions": "3", "minutes": "45", "approval": "optional", "emergency": "one"},
    "day": list("0123456"),
}


@pytest.fixture
def admin(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.ADMIN)


def commune(home: Path) -> str:
    return (home / "commune.yaml").read_text(encoding="utf-8")


def hidden(html: str) -> dict[str, list[str]]:
    """The fields of the form that confirms."""
    form = html.split('method="post"')[-1]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    found.pop("form_token")
    return found


def confirm(person: Officer, path: str, html: str) -> object:
    return person.post(path, **hidden(html))


def test_the_settings_name_what_a_person_may_set(officers: Officers, admin: Officer) -> None:
    assert '"/cai-dat/quy-che"' in admin.get("/cai-dat").text
    assert '"/cai-dat/quy-che"' not in officers.officer(Role.VIEW).get("/cai-dat").text


def test_the_policy_shows_what_it_does_and_is_saved_when_that_is_confirmed(home: Path, admin: Officer) -> None:
    before = commune(home)
    typed = RULES | {"begins": ["5h30"], "ends": ["6h30"]}
    answer = admin.post("/cai-dat/quy-che?thu=1", **typed)

    assert "42 lượt sẽ không được phát nữa" in answer.text
    assert "11:00 Nhắc lại" in answer.text
    assert "Thôn Nà Hoa" in answer.text
    assert commune(home) == before

    saved = confirm(admin, "/cai-dat/quy-che", answer.text)
    assert saved.status_code == 303  # type: ignore[attr-defined]
    assert commune(home) == before + "policy: {hours: [05:30-06:30]}\n"


def test_what_was_shown_is_shown_again_when_the_file_is_another_meanwhile(home: Path, admin: Officer) -> None:
    answer = admin.post("/cai-dat/quy-che?thu=1", **(RULES | {"approval": "required"}))
    with (home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("# another hand\n")
    again = confirm(admin, "/cai-dat/quy-che", answer.text)

    assert again.status_code == 200  # type: ignore[attr-defined]
    assert "bản tin phải được phê duyệt" in again.text  # type: ignore[attr-defined]
    assert "approval" not in commune(home)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "chưa thay đổi gì"),
        ({"begins": ["17:00"], "ends": ["16:00"]}, "kết thúc trước khi bắt đầu"),
        ({"begins": ["25h"], "ends": ["26h"]}, "25h"),
        ({"begins": [""], "ends": [""]}, "ít nhất một buổi"),
        ({"sessions": "nhiều"}, "nhiều"),
        ({"day": []}, "ít nhất một thứ"),
        ({"day": ["", "12"]}, "ít nhất một thứ"),
        ({"approval": "nobody"}, "nobody"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    home: Path, admin: Officer, typed: dict[str, list[str]], words: str
) -> None:
    before = commune(home)
    answer = admin.post("/cai-dat/quy-che?thu=1", **(RULES | typed))

    assert answer.status_code == 422
    assert words.lower() in answer.text.lower()
    assert commune(home) == before


def test_the_policy_needs_the_password_of_late(officers: Officers, admin: Officer, clock: FakeClock) -> None:
    clock.advance(PROOF + 1)
    assert admin.get("/cai-dat/quy-che").headers["location"] == "/xac-nhan?den=/cai-dat/quy-che"
    assert admin.post("/cai-dat/quy-che?thu=1", **RULES).status_code == 409


def test_rules_for_some_days_are_added_shown_and_taken_out(home: Path, admin: Officer) -> None:
    before = commune(home)
    form = admin.get("/cai-dat/quy-che/tam-thoi?mau=thi").text
    assert 'value="10:45"' not in form  # the noon session
    typed = RULES | {"begins": ["05:30", "16:30"], "ends": ["06:30", "18:30"]}
    typed |= {"first": "26/11/2026", "last": "27/11/2026", "why": "thi"}
    answer = admin.post("/cai-dat/quy-che/tam-thoi?thu=1", **typed)
    assert "2 lượt sẽ không được phát nữa" in answer.text

    assert confirm(admin, "/cai-dat/quy-che/tam-thoi", answer.text).status_code == 303  # type: ignore[attr-defined]
    assert '{from: 2026-11-26, until: 2026-11-27, why: "Tuần thi"' in commune(home)
    page = admin.get("/cai-dat/quy-che").text
    assert "Từ 26/11/2026 đến 27/11/2026: Tuần thi" in page

    gone = admin.post("/cai-dat/quy-che/tam-thoi/0/bo?thu=1")
    assert "2 lượt sẽ được phát, trước đây không" in gone.text
    assert confirm(admin, "/cai-dat/quy-che/tam-thoi/0/bo", gone.text).status_code == 303  # type: ignore[attr-defined]
    assert commune(home) == before


@pytest.mark.parametrize("number", ["7", "x", "-1"])
def test_rules_that_are_gone_are_told_so(admin: Officer, number: str) -> None:
    assert admin.post(f"/cai-dat/quy-che/tam-thoi/{number}/bo?thu=1").status_code == 404


def test_the_policy_can_be_printed_by_everybody(officers: Officers, home: Path) -> None:
    with (home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("policy: {approval: two, villages: {suoi-trat: {sessions_per_day: 1}}}\n")
    text = officers.officer(Role.VIEW).get("/cai-dat/quy-che/in").text

    assert "QUY CHẾ HOẠT ĐỘNG" in text
    assert "người soạn không tự phê duyệt" in text
    assert "Riêng Thôn Suối Trát" in text


def test_a_day_of_mourning_is_made_from_its_preset(home: Path, admin: Officer) -> None:
    form = admin.get("/cai-dat/ngay?mau=quoc-tang").text
    assert 'value="quoc-tang"' in form
    answer = admin.post("/cai-dat/ngay?thu=1", name="Quốc tang", dates="26/11/2026..27/11/2026", moons="")
    assert "thay đổi chuông, nhạc hiệu" in answer.text
    confirm(admin, "/cai-dat/ngay", answer.text)

    assert "quoc-tang: {dates: [26/11/2026..27/11/2026], chime: no, music: no}" in commune(home)
    page = admin.get("/cai-dat/ngay").text
    assert "26/11/2026 – 27/11/2026 (18/10 âm lịch – 19/10 âm lịch), còn 2 ngày" in page


def test_days_on_which_nothing_is_aired_are_the_policys(home: Path, admin: Officer) -> None:
    typed = {"name": "tet", "moons": "giao-thua..3/1", "chime": "1", "music": "1", "quiet": "1"}
    confirm(admin, "/cai-dat/ngay", admin.post("/cai-dat/ngay?thu=1", **typed).text)
    assert "quiet: [tet]" in commune(home)

    gone = admin.post("/cai-dat/ngay/tet/bo?thu=1")
    confirm(admin, "/cai-dat/ngay/tet/bo", gone.text)
    assert "tet" not in commune(home)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "dates": "5/9/2026"}, "đặt tên"),
        ({"name": "tet"}, "ghi ngày nào"),
        ({"name": "tet", "moons": "41/1"}, "41/1"),
        ({"name": "tet", "dates": "31/2/2026"}, "31/2/2026"),
    ],
)
def test_a_day_that_cannot_be_is_told(admin: Officer, typed: dict[str, str], words: str) -> None:
    answer = admin.post("/cai-dat/ngay?thu=1", **typed)
    assert answer.status_code == 422
    assert words.lower() in answer.text.lower()


PEOPLE = "contacts: {suoi-trat: {name: Lò Văn Sơn, phone: 0912 345 678}}\ntechnician: {name: Lý, phone: 0987 654 321}\n"


def test_who_is_to_be_called_stands_where_the_program_cannot_help(home: Path, officers: Officers) -> None:
    with (home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write(PEOPLE)
    (home / "box.yaml").write_text("plays: {na-hoa: loa}\noutputs: {loa: {device: file}}\nclock: trusted\n", "utf-8")
    text = officers.officer(Role.DUTY).get("/khan-cap").text  # nobody answers as the daemon

    assert '<a class="call" href="tel:0912345678">0912 345 678</a>' in text.partition("<main")[2]
    assert '<a class="call" href="tel:0987654321">0987 654 321</a>' in text.partition("<main")[0]
