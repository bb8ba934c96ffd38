"""A real agent takes a box's log to a real hub, over a line that breaks; the daemon signs, the agent cannot.

One box and one hub for all of it, since both take long to begin; each test has an agent of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from harness.broker import PROGRAM
from harness.line_relay import HEADER
from harness.logging_box import LoggingBox
from harness.office import SCOPE
from harness.small_commune import write_small_commune
from harness.waiting import wait_for

from loudspeaker.fleet.log_carrier import DAY
from loudspeaker.fleet.mqtt import KEEPALIVE

pytestmark = [pytest.mark.broker, pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto")]

VILLAGES = 2


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoggingBox]:
    folder = tmp_path_factory.mktemp("log")
    write_small_commune(folder / "dai")
    with ExitStack() as parts:
        yield LoggingBox(folder / "dai", folder, parts)


def test_what_a_hub_has_taken_without_being_heard_is_not_sent_again_by_the_next_agent(box: LoggingBox) -> None:
    box.write(300)
    before = box.hub.pieces()

    def has_taken() -> bool:
        return box.hub.pieces() != before

    box.line.deaf = has_taken
    with box.agent():
        box.wait_until(has_taken)
    box.line.deaf = lambda: False
    box.write(5)
    with box.agent():
        box.wait_until(box.all_is_there)

    assert len(box.hub.pieces()) >= len(before) + 2


def test_a_hub_that_was_away_for_a_day_gets_all_of_it(box: LoggingBox) -> None:
    with box.agent():
        box.wait_until(box.all_is_there)
        box.hub.process.kill()
        box.hub.process.wait()
        box.write(50)
        ends, calls = box.clock.monotonic() + DAY, box.line.calls
        box.wait_until(lambda: box.clock.monotonic() > ends and box.line.calls > calls, DAY / 10)
        box.write(50)
        box.hub.begin()
        box.wait_until(box.all_is_there, DAY / 10)


PINGS, PING = int(DAY / KEEPALIVE), 2 * (24 + 2 * HEADER)  # a day; bytes of one and its answer, in TLS
ENTRIES = 10 * 8  # a day: ten airings, of which each leaves up to eight in the log


@pytest.mark.sampled
def test_a_day_on_a_mobile_network_costs_less_than_a_megabyte_and_a_half(box: LoggingBox, full: bool) -> None:
    """With a text of two pages changed four times and ten lost connections; what is bound to real time is added.

    A quarter of it outside `make fault`, which counts four times.
    """
    quarters, version = 4 if full else 1, box.version
    with box.agent():
        box.wait_until(box.all_is_there)
        before, connections = box.on_air, box.broker_line.calls
        for hour in range(6 * quarters):
            box.write(ENTRIES // 24 + 1)
            if hour % 6 == 3:
                box.publish(f"Bản tin giờ thứ {hour}. " + "Mời bà con ra nhà văn hóa họp thôn. " * 100)
            if hour % 2 and hour < 20:
                box.broker_line.cut()
            said = box.broker_line.packets
            box.wait_until(lambda said=said: box.broker_line.packets > said, 3600.0)
        box.wait_until(box.all_is_there)
        bells = 20 * (len(box.hub.bell(SCOPE)) + 200 + 2 * HEADER)
        day = (box.on_air - before) * 4 // quarters + PINGS * PING + bells

    print(f"{day} bytes: broker {box.broker_line.on_air}, files and log {box.line.on_air}")
    assert box.version == version + quarters
    assert box.broker_line.calls - connections >= 2 * quarters
    assert 100_000 < day < 1_500_000


def test_an_alarm_is_heard_while_the_log_is_stuck_on_the_line(box: LoggingBox) -> None:
    box.line.stuck, before = True, box.line.calls
    with box.agent():
        box.wait_until(lambda: box.line.calls > before)
        box.alarm(1)
        wait_for(lambda: len(box.heard()) == VILLAGES, pause=1.0)
    box.line.stuck = False

    assert len(set(box.heard())) == VILLAGES
