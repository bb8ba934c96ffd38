"""The latencies of a card from one daemon to the next: what is kept, what of it is believed, when it is written."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.waiting import wait_for
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.clock import SystemClock
from loudspeaker.errors import Message
from loudspeaker.model.box import Output
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.card.dac_clock import EARLIER
from loudspeaker.speakers.card.latency_history import LONGEST, NOTE, SETUPS, LatencyHistory
from loudspeaker.speakers.card.speaker import FIRST_LEAD, LEAD, PlayerProcess
from loudspeaker.speakers.factory import SpeakerContext, _card_speaker
from loudspeaker.store.asrun import AsRunLog, LogUnusable


@dataclass
class Notes:
    """A log's memory that counts what is written into it."""

    log: MemoryLog = field(default_factory=MemoryLog)
    written: list[object] = field(default_factory=list)

    def remember(self, key: str, value: object) -> None:
        self.log.remember(key, value)
        self.written.append(value)


class FailingDisk:
    """A log that can be neither read nor written."""

    def recall(self, key: str) -> object:
        raise LogUnusable(Message("the disk is full"))

    def remember(self, key: str, value: object) -> None:
        raise LogUnusable(Message("the disk is full"))


def test_the_next_daemon_knows_what_this_one_has_found(tmp_path: Path) -> None:
    log = AsRunLog.open(tmp_path / "asrun.db", "na-hoa")
    history = LatencyHistory(log.recall, log.remember)
    history.update("hall, 48000 Hz, 50.0 ms", [0.0514, 0.0516])
    history.write()
    log.close()
    log = AsRunLog.open(tmp_path / "asrun.db", "na-hoa")

    assert LatencyHistory(log.recall, log.remember).all() == {"hall, 48000 Hz, 50.0 ms": [0.0514, 0.0516]}
    log.close()


def test_a_log_that_is_damaged_or_not_there_is_a_history_of_nothing() -> None:
    disk = FailingDisk()
    history = LatencyHistory(disk.recall, disk.remember)
    before = history.all()
    history.update("hall", [0.05])
    history.write()

    assert (before, history.all()) == ({}, {"hall": [0.05]})


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda values: st.lists(values, max_size=9) | st.dictionaries(st.text(max_size=9), values, max_size=30),
)


@given(ANYTHING)
def test_of_what_another_version_or_a_person_has_left_only_latencies_are_believed(left: object) -> None:
    log = MemoryLog()
    log.remember(NOTE, left)
    believed = LatencyHistory(log.recall, log.remember).all()

    assert len(believed) <= SETUPS
    for latencies in believed.values():
        assert 0 < len(latencies) <= EARLIER
        assert all(isinstance(latency, float) and 0 < latency < LONGEST for latency in latencies)


def test_the_setups_that_were_used_last_are_kept() -> None:
    history = LatencyHistory()
    for number in range(SETUPS + 3):
        history.update(f"card {number}", [0.05])
        history.update("hall", [0.06])

    assert list(history.all()) == [*(f"card {number}" for number in range(4, SETUPS + 3)), "hall"]


def test_it_is_written_only_where_it_tells_more_than_before() -> None:
    notes = Notes()
    history = LatencyHistory(notes.log.recall, notes.remember)
    for latencies, writes in (
        ([0.05], 1),
        ([0.05, 0.06], 2),
        ([0.05, 0.06, 0.0501], 3),
        ([0.05, 0.06, 0.0501, 0.0502], 4),
        ([0.06, 0.0501, 0.0502, 0.0501], 4),
        ([0.0501, 0.0502, 0.0501, 0.0502], 4),
        ([0.0502, 0.0501, 0.0902, 0.0902], 5),
    ):
        history.update("hall", latencies)
        wait_for(lambda: not any(thread.name == NOTE for thread in threading.enumerate()))
        assert len(notes.written) == writes

    assert notes.written[-1] == {"hall": [0.0502, 0.0501, 0.0902, 0.0902]}


def test_a_card_is_known_by_any_part_of_its_name() -> None:
    history = LatencyHistory()
    before = history.knows("")
    history.update("USB Audio: - (hw:1,0), 48000 Hz, 50.0 ms", [0.05])

    assert not before
    assert [history.knows(name) for name in ("usb audio", "hw:1,0", "", "Headphones")] == [True, True, True, False]


def test_an_output_is_armed_earlier_as_long_as_nobody_knows_its_card(tmp_path: Path) -> None:
    def lead(device: str, history: LatencyHistory) -> float:
        context = SpeakerContext(SystemClock(), tmp_path, latencies=history)
        player = PlayerProcess(device, 1, context.clock)
        return _card_speaker(Output("hall", device), player, context).lead

    history = LatencyHistory()
    history.update("USB Audio: - (hw:1,0), 48000 Hz, 50.0 ms", [0.05])

    assert [lead(device, LatencyHistory()) for device in ("USB", "auto")] == [FIRST_LEAD] * 2
    assert [lead(device, history) for device in ("USB", "auto", "HDMI")] == [LEAD, LEAD, FIRST_LEAD]
