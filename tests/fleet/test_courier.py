"""The agent's core: whatever comes in, in whatever order, lost or twice, what it wants done keeps to a few rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from loudspeaker.fleet.alert_carrier import TELL_AGAIN, AlertCarrier, alert_event
from loudspeaker.fleet.broker_link import AFTER_LOSS, BACK, LONGEST, SHORTEST, BrokerLink, spread
from loudspeaker.fleet.courier import Courier, begin_courier
from loudspeaker.fleet.courier_steps import (
    Acknowledge,
    Action,
    AlertCame,
    AskForHealth,
    BellDistrusted,
    BellRung,
    Connect,
    CourierEvent,
    DaemonAnswered,
    DaemonAway,
    DaemonMaking,
    DaemonRefused,
    Distrusted,
    Fetch,
    Fetched,
    HandOver,
    HangUp,
    HealthSaid,
    Holds,
    HubAnswers,
    HubBorn,
    HubsNamed,
    LateFilesTaken,
    LinkDown,
    LinkUp,
    ManifestCame,
    NotFetched,
    ProbeBroker,
    PublishHealth,
    PublishPresence,
    PublishReceipt,
    Subscribe,
    Take,
    TakeLateFiles,
    TakingEnded,
    TimePassed,
    Verified,
    Verify,
    WantedFile,
)
from loudspeaker.fleet.file_carrier import CALM, POLL, POLL_AFTER, POLL_SPREAD
from loudspeaker.fleet.late_carrier import AGAIN, DAY, HOUR, LOOK, MORNING, MOST_BYTES, SOON
from loudspeaker.fleet.scope_files import LATER, NO_ROOM
from loudspeaker.fleet.topics import FORMS, HeldVersions, blob_path, box_subscriptions, document_path
from loudspeaker.model.alert_answer import AlertAnswer, AlertState
from loudspeaker.model.board import HealthRow
from loudspeaker.trust.signed_documents import Heads

SCOPE = "ban-may"
BELL_AT = datetime(2026, 11, 29, 6, 0, tzinfo=UTC)
LOOKED_AT = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)
HELD = {SCOPE: HeldVersions(1, 42)}
FILE = "ab" * 32
BELL = document_path(SCOPE, "bell")


class Box:
    """A courier on a clock that the test moves. `done`: what it wanted done since it was last asked."""

    def __init__(self, held: dict[str, HeldVersions] | None = None) -> None:
        self.now = 1000.0
        self.courier: Courier = begin_courier("b-0a1b2c3d", "0.1.0", self.now)
        self.tell(Holds(HELD if held is None else held))

    def tell(self, *events: CourierEvent) -> list[Action]:
        done: list[Action] = []
        for event in events:
            self.courier, actions = self.courier.step(event, self.now)
            done += actions
        return done

    def wait(self, seconds: float) -> list[tuple[float, Action]]:
        """Let time pass; what it wanted done, and when."""
        until, done = self.now + seconds, []
        while (wakes_at := self.courier.wakes_at) is not None and wakes_at <= until:
            self.now = max(self.now, wakes_at)
            done += [(self.now, action) for action in self.tell(TimePassed())]
        self.now = until
        return done

    def online(self) -> Box:
        self.wait(0)
        self.tell(LinkUp())
        return self

    def settled(self) -> Box:
        """The broker has brought what it had kept."""
        self.online()
        self.now += 2 * CALM
        return self


def alert(seq: int = 17, message: int | None = None, text: str = "{}") -> AlertCame:
    return alert_event(SCOPE, seq, f"{text}{seq}".encode(), message)


def answer(came: AlertCame, state: AlertState, sound: float | None = None) -> DaemonAnswered:
    return DaemonAnswered(came.name, AlertAnswer(f"{came.scope}/{came.seq}", state, (), sound))


def of(kind: type, actions: Iterable[object]) -> list[object]:
    return [one for one in actions if isinstance(one, kind)]


# Alerts.


def test_an_alert_is_acknowledged_when_the_daemon_has_answered_and_not_before() -> None:
    box, came = Box().online(), alert(message=7)

    assert box.tell(came) == [HandOver(came.name, came.envelope)]
    assert not of(Acknowledge, box.tell(DaemonMaking(came.name)))
    assert of(HandOver, [action for _, action in box.wait(0.1)])
    assert not of(Acknowledge, box.tell(DaemonAway(came.name)))
    box.wait(2)
    done = box.tell(answer(came, AlertState.AIRED, 80.0))

    assert done == [
        Acknowledge(7),
        PublishReceipt(f"{SCOPE}/17", AlertAnswer(f"{SCOPE}/17", AlertState.AIRED, (), 80.0)),
    ]


def test_one_that_comes_twice_is_handed_over_once_and_both_messages_are_acknowledged() -> None:
    box, came = Box().online(), alert(message=7)

    assert len(of(HandOver, box.tell(came, replace(came, message=8)))) == 1
    assert of(Acknowledge, box.tell(answer(came, AlertState.ENDED))) == [Acknowledge(7), Acknowledge(8)]


def test_what_came_by_a_connection_that_is_gone_is_not_acknowledged_by_the_next() -> None:
    box, came = Box().online(), alert(message=7)
    box.tell(came, LinkDown(), LinkUp())

    assert not of(Acknowledge, box.tell(answer(came, AlertState.AIRED)))


def test_of_several_the_newest_goes_first_and_one_at_a_time() -> None:
    box, first = Box().online(), alert(1)
    assert of(HandOver, box.tell(first, alert(2), alert(3))) == [HandOver(first.name, first.envelope)]

    assert of(HandOver, box.tell(answer(first, AlertState.ENDED))) == [HandOver(alert(3).name, alert(3).envelope)]


def test_one_that_is_given_is_asked_about_until_it_has_been_heard() -> None:
    box, came = Box().online(), alert(message=7)
    box.tell(came)
    assert of(PublishReceipt, box.tell(answer(came, AlertState.GIVEN)))

    assert of(HandOver, [action for _, action in box.wait(1)])
    assert not of(PublishReceipt, box.tell(answer(came, AlertState.GIVEN)))  # nothing new
    box.wait(2)
    assert of(PublishReceipt, box.tell(answer(came, AlertState.AIRED, 90.0)))
    assert not box.courier.alerts.alerts


def test_one_with_a_cadence_is_asked_about_as_long_as_it_is_said_again_and_each_time_is_told() -> None:
    box, came = Box().online(), alert(message=7)
    box.tell(came)

    def said(times: int, again_in: float | None) -> list[object]:
        told = AlertAnswer(f"{SCOPE}/17", AlertState.AIRED, (), 90.0, times, again_in)
        return of(PublishReceipt, box.tell(DaemonAnswered(came.name, told)))

    assert said(1, 7000.0)
    assert not of(HandOver, [action for _, action in box.wait(299)])
    assert of(HandOver, [action for _, action in box.wait(2)])
    assert not said(1, 100.0)  # nothing new
    assert of(HandOver, [action for _, action in box.wait(121)])
    assert said(2, None)
    assert not box.courier.alerts.alerts


def test_what_the_daemon_refuses_is_told_and_ends_but_for_what_passes() -> None:
    box, came, later = Box().online(), alert(1, message=7), alert(2, message=8)
    box.tell(came)
    assert box.tell(DaemonRefused(came.name, "nửa đêm")) == [
        Acknowledge(7),
        PublishReceipt(f"{SCOPE}/1", None, "nửa đêm"),
    ]
    box.tell(later)
    assert of(Acknowledge, box.tell(DaemonRefused(later.name, "mất loa", passing=True)))

    assert of(HandOver, [action for _, action in box.wait(10)]) == [HandOver(later.name, later.envelope)]


def test_with_those_that_are_over_the_daemon_is_not_troubled_when_the_broker_brings_them_again() -> None:
    box, told = Box().online(), []
    for seq, state in enumerate((AlertState.AIRED, AlertState.ENDED, AlertState.STOPPED, AlertState.CHECKED), 1):
        told += of(PublishReceipt, box.tell(alert(seq, message=seq), answer(alert(seq), state)))
    box.tell(LinkDown(), LinkUp())

    back = box.tell(*(alert(seq, message=10 + seq) for seq in (1, 2, 3, 4, 4)))
    assert back == [Acknowledge(message) for message in (11, 12, 13, 14, 14)]
    after = box.wait(TELL_AGAIN)
    assert of(PublishReceipt, [action for _, action in after]) == told  # should the broker have lost what was told
    assert not of(HandOver, [action for _, action in after])
    assert not of(PublishReceipt, [action for _, action in box.wait(3600)])


def test_ten_thousand_boxes_do_not_tell_once_more_all_at_once() -> None:
    aired = PublishReceipt("ban-may/17", AlertAnswer("ban-may/17", AlertState.AIRED))
    at = [
        AlertCarrier(f"b-{number}", over={alert().name: aired}).step(alert(), 0.0)[0].again_at or 0.0
        for number in range(1000)
    ]

    assert AFTER_LOSS < min(at) <= max(at) <= TELL_AGAIN
    assert TELL_AGAIN * 0.72 < sum(at) / len(at) < TELL_AGAIN * 0.78


def test_a_connection_that_is_lost_before_it_was_told_once_more_tells_it_once() -> None:
    box = Box().online()
    box.tell(alert(), answer(alert(), AlertState.AIRED))
    box.tell(LinkDown(), LinkUp(), alert(), LinkDown())
    assert not of(PublishReceipt, [action for _, action in box.wait(60)])
    box.tell(LinkUp(), alert())

    assert len(of(PublishReceipt, [action for _, action in box.wait(TELL_AGAIN)])) == 1


@pytest.mark.parametrize("state", [AlertState.ELSEWHERE, AlertState.PREPARED, AlertState.GIVEN])
def test_of_one_that_may_still_be_heard_the_daemon_is_asked_each_time_that_it_comes(state: AlertState) -> None:
    box = Box().online()
    box.tell(alert(message=7), answer(alert(), state))

    assert of(HandOver, box.tell(LinkDown(), LinkUp(), alert(message=8)))


def test_an_old_one_is_passed_over_in_silence() -> None:
    box, came = Box().online(), alert(message=7)
    box.tell(came)

    assert box.tell(DaemonRefused(came.name, "cũ", silent=True)) == [Acknowledge(7)]


# Files.


def test_a_bell_leads_to_documents_then_files_then_their_taking() -> None:
    box = Box().online()
    assert box.tell(BellRung({SCOPE: Heads(2, 43, 0)})) == [Fetch(document_path(SCOPE, "trust/2"))]
    assert box.tell(Fetched(document_path(SCOPE, "trust/2"))) == [Fetch(document_path(SCOPE, "manifest"))]
    assert box.tell(Fetched(document_path(SCOPE, "manifest"))) == [Fetch(document_path(SCOPE, "rules"))]
    assert box.tell(NotFetched(document_path(SCOPE, "rules"), gone=True)) == [Verify(SCOPE)]
    piece = Fetch(blob_path(FILE), 10, FILE)
    assert box.tell(Verified(SCOPE, {FILE: 10})) == [piece]
    assert box.tell(Fetched(piece.path, more=True)) == [piece]
    assert box.tell(Fetched(piece.path)) == [Take(SCOPE)]
    done = box.tell(Holds({SCOPE: HeldVersions(2, 43)}), TakingEnded(SCOPE, True))

    assert done == [PublishPresence(done[0].presence)]  # type: ignore[union-attr]
    assert not box.tell(BellRung({SCOPE: Heads(2, 43, 0)}))


def fetched(box: Box, **heads: int) -> list[Action]:
    """All documents, up to their verification."""
    done = box.tell(BellRung({SCOPE: Heads(heads.get("trust", 1), heads.get("manifest", 43), heads.get("alert", 0))}))
    while fetches := of(Fetch, done):
        done = box.tell(Fetched(fetches[0].path))  # type: ignore[attr-defined]
    return done


def test_of_documents_that_are_not_believed_no_file_is_fetched_and_the_daemon_says_why() -> None:
    box = Box().online()
    assert fetched(box) == [Verify(SCOPE)]

    assert box.tell(Distrusted(SCOPE)) == [Take(SCOPE)]
    box.tell(Holds(HELD, {SCOPE: "chưa đủ chữ ký"}), TakingEnded(SCOPE, True))
    assert not box.tell(BellRung({SCOPE: Heads(1, 43, 0)}))  # until another bell, or an hour
    assert of(Fetch, box.tell(BellRung({SCOPE: Heads(1, 44, 0)})))


def test_what_found_no_room_on_the_disk_of_the_box_is_tried_again_after_a_minute() -> None:
    box = Box().online()
    fetched(box)
    assert box.tell(Verified(SCOPE, {})) == [Take(SCOPE)]
    assert not of(Fetch, box.tell(TakingEnded(SCOPE, answered=True, has_room=False)))

    assert not of(Fetch, [action for _, action in box.wait(NO_ROOM - 1)])
    assert of(Fetch, [action for _, action in box.wait(2)])


MANIFEST, RULES = document_path(SCOPE, "manifest"), document_path(SCOPE, "rules")


def brought(version: int) -> ManifestCame:
    return ManifestCame(SCOPE, version, f"v{version}".encode())


def test_a_manifest_that_the_broker_has_brought_is_not_fetched() -> None:
    box = Box().online()
    assert not box.tell(brought(43))  # nothing is done without a bell

    assert box.tell(BellRung({SCOPE: Heads(1, 43, 0)})) == [Verify(SCOPE, b"v43")]
    piece = Fetch(blob_path(FILE), 10, FILE)
    assert box.tell(Verified(SCOPE, {FILE: 10})) == [piece]
    assert box.tell(Fetched(piece.path)) == [Take(SCOPE)]


def test_trust_documents_are_fetched_before_one_that_the_broker_has_brought() -> None:
    box = Box().online()

    assert box.tell(brought(43), BellRung({SCOPE: Heads(2, 43, 0)})) == [Fetch(document_path(SCOPE, "trust/2"))]
    assert box.tell(Fetched(document_path(SCOPE, "trust/2"))) == [Verify(SCOPE, b"v43")]


def test_one_that_is_not_believed_by_itself_is_fetched_with_the_rules() -> None:
    box = Box().online()
    box.tell(brought(43), BellRung({SCOPE: Heads(1, 43, 0)}))

    assert box.tell(Distrusted(SCOPE)) == [Fetch(MANIFEST)]
    assert box.tell(Fetched(MANIFEST)) == [Fetch(RULES)]
    assert box.tell(Fetched(RULES)) == [Verify(SCOPE)]
    assert box.tell(Distrusted(SCOPE)) == [Take(SCOPE)]  # who says why


@pytest.mark.parametrize("version", [41, 42, 44])
def test_another_one_than_the_bell_tells_of_is_not_used(version: int) -> None:
    box = Box().online()

    assert box.tell(brought(version), BellRung({SCOPE: Heads(1, 43, 0)})) == [Fetch(MANIFEST)]


def test_where_a_stick_has_brought_more_than_the_hub_has_nothing_is_fetched_until_it_has_more() -> None:
    box = Box({SCOPE: HeldVersions(2, 44)}).online()
    assert not box.tell(brought(43), BellRung({SCOPE: Heads(1, 43, 0)}))
    assert not box.tell(brought(44), BellRung({SCOPE: Heads(2, 44, 0)}))

    assert box.tell(BellRung({SCOPE: Heads(2, 45, 0)})) == [Fetch(MANIFEST)]


def test_what_a_stick_brings_while_it_is_fetched_is_fetched_no_further() -> None:
    box = Box().online()
    fetched(box)
    (piece,) = of(Fetch, box.tell(Verified(SCOPE, {FILE: 10})))
    box.tell(Holds({SCOPE: HeldVersions(1, 43)}))

    assert not of(Fetch, box.tell(Fetched(piece.path, more=True)))  # type: ignore[attr-defined]


def test_one_that_comes_behind_its_bell_changes_nothing() -> None:
    box = Box().online()
    box.tell(BellRung({SCOPE: Heads(1, 43, 0)}))

    assert not box.tell(brought(43))
    assert box.tell(Fetched(MANIFEST)) == [Fetch(RULES)]
    box.tell(Fetched(RULES), Verified(SCOPE, {}), Holds({SCOPE: HeldVersions(1, 43)}), TakingEnded(SCOPE, True))
    assert box.courier.files.scopes[SCOPE].came is None  # it takes no memory


def test_one_that_comes_while_another_is_taken_is_taken_next() -> None:
    box = Box().online()
    box.tell(brought(43), BellRung({SCOPE: Heads(1, 43, 0)}), brought(44), BellRung({SCOPE: Heads(1, 44, 0)}))
    assert box.tell(Verified(SCOPE, {})) == [Take(SCOPE)]

    done = box.tell(Holds({SCOPE: HeldVersions(1, 43)}), TakingEnded(SCOPE, True))
    assert of(Verify, done) == [Verify(SCOPE, b"v44")]


def test_a_hub_cannot_fill_the_disk() -> None:
    box = Box().online()
    fetched(box)

    assert box.tell(Verified(SCOPE, {FILE: 400_000_000, "cd" * 32: 400_000_000})) == [Take(SCOPE)]


def test_a_server_that_is_away_is_asked_again_for_the_same_and_nothing_is_lost() -> None:
    box = Box().online()
    fetched(box)
    (piece,) = box.tell(Verified(SCOPE, {FILE: 10}))
    assert not box.tell(NotFetched(blob_path(FILE)))

    assert [one for _, one in box.wait(6) if isinstance(one, Fetch)] == [piece]


def test_a_file_that_is_not_there_is_looked_for_again_after_a_while() -> None:
    box = Box().online()
    fetched(box)
    box.tell(Verified(SCOPE, {FILE: 10}), NotFetched(blob_path(FILE), gone=True))

    assert not of(Fetch, [action for _, action in box.wait(299)])
    assert of(Fetch, [action for _, action in box.wait(2)])


def test_an_alert_does_not_wait_for_a_long_file() -> None:
    box = Box().settled()
    fetched(box)
    box.tell(Verified(SCOPE, {FILE: 10}))
    box.tell(BellRung({SCOPE: Heads(1, 43, 2)}))

    assert box.tell(Fetched(blob_path(FILE), more=True)) == [Fetch(document_path(SCOPE, "alert/2"))]


SOUND, NEXT = "ef" * 32, "01" * 32


def lacks(box: Box, **sounds: int) -> list[Action]:
    """The sounds that it lacks now, and that are heard soon."""
    named = {"sound": SOUND, "next": NEXT}
    return box.tell(Holds(HELD, late=wanted({named[name]: size for name, size in sounds.items()})))


def test_sound_comes_behind_everything_else_and_is_taken_at_once() -> None:
    box = Box().online()
    piece = Fetch(blob_path(SOUND), 10, SOUND)
    assert lacks(box, sound=10, next=20) == [piece]
    box.tell(BellRung({SCOPE: Heads(1, 43, 0)}))
    assert box.tell(Fetched(piece.path, more=True)) == [Fetch(document_path(SCOPE, "manifest"))]

    box.tell(Fetched(document_path(SCOPE, "manifest")), NotFetched(document_path(SCOPE, "rules"), gone=True))
    box.tell(Verified(SCOPE, {}), TakingEnded(SCOPE, True))
    assert box.tell(Fetched(piece.path)) == [TakeLateFiles(), Fetch(blob_path(NEXT), 20, NEXT)]
    assert box.tell(Fetched(blob_path(NEXT))) == []  # what was begun is over first
    assert box.tell(LateFilesTaken(True)) == [TakeLateFiles()]


def test_no_more_than_five_megabytes_of_sound_are_begun_in_a_day() -> None:
    box = Box().online()
    assert lacks(box, sound=MOST_BYTES - 10, next=20)
    assert not of(Fetch, box.tell(Fetched(blob_path(SOUND)), LateFilesTaken(True)))
    lacks(box, next=20)

    assert not of(Fetch, [action for _, action in box.wait(DAY - 1)])
    assert of(Fetch, [action for _, action in box.wait(2)]) == [Fetch(blob_path(NEXT), 20, NEXT)]


def test_a_sound_that_is_larger_than_that_has_a_day_to_itself() -> None:
    box = Box().online()

    assert lacks(box, sound=2 * MOST_BYTES, next=20)
    box.tell(Fetched(blob_path(SOUND)), LateFilesTaken(True))
    lacks(box, next=20)

    assert not of(Fetch, [action for _, action in box.wait(DAY - 1)])


def test_a_sound_counts_once_however_often_the_line_breaks() -> None:
    box = Box().online()
    lacks(box, sound=MOST_BYTES - 10, next=10)
    for _ in range(5):
        box.tell(Fetched(blob_path(SOUND), more=True), NotFetched(blob_path(SOUND)))
        assert Fetch(blob_path(SOUND), MOST_BYTES - 10, SOUND) in [action for _, action in box.wait(60)]

    assert of(Fetch, box.tell(Fetched(blob_path(SOUND)))) == [Fetch(blob_path(NEXT), 10, NEXT)]


def test_a_sound_that_the_hub_has_not_keeps_nobody_waiting_and_is_looked_for_again() -> None:
    box = Box().online()
    lacks(box, sound=10, next=20)

    assert box.tell(NotFetched(blob_path(SOUND), gone=True)) == [Fetch(blob_path(NEXT), 20, NEXT)]
    box.tell(Fetched(blob_path(NEXT)), LateFilesTaken(True))
    lacks(box, sound=10)
    assert not of(Fetch, [action for _, action in box.wait(AGAIN - 1)])
    assert of(Fetch, [action for _, action in box.wait(2)]) == [Fetch(blob_path(SOUND), 10, SOUND)]


def fetches(box: Box, seconds: float) -> list[float]:
    """When it fetches something in this time; each time other bytes come than were signed."""
    until, times = box.now + seconds, []
    while (wakes_at := box.courier.wakes_at) is not None and wakes_at <= until:
        box.now = max(box.now, wakes_at)
        done = box.tell(TimePassed())
        while files := [one for one in done if isinstance(one, Fetch)]:
            times += [box.now for one in files if one.sha256]
            wrong = [NotFetched(one.path, gone=True) if one.sha256 else Fetched(one.path) for one in files]
            done = box.tell(*wrong)
        if of(Verify, done):
            box.tell(Verified(SCOPE, {FILE: 10}))
            times.append(box.now)
            box.tell(NotFetched(blob_path(FILE), gone=True))
    box.now = until
    return times


def test_a_hub_that_sends_other_bytes_than_were_signed_is_asked_less_and_less_often() -> None:
    box = Box().online()
    fetched(box)
    box.tell(Verified(SCOPE, {FILE: 10}), NotFetched(blob_path(FILE), gone=True))
    times = fetches(box, DAY)

    waits = [later - earlier for earlier, later in pairwise([box.now - DAY, *times])]
    assert waits[:8] == [300.0 * 2 ** min(count, 6) for count in range(8)]
    assert len(times) < 12
    assert of(Fetch, box.tell(BellRung({SCOPE: Heads(1, 44, 0)})))  # another manifest is another matter


def test_a_sound_of_other_bytes_is_fetched_less_and_less_often_and_keeps_no_other_waiting() -> None:
    box = Box().online()
    lacks(box, sound=10, next=20)
    assert box.tell(NotFetched(blob_path(SOUND), gone=True)) == [Fetch(blob_path(NEXT), 20, NEXT)]
    box.tell(Fetched(blob_path(NEXT)), LateFilesTaken(True))
    lacks(box, sound=10)

    start = box.now
    assert [at - start for at in fetches(box, 8 * AGAIN)] == [AGAIN, 3 * AGAIN, 7 * AGAIN]


def test_the_daemon_looks_each_hour_for_what_is_damaged_and_sooner_where_it_was_away() -> None:
    box = Box().online()

    def looks(seconds: float) -> int:
        return len(of(TakeLateFiles, [action for _, action in box.wait(seconds)]))

    assert not looks(SOON - 1)
    assert looks(1) == 1
    assert not looks(DAY)  # one at a time
    box.tell(LateFilesTaken(False))
    assert looks(SOON) == 1
    box.tell(LateFilesTaken(True))
    assert not looks(LOOK - 1)
    assert looks(1) == 1


def test_sound_is_fetched_by_night_and_in_time_for_what_is_heard_before() -> None:
    box, noon = Box().online(), 12 * HOUR
    midnight = box.now - noon
    late = {SOUND: WantedFile(10), NEXT: WantedFile(20, due=midnight + 17 * HOUR)}
    assert not box.tell(Holds(HELD, late=late, midnight=midnight))

    [(first, fetch)] = [(at, one) for at, one in box.wait(5 * HOUR) if isinstance(one, Fetch)]
    assert (fetch.sha256, 14 <= (first - midnight) / HOUR <= 15) == (NEXT, True)
    box.tell(LateFilesTaken(True), Fetched(fetch.path, more=True))
    assert box.tell(Fetched(fetch.path)) == [TakeLateFiles()]
    box.tell(LateFilesTaken(True), Holds(HELD, late={SOUND: late[SOUND]}, midnight=midnight))
    [(second, fetch)] = [(at, one) for at, one in box.wait(12 * HOUR) if isinstance(one, Fetch)]
    assert (fetch.sha256, 19 <= (second - midnight) / HOUR <= 28) == (SOUND, True)


def test_a_sound_that_is_under_way_when_the_night_ends_is_fetched_to_its_end() -> None:
    box = Box().online()
    midnight = box.now - MORNING + 60
    piece = Fetch(blob_path(SOUND), 10, SOUND)
    late = {SOUND: WantedFile(10), NEXT: WantedFile(20)}
    assert box.tell(Holds(HELD, late=late, midnight=midnight)) == [piece]
    box.now += 120

    box.tell(Holds(HELD, late=late, midnight=midnight))
    assert box.tell(Fetched(piece.path, more=True)) == [piece]
    assert box.tell(Fetched(piece.path)) == [TakeLateFiles()]


def test_what_was_damaged_comes_before_sound_and_whatever_has_come_today() -> None:
    box = Box().online()
    lacks(box, sound=MOST_BYTES, next=20)
    box.tell(Fetched(blob_path(SOUND)), LateFilesTaken(True))
    assert not lacks(box, next=20)

    damaged = {FILE: WantedFile(30, urgent=True), **wanted({NEXT: 20})}
    assert box.tell(Holds(HELD, late=damaged)) == [Fetch(blob_path(FILE), 30, FILE)]
    assert not of(Fetch, box.tell(Fetched(blob_path(FILE))))


def test_alerts_that_a_bell_tells_of_and_that_have_not_come_are_fetched() -> None:
    box, came = Box().settled(), alert(2)
    box.tell(came, answer(came, AlertState.ENDED))

    assert box.tell(BellRung({SCOPE: Heads(1, 42, 3)})) == [Fetch(document_path(SCOPE, "alert/3"))]
    assert box.tell(NotFetched(document_path(SCOPE, "alert/3"), gone=True)) == [Fetch(document_path(SCOPE, "alert/1"))]
    box.tell(AlertCame("x", SCOPE, 1, "{}"), Fetched(document_path(SCOPE, "alert/1")))
    assert not of(Fetch, box.tell(BellRung({SCOPE: Heads(1, 42, 3)})))


def test_one_that_waits_for_a_second_signature_is_fetched_again_at_the_next_bell() -> None:
    box, came = Box().settled(), alert(1)
    box.tell(came, answer(came, AlertState.PREPARED))

    assert box.tell(BellRung({SCOPE: Heads(1, 42, 1)})) == [Fetch(document_path(SCOPE, "alert/1"))]


def test_an_alert_that_is_missing_before_one_that_came_is_asked_for() -> None:
    box = Box().settled()
    assert not of(Fetch, box.tell(alert(3)))  # of those before it the bell tells

    done = box.tell(alert(6))
    assert of(Fetch, done) == [Fetch(document_path(SCOPE, "alert/5"))]
    assert of(Fetch, box.tell(alert(5), Fetched(document_path(SCOPE, "alert/5")))) == [
        Fetch(document_path(SCOPE, "alert/4"))
    ]
    assert not of(Fetch, box.tell(alert(4), Fetched(document_path(SCOPE, "alert/4"))))


def test_an_alert_that_a_manifest_knows_of_and_that_has_not_come_is_asked_for() -> None:
    box = Box().settled()
    box.tell(alert(1))
    fetched(box)

    assert of(Fetch, box.tell(Verified(SCOPE, {}, alert=2))) == [Fetch(document_path(SCOPE, "alert/2"))]


def old_alert(seq: int, ago: timedelta) -> AlertCame:
    return replace(alert(seq), issued=BELL_AT - ago)


def test_a_box_that_has_just_joined_comes_for_no_alert_before_one_that_was_over_long_ago() -> None:
    box = Box().settled()

    assert box.tell(BellRung({SCOPE: Heads(1, 42, 200)}, BELL_AT)) == [Fetch(document_path(SCOPE, "alert/200"))]
    done = box.tell(old_alert(200, timedelta(hours=47)), Fetched(document_path(SCOPE, "alert/200")))
    assert of(Fetch, done) == [Fetch(document_path(SCOPE, "alert/199"))]
    done = box.tell(old_alert(199, timedelta(hours=49)), Fetched(document_path(SCOPE, "alert/199")))
    assert not of(Fetch, done)
    assert not of(Fetch, box.tell(BellRung({SCOPE: Heads(1, 42, 200)}, BELL_AT)))
    done = box.tell(BellRung({SCOPE: Heads(1, 42, 202)}, BELL_AT))
    assert of(Fetch, done) == [Fetch(document_path(SCOPE, "alert/202"))]


def test_where_no_bell_tells_the_time_each_alert_is_fetched() -> None:
    box = Box().settled()
    box.tell(Verified(SCOPE, {}, alert=2))

    done = box.tell(old_alert(2, timedelta(days=900)), Fetched(document_path(SCOPE, "alert/2")))
    assert of(Fetch, done) == [Fetch(document_path(SCOPE, "alert/1"))]


# Without a broker.


def test_bells_are_fetched_each_minute_when_the_broker_was_away_ten_minutes() -> None:
    box, polls = Box(), list[float]()
    for _ in range(4000):
        for at, action in box.wait(1):
            if isinstance(action, Connect):
                box.tell(LinkDown())
            elif isinstance(action, Fetch):
                assert action.path == BELL
                polls.append(at)
                box.tell(Fetched(BELL))

    assert polls[0] == pytest.approx(1000 + POLL_AFTER)
    gaps = [later - earlier for earlier, later in pairwise(polls)]
    assert all(POLL - POLL_SPREAD <= gap <= POLL + POLL_SPREAD + 1 for gap in gaps)
    assert len(set(gaps)) > 10
    box.tell(LinkUp())
    assert not of(Fetch, [action for _, action in box.wait(3000)])


def test_a_box_that_joins_meanwhile_does_not_wait_for_the_next_minute() -> None:
    box = Box({})
    box.wait(POLL_AFTER + 1)
    box.tell(Holds(HELD))

    assert [action for at, action in box.wait(0) if isinstance(action, Fetch)] == [Fetch(BELL)]


def test_the_broker_is_tried_again_after_one_second_at_first_and_five_minutes_at_last() -> None:
    box, tries = Box().online(), list[float]()
    lost = box.now
    box.tell(LinkDown())
    while box.now < lost + 7200:
        for at, action in box.wait(1):
            if isinstance(action, Connect):
                tries.append(at)
                box.tell(LinkDown())

    gaps = [later - earlier for earlier, later in zip([lost, *tries], tries, strict=False)]
    assert SHORTEST <= gaps[0] <= AFTER_LOSS
    assert all(SHORTEST <= gap <= LONGEST + 1 for gap in gaps)
    assert max(gaps[9:]) > LONGEST / 3


def test_boxes_come_back_spread_over_the_time() -> None:
    drawn = [spread(f"b-{number:08x}", 1) for number in range(1000)]

    assert all(80 <= sum(tenth <= 10 * one < tenth + 1 for one in drawn) <= 120 + 20 for tenth in range(10))


def test_an_attempt_that_comes_to_nothing_is_given_up() -> None:
    box = Box()
    box.wait(0)

    assert HangUp() in [action for _, action in box.wait(60)]
    assert Connect() in [action for _, action in box.wait(10)]


def test_alerts_that_the_broker_brings_behind_a_bell_that_it_had_kept_are_not_fetched() -> None:
    box = Box()
    box.wait(0)
    box.tell(LinkUp())

    assert not box.tell(BellRung({SCOPE: Heads(1, 42, 3)}))
    for seq in (4, 1, 3):
        assert not of(Fetch, box.tell(alert(seq)))

    fetched = [action for _, action in box.wait(2 * CALM) if isinstance(action, Fetch)]
    assert fetched == [Fetch(document_path(SCOPE, "alert/2"))]  # which it has lost


def test_alerts_with_which_the_daemon_is_done_are_not_fetched_by_an_agent_that_has_just_begun() -> None:
    box = Box().settled()
    box.tell(Holds(HELD, decided={SCOPE: frozenset({1, 2, 4})}))

    assert box.tell(BellRung({SCOPE: Heads(1, 42, 4)})) == [Fetch(document_path(SCOPE, "alert/3"))]


# Hubs in turn.

MIRROR = "loa2.laocai.gov.vn"


def with_mirror() -> Box:
    box = Box()
    box.tell(HubsNamed(("", MIRROR)))
    return box


def connects(box: Box, seconds: float) -> list[tuple[float, str]]:
    """Attempts in that time, all of which fail."""
    tries, until = list[tuple[float, str]](), box.now + seconds
    while box.now < until:
        for at, action in box.wait(1):
            if isinstance(action, Connect):
                tries.append((at, action.hub))
                box.tell(LinkDown())
    return tries


def test_hubs_are_tried_in_turn_the_own_one_first_and_less_and_less_often() -> None:
    tries = connects(with_mirror(), 7200)

    assert [hub for _, hub in tries[:4]] == ["", MIRROR, "", MIRROR]
    assert tries[3][0] - tries[0][0] < 10
    assert max(later - earlier for (earlier, _), (later, _) in pairwise(tries)) > LONGEST / 3


def on_mirror() -> Box:
    """The box's own hub is away."""
    box = with_mirror()
    box.wait(0)
    box.tell(LinkDown())
    assert Connect(MIRROR) in [action for _, action in box.wait(60)]
    box.tell(LinkUp(MIRROR))
    return box


