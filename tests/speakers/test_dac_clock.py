"""When does a frame leave the card? By the requests of invented cards, and of 120 streams that were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from statistics import median, quantiles

import pytest
from harness.paths import DATA
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.speakers.card.dac_clock import CHANGE, EARLIER, LEARNING, DacClock

RATE = 1000  # few enough frames to count
BLOCK = 10  # frames
LEFT = 5.0  # when frame 0 of an invented stream leaves
HELD = 0.05  # seconds of sound that its card holds
RECORDED_RATE, RECORDED_BLOCK = 48_000, 600


def observed_clock(
    held: float = HELD, lie: float = 0.0, earlier: Sequence[float] = (), seconds: float = LEARNING + 0.1
) -> DacClock:
    """What is known of a card that asks late at times, and whose server says `lie` seconds too much."""
    dac_clock = DacClock(RATE, earlier)
    for number in range(round(seconds * RATE) // BLOCK):
        late = 0.005 * (number % 3)
        dac_clock.observe(LEFT - held + number / 100 + late, held - late + lie, number * BLOCK)
    return dac_clock


def test_a_request_that_comes_late_moves_nothing() -> None:
    assert observed_clock().time_of(500) == pytest.approx(LEFT + 0.5)
    assert observed_clock().frame_at(LEFT + 1.0) == 1000
    assert observed_clock().latency == pytest.approx(HELD)


def test_a_stream_that_is_closed_early_has_found_no_latency() -> None:
    assert observed_clock(seconds=LEARNING - 0.1).latency is None


# Earlier streams


@pytest.mark.parametrize("lie", [-0.0015, 0.0015])
def test_a_stream_that_is_lied_to_is_outvoted_by_two_earlier_ones(lie: float) -> None:
    assert observed_clock(lie=lie, earlier=[HELD] * 2).time_of(0) == pytest.approx(LEFT)


def test_the_first_reports_of_a_stream_are_believed_less() -> None:
    assert observed_clock(lie=0.01, earlier=[HELD], seconds=0.5).time_of(0) == pytest.approx(LEFT)


def test_a_card_that_has_changed_much_is_believed_at_once() -> None:
    assert observed_clock(held=0.08, earlier=[HELD] * EARLIER).time_of(0) == pytest.approx(LEFT)
    assert observed_clock(held=0.09, earlier=[HELD] * EARLIER, seconds=0.5).time_of(0) == pytest.approx(LEFT)


def test_a_card_that_has_changed_a_little_is_known_by_its_third_stream() -> None:
    latencies, errors = [HELD] * EARLIER, []
    for _ in range(3):
        dac_clock = observed_clock(held=HELD + 0.001, earlier=latencies)
        errors.append(dac_clock.time_of(0) - LEFT)
        assert dac_clock.latency is not None
        latencies = [*latencies, dac_clock.latency][-EARLIER:]

    assert errors == pytest.approx([-0.001, -0.001, 0.0])


# Underruns


def test_a_gap_that_no_server_reports_is_known_from_the_requests() -> None:
    dac_clock = observed_clock(earlier=[HELD])
    for number in range(210, 260):  # 40 ms were lost; the server now says 10 ms too much
        dac_clock.observe(LEFT - HELD + 0.04 + number / 100, HELD + 0.01, number * BLOCK)

    assert dac_clock.underrun
    assert dac_clock.time_of(0) == pytest.approx(LEFT + 0.04)


def test_what_a_stream_has_found_before_a_gap_stays() -> None:
    dac_clock = observed_clock()
    for number in range(210, 360):
        dac_clock.observe(LEFT - HELD + 0.04 + number / 100, HELD + 0.01, number * BLOCK)

    assert dac_clock.latency == pytest.approx(HELD)


def test_a_stream_that_begins_with_a_gap_has_found_nothing() -> None:
    dac_clock = DacClock(RATE)
    for number in range(20):
        dac_clock.observe(LEFT - 0.075 + number / 100, HELD, number * BLOCK)
    dac_clock.report_underrun()
    for number in range(20, 300):
        dac_clock.observe(LEFT - HELD + number / 100, HELD, number * BLOCK)

    assert dac_clock.latency is None
    assert dac_clock.time_of(0) == pytest.approx(LEFT)


def test_a_delay_that_is_caught_up_with_is_no_gap() -> None:
    dac_clock = observed_clock()
    for number in range(210, 260):  # every burst of four blocks is asked for up to 30 ms late
        dac_clock.observe(LEFT - HELD + (number // 4 * 4 + 3) / 100, HELD, number * BLOCK)

    assert not dac_clock.underrun


def test_a_card_that_ran_dry_is_not_believed_for_a_while() -> None:
    dac_clock = observed_clock(earlier=[HELD])
    dac_clock.report_underrun()
    for number in range(20):
        dac_clock.observe(6.0 + number / 100, 0.25, number * BLOCK)

    assert dac_clock.time_of(0) == pytest.approx(6.0 + HELD)


def test_what_a_card_says_while_it_is_filled_is_forgotten() -> None:
    dac_clock = DacClock(RATE)
    for number in range(12):
        dac_clock.observe(3.0, 0.0125 * number, number * BLOCK)
    for number in range(12, 20):
        dac_clock.observe(LEFT - HELD + number / 100, HELD, number * BLOCK)

    assert dac_clock.time_of(0) == pytest.approx(LEFT)


# Invented servers whose reports drift, and any history


@given(
    drift=st.floats(-0.0045, 0.0045),
    lie=st.floats(-0.0015, 0.0015),
    seed=st.integers(0, 999),
    earlier=st.lists(st.floats(0, 1, exclude_min=True), max_size=EARLIER),
)
def test_no_history_makes_a_start_worse_than_the_reports_are_wrong(
    drift: float, lie: float, seed: int, earlier: list[float]
) -> None:
    random = Random(seed)
    dac_clock = DacClock(RATE, earlier)
    for number in range(230):
        error = lie + drift * (number / 115 - 1)
        late = random.choice((0.0, 0.0, 0.0005, 0.002))
        dac_clock.observe(LEFT - HELD + number / 100 + late, HELD - late + error, number * BLOCK)

    assert abs(dac_clock.time_of(0) - LEFT) <= abs(lie) + 3 * abs(drift) + CHANGE


# Streams that were recorded


@dataclass(frozen=True)
class RecordedStream:
    """One line of tests/data/card-streams.tsv, in seconds."""

    sink: str
    left: float
    requests: Sequence[tuple[float, float]]  # as if each were for frame 0; how much sound the server said it held

    @classmethod
    def read(cls, line: str) -> RecordedStream:
        sink, left, *requests = line.split("\t")
        pairs = (request.split(" ") for request in requests)
        return cls(sink, int(left) / 1e6, [(int(origin) / 1e6, int(held) / 1e6) for origin, held in pairs])

    def replay(self, earlier: Sequence[float]) -> tuple[float, DacClock]:
        """By how many seconds a sample would start too early or too late, and what is known then."""
        dac_clock = DacClock(RECORDED_RATE, earlier)
        for number, (origin, held) in enumerate(self.requests):
            frame = number * RECORDED_BLOCK
            dac_clock.observe(origin + frame / RECORDED_RATE, held, frame)
        return abs(dac_clock.time_of(0) - self.left), dac_clock


@cache
def recorded_streams() -> Sequence[RecordedStream]:
    lines = (DATA / "card-streams.tsv").read_text().splitlines()
    return [RecordedStream.read(line) for line in lines if not line.startswith("#")]


def sinks() -> list[list[RecordedStream]]:
    """The streams of each sink, in order of time."""
    names = dict.fromkeys(stream.sink for stream in recorded_streams())
    return [[stream for stream in recorded_streams() if stream.sink == name] for name in names]


def errors_in_a_row(streams: Sequence[RecordedStream], latencies: Sequence[float] = ()) -> list[float]:
    """The errors of one stream after the other, of which the first knows `latencies`."""
    errors = []
    for stream in streams:
        error, dac_clock = stream.replay(latencies)
        errors.append(error)
        if dac_clock.latency is not None:
            latencies = [*latencies, dac_clock.latency][-EARLIER:]
    return errors


@cache
def sixes() -> list[tuple[list[RecordedStream], list[float]]]:
    """Six streams of a sink in a row, and their errors where the first knows nothing."""
    found = [streams[first : first + 6] for streams in sinks() for first in range(0, len(streams) - 5, 6)]
    return [(six, errors_in_a_row(six)) for six in found]


def percentile_99(errors: Sequence[float]) -> float:
    return quantiles(errors, n=100, method="inclusive")[98]


def test_the_first_three_airings_of_a_station_begin_on_time() -> None:
    errors = [
        error
        for streams in sinks()
        for first in range(0, len(streams), 3)
        for error in errors_in_a_row(streams[first : first + 3])
    ]

    assert len(errors) == 120
    assert median(errors) < 0.0002
    assert percentile_99(errors) < 0.001
    assert max(errors) < 0.005


def test_what_four_earlier_streams_have_found_is_right_within_a_third_of_a_millisecond() -> None:
    errors = [error for streams in sinks() for error in errors_in_a_row(streams)[EARLIER:]]

    assert len(errors) == 108
    assert max(errors) < 0.0003


@pytest.mark.parametrize("lie", [-0.2, -0.03, -0.005, -0.0015, -0.0005, 0.0005, 0.0015, 0.005, 0.03, 0.2])
def test_a_history_of_another_card_does_harm_twice_at_most(lie: float) -> None:
    for six, honest in sixes():
        misled = errors_in_a_row(six, [0.0515 + lie] * EARLIER)

        assert misled[:2] == honest[:2] or max(misled[:2]) < min(abs(lie) + 0.0003, 0.007)
        assert max(misled[2:]) < 0.001
