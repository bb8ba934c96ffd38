"""People: who lets whom in, and what a lost telephone costs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from harness.officers import PASSWORD, Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.errors import NotFound
from loudspeaker.web.access.accounts import PROOF, Role


@pytest.fixture
def admin(officers: Officers) -> Officer:
    return officers.officer(Role.ADMIN)


def test_a_person_is_added_and_comes_in_by_the_link(officers: Officers, admin: Officer) -> None:
    answer = admin.post("/cai-dat/nguoi", name="Lò Thị Hoa", login="hoa", role=["edit", "duty"])
    link = re.search(r"http://127\.0\.0\.1:8080/bat-dau#([\w-]+)", answer.text)

    assert link
    assert "data:image/svg+xml" in answer.text
    assert officers.console.site.accounts.account("hoa").roles == {Role.EDIT, Role.DUTY}
    stranger = officers.stranger()
    fields = {"code": link[1], "password": PASSWORD, "again": PASSWORD}
    assert stranger.client.post("/bat-dau", data=fields).status_code == 303
    assert link[1] not in admin.get("/cai-dat/nguoi").text


def test_a_login_that_is_taken_is_told_and_what_was_typed_stays(admin: Officer) -> None:
    answer = admin.post("/cai-dat/nguoi", name="Người khác", login="admin", role="view")

    assert answer.status_code == 422
    assert "đã có người dùng" in answer.text.lower()
    assert "Người khác" in answer.text


def test_rights_are_changed_and_the_persons_sessions_end(officers: Officers, admin: Officer) -> None:
    person = officers.officer(Role.EDIT)
    assert admin.post("/cai-dat/nguoi/edit/quyen", role="duty").status_code == 303

    assert officers.console.site.accounts.account("edit").roles == {Role.DUTY}
    assert person.get("/them").status_code == 303


def test_the_last_administrator_stays_one(admin: Officer) -> None:
    for path, fields in (
        ("/cai-dat/nguoi/admin/quyen", {"role": "view"}),
        ("/cai-dat/nguoi/admin/xoa", {"sure": "1"}),
        ("/mat-may/admin", {}),
    ):
        answer = admin.post(path, **fields)
        assert answer.status_code == 409
        assert "người quản trị cuối cùng" in answer.text


def test_removing_needs_the_tick(officers: Officers, admin: Officer) -> None:
    officers.officer(Role.EDIT)
    assert admin.post("/cai-dat/nguoi/edit/xoa").status_code == 422
    assert officers.console.site.accounts.account("edit")

    admin.post("/cai-dat/nguoi/edit/xoa", sure="1")
    with pytest.raises(NotFound):
        officers.console.site.accounts.account("edit")


def test_a_colleague_on_duty_locks_a_lost_telephone_and_the_administrator_lets_in_again(
    officers: Officers, admin: Officer
) -> None:
    lost, duty = officers.officer(Role.EDIT), officers.officer(Role.DUTY)
    assert "Khóa Chị Edit" in duty.get("/mat-may").text
    assert duty.post("/mat-may/edit").status_code == 303

    assert lost.get("/them").status_code == 303
    assert duty.post("/cai-dat/nguoi/edit/mo").status_code == 403
    admin.post("/cai-dat/nguoi/edit/mo")
    assert officers.console.site.accounts.log_in("edit", PASSWORD, "127.0.0.1", "")


CHANGES: list[tuple[str, Callable[[], dict[str, str]]]] = [
    ("/cai-dat/nguoi", lambda: {"name": "A", "login": "a"}),
    ("/cai-dat/nguoi/edit/quyen", lambda: {"role": "duty"}),
    ("/cai-dat/nguoi/edit/ma", dict),
    ("/cai-dat/nguoi/edit/mo", dict),
    ("/cai-dat/nguoi/edit/xoa", lambda: {"sure": "1"}),
]


@pytest.mark.parametrize(("path", "fields"), CHANGES)
def test_people_are_changed_only_soon_after_the_password_was_typed(
    officers: Officers, admin: Officer, clock: FakeClock, path: str, fields: Callable[[], dict[str, str]]
) -> None:
    officers.officer(Role.EDIT)
    before = officers.console.site.accounts.accounts()
    clock.advance(PROOF + 1)
    answer = admin.post(path, **fields())

    assert answer.status_code == 409
    assert "gõ lại mật khẩu" in answer.text
    assert officers.console.site.accounts.accounts() == before


def test_the_password_once_more_leads_back(admin: Officer, clock: FakeClock) -> None:
    clock.advance(PROOF + 1)
    assert admin.get("/cai-dat/nguoi").headers["location"] == "/xac-nhan?den=/cai-dat/nguoi"
    assert admin.post("/xac-nhan", password="sai", den="/cai-dat/nguoi").status_code == 422

    answer = admin.post("/xac-nhan", password=PASSWORD, den="/cai-dat/nguoi")
    assert answer.headers["location"] == "/cai-dat/nguoi"
    assert admin.get("/cai-dat/nguoi").status_code == 200