def test_a_box_on_another_hub_goes_back_when_its_own_is_there_again() -> None:
    box = on_mirror()
    assert of(ProbeBroker, [action for _, action in box.wait(BACK)]) == [ProbeBroker("")]
    assert not box.tell(HubAnswers(False))
    assert of(ProbeBroker, [action for _, action in box.wait(BACK)]) == [ProbeBroker("")]

    assert box.tell(HubAnswers(True)) == [HangUp()]
    box.tell(LinkDown())
    assert of(Connect, [action for _, action in box.wait(AFTER_LOSS)]) == [Connect("")]
    box.tell(LinkUp())
    assert not of(ProbeBroker, [action for _, action in box.wait(2 * BACK)])


def test_a_connection_to_another_hub_that_is_lost_is_made_to_the_own_one_first() -> None:
    box = on_mirror()
    box.tell(LinkDown())

    assert connects(box, 60)[0][1] == ""


def test_files_come_from_the_hub_whose_bell_rang_and_from_another_where_that_does_not_answer() -> None:
    box, trust = on_mirror(), document_path(SCOPE, "trust/2")

    assert box.tell(BellRung({SCOPE: Heads(2, 43, 0)})) == [Fetch(trust, hub=MIRROR)]
    box.tell(NotFetched(trust))
    assert [action for _, action in box.wait(6) if isinstance(action, Fetch)] == [Fetch(trust)]


