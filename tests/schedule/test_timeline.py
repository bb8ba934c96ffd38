"""One output's time on one day: how what is placed joins sessions, in whatever order it comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.model.airing import Occurrence
from loudspeaker.model.broadcast import Broadcast
from loudspeaker.model.enums import Expected, Level
from loudspeaker.schedule.occurrences import Candidate, Demand, PlanEntry
from loudspeaker.schedule.open_hours import DAY
from loudspeaker.schedule.timeline import SESSION_GAP, Allocation, Rejection, SessionFrame, Timeline, allocate

Span = tuple[float, float]
SIX = 6 * 3600


def demand(at: int, length: float = 60.0, wait: float = 0.0, stream: bool = False) -> Demand:
    instant = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=at)
    occurrence = Occurrence(f"x/{at}", "x", "loa", "mot", "mot", Level.ROUTINE, instant, "Một")
    candidate = Candidate(occurrence, None, None, at, length)
    entry = PlanEntry((0, 0), at, 0, 0, candidate, Broadcast("mot", "mot", (at,)))
    return Demand(at, length, wait, stream, Level.ROUTINE, [entry])


def sessions_of(spans: Iterable[Span]) -> list[Span]:
    """What lies no further apart than `SESSION_GAP`, said in the simplest words."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins - found[-1][1] <= SESSION_GAP:
            found[-1] = found[-1][0], ends
        else:
            found.append((begins, ends))
    return found


def spans_of(timeline: Timeline, *more: Allocation) -> list[Span]:
    return [(one.begins, one.ends) for one in (*timeline.allocations, *more)]


demands = st.builds(
    demand,
    st.integers(0, 90).map(lambda minute: SIX + minute * 60),
    st.sampled_from([1.0, 47.313, 60.0, 299.9, 300.0]),
    st.sampled_from([0.0, 600.0]),
    st.booleans(),
)


@given(st.lists(demands, max_size=12), st.integers(0, 4), st.sampled_from([60.0, 900.0, 1500.0]))
def test_sessions_are_those_of_what_lies_close_together_whoever_came_first(
    asked: list[Demand], most: int, longest: float
) -> None:
    timeline = Timeline(((0, DAY),), most, longest)
    for one in asked:
        spans = spans_of(timeline)
        free = Timeline(timeline.open, 99, inf, allocations=timeline.allocations[:], starts=timeline.starts[:])
        found = free.allocate(one)

        outcome = timeline.allocate(one)

        if isinstance(found, Rejection):
            assert outcome == found
            continue
        sessions = sessions_of([*spans, (found.begins, found.ends)])
        its_own = next(ends - begins for begins, ends in sessions if begins <= found.begins <= ends)
        allowed = len(sessions) <= most and its_own <= longest
        assert (outcome == found) if allowed else isinstance(outcome, Rejection)
        assert sorted(timeline.sessions) == sessions_of(spans_of(timeline))


def test_what_fills_a_gap_within_a_session_makes_no_room_for_another_session() -> None:
    asked = [demand(SIX), demand(SIX + 360), demand(SIX + 180), demand(2 * SIX)]
    *first, last = allocate(asked, lambda: Timeline(((0, DAY),), 1, DAY), SessionFrame())

    assert all(isinstance(outcome, Allocation) for outcome in first)
    assert isinstance(last, Rejection)
    assert last.expected is Expected.REFUSED
    assert str(last.why) == "policy allows 1 sessions a day"


def test_what_lies_between_two_sessions_makes_them_one() -> None:
    asked = [demand(SIX), demand(SIX + 600), demand(SIX + 300), demand(2 * SIX)]
    outcomes = allocate(asked, lambda: Timeline(((0, DAY),), 2, DAY), SessionFrame())

    assert all(isinstance(outcome, Allocation) for outcome in outcomes)
    assert [outcome.opens for outcome in outcomes if isinstance(outcome, Allocation)] == [True, False, False, True]
