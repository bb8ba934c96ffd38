"""When the log goes to the hub: all of it, once, whatever gets lost, and never too much of a day."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from loudspeaker.fleet.courier_steps import (
    Action,
    AskLogEnd,
    CourierEvent,
    LogHas,
    LogKnown,
    LogNotSent,
    LogRefused,
    LookAtLog,
    SendLog,
    TimePassed,
)
from loudspeaker.fleet.log_carrier import (
    AWAY,
    DAY,
    LOOK,
    MOST_BYTES,
    REFUSED,
    SETTLE,
    SETTLE_SPREAD,
    LogCarrier,
)

LIFE, OTHER = "ab" * 32, "cd" * 32


class Carrier:
    """One on a clock that the test moves, with a log of so many entries."""

    def __init__(self, entries: int = 0) -> None:
        self.now = 1000.0
        self.part = LogCarrier("b-0a1b2c3d", look_at=self.now, day=self.now)
        self.log = LogHas(LIFE, entries) if entries else LogHas("", 0)

    def tell(self, event: CourierEvent) -> Sequence[Action]:
        self.part, actions = self.part.step(event, self.now)
        return actions

    def wait(self, seconds: float) -> list[tuple[float, Action]]:
        """What it wants done in that time besides looking, which is done for it; it waits for the first answer."""
        until, done = self.now + seconds, list[tuple[float, Action]]()
        while not done and (at := self.part.wakes_at) is not None and at <= until:
            self.now = max(self.now, at)
            for action in self.tell(TimePassed()):
                if isinstance(action, LookAtLog):
                    done += [(self.now, one) for one in self.tell(self.log)]
                else:
                    done.append((self.now, action))
        self.now = self.now if done else until
        return done


def test_the_hub_is_asked_first_and_then_sent_what_it_does_not_have() -> None:
    carrier = Carrier(7)
    [(at, asked)] = carrier.wait(1000)

    assert asked == AskLogEnd(LIFE)
    assert SETTLE <= at - 1000 <= SETTLE + SETTLE_SPREAD
    assert carrier.tell(LogKnown(LIFE, 3)) == [SendLog(LIFE, 3)]
    assert carrier.tell(LogKnown(LIFE, 5, 900)) == [SendLog(LIFE, 5)]  # a good part of it went
    assert not carrier.tell(LogKnown(LIFE, 7, 900))
    assert not carrier.wait(DAY - 1000)


def test_a_hub_that_has_lost_its_logs_is_sent_them_again_within_a_day() -> None:
    carrier = sent_all(7)

    assert [action for _, action in carrier.wait(DAY + 1000)] == [AskLogEnd(LIFE)]
    assert carrier.tell(LogKnown(LIFE, 0)) == [SendLog(LIFE, 0)]


def sent_all(entries: int = 7) -> Carrier:
    """A carrier whose hub has everything."""
    carrier = Carrier(entries)
    carrier.wait(1000)
    carrier.tell(LogKnown(LIFE, entries))
    return carrier


def test_what_is_new_waits_so_that_an_airing_goes_as_one_piece_and_does_not_wait_longer_for_more() -> None:
    carrier = sent_all()
    carrier.log = LogHas(LIFE, 8)
    begun = carrier.now
    assert not carrier.wait(LOOK + SETTLE - 1)
    carrier.log = LogHas(LIFE, 12)

    [(at, action)] = carrier.wait(1000)
    assert action == SendLog(LIFE, 7)
    assert at - begun <= 2 * LOOK + SETTLE + SETTLE_SPREAD


def test_after_a_lost_answer_the_hub_is_asked_again_before_anything_is_sent() -> None:
    carrier = sent_all()
    carrier.log = LogHas(LIFE, 8)
    carrier.wait(1000)
    carrier.tell(LogNotSent())

    [action] = [action for _, action in carrier.wait(1000)]
    assert action == AskLogEnd(LIFE)
    assert not carrier.tell(LogKnown(LIFE, 8))  # it had come


def test_a_hub_that_is_away_for_a_day_is_asked_again_at_longer_and_longer_intervals() -> None:
    carrier, tries = Carrier(7), list[float]()
    while carrier.now < 1000 + DAY:
        tries += [at for at, _ in carrier.wait(7200)]
        carrier.tell(LogNotSent())

    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert AWAY[0] / 2 <= gaps[0] <= AWAY[0]
    assert all(AWAY[-1] / 2 <= gap <= AWAY[-1] for gap in gaps[len(AWAY) :])
    assert len(tries) < 60


def test_a_log_that_the_hub_does_not_believe_is_not_sent_again_and_again() -> None:
    carrier = sent_all()
    carrier.log = LogHas(LIFE, 8)
    carrier.wait(1000)
    carrier.tell(LogRefused())

    assert not carrier.wait(REFUSED - 1)
    assert carrier.wait(2)


def test_a_log_that_is_shorter_than_the_hub_knows_is_told_there() -> None:
    carrier = sent_all(7)
    carrier.log = LogHas(LIFE, 4)

    assert [action for _, action in carrier.wait(1000)] == [SendLog(LIFE, 7)]


def test_a_log_that_was_begun_anew_is_another_one() -> None:
    carrier = sent_all(7)
    carrier.log = LogHas(OTHER, 2)

    assert [action for _, action in carrier.wait(1000)] == [AskLogEnd(OTHER)]
    assert carrier.tell(LogKnown(OTHER, 0)) == [SendLog(OTHER, 0)]


def test_no_more_goes_in_a_day_than_the_limit_and_the_rest_on_the_next() -> None:
    carrier, last = Carrier(100_000), 0
    carrier.wait(1000)
    begun, actions = carrier.now, carrier.tell(LogKnown(LIFE, 0))
    while actions:
        last += 1000
        actions = carrier.tell(LogKnown(LIFE, last, 50_000))

    assert last * 50 == MOST_BYTES
    [(at, action)] = carrier.wait(2 * DAY)
    assert action == SendLog(LIFE, last)
    assert DAY - 1000 <= at - begun <= DAY


def test_a_box_without_a_log_asks_for_nothing() -> None:
    assert not Carrier().wait(DAY)


class AnyLoss(RuleBasedStateMachine):
    """A hub that is away, whose answers get lost, and that loses its database; a box that loses its log."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.part = LogCarrier("b-0a1b2c3d", look_at=self.now, day=self.now)
        self.log, self.hub, self.lives = LogHas(LIFE, 3), dict[str, int](), 0
        self.asked: Action | None = None

    def tell(self, event: CourierEvent) -> None:
        self.part, actions = self.part.step(event, self.now)
        assert not (self.asked and actions)  # one thing at a time
        assert len(actions) <= 1
        for action in actions:
            self.asked = action

    @rule(seconds=st.sampled_from([1.0, 61.0, 300.0, 4000.0, DAY]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if not self.asked:
            self.tell(TimePassed())

    @rule(more=st.integers(1, 50))
    def the_log_grows(self, more: int) -> None:
        self.log = LogHas(self.log.life, self.log.last + more)

    @rule()
    def the_log_begins_anew(self) -> None:
        self.lives += 1
        self.log = LogHas(f"{self.lives:064x}", 1)

    @rule()
    def the_agent_is_restarted(self) -> None:
        self.part, self.asked = LogCarrier("b-0a1b2c3d", look_at=self.now, day=self.now), None

    @rule()
    def the_hub_loses_its_database(self) -> None:
        self.hub.clear()

    @rule(how=st.sampled_from(["all", "all", "some", "lost on the way", "answer lost", "refused"]))
    def it_is_answered(self, how: str) -> None:
        action, self.asked = self.asked, None
        match action:
            case LookAtLog():
                self.tell(self.log)
            case AskLogEnd(life):
                lost = how in ("lost on the way", "answer lost")
                self.tell(LogNotSent() if lost else LogKnown(life, self.hub.get(life, 0)))
            case SendLog(life, after):
                self.send(life, after, how)

    def send(self, life: str, after: int, how: str) -> None:
        if how == "lost on the way":
            return self.tell(LogNotSent())
        if how == "refused":
            return self.tell(LogRefused())
        if after != self.hub.get(life, 0) or life != self.log.life:
            return self.tell(LogNotSent())  # a gap; or there is no such log any more
        last = after + 1 if how == "some" else self.log.last
        assert last >= after
        self.hub[life] = last
        return self.tell(LogNotSent() if how == "answer lost" else LogKnown(life, last, 10))

    def teardown(self) -> None:
        """When all goes well again the hub has everything, and then nothing is sent."""
        for _ in range(400):
            self.it_is_answered("all")
            self.time_passes(4000.0)
        assert self.hub.get(self.log.life) == self.log.last
        for _ in range(20):
            assert not isinstance(self.asked, SendLog)
            self.it_is_answered("all")
            self.time_passes(61.0)


TestAnyLoss = AnyLoss.TestCase
TestAnyLoss.settings = settings(stateful_step_count=80)


@pytest.mark.parametrize("name", ["b-0a1b2c3d", "b-ffffffff"])
def test_boxes_do_not_all_come_at_once(name: str) -> None:
    part = LogCarrier(name, day=0.0)
    part, _ = part.step(LogHas(LIFE, 1), 0.0)

    assert part.at is not None
    assert SETTLE <= part.at <= SETTLE + SETTLE_SPREAD