def test_alerts_that_the_hub_that_answers_has_not_keep_no_version_waiting_while_the_own_hub_is_away() -> None:
    box, manifest = on_mirror(), document_path(SCOPE, "manifest")
    box.now += 2 * CALM
    begins, asked = box.now, box.tell(BellRung({SCOPE: Heads(1, 43, 17)}))
    while Fetch(manifest, hub=MIRROR) not in asked:
        (fetch,) = (action for action in asked if isinstance(action, Fetch))
        asked = box.tell(NotFetched(fetch.path, gone=fetch.hub == MIRROR))
        while not of(Fetch, asked):
            asked = [action for _, action in box.wait(0.1)]

    assert box.now - begins < 1


def test_without_a_broker_a_mirror_serves_bells_too() -> None:
    box, asked = with_mirror(), list[str]()
    for _ in range(3000):
        for _, action in box.wait(1):
            if isinstance(action, Connect):
                box.tell(LinkDown())
            elif isinstance(action, Fetch):
                asked.append(action.hub)
                box.tell(Fetched(action.path) if action.hub else NotFetched(action.path))

    assert asked[:2] == ["", MIRROR]
    assert asked.count(MIRROR) > len(asked) - 3


def with_documents(box: Box, hub: str) -> list[Action]:
    """All documents of a bell come, from this hub, and are verified: what is asked then."""
    manifest, rules = document_path(SCOPE, "manifest"), document_path(SCOPE, "rules")
    assert box.tell(BellRung({SCOPE: Heads(1, 43, 0)})) == [Fetch(manifest, hub=hub)]
    assert box.tell(Fetched(manifest)) == [Fetch(rules, hub=hub)]
    return box.tell(Fetched(rules))


