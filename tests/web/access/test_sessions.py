"""Phiên đăng nhập: who sees which log-ins, and who may end them."""

from __future__ import annotations

import re

from harness.officers import PASSWORD, Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.web.access.accounts import SESSION_IDLE, Role

SESSIONS = "/cai-dat/phien"


def numbers(html: str) -> list[str]:
    return re.findall(r"/cai-dat/phien/(\d+)/ket-thuc", html)


def at_a_telephone(officers: Officers, login: str) -> Officer:
    """The same person at a second browser."""
    session = officers.console.site.accounts.log_in(login, PASSWORD, "192.168.1.7", "Telephone <b>")
    second = officers.stranger()
    second.client.cookies.set(officers.console.site.cookie, session.token, "127.0.0.1")
    return second


def test_one_sees_ones_own_log_ins_and_ends_one(officers: Officers) -> None:
    person, other = officers.officer(Role.VIEW), officers.officer(Role.EDIT)
    telephone = at_a_telephone(officers, "view")
    text = person.get(SESSIONS).text
    assert len(numbers(text)) == 2
    assert "Chị Edit" not in text
    assert "Telephone &lt;b&gt;" in text
    assert text.count("trình duyệt này") == 1

    mine = {str(one.number) for one in officers.console.site.accounts.log_ins("view") if one.address == "192.168.1.7"}
    assert person.post(f"{SESSIONS}/{mine.pop()}/ket-thuc").status_code == 303
    assert telephone.get("/them").status_code == 303
    assert person.get("/them").status_code == other.get("/them").status_code == 200


def test_that_of_somebody_else_only_the_administrator_ends(officers: Officers) -> None:
    lost, other, admin = officers.officer(Role.EDIT), officers.officer(Role.VIEW), officers.officer(Role.ADMIN)
    (number,) = (one.number for one in officers.console.site.accounts.log_ins("edit"))

    assert other.post(f"{SESSIONS}/{number}/ket-thuc").status_code == 404
    assert lost.get("/them").status_code == 200
    assert "Mất điện thoại: khóa tài khoản này" in admin.get(SESSIONS).text
    assert admin.post(f"{SESSIONS}/{number}/ket-thuc").status_code == 303
    assert lost.get("/them").status_code == 303
    assert admin.post(f"{SESSIONS}/{number}/ket-thuc").status_code == 404


def test_a_log_in_that_has_ended_by_itself_is_not_listed(officers: Officers, clock: FakeClock) -> None:
    officers.officer(Role.VIEW)
    clock.advance(SESSION_IDLE + 1)
    admin = officers.officer(Role.ADMIN)

    assert len(numbers(admin.get(SESSIONS).text)) == 1


def test_no_secret_stands_in_the_list(officers: Officers) -> None:
    person = officers.officer(Role.VIEW)
    token = person.client.cookies.get(officers.console.site.cookie, "")
    assert token
    assert token not in person.get(SESSIONS).text
