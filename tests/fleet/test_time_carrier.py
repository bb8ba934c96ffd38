"""When the hub is asked what time it is: once a day, and soon where nobody else vouches for the time."""

from __future__ import annotations

import itertools

from loudspeaker.fleet.courier_steps import CheckTime, HubsNamed, TimeChecked, TimePassed
from loudspeaker.fleet.time_carrier import AWAY, DAY, LOOK, SOON, TimeCarrier, begin_time_carrier

BOX = "b-0a1b2c3d"


class Box:
    """A carrier on a clock that the test moves."""

    def __init__(self, name: str = BOX) -> None:
        self.now = 1000.0
        self.part = begin_time_carrier(name, self.now)

    def next(self) -> CheckTime:
        """What it wants done next; the time goes there."""
        assert self.part.wakes_at is not None
        self.now = max(self.now, self.part.wakes_at)
        self.part, [action] = self.part.step(TimePassed(), self.now)
        assert isinstance(action, CheckTime)
        return action

    def tell(self, event: TimeChecked | HubsNamed) -> None:
        self.part, _ = self.part.step(event, self.now)


def test_soon_after_the_start_it_is_seen_whether_anybody_vouches() -> None:
    box = Box()
    assert box.next() == CheckTime(anyway=False)
    assert box.now - 1000.0 <= SOON
    assert box.part.wakes_at is None  # one at a time
    box.tell(TimeChecked(True))
    assert box.part.wakes_at == box.now + LOOK


def test_once_a_day_the_hub_is_asked_though_somebody_vouches() -> None:
    box, asked = Box(), list[float]()
    while box.now < 1000.0 + 5 * DAY:
        check = box.next()
        asked += [box.now] if check.anyway else []
        box.tell(TimeChecked(True, asked=check.anyway))

    assert 5 <= len(asked) <= 6
    assert [round(later - earlier) for earlier, later in itertools.pairwise(asked)] == [DAY] * (len(asked) - 1)


def test_a_hub_that_does_not_answer_is_asked_less_and_less_and_another_in_its_turn() -> None:
    box, waits, hubs = Box(), list[float](), list[str]()
    box.tell(HubsNamed(("", "loa2.vn")))
    for _ in range(2 * len(AWAY) + 4):
        hubs.append(box.next().hub)
        before = box.now
        box.tell(TimeChecked(False))
        assert box.part.wakes_at is not None
        waits.append(box.part.wakes_at - before)

    assert hubs[:4] == ["", "loa2.vn", "", "loa2.vn"]
    longest = [AWAY[min(turn // 2, len(AWAY) - 1)] for turn in range(len(waits))]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))


def test_boxes_whose_power_comes_back_do_not_ask_at_once() -> None:
    begins = sorted(begin_time_carrier(f"b-{number:08x}", 0.0).at for number in range(600))

    assert max(later - earlier for earlier, later in itertools.pairwise(begins)) < 2.0
    assert begins[0] < 2.0 < SOON - 2.0 < begins[-1] <= SOON


def test_what_was_answered_twice_changes_nothing_else() -> None:
    part = TimeCarrier(BOX, 5.0, 9.0)
    assert part.step(TimeChecked(True), 1.0)[0].daily_at == 9.0