def connected() -> Box:
    box = with_mirror()
    box.wait(0)
    box.tell(LinkUp())
    return box


def test_a_file_that_is_not_the_one_that_was_signed_is_asked_of_the_next_hub_at_once() -> None:
    box = connected()
    with_documents(box, "")
    assert box.tell(Verified(SCOPE, {FILE: 10})) == [Fetch(blob_path(FILE), 10, FILE)]

    assert box.tell(NotFetched(blob_path(FILE), gone=True)) == [Fetch(blob_path(FILE), 10, FILE, MIRROR)]
    assert box.tell(Fetched(blob_path(FILE))) == [Take(SCOPE)]


def test_what_no_hub_has_as_it_was_signed_is_tried_again_later_as_with_one_hub() -> None:
    box = connected()
    with_documents(box, "")
    box.tell(Verified(SCOPE, {FILE: 10}), NotFetched(blob_path(FILE), gone=True))

    assert not box.tell(NotFetched(blob_path(FILE), gone=True))
    assert not [action for _, action in box.wait(LATER - 1) if isinstance(action, Fetch)]
    assert [action for _, action in box.wait(10) if isinstance(action, Fetch)]


def test_documents_that_are_not_believed_are_asked_of_the_next_hub_and_then_told() -> None:
    box, manifest, rules = connected(), document_path(SCOPE, "manifest"), document_path(SCOPE, "rules")
    assert with_documents(box, "") == [Verify(SCOPE)]

    assert box.tell(Distrusted(SCOPE)) == [Fetch(manifest, hub=MIRROR)]
    assert box.tell(Fetched(manifest)) == [Fetch(rules, hub=MIRROR)]
    assert box.tell(Fetched(rules)) == [Verify(SCOPE)]
    assert box.tell(Distrusted(SCOPE)) == [Take(SCOPE)]  # whose child tells why it is refused


