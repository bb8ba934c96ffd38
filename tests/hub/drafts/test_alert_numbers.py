"""A hub that may be an older copy of itself: the number of its next alert is one that no box knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness.hub_boxes import JoinedBox, enrol
from harness.office import NOW, SCOPE, Office
from harness.signing import PAO_PHONE, PHONE, Passkey
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Refused
from loudspeaker.fleet.topics import HeldVersions, Presence, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.drafts.alert_numbers import LEFT_OUT, doubt_numbers, highest_credible, in_doubt, notice_absence
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_database import instant_of
from loudspeaker.station.signing.alert_packing import AlertDraft
from loudspeaker.trust.dsse import SignedEnvelope
from loudspeaker.trust.floors import WINDOW
from loudspeaker.trust.opening import OpenedAlert, read_unverified
from loudspeaker.trust.signed_documents import Alert, AlertKind


@pytest.fixture
def box(named: Hub, tmp_path_factory: pytest.TempPathFactory) -> JoinedBox:
    return enrol(named, tmp_path_factory.mktemp("box"))


def tell(hub: Hub, box: JoinedBox, number: int | None, is_kept: bool = False) -> None:
    """The box says that it is there, and the newest alert that it knows; None: it is an older agent, and does not.

    `is_kept`: it has said so once, and the broker has kept it.
    """
    alerts = {} if number is None else {SCOPE: number}
    presence = format_message(Presence(True, "0.3", {SCOPE: HeldVersions(2, 1)}, alerts))
    keep_messages(
        hub.database, [SaidMessage(str(Topic(TopicKind.PRESENCE, box.id)), presence, is_kept)], hub.clock.now()
    )


def write(hub: Hub) -> SignedEnvelope:
    files = hub.served_files(SCOPE)
    assert files
    return hub.alerts.write(SCOPE, AlertDraft(AlertKind.ALERT, "Nước suối đang dâng 2 m!"), files)


def sign(hub: Hub, envelope: SignedEnvelope, passkey: Passkey = PHONE) -> OpenedAlert:
    made = passkey.sign(envelope).signatures[-1]
    assert made.assertion
    return hub.alerts.sign(envelope, made.value, made.assertion)


def number_of(envelope: SignedEnvelope) -> int:
    document = read_unverified(envelope)
    assert isinstance(document, Alert)
    return document.seq


def give(hub: Hub) -> int:
    """The number of an alarm that is written and signed now."""
    envelope = write(hub)
    sign(hub, envelope)
    return sign(hub, envelope, PAO_PHONE).document.seq


def test_it_follows_what_boxes_tell(named: Hub, box: JoinedBox, clock: FakeClock) -> None:
    tell(named, box, 9)  # before that: it has heard of all since
    assert give(named) == 1
    clock.advance(60)
    doubt_numbers(named.database, clock.now())
    tell(named, box, 17)

    assert [give(named), give(named)] == [18, 19]


def test_before_any_has_told_numbers_are_left_out_once(named: Hub, box: JoinedBox, clock: FakeClock) -> None:
    tell(named, box, 5)  # by the backup
    clock.advance(1)
    doubt_numbers(named.database, clock.now())

    assert [give(named), give(named)] == [5 + LEFT_OUT + 1, 5 + LEFT_OUT + 2]
    tell(named, box, 5 + LEFT_OUT + 2)
    assert give(named) == 5 + LEFT_OUT + 3


def test_what_the_broker_has_kept_may_be_older_than_the_last_alert(
    named: Hub, box: JoinedBox, clock: FakeClock
) -> None:
    doubt_numbers(named.database, clock.now())
    tell(named, box, 7, is_kept=True)
    assert number_of(write(named)) == 7 + LEFT_OUT + 1
    tell(named, box, 9)
    assert number_of(write(named)) == 10
    tell(named, box, 9, is_kept=True)  # once more, behind a connection that was lost
    assert give(named) == 10


def test_one_box_of_many_does_not_speak_for_all(
    named: Hub, box: JoinedBox, clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    others = [enrol(named, tmp_path_factory.mktemp(name), name) for name in ("hai", "ba")]
    for one in (box, *others):
        tell(named, one, 3)
    clock.advance(1)
    doubt_numbers(named.database, clock.now())
    tell(named, box, 3)  # it was away when 4 to 6 were given
    assert number_of(write(named)) == 3 + LEFT_OUT + 1
    tell(named, others[0], 6)
    assert give(named) == 7


def test_what_a_box_says_once_more_counts_though_nothing_of_it_has_changed(
    named: Hub, box: JoinedBox, clock: FakeClock
) -> None:
    tell(named, box, 0)
    clock.advance(1)
    doubt_numbers(named.database, clock.now())
    tell(named, box, 0)

    assert give(named) == 1
    [said] = named.database.rows("SELECT at FROM said")
    assert instant_of(said["at"]) == NOW  # since then it is there


def test_an_older_agent_tells_nothing(named: Hub, box: JoinedBox, clock: FakeClock) -> None:
    doubt_numbers(named.database, clock.now())
    tell(named, box, None)
    assert give(named) == LEFT_OUT + 1


def test_one_that_was_looked_over_before_boxes_told_is_signed_unless_they_know_its_number(
    named: Hub, box: JoinedBox, clock: FakeClock
) -> None:
    doubt_numbers(named.database, clock.now())
    envelope, late = write(named), write(named)
    tell(named, box, 7)
    assert sign(named, envelope).document.seq == LEFT_OUT + 1
    tell(named, box, LEFT_OUT + 1)
    with pytest.raises(Refused, match="another alert"):
        sign(named, PAO_PHONE.sign(SignedEnvelope(late.payload_type, late.payload[:-1] + b" }")))


def test_it_ends_after_a_day(named: Hub, clock: FakeClock) -> None:
    doubt_numbers(named.database, clock.now())
    clock.advance(86_401)
    assert give(named) == 1


@given(st.lists(st.integers(0, 10**6), min_size=1), st.integers(0, 10**9))
def test_one_box_moves_it_by_a_window_at_most(numbers: list[int], lie: int) -> None:
    honest = [max(numbers)] * (len(numbers) + 1)
    assert max(numbers) <= highest_credible([*honest, lie]) < max(numbers) + WINDOW
    assert highest_credible(numbers) in numbers


def test_a_hub_that_was_away_for_long_is_in_doubt_and_one_that_was_not_is_not(
    named: Hub, office: Office, clock: FakeClock
) -> None:
    def notices(now_after: timedelta) -> bool:
        notice_absence(named.paths.root, named.database, NOW + now_after)
        return in_doubt(named.database, NOW + now_after) is not None

    assert not notices(timedelta(hours=1))
    assert notices(timedelta(hours=3))


def test_a_hub_without_a_bell_is_new_and_not_in_doubt(hub: Hub) -> None:
    notice_absence(hub.paths.root, hub.database, NOW)
    assert in_doubt(hub.database, NOW) is None


def test_a_clock_that_was_set_back_brings_it_into_doubt(named: Hub) -> None:
    notice_absence(named.paths.root, named.database, NOW - timedelta(days=1))
    assert in_doubt(named.database, NOW - timedelta(days=1))
