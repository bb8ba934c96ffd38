"""After the first signature of an alarm: who can give the second, by which telephone, and how long boxes are ready."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from harness.hub_boxes import open_pages
from harness.office import NOW, SCOPE
from harness.officers import Officers
from harness.signing import PAO_PHONE, PHONE

from loudspeaker.clock import FakeClock
from loudspeaker.daemon import alert_requests
from loudspeaker.errors import BadUsage, NotFound
from loudspeaker.hub.drafts import alert_signing
from loudspeaker.hub.hub import Hub
from loudspeaker.model.alert_answer import HELD
from loudspeaker.station.signing.alert_packing import AlertDraft
from loudspeaker.trust.signed_documents import AlertKind
from loudspeaker.web.access.accounts import Role


@pytest.fixture
def people(named: Hub) -> Iterator[Officers]:
    """Hoa has signed an alarm six minutes after she had looked it over."""
    files = named.served_files(SCOPE)
    assert files
    envelope = named.alerts.write(SCOPE, AlertDraft(AlertKind.ALERT, "Nước dâng", repeat=3, gap=30), files)
    assert isinstance(named.clock, FakeClock)
    named.clock.advance(6 * 60)
    made = PHONE.sign(envelope).signatures[-1]
    assert made.assertion
    named.alerts.sign(envelope, made.value, made.assertion)
    named.bells.look()
    with open_pages(named) as people:
        yield people


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())


def test_the_hub_and_a_box_hold_it_for_as_long() -> None:
    assert vars(alert_requests)["HELD"] == vars(alert_signing)["HELD"] == HELD


def test_who_can_sign_next_stands_there_with_a_telephone_and_the_minutes_left(people: Officers, named: Hub) -> None:
    accounts = people.console.site.accounts
    for login, phone in (("anhpao", "0912 345 678"), ("ly", "")):
        accounts.add(login, login.title(), (Role.DUTY,), SCOPE)
        accounts.set_phone(login, phone)
    named.passkeys.add("anhpao", "abc", PAO_PHONE.public)
    duty, clock = people.officer(Role.DUTY), named.clock
    assert isinstance(clock, FakeClock)
    clock.advance(4 * 60 + 20)

    for path in (f"/lenh/{SCOPE}/1", f"/lenh/{SCOPE}/1/ky"):
        page = text_of(duty.get(path).text)
        assert "Các máy giữ sẵn tiếng đến 05:36: còn 25 phút." in page
        assert "pao ký bằng khóa ký 0912 345 678 Ly ký bằng tệp khóa chưa có số điện thoại" in page
        assert "hoa ký bằng" not in page.lower()  # she has signed
    clock.advance(30 * 60)
    assert "Các máy chỉ giữ sẵn tiếng đến 05:36." in text_of(duty.get(f"/lenh/{SCOPE}/1").text)


def test_an_account_that_is_called_as_a_signer_gives_the_number_of_a_key_file(people: Officers) -> None:
    accounts = people.console.site.accounts
    accounts.add("ly", "Ly", (Role.DUTY,), SCOPE)
    accounts.set_phone("ly", "0987 654 321")

    assert "Ly ký bằng tệp khóa 0987 654 321" in text_of(people.officer(Role.DUTY).get(f"/lenh/{SCOPE}/1").text)


def test_with_all_signatures_nobody_is_waited_for(people: Officers, named: Hub) -> None:
    envelope = named.alerts.served_envelope(SCOPE, 1)
    assert envelope
    made = PAO_PHONE.sign(envelope).signatures[-1]
    assert made.assertion
    named.alerts.sign(envelope, made.value, made.assertion)

    for path in (f"/lenh/{SCOPE}/1", f"/lenh/{SCOPE}/1/ky"):
        assert "giữ sẵn tiếng" not in people.officer(Role.DUTY).get(path).text


def test_an_alert_that_came_on_a_stick_is_counted_from_when_it_was_written(people: Officers, named: Hub) -> None:
    with named.database.change() as connection:
        connection.execute("DELETE FROM begun_alert")

    assert named.alerts.held_until(named.alerts.all(SCOPE)[0].document) == NOW + HELD


def test_the_number_of_a_person_is_written_on_the_page_of_people(people: Officers) -> None:
    admin, accounts = people.officer(Role.ADMIN), people.console.site.accounts
    new = {"login": "mai", "name": "Mai", "role": "duty", "scope": SCOPE}
    wrong = admin.post("/cai-dat/nguoi", **new, phone="số của Mai")
    assert (wrong.status_code, "không phải số điện thoại" in wrong.text) == (422, True)

    changed = {"role": "duty", "scope": SCOPE}
    assert admin.post("/cai-dat/nguoi/mai/quyen", **changed, phone="+84 912  345 678").status_code == 303
    assert accounts.account("mai").phone == "+84 912 345 678"
    assert 'value="+84 912 345 678"' in admin.get("/cai-dat/nguoi").text
    assert admin.post("/cai-dat/nguoi/mai/quyen", **changed).status_code == 303  # a form of before has none
    assert accounts.account("mai").phone == "+84 912 345 678"
    with pytest.raises(BadUsage):
        accounts.set_phone("mai", "113 gọi sau")
    with pytest.raises(NotFound):
        accounts.set_phone("khongco", "113")