def test_a_bell_of_the_broker_that_is_not_believed_has_the_next_hub_asked() -> None:
    box = connected()

    assert box.tell(BellDistrusted(SCOPE)) == [Fetch(document_path(SCOPE, "bell"), hub=MIRROR)]
    assert not box.tell(BellDistrusted("xa-khac"))


def test_with_one_hub_alone_nothing_is_asked_twice() -> None:
    box = Box()
    box.wait(0)
    box.tell(LinkUp())
    assert with_documents(box, "") == [Verify(SCOPE)]

    assert box.tell(Distrusted(SCOPE)) == [Take(SCOPE)]
    assert not box.tell(BellDistrusted(SCOPE))


# What the hub is told.


def test_presence_is_said_at_each_connection_and_when_something_else_is_held() -> None:
    box = Box()
    box.wait(0)
    (subscribed, presence) = of((Subscribe, PublishPresence), box.tell(LinkUp()))  # type: ignore[arg-type]

    assert isinstance(presence, PublishPresence)
    assert presence.presence.held == HELD
    assert isinstance(subscribed, Subscribe)
    assert of(PublishPresence, box.tell(Holds({SCOPE: HeldVersions(1, 43)})))
    assert not of(PublishPresence, box.tell(Holds({SCOPE: HeldVersions(1, 43)})))


