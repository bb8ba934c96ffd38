"""The doors: the first account by a one-time link, logging in and out, passwords."""

from __future__ import annotations

import pytest
from harness.officers import PASSWORD, Officer, Officers

from loudspeaker.web.access.accounts import Role

NEW = "trăng lên trên đỉnh núi"


def begin(person: Officer, code: str, **more: str) -> object:
    fields = {"code": code, "name": "Lò Thị Lan", "login": "lan", "password": PASSWORD, "again": PASSWORD, **more}
    return person.client.post("/bat-dau", data=fields)


def test_while_there_is_no_account_every_page_leads_to_the_first(officers: Officers) -> None:
    stranger = officers.stranger()

    assert stranger.get("/").headers["location"] == "/bat-dau"
    assert stranger.get("/vao").headers["location"] == "/bat-dau"
    assert "Chưa ai có tài khoản" in stranger.get("/bat-dau").text


def test_the_first_link_makes_an_administrator_who_is_logged_in(officers: Officers) -> None:
    stranger, code = officers.stranger(), officers.console.site.accounts.make_link()
    answer = begin(stranger, code)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")  # type: ignore[attr-defined]
    assert officers.console.site.accounts.account("lan").roles == frozenset(Role)
    assert stranger.get("/them").status_code == 200


def test_a_link_works_once(officers: Officers) -> None:
    code = officers.console.site.accounts.make_link()
    begin(officers.stranger(), code)
    again = begin(officers.stranger(), code, login="pao")

    assert again.status_code == 409  # type: ignore[attr-defined]
    assert "Mã này đã được dùng" in again.text  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"again": NEW}, "hai lần gõ mật khẩu không giống nhau"),
        ({"password": "ngan", "again": "ngan"}, "ít nhất 10 ký tự"),
        ({"login": "lò lan"}, "tên đăng nhập chỉ gồm chữ và số"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(officers: Officers, more: dict[str, str], told: str) -> None:
    code = officers.console.site.accounts.make_link()
    answer = begin(officers.stranger(), code, **more)

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert told in answer.text.lower()  # type: ignore[attr-defined]
    assert code in answer.text  # type: ignore[attr-defined]
    assert "Lò Thị Lan" in answer.text  # type: ignore[attr-defined]


def test_logging_in_leads_to_the_page_that_was_wanted(officers: Officers) -> None:
    officers.officer(Role.EDIT)
    stranger = officers.stranger()
    asked = stranger.get("/them").headers["location"]
    assert asked == "/vao?den=/them"

    answer = stranger.client.post("/vao", data={"login": "EDIT ", "password": PASSWORD, "den": "/them"})
    assert answer.headers["location"] == "/them"
    assert stranger.get("/them").status_code == 200


@pytest.mark.parametrize("way_on", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb"])
def test_nobody_is_sent_to_another_place(officers: Officers, way_on: str) -> None:
    officers.officer(Role.EDIT)
    answer = officers.stranger().client.post("/vao", data={"login": "edit", "password": PASSWORD, "den": way_on})

    assert answer.headers["location"] == "/"


def test_a_wrong_password_is_told_with_the_tries_that_are_left(officers: Officers) -> None:
    officers.officer(Role.EDIT)
    stranger = officers.stranger()
    for left in (4, 3, 2, 1, 0):
        answer = stranger.client.post("/vao", data={"login": "edit", "password": "sai mật khẩu"})
        assert answer.status_code == 422
        assert f"còn {left} lần thử" in answer.text
    answer = stranger.client.post("/vao", data={"login": "edit", "password": PASSWORD})
    assert answer.status_code == 429


def test_the_cookie_can_be_read_by_no_script_and_goes_to_no_other_page(officers: Officers) -> None:
    officers.officer(Role.EDIT)
    answer = officers.stranger().client.post("/vao", data={"login": "edit", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_logging_out_ends_the_session_here_or_everywhere(officers: Officers) -> None:
    here = officers.officer(Role.EDIT)
    there = officers.stranger()
    there.client.post("/vao", data={"login": "edit", "password": PASSWORD})

    here.post("/ra")
    assert here.get("/them").status_code == 303
    assert there.get("/them").status_code == 200

    there.post("/ra", everywhere="1")
    assert officers.console.site.accounts.end_sessions("edit") == 0


def test_ones_own_password_is_changed_with_the_old_one(officers: Officers) -> None:
    person = officers.officer(Role.EDIT)
    wrong = person.post("/mat-khau", old="không phải", password=NEW, again=NEW)
    assert wrong.status_code == 422

    weak = person.post("/mat-khau", old=PASSWORD, password="1234567890", again="1234567890")
    assert weak.status_code == 422
    assert person.get("/them").status_code == 200  # still logged in, with the session that took the old one's place

    done = person.post("/mat-khau", old=PASSWORD, password=NEW, again=NEW)
    assert done.status_code == 303
    assert person.get("/them").status_code == 200
    assert officers.console.site.accounts.log_in("edit", NEW, "127.0.0.1", "")
