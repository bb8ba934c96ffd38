"""What people are told of alerts that nobody answers, of versions that do harm, and of what boxes say of themselves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from harness.hub_boxes import JoinedBox, enrol
from harness.office import NOW, SCOPE, Office, open_province
from harness.signing import make_alert, signed

from loudspeaker.clock import FakeClock
from loudspeaker.fleet.topics import BoxHealth, HeldVersions, Presence, Receipt, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.watch.incident_watch import IncidentWatch
from loudspeaker.hub.watch.incidents import Incident, IncidentBook, IncidentKind
from loudspeaker.hub.watch.troubles import ANSWERS_WITHIN, LASTING, MOST_NAMED, WATCHED
from loudspeaker.i18n import translator
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.model.board import HealthRow, HealthSubject
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import Alert, AlertKind

HERE = Presence(True, "0.1", {SCOPE: HeldVersions(2, 1)})
UNWELL = HealthRow("card âm thanh", "không thấy card", True, HealthSubject.CARD)
MORNING = NOW.replace(hour=8)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MORNING)


@pytest.fixture
def watch(published: Hub) -> IncidentWatch:
    published.bells.look()
    return IncidentWatch(published, translator("vi"))


def say(hub: Hub, box: JoinedBox, *messages: Presence | BoxHealth | Receipt) -> None:
    kinds = {Presence: TopicKind.PRESENCE, BoxHealth: TopicKind.HEALTH, Receipt: TopicKind.RECEIPT}
    said = [SaidMessage(str(Topic(kinds[type(one)], box.id)), format_message(one)) for one in messages]
    keep_messages(hub.database, said, hub.clock.now())


def health(*rows: HealthRow, **refused: str) -> BoxHealth:
    return BoxHealth("0.1", NOW, rows, refused={scope.replace("_", "-"): why for scope, why in refused.items()})


def crew(hub: Hub, folder: Path, count: int) -> list[JoinedBox]:
    """Boxes that are there and well."""
    boxes = [enrol(hub, folder, f"{number}") for number in range(1, count + 1)]
    for box in boxes:
        say(hub, box, HERE, health())
    return boxes


def give(hub: Hub, office: Office, alert: Alert, *people: str) -> None:
    """The hub serves it from now on."""
    path = office.own / "alert" / f"{alert.seq}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(format_envelope(signed(seal(alert), *people)))
    hub.publish(office.stick, office.scope)
    hub.bells.look()


def alarm(seq: int = 1, kind: AlertKind = AlertKind.ALERT, **changed: object) -> Alert:
    words = {} if kind is AlertKind.ALERT else {"text": None, "spoken": None}
    given = {"issued": MORNING, "until": MORNING + timedelta(hours=2), **words, **changed}
    return make_alert(seq, scope=SCOPE, kind=kind, **given)


def standing(hub: Hub) -> list[Incident]:
    return IncidentBook(hub.database, translator("vi")).standing()


def sentences(hub: Hub) -> list[str]:
    return [one.message().say(translator("vi")) for one in standing(hub)]


def last(hub: Hub) -> str:
    return IncidentBook(hub.database, translator("vi")).last(1)[0].message().say(translator("vi"))


def look(watch: IncidentWatch, clock: FakeClock, after: timedelta = timedelta(0)) -> None:
    clock.advance(after.total_seconds())
    watch.look()


def test_boxes_that_are_there_and_do_not_answer_an_alarm_within_a_minute_are_told(
    published: Hub, office: Office, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    heard, silent, failed = crew(published, tmp_path, 3)
    clock.advance(600)
    give(published, office, alarm(), "hoa", "pao")
    say(published, heard, Receipt(f"{SCOPE}/1", AlertState.GIVEN, NOW))
    say(published, failed, Receipt(f"{SCOPE}/1", AlertState.FAILED, NOW, why="không thấy card"))
    look(watch, clock, ANSWERS_WITHIN - timedelta(seconds=1))
    assert standing(published) == []
    look(watch, clock, timedelta(seconds=1))
    [told] = sentences(published)
    assert told.startswith(f"Lệnh {SCOPE}/1 (Lũ đang về.): 2/3 máy chưa trả lời hoặc chưa thực hiện được: ")
    assert [f"máy {number} (Xã Thử)" in told for number in (1, 2, 3)] == [False, True, True]

    say(published, silent, Receipt(f"{SCOPE}/1", AlertState.AIRED, NOW))
    look(watch, clock)
    assert len(standing(published)) == 1
    say(published, failed, Receipt(f"{SCOPE}/1", AlertState.ELSEWHERE, NOW))
    look(watch, clock)
    assert standing(published) == []
    assert last(published) == f"Lệnh {SCOPE}/1 (Lũ đang về.): các máy đã trả lời đủ hoặc lệnh đã hết hạn"


def test_the_minute_begins_with_the_last_signature_and_with_the_box_that_comes(
    published: Hub, office: Office, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    box, late = enrol(published, tmp_path, "1"), enrol(published, tmp_path, "2")
    say(published, box, HERE)
    say(published, late, Presence(False))
    give(published, office, alarm(), "hoa")
    look(watch, clock, ANSWERS_WITHIN * 5)
    assert standing(published) == []  # nobody waits for an answer to one that is not signed yet
    give(published, office, alarm(), "hoa", "pao")
    say(published, box, Receipt(f"{SCOPE}/1", AlertState.AIRED, NOW))
    look(watch, clock, ANSWERS_WITHIN)
    assert standing(published) == []  # a box that is away is not told of it twice
    say(published, late, HERE)
    look(watch, clock, ANSWERS_WITHIN / 2)
    assert standing(published) == []
    look(watch, clock, ANSWERS_WITHIN / 2)
    assert [one.kind for one in standing(published)] == [IncidentKind.MISSED_ALERT]

    say(published, late, Presence(False))  # that it is gone answers nothing
    look(watch, clock)
    assert len(standing(published)) == 1
    look(watch, clock, timedelta(hours=2))
    assert IncidentKind.MISSED_ALERT not in {one.kind for one in standing(published)}


def test_while_the_broker_is_lost_no_answer_is_missed_and_none_has_come(
    published: Hub, office: Office, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    crew(published, tmp_path, 1)
    published.contact.lost = clock.now()
    give(published, office, alarm(), "hoa", "pao")
    look(watch, clock, ANSWERS_WITHIN)
    assert standing(published) == []
    published.contact.lost = None
    look(watch, clock)
    published.contact.lost = clock.now()
    look(watch, clock, timedelta(hours=1))
    assert IncidentKind.MISSED_ALERT in {one.kind for one in standing(published)}


def test_an_alarm_of_one_village_is_expected_from_its_boxes_only(
    published: Hub, office: Office, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    for number, village in enumerate(["na-hoa", "suoi-trat"]):
        say(published, enrol(published, tmp_path, f"{number}", [village]), HERE)
    give(published, office, alarm(villages=("suoi-trat",)), "hoa", "pao")
    look(watch, clock, ANSWERS_WITHIN)

    assert standing(published)[0].facts["boxes"] == "máy 1 (Xã Thử)"


def test_a_silent_check_stands_until_it_is_answered_or_a_newer_one_is(
    published: Hub, office: Office, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    first, second = crew(published, tmp_path, 2)
    give(published, office, alarm(1, AlertKind.CHECK), "hoa")
    say(published, first, Receipt(f"{SCOPE}/1", AlertState.CHECKED, NOW))
    look(watch, clock, ANSWERS_WITHIN)
    assert sentences(published) == [
        f"Kiểm tra thầm {SCOPE}/1: 1/2 máy chưa báo là ổn: máy 2 (Xã Thử). Ở đó lệnh khẩn có thể không phát được."
    ]
    look(watch, clock, timedelta(days=6))
    assert IncidentKind.MISSED_CHECK in {one.kind for one in standing(published)}

    now = clock.now()
    give(published, office, alarm(2, AlertKind.CHECK, issued=now, until=now + timedelta(hours=1)), "hoa")
    for box in (first, second):
        say(published, box, Receipt(f"{SCOPE}/2", AlertState.CHECKED, NOW))
    look(watch, clock, ANSWERS_WITHIN)
    assert standing(published) == []


def test_a_version_after_which_boxes_are_unwell_is_told_within_the_hour_and_not_later(
    published: Hub, office: Office, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    boxes = crew(published, tmp_path, 40)
    say(published, boxes[0], health(UNWELL))  # before that version
    look(watch, clock)
    say(published, boxes[1], health(UNWELL))
    look(watch, clock, timedelta(minutes=5))
    assert standing(published) == []  # one of forty is no more than 3 %
    say(published, boxes[2], health(xa_thu="bản 1 sửa quy chế mà chưa đủ hai chữ ký"))
    look(watch, clock)
    told = next(one for one in standing(published) if one.kind is IncidentKind.BAD_VERSION)
    assert (told.facts["count"], told.facts["all"], told.facts["version"]) == ("2", "40", "1")
    assert [f"máy {number} " in told.facts["boxes"] for number in (1, 2)] == [False, True]

    office.write("bulletins/tin-sang.md", "---\ntitle: Tin\n---\nHọp.\n")
    office.publish("hoa")
    published.publish(office.stick, SCOPE)
    published.bells.look()
    look(watch, clock)
    assert IncidentKind.BAD_VERSION not in {one.kind for one in standing(published)}
    clock.advance(WATCHED.total_seconds())
    for box in boxes[10:30]:
        say(published, box, health(UNWELL))
    look(watch, clock)
    assert IncidentKind.BAD_VERSION not in {one.kind for one in standing(published)}


def test_who_was_unwell_before_a_version_is_known_after_a_restart(
    published: Hub, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    boxes = crew(published, tmp_path, 10)
    say(published, boxes[0], health(UNWELL))
    look(watch, clock)
    for box in boxes[:9]:
        say(published, box, health(UNWELL))
    look(IncidentWatch(published, translator("vi")), clock)

    told = next(one for one in standing(published) if one.kind is IncidentKind.BAD_VERSION)
    assert told.facts["count"] == "8"
    assert told.facts["boxes"].count("máy") == MOST_NAMED


def test_what_a_box_says_of_itself_is_told_once_it_has_lasted(
    published: Hub, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    [box] = crew(published, tmp_path, 1)
    look(watch, clock)
    look(watch, clock, WATCHED)  # behind the hour in which it is the version's
    clocked = HealthRow("đồng hồ", "chưa có ai xác nhận giờ", False, HealthSubject.CLOCK)
    say(published, box, health(UNWELL, clocked))
    look(watch, clock)
    assert standing(published) == []
    look(watch, clock, LASTING[IncidentKind.UNWELL_BOX])
    assert sentences(published) == [
        "máy 1 của Xã Thử không rõ giờ: chưa có ai xác nhận giờ. Tin theo lịch phải chờ; lệnh khẩn vẫn phát.",
        "máy 1 của Xã Thử không phát được gì: card âm thanh: không thấy card. Thôn Nà Hoa hiện không nghe được loa.",
    ]
    say(published, box, health(UNWELL))
    look(watch, clock)
    assert [one.kind for one in standing(published)] == [IncidentKind.UNWELL_BOX]


def test_a_clock_that_was_only_not_set_yet_when_the_box_was_switched_on_is_not_told(
    published: Hub, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    [box] = crew(published, tmp_path, 1)
    for row in [HealthRow("đồng hồ", "chưa rõ giờ", False, HealthSubject.CLOCK)], []:
        say(published, box, health(*row))
        look(watch, clock, timedelta(minutes=10))
    assert IncidentBook(published.database, str).last(9) == []


def test_what_is_not_ready_by_evening_is_told_then_and_stays_past_midnight(
    published: Hub, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    [box] = crew(published, tmp_path, 1)
    say(published, box, health(HealthRow("ngày mai", "3/4 lượt chưa chuẩn bị", False, HealthSubject.TOMORROW)))
    look(watch, clock, timedelta(hours=12) - timedelta(seconds=1))
    assert standing(published) == []
    look(watch, clock, timedelta(seconds=1))
    assert sentences(published) == ["máy 1 của Xã Thử chưa sẵn sàng cho lịch ngày mai: 3/4 lượt chưa chuẩn bị"]
    look(watch, clock, timedelta(hours=5))
    assert [one.kind for one in standing(published)] == [IncidentKind.UNREADY_BOX]
    say(published, box, health())
    look(watch, clock)
    assert standing(published) == []


def test_a_box_that_takes_another_versions_than_was_published_says_why(
    published: Hub, watch: IncidentWatch, clock: FakeClock, tmp_path: Path
) -> None:
    boxes = crew(published, tmp_path, 40)
    say(published, boxes[0], health(xa_thu="hai trung tâm gửi hai bản khác nhau"))
    look(watch, clock)

    assert sentences(published) == [
        "máy 1 của Xã Thử không nhận bản mới phát hành: hai trung tâm gửi hai bản khác nhau"
    ]


def test_a_province_waits_for_the_boxes_of_all_its_communes(
    hub: Hub, home: Path, office: Office, clock: FakeClock, tmp_path: Path
) -> None:
    province = open_province(tmp_path, office.stick)
    office.trust("hoa", "pao", parent=province.scope)
    for scope in (province.scope, office.scope):
        hub.publish(office.stick, scope)
    crew(hub, tmp_path, 1)
    alert = make_alert(1, scope=province.scope, issued=MORNING, until=MORNING + timedelta(hours=2))
    give(hub, province, alert, "tu", "binh")
    hub.bells.look()
    look(IncidentWatch(hub, translator("vi")), clock, ANSWERS_WITHIN)

    assert [(one.kind, one.about) for one in standing(hub)] == [(IncidentKind.MISSED_ALERT, alert.id)]