def test_presence_tells_the_newest_alert_and_no_alert_is_worth_one_of_its_own() -> None:
    box = Box().online()
    box.tell(Holds(HELD, decided={SCOPE: frozenset({3, 16})}))
    came = alert(17)
    done = [*box.tell(came, answer(came, AlertState.GIVEN)), *box.tell(Holds(HELD, decided={SCOPE: frozenset({16})}))]

    assert not of(PublishPresence, done)
    box.tell(LinkDown())
    (told,) = of(PublishPresence, box.tell(LinkUp()))
    assert isinstance(told, PublishPresence)
    assert told.presence.alerts == {SCOPE: 17}


def test_a_hub_that_begins_anew_hears_of_every_box_within_a_minute() -> None:
    box = Box().online()
    box.wait(5)
    box.tell(HubBorn())

    assert [at for at, action in box.wait(60) if isinstance(action, PublishPresence)]


def test_health_is_told_when_it_changes_and_each_hour() -> None:
    box = Box().online()
    well, ill = (HealthSaid((HealthRow("đĩa", wrong, False),), LOOKED_AT) for wrong in (None, "đầy"))
    assert of(AskForHealth, [action for _, action in box.wait(0)])
    assert of(PublishHealth, box.tell(well))
    assert not of(PublishHealth, box.tell(replace(well, looked_at=LOOKED_AT + timedelta(minutes=10))))
    assert of(PublishHealth, box.tell(ill))
    assert not of(PublishHealth, box.tell(HealthSaid(None)))  # the daemon is away
    box.now += 3601

    assert of(PublishHealth, box.tell(ill))


