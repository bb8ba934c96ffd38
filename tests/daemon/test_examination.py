"""What the doctor says: looked at by a child, told at once, and looked at again when it is old."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.examination import FRESH, Examination
from loudspeaker.model.board import Health, HealthRow

pytestmark = pytest.mark.waits

ROWS = '[{"what": "đĩa", "wrong": "đầy", "serious": true}, {"what": "giọng", "wrong": null, "serious": false}]'


class Doctor:
    """A child that says what it is told to, and how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.words = ROWS
        self.children = Children(self.command)
        self.asked = 0

    def command(self, *words: str) -> list[str]:
        assert words == ("doctor", "--json")
        self.asked += 1
        return [sys.executable, "-c", f"import sys; sys.stdout.buffer.write({self.words.encode()!r}); sys.exit(1)"]


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    return Doctor(tmp_path)


def wait_for(doctor: Doctor) -> None:
    doctor.children._running["doctor"].wait()


def test_the_first_answer_is_empty_and_the_next_has_what_the_child_found(doctor: Doctor) -> None:
    clock = FakeClock(at("2026-11-24T05:00:00"))
    examination = Examination(doctor.children, clock)

    assert examination.latest() == Health()
    wait_for(doctor)
    found = examination.latest()

    assert found.rows == (HealthRow("đĩa", "đầy", True), HealthRow("giọng", None, False))
    assert found.looked_at == clock.now()


def test_it_looks_again_only_when_what_it_knows_is_old(doctor: Doctor) -> None:
    clock = FakeClock(at("2026-11-24T05:00:00"))
    examination = Examination(doctor.children, clock)
    examination.latest()
    wait_for(doctor)
    for _ in range(3):
        first = examination.latest()
    assert doctor.asked == 1

    clock.advance(FRESH + 1)
    assert examination.latest() == first  # until the child has ended
    assert doctor.asked == 2
    wait_for(doctor)
    assert examination.latest().looked_at == clock.now()


def test_a_child_that_says_nothing_sound_leaves_what_was_known(doctor: Doctor) -> None:
    clock = FakeClock(at("2026-11-24T05:00:00"))
    examination = Examination(doctor.children, clock)
    examination.latest()
    wait_for(doctor)
    known = examination.latest()

    doctor.words = "Traceback"
    clock.advance(FRESH + 1)
    examination.latest()
    wait_for(doctor)

    assert examination.latest() == known


def test_an_answer_may_be_longer_than_a_pipe_holds(doctor: Doctor) -> None:
    row = '{"what": "' + "x" * 1000 + '", "wrong": null, "serious": false}'
    doctor.words = f"[{', '.join([row] * 100)}]"
    examination = Examination(doctor.children, FakeClock(at("2026-11-24T05:00:00")))
    examination.latest()
    wait_for(doctor)

    assert len(examination.latest().rows) == 100
