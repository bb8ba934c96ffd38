"""How far an alarm comes, village by village: before it is signed, after it was given, and for the communes below."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from harness.hub_boxes import JoinedBox, enrol, open_pages, registered
from harness.office import NOW, SCOPE, Office, open_province
from harness.officers import HTMX, Officers
from harness.signing import PEOPLE, PHONE, make_alert, signed

from loudspeaker.clock import FakeClock
from loudspeaker.fleet.topics import HeldVersions, Presence, Receipt, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.alert_villages import VillageReach
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.commune import Contact
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.station.signing.packing import write_trust
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.opening import read_unverified_as, seal
from loudspeaker.trust.signed_documents import Alert, AlertKind
from loudspeaker.web.access.accounts import Role

PROVINCE, OTHER = "tinh-thu", "xa-khac"
CONTACTS = "contacts: {suoi-trat: {name: Ông Vàng A Sử, phone: 0912 345 678}}\n"
OTHER_FILES = {
    "commune.yaml": f"commune: Xã Khác\nid: {OTHER}\nvoices: [tone:low]\nvillages: [ban-xa]\n",
    "schedules/ban-xa.yaml": "village: Bản Xa\nbroadcasts: []\n",
}


@pytest.fixture
def served(published: Hub, office: Office, tmp_path: Path) -> Hub:
    """A province with two communes; the first has told whom to call in Suối Trát."""
    open_province(tmp_path, office.stick)
    with (office.home / "commune.yaml").open("a") as file:
        file.write(CONTACTS)
    office.publish("hoa", "pao")
    office.trust("hoa", "pao", parent=PROVINCE, hub=published.key.public)
    other = Office(tmp_path / "other", office.stick, OTHER)
    for name, text in OTHER_FILES.items():
        (other.home / name).parent.mkdir(parents=True, exist_ok=True)
        other.write(name, text)
    other.trust("hoa", "pao", parent=PROVINCE)
    other.publish("hoa", "pao")
    for scope in (PROVINCE, SCOPE, OTHER):
        published.publish(office.stick, scope)
    published.bells.look()
    return published


@pytest.fixture
def people(served: Hub) -> Iterator[Officers]:
    with open_pages(served) as people:
        yield people


def give(hub: Hub, office: Office, scope: str = SCOPE, signers: Sequence[str] = ("hoa", "pao"), **more: Any) -> Alert:
    """An alert that these people have signed; words and numbers are of the moment."""
    number = len(hub.alerts.all(scope)) + 1
    alert = make_alert(number, scope=scope, issued=NOW, until=NOW.replace(hour=9), **more)
    path = office.stick / "v1" / scope / "alert" / f"{number}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(format_envelope(signed(seal(alert), *signers)))
    hub.publish(office.stick, scope)
    hub.bells.look()
    return alert


def say(hub: Hub, box: JoinedBox, *messages: Presence | Receipt) -> None:
    kinds = {Presence: TopicKind.PRESENCE, Receipt: TopicKind.RECEIPT}
    said = [SaidMessage(str(Topic(kinds[type(one)], box.id)), format_message(one)) for one in messages]
    keep_messages(hub.database, said, NOW)


def there(scope: str = SCOPE) -> Presence:
    return Presence(True, "0.1", {scope: HeldVersions(3, 2)})


def log_verdict(hub: Hub, box: JoinedBox, village: str, verdict: Verdict) -> None:
    """What the box's log says of an alarm of its commune's."""
    name = f"{village}/urgent@{SCOPE}/{NOW:%Y-%m-%dT%H:%M:%S}"
    occurrence = Occurrence(name, village, "loa", f"urgent@{SCOPE}", None, Level.EMERGENCY, NOW)
    started = (NOW, NOW) if verdict is Verdict.AIRED else (None, None)
    box.log.verdict(AsRunRecord(occurrence, verdict, "", *started))
    hub.intake.accept(registered(hub, box), box.segment())


def find(hub: Hub, alert: Alert) -> dict[str, VillageReach]:
    return {one.village: one for one in hub.alert_audience(alert).find(hub.database, NOW)}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2] or page).split())


def test_a_village_has_heard_it_when_a_box_that_plays_it_says_so(served: Hub, office: Office, tmp_path: Path) -> None:
    alert, box = give(served, office), enrol(served, tmp_path, villages=["na-hoa"])
    say(served, box, there(), Receipt(alert.id, AlertState.AIRED, NOW))

    heard = find(served, alert)

    assert (heard["na-hoa"].aired, heard["na-hoa"].reason) == (True, None)
    assert (heard["suoi-trat"].aired, str(heard["suoi-trat"].reason)) == (False, "no box plays this village")
    assert heard["suoi-trat"].contact == Contact("Ông Vàng A Sử", "0912 345 678")


def test_a_log_goes_before_what_a_box_has_told(served: Hub, office: Office, tmp_path: Path) -> None:
    alert, box = give(served, office), enrol(served, tmp_path, villages=["na-hoa", "suoi-trat"])
    say(served, box, there(), Receipt(alert.id, AlertState.AIRED, NOW))
    log_verdict(served, box, "suoi-trat", Verdict.FAILED_DEVICE)

    heard = find(served, alert)

    assert heard["na-hoa"].aired
    assert (heard["suoi-trat"].aired, str(heard["suoi-trat"].reason)) == (False, "sound card failed")


def test_a_log_alone_proves_that_it_was_heard(served: Hub, office: Office, tmp_path: Path) -> None:
    alert, box = give(served, office), enrol(served, tmp_path, villages=["na-hoa"])
    log_verdict(served, box, "na-hoa", Verdict.AIRED)

    assert find(served, alert)["na-hoa"].aired


@pytest.mark.parametrize(
    ("state", "why", "reason"),
    [
        (AlertState.FAILED, "không có card âm thanh", "không có card âm thanh"),
        (AlertState.PREPARED, "", "its box has got no second signature yet"),
        (AlertState.GIVEN, "", "its box is about to air it"),
        (AlertState.ENDED, "", "it ended before the box aired it"),
        (None, "", "its box has not answered"),
    ],
)
def test_why_a_village_has_not_heard_it_is_told(
    served: Hub, office: Office, tmp_path: Path, state: AlertState | None, why: str, reason: str
) -> None:
    alert, box = give(served, office), enrol(served, tmp_path, villages=["na-hoa"])
    say(served, box, there(), *([Receipt(alert.id, state, NOW, why=why)] if state else []))

    assert str(find(served, alert)["na-hoa"].reason) == reason


def test_a_silent_box_is_told_with_the_hour_and_another_one_of_the_village_counts(
    served: Hub, office: Office, tmp_path: Path
) -> None:
    alert = give(served, office)
    silent = enrol(served, tmp_path, "im", ["na-hoa"])
    say(served, silent, Presence(False))
    assert str(find(served, alert)["na-hoa"].reason) == "its box is silent since 05:00 24/11"

    say(served, enrol(served, tmp_path, "khác", ["na-hoa"]), there(), Receipt(alert.id, AlertState.AIRED, NOW))
    assert find(served, alert)["na-hoa"].aired


def test_the_page_lists_who_has_not_heard_it_with_whom_to_call_and_what_to_copy(
    people: Officers, served: Hub, office: Office, tmp_path: Path
) -> None:
    alert, box = give(served, office, text="Lũ về", spoken="Lũ về"), enrol(served, tmp_path, villages=["na-hoa"])
    say(served, box, there(), Receipt(alert.id, AlertState.AIRED, NOW))

    page = people.officer(Role.DUTY).get(f"/lenh/{alert.id}").text

    assert "1/2 thôn đã phát · 1 chưa" in text_of(page)
    assert "Thôn Suối Trát Xã Thử Chưa có máy nào phát cho thôn này Ông Vàng A Sử 0912 345 678" in text_of(page)
    copied = html.unescape(page.partition('<textarea id="zalo"')[2].partition(">")[2].partition("</textarea>")[0])
    assert copied.splitlines() == [
        "Lũ về",
        "1/2 thôn đã phát · 1 chưa:",
        "- Thôn Suối Trát, Xã Thử: chưa có máy nào phát cho thôn này – Ông Vàng A Sử 0912 345 678",
    ]


def test_who_has_called_a_village_says_so_which_is_noted_and_counts_as_no_airing(
    people: Officers, served: Hub, office: Office
) -> None:
    alert, duty = give(served, office), people.officer(Role.DUTY)

    answer = duty.post(f"/lenh/{alert.id}/da-goi", village=f"{SCOPE}/suoi-trat")

    assert answer.headers["location"] == f"/lenh/{alert.id}"
    page = text_of(duty.get(f"/lenh/{alert.id}").text)
    assert "0/2 thôn đã phát · 2 chưa (1 thôn trong số đó đã gọi, đã biết)" in page
    assert "Chị Duty đã gọi lúc 05:00: thôn đã biết" in page
    acts = text_of(people.officer(Role.ADMIN).get("/nhat-ky/thao-tac").text)
    assert re.search(rf"ghi đã gọi, thôn đã biết .*{SCOPE}/suoi-trat", acts)
    assert duty.post(f"/lenh/{alert.id}/da-goi", village=f"{SCOPE}/khong-co").status_code == 404
    assert duty.post(f"/lenh/{SCOPE}/9/da-goi", village=f"{SCOPE}/suoi-trat").status_code == 404
    assert people.officer(Role.VIEW).post(f"/lenh/{alert.id}/da-goi", village="x").status_code == 403


def test_a_page_that_is_open_counts_again(people: Officers, served: Hub, office: Office, tmp_path: Path) -> None:
    alert, viewer = give(served, office), people.officer(Role.VIEW)
    assert "0/2 thôn đã phát" in text_of(viewer.get(f"/lenh/{alert.id}", **HTMX).text)
    box = enrol(served, tmp_path, villages=["na-hoa", "suoi-trat"])
    say(served, box, there(), Receipt(alert.id, AlertState.AIRED, NOW))

    assert "2/2 thôn đã phát" in text_of(viewer.get(f"/lenh/{alert.id}", **HTMX).text)


def test_what_still_lacks_a_signature_and_what_is_no_alarm_counts_no_villages(
    people: Officers, served: Hub, office: Office
) -> None:
    waiting = give(served, office, signers=["hoa"])
    check = give(served, office, kind=AlertKind.CHECK, text=None, spoken=None)

    for alert in (waiting, check):
        for headers in ({}, HTMX):
            answer = people.officer(Role.VIEW).get(f"/lenh/{alert.id}", **headers)
            assert (answer.status_code, "thôn đã phát" in answer.text) == (200, False)


def test_before_it_is_signed_the_page_tells_how_far_it_goes_and_who_will_not_hear_it(
    people: Officers, served: Hub, office: Office, tmp_path: Path
) -> None:
    box = enrol(served, tmp_path, villages=["na-hoa"])
    say(served, box, there())
    province = {"scope": PROVINCE, "text": "Bão", "village": "*", "repeat": "3"}

    duty = people.officer(Role.DUTY)
    own = text_of(duty.post("/lenh/moi", **(province | {"scope": SCOPE})).text)
    whole = text_of(duty.post("/lenh/moi", **province).text)

    assert "Lệnh sẽ tới 2 thôn. ✗ 1 thôn hiện không nghe được Thôn Suối Trát" in own
    assert "Gọi Ông Vàng A Sử: 0912 345 678" in own
    assert "Lệnh sẽ tới 2 xã, 3 thôn. ✗ 2 thôn hiện không nghe được" in whole


def test_a_drill_outside_the_hours_of_the_policy_will_not_be_heard(
    people: Officers, served: Hub, tmp_path: Path, clock: FakeClock
) -> None:
    box, duty = enrol(served, tmp_path, villages=["na-hoa", "suoi-trat"]), people.officer(Role.DUTY)
    say(served, box, there())
    typed = {"scope": SCOPE, "text": "Diễn tập", "village": "*", "repeat": "1"}

    assert "không nghe được" not in duty.post("/lenh/moi", **typed).text
    early = text_of(duty.post("/lenh/moi", **typed, drill="1").text)
    clock.advance(3600)  # 06:00
    later = text_of(duty.post("/lenh/moi", **typed, drill="1").text)

    assert "2 thôn hiện không nghe được" in early
    assert "Diễn tập chỉ phát trong khung giờ quy chế" in early
    assert "không nghe được" not in later


def test_the_last_button_says_in_how_many_villages_it_is_heard(people: Officers, named_province: Office) -> None:
    page = people.officer(Role.DUTY).get(f"/lenh/{PROVINCE}/1/ky").text

    assert "Ký: PHÁT RA 2 XÃ, 3 THÔN" in page


@pytest.fixture
def named_province(served: Hub, office: Office) -> Office:
    """Hoa’s passkey signs for the province, too; one key file has signed an alarm of it."""
    province = Office(office.home, office.stick, PROVINCE)
    keys = [*(PEOPLE[name].public for name in ("tu", "binh", "mai")), PHONE.public]
    _, path = write_trust(office.stick, PROVINCE, keys, NOW)
    province.sign(path, "tu", "binh")
    served.publish(office.stick, PROVINCE)
    give(served, office, PROVINCE, ["tu"])
    return province


def test_an_alarm_of_a_province_goes_to_the_communes_that_were_chosen(people: Officers, named_province: Office) -> None:
    duty = people.officer(Role.DUTY)
    typed = {"scope": PROVINCE, "text": "Bão", "village": "*", "repeat": "3", "commune": OTHER}
    form = duty.get(f"/lenh/moi?cap={PROVINCE}").text
    assert f'name="commune" value="{SCOPE}"' in form

    page = duty.post("/lenh/moi", **typed).text
    field = re.search(r'name="envelope" value="([^"]*)"', page)

    assert field
    assert "Chỉ ở 1 xã: Xã Khác" in text_of(page)
    assert "Lệnh sẽ tới 1 thôn." in text_of(page)
    alert = read_unverified_as(Alert, parse_envelope(html.unescape(field[1]).encode()))
    assert alert.audience == (OTHER,)


def test_a_group_of_communes_that_the_province_has_named_is_chosen_as_one(
    people: Officers, served: Hub, named_province: Office, tmp_path: Path
) -> None:
    duty = people.officer(Role.DUTY)
    rules = f"commune: Tỉnh Thử\nid: {PROVINCE}\ngroups: {{ven sông: [{OTHER}, xa-vang]}}\n"
    Office(tmp_path / "province", named_province.stick, PROVINCE).write("commune.yaml", rules)
    province = Office(tmp_path / "province", named_province.stick, PROVINCE)
    province.publish("tu", "binh", spoken=True)
    served.publish(province.stick, PROVINCE)
    served.bells.look()
    assert "Nhóm ven sông: 2 xã" in text_of(duty.get(f"/lenh/moi?cap={PROVINCE}").text)

    typed = {"scope": PROVINCE, "text": "Bão", "village": "*", "repeat": "3"}
    page = duty.post("/lenh/moi", **typed, group="ven sông").text
    field = re.search(r'name="envelope" value="([^"]*)"', page)
    assert field
    alert = read_unverified_as(Alert, parse_envelope(html.unescape(field[1]).encode()))
    assert alert.audience == (OTHER, "xa-vang")
    gone = duty.post("/lenh/moi", **typed, group="ven suối")
    assert (gone.status_code, "hãy chọn nơi phát" in gone.text.lower()) == (422, True)


def test_the_end_of_an_alarm_is_for_whom_that_was(people: Officers, served: Hub, named_province: Office) -> None:
    give(served, named_province, PROVINCE, ["tu", "binh"], audience=(OTHER,))

    page = people.officer(Role.DUTY).get(f"/lenh/{PROVINCE}/2/ket-thuc?cach=clear").text

    field = re.search(r'name="envelope" value="([^"]*)"', page)
    assert field
    end = read_unverified_as(Alert, parse_envelope(html.unescape(field[1]).encode()))
    assert (end.kind, end.audience) == (AlertKind.END, (OTHER,))


def test_a_commune_sees_what_became_of_an_alarm_of_its_province_with_itself_and_does_nothing_about_it(
    people: Officers, served: Hub, office: Office, tmp_path: Path
) -> None:
    alert = give(served, office, PROVINCE, ["tu", "binh"], text="Bão số 5", spoken="Bão số năm")
    own = enrol(served, tmp_path, "một", ["na-hoa"])
    neighbour = enrol(served, tmp_path, "khác", ["ban-xa"], OTHER)
    for box, scope in ((own, SCOPE), (neighbour, OTHER)):
        say(served, box, there(scope), Receipt(alert.id, AlertState.AIRED, NOW))
    commune = people.officer(*Role, scope=SCOPE)

    listed = text_of(commune.get(f"/lenh?cap={PROVINCE}").text)
    page = commune.get(f"/lenh/{alert.id}").text

    assert "Tỉnh Thử" in commune.get("/lenh").text  # in the list of offices
    assert "Lệnh của Tỉnh Thử." in listed
    assert f"{alert.id} · Bão số 5" in listed
    assert "1 đã phát (trong 1 máy)" in listed
    assert "1/2 thôn đã phát · 1 chưa" in text_of(page)
    for foreign in ("Xã Khác", "Bản Xa", neighbour.id, "máy khác", "ket-thuc", "thay=", f"{alert.id}/ky"):
        assert foreign not in page
    assert commune.get(f"/lenh/{alert.id}/ky").status_code == 404
    assert commune.get(f"/lenh/{alert.id}/ket-thuc?cach=clear").status_code == 404
    assert commune.post(f"/lenh/{alert.id}/da-goi", village=f"{OTHER}/ban-xa").status_code == 404
    assert commune.post(f"/lenh/{alert.id}/da-goi", village=f"{SCOPE}/suoi-trat").status_code == 303
    assert commune.get(f"/lenh?cap={OTHER}").status_code == 404
    assert commune.get(f"/ky/{PROVINCE}").status_code == 404


def test_an_alarm_that_is_for_other_communes_is_not_seen(people: Officers, served: Hub, office: Office) -> None:
    alert = give(served, office, PROVINCE, ["tu", "binh"], text="Cháy rừng", spoken="Cháy rừng", audience=(OTHER,))
    commune = people.officer(*Role, scope=SCOPE)

    assert "Cháy rừng" not in commune.get(f"/lenh?cap={PROVINCE}").text
    assert commune.get(f"/lenh/{alert.id}").status_code == 404