def test_another_scope_is_subscribed_to_when_it_is_joined() -> None:
    box = Box().online()

    (subscribed,) = of(Subscribe, box.tell(Holds({**HELD, "lao-cai": HeldVersions(1, 1)})))
    assert "ls/1/scope/lao-cai/alert/+" in subscribed.before  # type: ignore[attr-defined]
    assert sum(name.endswith("/lao-cai/alert/+") for name in subscribed.filters) == 1  # type: ignore[attr-defined]


def test_boxes_write_what_they_subscribe_to_in_eight_ways_and_each_always_in_the_same() -> None:
    def subscribe(name: str) -> Subscribe:
        _, [wanted] = BrokerLink(name, (SCOPE,)).step(LinkUp(), 0.0)
        assert isinstance(wanted, Subscribe)
        return wanted

    wanted = [subscribe(f"b-{number:04d}") for number in range(400)]
    count = Counter(one.filters for one in wanted)

    assert wanted == [subscribe(f"b-{number:04d}") for number in range(400)]
    assert set(count) == {box_subscriptions((SCOPE,), form) for form in range(FORMS)}
    assert max(count.values()) < 400 / FORMS * 1.5
    assert all((one.before == ()) == (one.filters == box_subscriptions((SCOPE,))) for one in wanted)


def wanted(sounds: dict[str, int]) -> dict[str, WantedFile]:
    return {sha256: WantedFile(size, due=0.0) for sha256, size in sounds.items()}


# In any order.


