"""An alarm at a hub's page: looked over, signed by one person, confirmed by another; and its end."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness.hub_boxes import open_pages
from harness.office import NOW, SCOPE, Office, open_province
from harness.officers import Officer, Officers
from harness.signing import PAO_PHONE, PHONE, Passkey, make_passkey, signed
from harness.signing import assertion_fields as assertion

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound, Refused
from loudspeaker.hub.hub import Hub
from loudspeaker.station.signing.alert_packing import AlertDraft, write_alert
from loudspeaker.station.station import Station
from loudspeaker.trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.opening import OpenedAlert, seal
from loudspeaker.trust.signed_documents import AlertKind, Cadence
from loudspeaker.web.access.accounts import Role

STRANGER = make_passkey("sua")
FLOOD = AlertDraft(AlertKind.ALERT, "Nước suối đang dâng 2 m!", repeat=3, gap=30)
TYPED = {"scope": SCOPE, "text": "Nước suối đang dâng 2 m!", "village": "*", "repeat": "3"}


@pytest.fixture
def people(named: Hub) -> Iterator[Officers]:
    with open_pages(named) as people:
        yield people


def write(hub: Hub, draft: AlertDraft = FLOOD) -> SignedEnvelope:
    files = hub.served_files(SCOPE)
    assert files
    return hub.alerts.write(SCOPE, draft, files)


def sign(hub: Hub, envelope: SignedEnvelope, passkey: Passkey) -> OpenedAlert:
    made = passkey.sign(envelope).signatures[-1]
    assert made.assertion
    return hub.alerts.sign(envelope, made.value, made.assertion)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())


def looked_over(page: str) -> SignedEnvelope:
    """The alert that a page asks to be signed."""
    field = re.search(r'name="envelope" value="([^"]*)"', page)
    assert field, text_of(page)
    return parse_envelope(html.unescape(field[1]).encode())


def press(officer: Officer, envelope: SignedEnvelope, passkey: Passkey) -> Any:
    """Sign on the page that is open."""
    return officer.post("/lenh/ky", envelope=format_envelope(envelope).decode(), **assertion(envelope, passkey))


def test_one_prepares_it_and_another_airs_it(named: Hub) -> None:
    envelope = write(named)
    once = sign(named, envelope, PHONE)
    again = sign(named, envelope, PHONE)
    twice = sign(named, envelope, PAO_PHONE)

    assert [one.missing for one in (once, again, twice)] == [1, 1, 0]
    assert (twice.document.id, twice.document.spoken) == (f"{SCOPE}/1", "Nước suối đang dâng hai mét!")
    assert twice.persons == {"hoa", "pao"}
    assert [one.missing for one in named.alerts.all(SCOPE)] == [0]
    assert [bell.published.heads.alert for bell in named.bells.look()] == [1]


def test_numbers_rise_and_no_two_are_of_one_second(named: Hub, clock: FakeClock) -> None:
    first = sign(named, write(named), PHONE).document
    second = sign(named, write(named), PAO_PHONE).document

    assert (first.seq, second.seq) == (1, 2)
    assert second.issued - first.issued == timedelta(seconds=1)


def test_who_is_late_looks_it_over_again(named: Hub, clock: FakeClock) -> None:
    early, late = write(named), write(named, AlertDraft(AlertKind.ALERT, "Cháy rừng!"))
    sign(named, early, PHONE)
    with pytest.raises(Refused, match="another alert was given"):
        sign(named, late, PAO_PHONE)
    slow = write(named)
    clock.advance(16 * 60)
    with pytest.raises(Refused, match="too long ago"):
        sign(named, slow, PAO_PHONE)
    clock.advance(2 * 3600)
    with pytest.raises(Refused, match="ended"):
        sign(named, early, PAO_PHONE)

    assert [one.missing for one in named.alerts.all(SCOPE)] == [1]


def test_who_may_not_sign_changes_nothing_and_signatures_that_are_sent_along_count_for_nothing(named: Hub) -> None:
    envelope = write(named)
    with pytest.raises(UntrustedDocument):
        sign(named, envelope, STRANGER)
    assert named.alerts.served_envelope(SCOPE, 1) is None

    sent_along = signed(envelope, "ly")  # a signature of hers, but nobody has published it
    assert sign(named, sent_along, PHONE).missing == 1


def test_an_alert_on_a_stick_and_one_at_the_hub_are_not_mixed_up(named: Hub, office: Office) -> None:
    envelope = write(named)
    sign(named, envelope, PHONE)
    path = office.own / "alert" / "1.json"
    path.parent.mkdir()
    path.write_bytes(format_envelope(signed(envelope, "pao")))
    named.publish(office.stick, SCOPE)  # the same, signed by another on a PC of his own
    assert [(one.missing, one.persons) for one in named.alerts.all(SCOPE)] == [(0, {"hoa", "pao"})]

    other = seal(replace(named.alerts.all(SCOPE)[0].document, text="Khác", spoken="Khác"))
    path.write_bytes(format_envelope(signed(other, "pao", "ly")))
    with pytest.raises(Refused, match="another alert 1"):
        named.publish(office.stick, SCOPE)


def test_two_people_give_an_alarm_at_the_pages_and_one_ends_it(people: Officers, named: Hub) -> None:
    hoa, pao = people.officer(Role.DUTY), people.officer(Role.DUTY, Role.VIEW)
    page = hoa.post("/lenh/moi", **TYPED).text
    assert "BÁO ĐỘNG THẬT · Xã Thử" in text_of(page)
    assert "Cho mọi thôn, có hiệu lực tới 07:00 24/11/2026" in text_of(page)  # by the hub's own clock
    assert "Nước suối đang dâng hai mét!" in text_of(page)
    assert "các máy chuẩn bị sẵn, chưa phát" in text_of(page)
    assert named.alerts.all(SCOPE) == []

    first = press(hoa, looked_over(page), PHONE)
    assert first.headers["location"] == f"/lenh/{SCOPE}/1"
    assert "Còn thiếu 1 chữ ký" in text_of(pao.get(f"/lenh/{SCOPE}/1").text)
    waiting = pao.get(f"/lenh/{SCOPE}/1/ky").text
    assert "hoa đã ký" in text_of(waiting)
    assert "Anh/chị ký là phát ngay" in text_of(waiting)
    press(pao, looked_over(waiting), PAO_PHONE)
    assert [one.missing for one in named.alerts.all(SCOPE)] == [0]
    assert "Đã đủ chữ ký" in pao.get(f"/lenh/{SCOPE}/1/ky").text

    choices = hoa.get(f"/lenh/{SCOPE}/1/ket-thuc").text
    assert f'href="/lenh/{SCOPE}/1/ket-thuc?cach=clear"' in choices
    press(hoa, looked_over(hoa.get(f"/lenh/{SCOPE}/1/ket-thuc?cach=mistake").text), PHONE)
    end = named.alerts.all(SCOPE)[1]
    assert (end.document.kind, end.document.references, end.missing) == (AlertKind.END, (f"{SCOPE}/1",), 0)
    acts = text_of(people.officer(Role.ADMIN).get("/nhat-ky/thao-tac").text)
    assert acts.count("ký lệnh khẩn") == 3


def test_what_is_wrong_with_an_alarm_is_told_and_what_was_typed_stays(people: Officers, named: Hub) -> None:
    hoa = people.officer(Role.DUTY)
    wrong = {
        "hãy ghi lời cần đọc": {"text": ""},
        "chỗ": {"text": "Hồ [tên hồ] xả lũ"},
        "chỉ đọc từ 1 đến 10 lần": {"repeat": "99"},
        "hãy chọn nơi phát": {"village": ""},
    }
    for words, changed in wrong.items():
        answer = hoa.post("/lenh/moi", **(TYPED | changed))
        assert (answer.status_code in (409, 422), words in answer.text.lower()) == (True, True), words
        assert (changed.get("text") or TYPED["text"]) in answer.text or "text" in changed
    assert hoa.post("/lenh/moi", **(TYPED | {"text": "x" * 5000})).status_code == 422
    assert hoa.post("/lenh/moi", **(TYPED | {"scope": "xa-khac"})).status_code in (404, 422)
    assert hoa.post("/lenh/ky", envelope="{}").status_code == 422
    envelope = write(named)
    assert hoa.post("/lenh/ky", envelope=format_envelope(envelope).decode()).status_code == 422
    assert hoa.get(f"/lenh/{SCOPE}/9/ky").status_code == 404
    assert named.alerts.all(SCOPE) == []


def test_an_alarm_is_said_again_until_the_hour_that_was_chosen(people: Officers, named: Hub) -> None:
    hoa = people.officer(Role.DUTY)
    page = hoa.post("/lenh/moi", **TYPED, again="120", until="02:30").text
    assert "Phát lại mỗi 2 giờ, đến 02:30 25/11/2026, cả ngày lẫn đêm" in text_of(page)
    press(hoa, looked_over(page), PHONE)
    (given,) = named.alerts.all(SCOPE)
    assert given.document.again == Cadence(7200.0, NOW.replace(day=25, hour=2, minute=30))
    assert given.document.until == given.document.again.until
    assert "Phát lại mỗi 2 giờ" in text_of(hoa.get(f"/lenh/{SCOPE}/1").text)

    update = hoa.get(f"/lenh/moi?cap={SCOPE}&thay=1").text
    assert '<option value="120" selected>' in update
    assert 'type="time" value="02:30"' in update


def test_a_cadence_that_cannot_be_is_told_and_what_was_typed_stays(people: Officers) -> None:
    hoa = people.officer(Role.DUTY)
    wrong = {
        "ghi giờ phát lại lần cuối": {"again": "60", "until": ""},
        "diễn tập chỉ phát một lần": {"again": "60", "until": "18:00", "drill": "1"},
        "không có mức phát lại này": {"again": "1", "until": "18:00"},
    }
    for words, typed in wrong.items():
        answer = hoa.post("/lenh/moi", **TYPED, **typed)
        assert answer.status_code == 422, words
        assert words in answer.text.lower()
        assert f'type="time" value="{typed["until"]}"' in answer.text


def test_a_template_begins_an_alarm_and_a_drill_says_so(people: Officers) -> None:
    hoa = people.officer(Role.DUTY)

    form = hoa.get("/lenh/moi?mau=lu-quet").text
    assert "Nước suối đang dâng!</textarea>" in form
    assert "Hết lũ" not in form  # it ends an alarm
    assert "DIỄN TẬP" in text_of(hoa.post("/lenh/moi", **TYPED, drill="1").text).upper()
    assert "Thôn Nà Hoa" in text_of(hoa.post("/lenh/moi", **(TYPED | {"village": "na-hoa"})).text)


TEMPLATE = AlertDraft(AlertKind.ALERT, bulletin="lu-quet", repeat=3, gap=30)


def test_an_alarm_that_says_a_template_binds_the_words_that_boxes_read(named: Hub, office: Office) -> None:
    files = named.served_files(SCOPE)
    with closing(Station.open(office.home, clock=FakeClock(NOW))) as station:
        by_station, _ = write_alert(station, office.stick, SCOPE, TEMPLATE, NOW)
    assert files
    by_hub = sign(named, write(named, TEMPLATE), PHONE).document

    assert by_hub.approved == by_station.approved
    assert (by_hub.bulletin, by_hub.text) == ("lu-quet", None)
    for name, error in {"tin-sang": BadUsage, "khong-co": NotFound}.items():
        with pytest.raises(error):
            write(named, replace(TEMPLATE, bulletin=name))


def test_a_template_is_given_as_it_stands_and_its_words_are_shown(people: Officers, named: Hub) -> None:
    hoa, pao = people.officer(Role.DUTY), people.officer(Role.DUTY, Role.VIEW)
    form = hoa.get("/lenh/moi?ban=lu-quet").text
    assert '<input type="hidden" name="bulletin" value="lu-quet">' in form
    assert "<textarea" not in form
    assert "“Nước suối đang dâng!”" in form
    page = hoa.post("/lenh/moi", scope=SCOPE, bulletin="lu-quet", village="*", repeat="3").text
    assert "“Nước suối đang dâng!”" in text_of(page)
    press(hoa, looked_over(page), PHONE)
    press(pao, looked_over(pao.get(f"/lenh/{SCOPE}/1/ky").text), PAO_PHONE)

    assert [(one.document.bulletin, one.missing) for one in named.alerts.all(SCOPE)] == [("lu-quet", 0)]


def test_nobody_signs_a_template_that_was_published_in_other_words_since(
    people: Officers, named: Hub, office: Office
) -> None:
    sign(named, write(named, TEMPLATE), PHONE)
    text = (office.home / "bulletins" / "lu-quet.md").read_text("utf-8")
    office.write("bulletins/lu-quet.md", text.replace("đang dâng", "đang rút"))
    office.publish("hoa")
    named.publish(office.stick, SCOPE)
    named.bells.look()

    page = people.officer(Role.DUTY).get(f"/lenh/{SCOPE}/1/ky")
    assert page.status_code == 409
    assert "đã được phát hành với lời khác" in text_of(page.text)
    assert "data-passkey" not in page.text


def test_an_alarm_takes_the_place_of_another(people: Officers, named: Hub) -> None:
    sign(named, write(named, replace(FLOOD, drill=True, villages=("na-hoa",))), PHONE)
    hoa = people.officer(Role.DUTY)
    form = hoa.get(f"/lenh/moi?cap={SCOPE}&thay=1").text
    assert f"Thay lệnh {SCOPE}/1" in text_of(form)
    assert "Nước suối đang dâng 2 m!</textarea>" in form
    assert re.search(r'value="na-hoa" checked', form)
    page = hoa.post("/lenh/moi", **(TYPED | {"text": "Nước rút.", "village": "na-hoa", "thay": "1"})).text
    assert "DIỄN TẬP" in text_of(page)  # as that was
    press(hoa, looked_over(page), PHONE)

    update = named.alerts.all(SCOPE)[1]
    assert (update.document.kind, update.document.references) == (AlertKind.UPDATE, (f"{SCOPE}/1",))
    assert (update.document.drill, update.missing) == (True, 1)
    assert hoa.post("/lenh/moi", **(TYPED | {"thay": "9"})).status_code == 404


def test_one_signs_a_silent_check_and_one_silences(people: Officers, named: Hub) -> None:
    hoa = people.officer(Role.DUTY)
    listed = hoa.get("/lenh").text
    for name in ("kiem-tra", "dung"):
        assert f'href="/lenh/{name}?cap={SCOPE}"' in listed
        press(hoa, looked_over(hoa.get(f"/lenh/{name}?cap={SCOPE}").text), PHONE)
    stop = hoa.get(f"/lenh/dung?cap={SCOPE}&thon=na-hoa&thon=khong-co").text
    assert "Cho Thôn Nà Hoa" in text_of(stop)
    assert "Ký: DỪNG NGAY" in stop
    press(hoa, looked_over(stop), PHONE)

    found = [(one.document.kind, one.document.villages, one.missing) for one in named.alerts.all(SCOPE)]
    some = (AlertKind.STOP, ("na-hoa",), 0)
    assert found == [(AlertKind.CHECK, ("*",), 0), (AlertKind.STOP, ("*",), 0), some]


def test_whoever_may_air_a_bulletin_has_it_heard_now_by_one_signature(people: Officers, named: Hub) -> None:
    editor = people.officer(Role.EDIT)
    assert f"/lenh/phat?cap={SCOPE}&amp;ban=tin-sang" in editor.get("/cong-van/tin-sang").text
    assert "/lenh/phat" not in editor.get("/cong-van/lu-quet").text  # an alarm is signed as one
    assert editor.get(f"/lenh/phat?cap={SCOPE}&ban=lu-quet").status_code == 422
    assert editor.get(f"/lenh/phat?cap={SCOPE}&ban=khong-co").status_code == 404
    alarm = write(named)
    fields = {"envelope": format_envelope(alarm).decode(), **assertion(alarm, PHONE)}
    assert editor.post("/lenh/phat", **fields).status_code == 422
    assert editor.post("/lenh/ky", **fields).status_code == 403

    page = editor.get(f"/lenh/phat?cap={SCOPE}&ban=tin-sang&thon=na-hoa").text
    assert "“Kính thưa bà con!" in text_of(page)
    assert 'action="/lenh/phat"' in page
    play = looked_over(page)
    sent = {"envelope": format_envelope(play).decode(), **assertion(play, PHONE)}
    assert editor.post("/lenh/phat", **sent).headers["location"] == f"/lenh/{SCOPE}/1"
    (given,) = named.alerts.all(SCOPE)
    assert (given.document.kind, given.document.bulletin, given.missing) == (AlertKind.PLAY, "tin-sang", 0)
    assert given.document.villages == ("na-hoa",)


def test_a_province_silences_nobody(people: Officers, named: Hub, office: Office, tmp_path: Path) -> None:
    open_province(tmp_path, office.stick)
    office.trust("hoa", "pao", parent="tinh-thu")
    for scope in ("tinh-thu", SCOPE):
        named.publish(office.stick, scope)
    named.bells.look()
    hoa = people.officer(Role.DUTY)

    assert "/lenh/dung" not in hoa.get("/lenh?cap=tinh-thu").text
    assert hoa.get("/lenh/dung?cap=tinh-thu").status_code == 409


def test_only_who_is_on_duty_gives_alarms(people: Officers) -> None:
    editor = people.officer(Role.EDIT)

    assert editor.get("/lenh/moi").status_code == 403
    assert "/lenh/moi" not in editor.get("/lenh").text
