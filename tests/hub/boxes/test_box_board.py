"""Who is there, what they hold, and which village has aired a bulletin: only by logs that are believed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from harness.hub_boxes import JoinedBox, enrol, registered
from harness.office import NOW, SCOPE, Office

from loudspeaker.clock import FakeClock
from loudspeaker.errors import NotFound
from loudspeaker.fleet.topics import BoxHealth, HeldVersions, Presence, Receipt, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.box_board import BoxBoard, BoxCondition, VillageCount
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.published_files import list_scopes, read_published
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.model.board import HealthRow, HealthSubject
from loudspeaker.model.enums import Verdict
from loudspeaker.station.box.box_key import public_box_key
from loudspeaker.station.box.log_segment import RefusedLog


def board(hub: Hub) -> BoxBoard:
    root = hub.paths.root
    published = tuple(read_published(root, scope) for scope in list_scopes(root))
    return BoxBoard(hub.database, hub.registry, published)


def send(hub: Hub, *boxes: JoinedBox) -> None:
    for box in boxes:
        hub.intake.accept(registered(hub, box), box.segment())


def by_village(counts: Iterable[VillageCount]) -> dict[str, tuple[int, bool]]:
    return {count.village: (count.aired, count.logged) for count in counts}


def say(hub: Hub, box: str, kind: TopicKind, message: Presence | BoxHealth | Receipt, minutes: int = 0) -> None:
    said = SaidMessage(str(Topic(kind, box)), format_message(message))
    keep_messages(hub.database, [said], NOW + timedelta(minutes=minutes))


def test_a_village_has_heard_it_where_any_of_its_boxes_has_aired_it(published: Hub, tmp_path: Path) -> None:
    first = enrol(published, tmp_path, "first", ["na-hoa"])
    second = enrol(published, tmp_path, "second", ["na-hoa", "suoi-trat"])
    first.air("na-hoa", 0, Verdict.MISSED_OFF)
    second.air("na-hoa", 0)  # the same airing
    first.air("na-hoa", 5)
    second.air("suoi-trat", 5, Verdict.TO_FILE)
    first.air("na-hoa", 10, bulletin="nhac")
    send(published, first, second)

    nha_hoa, suoi_trat = board(published).report(SCOPE, "tin-sang")

    assert (nha_hoa.aired, nha_hoa.minutes, nha_hoa.missed) == (2, 2.0, ())
    assert nha_hoa.last == NOW + timedelta(minutes=5)
    assert (suoi_trat.aired, suoi_trat.missed, suoi_trat.logged) == (0, ((Verdict.TO_FILE.value, 1),), True)


def test_a_village_whose_log_has_not_come_has_none_and_not_nothing(published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path, villages=["na-hoa"])
    box.air("na-hoa")
    send(published, box)

    assert by_village(board(published).report(SCOPE, "tin-sang")) == {"na-hoa": (1, True), "suoi-trat": (0, False)}


def test_a_log_that_is_not_believed_counts_for_nothing_and_is_told(published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path)
    box.air("na-hoa")
    with pytest.raises(RefusedLog):
        published.intake.accept(registered(published, box), box.segment()[:-9])

    [row] = board(published).boxes(SCOPE)
    assert (row.entries, row.log_fault) == (0, "this is no piece of a log")
    assert by_village(board(published).report(SCOPE, "tin-sang"))["na-hoa"] == (0, False)


def test_a_provinces_bulletin_is_counted_in_the_communes_below_it(
    published: Hub, office: Office, tmp_path: Path
) -> None:
    province = Office(tmp_path / "tinh", office.stick, "tinh-thu")
    (province.home / "bulletins").mkdir(parents=True)
    province.write("commune.yaml", "commune: Tỉnh\nid: tinh-thu\n")
    province.trust("tu", "binh", people=("tu", "binh", "mai"))
    province.publish("tu", "binh", spoken=True)
    office.trust("hoa", "pao", parent="tinh-thu")
    for scope in list_scopes(office.stick):
        published.publish(office.stick, scope)
    box = enrol(published, tmp_path)
    box.air("na-hoa", bulletin="bao-so-5@tinh-thu")
    box.air("na-hoa", 1, bulletin="bao-so-5")  # the commune's own of that name
    send(published, box)

    counts = {(one.scope, one.village): one.aired for one in board(published).report("tinh-thu", "bao-so-5")}

    assert counts[SCOPE, "na-hoa"] == 1
    assert [row.box for row in board(published).boxes("tinh-thu")] == [box.id]
    with pytest.raises(NotFound):
        board(published).report("xa-khac", "tin-sang")


def test_presence_tells_what_a_box_holds_and_since_when_it_is_there(
    published: Hub, tmp_path: Path, clock: FakeClock
) -> None:
    box = enrol(published, tmp_path)
    there = Presence(True, "0.1", {SCOPE: HeldVersions(2, 1)})

    [before] = board(published).boxes()
    say(published, box.id, TopicKind.PRESENCE, there)
    say(published, box.id, TopicKind.PRESENCE, there, minutes=9)  # retained: it comes with each connection
    [now] = board(published).boxes()
    say(published, box.id, TopicKind.PRESENCE, Presence(False), minutes=20)
    [gone] = board(published).boxes()

    assert (before.on, before.since, before.newest) == (False, None, 1)
    assert (now.on, now.since, now.manifest, now.software) == (True, NOW, 1, "0.1")
    assert (gone.on, gone.since) == (False, NOW + timedelta(minutes=20))
    assert not now.confirmed


def test_a_box_that_its_commune_has_named_is_confirmed_and_stays_so(
    published: Hub, office: Office, tmp_path: Path
) -> None:
    box, other = enrol(published, tmp_path), enrol(published, tmp_path, "other")
    office.trust("hoa", "pao", boxes=(public_box_key(registered(published, box).public),))
    office.trust("hoa", "pao")  # the next one keeps it, and the hub
    published.publish(office.stick, SCOPE)

    rows = {row.box: row.confirmed for row in board(published).boxes()}

    assert rows == {box.id: True, other.id: False}
    assert [bell.published.scope for bell in published.bells.look()] == [SCOPE]


def test_each_step_with_an_alert_is_kept_once_and_strangers_say_nothing(published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path)
    for state in (AlertState.PREPARED, AlertState.AIRED, AlertState.AIRED):
        say(published, box.id, TopicKind.RECEIPT, Receipt(f"{SCOPE}/1", state, NOW))
    say(published, "b-ffffffff", TopicKind.RECEIPT, Receipt(f"{SCOPE}/1", AlertState.AIRED, NOW))
    say(published, "b-ffffffff", TopicKind.PRESENCE, Presence(True))

    rows = published.database.rows("SELECT box, state FROM receipt ORDER BY state")
    assert [tuple(row) for row in rows] == [(box.id, "aired"), (box.id, "prepared")]
    assert published.database.rows("SELECT * FROM said") == []


def test_how_often_a_box_has_said_an_alert_is_counted_and_when_it_first_did_stays(
    published: Hub, tmp_path: Path
) -> None:
    box, other = enrol(published, tmp_path), enrol(published, tmp_path, "other")
    for times in (1, 2, 3):
        receipt = Receipt(f"{SCOPE}/1", AlertState.AIRED, NOW, times=times)
        say(published, box.id, TopicKind.RECEIPT, receipt, minutes=times)
    say(published, other.id, TopicKind.RECEIPT, Receipt(f"{SCOPE}/1", AlertState.PREPARED, NOW))

    assert board(published).times_said(f"{SCOPE}/1") == {box.id: 3}
    assert board(published).receipts(f"{SCOPE}/1")[box.id] == {AlertState.AIRED: NOW + timedelta(minutes=1)}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("ls/1/box/{box}/presence", b"{"),
        ("ls/1/box/{box}/presence", b'{"on": "yes"}'),
        ("ls/1/box/{box}/receipt", b"\xff"),
        ("ls/1/box/{box}/log", b"{}"),
        ("ls/1/scope/xa-thu/bell", b'{"on": true}'),
    ],
)
def test_what_cannot_be_read_is_passed_over(published: Hub, tmp_path: Path, topic: str, payload: bytes) -> None:
    box = enrol(published, tmp_path)
    good = SaidMessage(str(Topic(TopicKind.PRESENCE, box.id)), format_message(Presence(True)))

    keep_messages(published.database, [SaidMessage(topic.format(box=box.id), payload), good], NOW)

    assert [row["kind"] for row in published.database.rows("SELECT kind FROM said")] == ["presence"]


def test_a_box_whose_village_nobody_has_confirmed_is_told(published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path, "first", ["na-hoa"])
    row = HealthRow("đúng thôn", "chưa xác nhận", False, HealthSubject.VILLAGE)
    say(published, box.id, TopicKind.PRESENCE, Presence(True))
    say(published, box.id, TopicKind.HEALTH, BoxHealth("0.1", NOW, (row,)))

    (found,) = board(published).boxes()

    assert found.condition(NOW) is BoxCondition.UNCONFIRMED