class AnyOrder(RuleBasedStateMachine):
    """Everything that can come in, in any order; what is wanted done is answered late, twice or not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.box = Box()
        self.up = self.connecting = self.knocked = False
        self.hub, self.hubs = "", tuple[str, ...](("",))
        self.messages = 0  # numbers of this connection
        self.of_message: dict[int, str] = {}  # name of its alert
        self.answered: set[str] = set()
        self.over: set[str] = set()
        self.asked: list[HandOver] = []
        self.fetches: list[Fetch] = []
        self.verifying: list[str] = []
        self.taking: list[str] = []
        self.verified: dict[str, int] = {}
        self.said: set[bytes] = set()  # manifests that the broker has brought and that are not verified yet
        self.sounds: dict[str, int] = {}  # that it lacks
        self.have_come: set[str] = set()
        self.taking_sounds: list[TakeLateFiles] = []
        self.down_since = self.box.now
        self.was_up = self.bell_doubted = False

    def do(self, actions: Iterable[Action]) -> None:
        for action in actions:
            if isinstance(action, Acknowledge):
                assert self.of_message.pop(action.message) in self.answered
            elif isinstance(action, HandOver):
                self.asked.append(action)
            elif isinstance(action, Fetch):
                assert not action.sha256 or {**self.verified, **self.sounds}.get(action.sha256) == action.bytes
                polled = action.path == BELL and not self.bell_doubted
                assert action.hub in self.hubs
                assert not polled or (not self.up and self.box.now - self.down_since > POLL_AFTER - 0.001)
                self.fetches.append(action)
            elif isinstance(action, Verify):
                assert not action.manifest or action.manifest in self.said
                self.verified = {}
                self.verifying.append(action.scope)
            elif isinstance(action, Take):
                self.taking.append(action.scope)
            elif isinstance(action, TakeLateFiles):
                self.taking_sounds.append(action)
            elif isinstance(action, ProbeBroker):
                assert self.up
                assert (action.hub, self.hub) == ("", MIRROR)
                self.knocked = True
            elif isinstance(action, Connect):
                assert action.hub in self.hubs
                self.hub = action.hub
                assert not self.up
                assert not self.connecting
                assert not self.was_up or self.box.now - self.down_since >= SHORTEST
                self.connecting = True
            elif isinstance(action, HangUp):
                self.connecting = False
                if self.up:  # to go home
                    self.lose()

    def tell(self, *events: CourierEvent) -> None:
        for event in events:
            self.do(self.box.tell(event))

    @invariant()
    def one_thing_at_a_time(self) -> None:
        assert max(len(self.asked), len(self.fetches), len(self.verifying), len(self.taking)) <= 1
        assert len(self.taking_sounds) <= 1

    @rule(seconds=st.sampled_from([0.0, 0.05, 1.0, 7.0, 61.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        until = self.box.now + seconds
        while (wakes_at := self.box.courier.wakes_at) is not None and wakes_at <= until:
            self.box.now = max(self.box.now, wakes_at)
            self.tell(TimePassed())
        self.box.now = until

    @initialize()
    def it_is_let_in(self) -> None:
        self.time_passes(0.0)
        self.the_connection_changes(True)

    @rule(works=st.booleans())
    def the_connection_changes(self, works: bool) -> None:
        if self.connecting and works:
            self.up, self.connecting = True, False
            self.tell(LinkUp(self.hub))
        elif not works and (self.connecting or self.up):
            self.lose()

    def lose(self) -> None:
        self.down_since = self.box.now if self.up else self.down_since
        self.was_up = self.was_up or self.up
        self.up = self.connecting = self.knocked = False
        self.of_message.clear()
        self.tell(LinkDown(), LinkDown())

    @rule(mirror=st.booleans())
    def hubs_are_named(self, mirror: bool) -> None:
        self.hubs = ("", MIRROR) if mirror else ("",)
        self.tell(HubsNamed(self.hubs))

    @rule(there=st.booleans())
    def the_own_hub_is_knocked_at(self, there: bool) -> None:
        if self.knocked:
            self.knocked = False
            self.tell(HubAnswers(there))

    @rule(seq=st.integers(1, 6), signatures=st.integers(1, 2), by_broker=st.booleans())
    def an_alert_comes(self, seq: int, signatures: int, by_broker: bool) -> None:
        came = alert(seq, text="{}" * signatures)
        if by_broker and self.up:
            self.messages += 1
            came = replace(came, message=self.messages)
            self.of_message[self.messages] = came.name
            if came.name not in self.over:  # what was answered before it came does not count
                self.answered.discard(came.name)
        self.tell(came)

    @rule(heads=st.builds(Heads, st.integers(1, 3), st.integers(42, 45), st.integers(0, 6)))
    def a_bell_rings(self, heads: Heads) -> None:
        self.tell(BellRung({SCOPE: heads, "elsewhere": heads}))

    @rule()
    def a_bell_is_not_believed(self) -> None:
        self.bell_doubted = True
        self.tell(BellDistrusted(SCOPE))

    @rule(version=st.integers(41, 46))
    def a_manifest_comes(self, version: int) -> None:
        self.said.add(brought(version).envelope)
        self.tell(brought(version))

    @rule(how=st.sampled_from(["making", "away", "refused", "passing", "given", "aired", "prepared"]))
    def the_daemon_answers(self, how: str) -> None:
        if self.asked:
            name = self.asked.pop().name
            seq = self.box.courier.alerts.alerts[name].seq if name in self.box.courier.alerts.alerts else 1
            if how == "making":
                return self.tell(DaemonMaking(name))
            if how == "away":
                return self.tell(DaemonAway(name))
            self.answered.add(name)
            if how in ("refused", "passing"):
                return self.tell(DaemonRefused(name, "sai", passing=how == "passing"))
            if how == "aired":
                self.over.add(name)
            self.tell(DaemonAnswered(name, AlertAnswer(f"{SCOPE}/{seq}", AlertState(how))))
        return None

    @rule(how=st.sampled_from(["whole", "more", "gone", "away", "twice"]))
    def a_fetch_ends(self, how: str) -> None:
        if self.fetches:
            fetch = self.fetches.pop()
            if how in ("gone", "away"):
                return self.tell(NotFetched(fetch.path, gone=how == "gone"))
            whole = Fetched(fetch.path, more=how == "more" and bool(fetch.sha256))
            self.have_come |= set() if whole.more else {fetch.sha256} & self.sounds.keys()
            self.tell(*([whole] if how != "twice" else [whole, Fetched("v1/elsewhere/manifest.json")]))
        return None

    @rule()
    def all_documents_come(self) -> None:
        """Far enough for what lies behind them to happen often."""
        for _ in range(80):
            if self.fetches and not self.fetches[0].sha256:
                self.a_fetch_ends("whole")

    @rule(files=st.dictionaries(st.sampled_from([FILE, "cd" * 32]), st.just(10)), believed=st.booleans())
    def a_verification_ends(self, files: dict[str, int], believed: bool) -> None:
        if self.verifying:
            scope = self.verifying.pop()
            self.verified = files if believed else {}
            self.tell(Verified(scope, files) if believed else Distrusted(scope))

    @rule(answered=st.booleans(), works=st.booleans())
    def a_taking_ends(self, answered: bool, works: bool) -> None:
        if self.taking:
            told = self.box.courier.files.scopes[SCOPE].rung
            held = {SCOPE: HeldVersions(told.trust, told.manifest)} if works else HELD
            self.tell(Holds(held, late=wanted(self.sounds)), TakingEnded(self.taking.pop(), answered))

    @rule(sounds=st.dictionaries(st.sampled_from([SOUND, NEXT]), st.just(10)), works=st.booleans())
    def sounds_are_taken(self, sounds: dict[str, int], works: bool) -> None:
        """Or others are lacking by then."""
        if works:
            sounds = {sha256: size for sha256, size in sounds.items() if sha256 not in self.have_come}
        self.sounds = sounds
        held = {one.scope: one.held for one in self.box.courier.files.scopes.values()}
        taken = [LateFilesTaken(True)] if self.taking_sounds else []
        self.taking_sounds.clear()
        self.tell(*taken, Holds(held, late=wanted(sounds)))

    def teardown(self) -> None:
        """When all goes well again, everything comes through."""
        self.tell(BellRung({SCOPE: Heads(3, 46, 6)}))
        for _ in range(400):
            self.time_passes(61.0 if not self.fetches else 1.0)
            self.the_connection_changes(True) if self.connecting else None
            self.the_daemon_answers("aired")
            self.a_fetch_ends("whole")
            self.a_verification_ends({FILE: 10}, True)
            self.a_taking_ends(True, True)
            if self.taking_sounds:
                self.sounds_are_taken(self.sounds, True)
        assert self.up
        assert not self.sounds
        assert not self.of_message
        assert self.box.courier.files.scopes[SCOPE].held == HeldVersions(3, 46)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(stateful_step_count=150)
