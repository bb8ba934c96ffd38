"""Ủy quyền duyệt: somebody approves in another's place for a time, and the log says so."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import PASSWORD, Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound
from loudspeaker.model.enums import ApprovalRule
from loudspeaker.web.access.accounts import PROOF, Role
from loudspeaker.web.access.delegating import warn_of_few
from loudspeaker.web.access.delegations import LONGEST, DelegationStore
from loudspeaker.web.shared_station import FRESH


@pytest.fixture
def chief(officers: Officers, daemon: FakeDaemon) -> Officer:
    daemon.answers |= {"approve": None}
    return officers.officer(Role.APPROVE)


@pytest.fixture
def writer(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.EDIT)


@pytest.fixture
def store(officers: Officers) -> DelegationStore:
    return officers.console.delegations


def delegate(chief: Officer, begins: str = "24/11/2026", ends: str = "25/11/2026", to: str = "edit") -> int:
    status: int = chief.post("/uy-quyen", tu=begins, den=ends, cho=to).status_code
    return status


def test_it_holds_from_its_first_day_to_the_end_of_its_last_and_no_longer(
    chief: Officer, writer: Officer, clock: FakeClock
) -> None:
    assert "Duyệt phát" not in writer.get("/duyet/nhac").text
    assert delegate(chief, "25/11/2026", "26/11/2026") == 303
    assert "Chị Edit</strong> duyệt thay Chị Approve, từ 00:00 25/11 đến 00:00 27/11" in chief.get("/uy-quyen").text
    assert "Duyệt phát" not in writer.get("/duyet/nhac").text

    clock.advance(20 * 3600)  # 01:00 on the 25th
    assert "Duyệt phát" in renewed(writer).get("/duyet/nhac").text
    clock.advance(47 * 3600)  # 00:00 on the 27th
    assert "Duyệt phát" not in renewed(writer).get("/duyet/nhac").text
    assert writer.post("/duyet/nhac", digest="0" * 64).status_code == 403


def renewed(officer: Officer) -> Officer:
    """Logged in anew: a session does not last so long."""
    accounts = officer.console.site.accounts
    session = accounts.log_in("edit", PASSWORD, "127.0.0.1", "test")
    officer.client.cookies.set(officer.console.site.cookie, session.token, "127.0.0.1")
    return officer


def test_whoever_approves_in_anothers_place_is_asked_for_as_such(
    chief: Officer, writer: Officer, daemon: FakeDaemon
) -> None:
    delegate(chief)
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', writer.get("/duyet/nhac").text)
    assert digest
    writer.post("/duyet/nhac", digest=digest[1], heard="0")
    (request,) = [arguments for verb, arguments, _uid in daemon.asked if verb == "approve"]

    assert (request["by"], request["in_place_of"], request["heard"]) == ("Chị Edit", "Chị Approve", False)


def test_it_can_be_ended_before_its_time(chief: Officer, writer: Officer) -> None:
    delegate(chief)
    assert writer.post("/uy-quyen/1/thoi").status_code == 303
    assert "Duyệt phát" not in writer.get("/duyet/nhac").text
    assert chief.post("/uy-quyen/1/thoi").status_code == 404


@pytest.mark.parametrize("loses", ["role", "locked"])
def test_it_ends_when_the_one_who_gave_it_loses_the_right(
    officers: Officers, chief: Officer, writer: Officer, loses: str
) -> None:
    delegate(chief)
    accounts = officers.console.site.accounts
    accounts.set_roles("approve", [Role.VIEW]) if loses == "role" else accounts.set_locked("approve", True)

    assert "Duyệt phát" not in writer.get("/duyet/nhac").text


@pytest.mark.parametrize(
    ("begins", "ends", "to", "told"),
    [
        ("24/11/2026", "23/11/2026", "edit", "chưa qua"),
        ("20/11/2026", "23/11/2026", "edit", "chưa qua"),
        ("24/11/2026", "24/11/2027", "edit", f"{LONGEST} ngày"),
        ("hôm nay", "25/11/2026", "edit", "hôm nay"),
        ("31/11/2026", "5/12/2026", "edit", "31/11/2026"),
        ("24/11/2026", "25/11/2026", "approve", "thể ủy quyền cho Chị Approve"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    chief: Officer, writer: Officer, store: DelegationStore, begins: str, ends: str, to: str, told: str
) -> None:
    answer = chief.post("/uy-quyen", tu=begins, den=ends, cho=to)

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{ends}"' in answer.text
    assert store.to_come() == []


def test_nobody_passes_on_what_was_delegated_to_them(
    officers: Officers, chief: Officer, writer: Officer, store: DelegationStore
) -> None:
    delegate(chief)
    officers.officer(Role.DUTY)

    assert delegate(writer, to="duty") == 422
    assert len(store.to_come()) == 1


def test_giving_a_right_takes_the_password_of_late(chief: Officer, clock: FakeClock, store: DelegationStore) -> None:
    clock.advance(PROOF + 1)

    assert chief.get("/uy-quyen").headers["location"] == "/xac-nhan?den=/uy-quyen"
    assert delegate(chief) == 409
    assert store.to_come() == []


def test_one_person_alone_who_can_approve_is_warned_of(
    home: Path, officers: Officers, chief: Officer, clock: FakeClock
) -> None:
    console = officers.console
    warning = warn_of_few(console, ApprovalRule.REQUIRED)
    assert warning
    assert warning.facts["name"] == "Chị Approve"
    assert warn_of_few(console, ApprovalRule.OPTIONAL) is None
    assert "chỉ một mình" not in chief.get("/duyet").text.lower()
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {approval: required}\n", encoding="utf-8")
    clock.advance(FRESH)
    assert "Chỉ một mình Chị Approve duyệt được" in chief.get("/duyet").text

    officers.officer(Role.EDIT)
    delegate(chief)
    assert warn_of_few(console, ApprovalRule.REQUIRED) is None
    console.delegations.end("1")
    officers.officer(Role.APPROVE, Role.DUTY)
    assert warn_of_few(console, ApprovalRule.TWO) is None
    for login in ("approve", "approveduty"):
        console.site.accounts.set_locked(login, True)
    assert "nobody" in str(warn_of_few(console, ApprovalRule.TWO))


def test_the_store_refuses_what_no_page_offers(officers: Officers, chief: Officer, store: DelegationStore) -> None:
    accounts, now = officers.console.site.accounts, officers.console.site.clock.now()
    officers.officer(Role.EDIT)
    giver = accounts.account("approve")
    with pytest.raises(BadUsage):
        store.give(giver, giver, now, now + timedelta(days=1))
    with pytest.raises(NotFound):
        store.end("7")
