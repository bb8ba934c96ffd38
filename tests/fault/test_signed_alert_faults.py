"""Signed alerts: many more orders and power cuts, and kill -9 of a real daemon to which one is being handed over."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

import pytest
from harness.alert_box import BOX, flood, sealed
from harness.alert_machine import SignedAlertMachine
from harness.daemon_process import running_daemon
from harness.office import join, open_office
from harness.waiting import PATIENCE
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from loudspeaker.codec import decode
from loudspeaker.daemon.protocol import ask
from loudspeaker.errors import BeingMade, Unreachable
from loudspeaker.model.alert_answer import AlertAnswer, AlertState
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station

VILLAGES = ("na-hoa", "suoi-trat")
LATEST = 1.5  # s after it is handed over, the power has gone


def test_signed_alerts_in_many_orders(full: bool) -> None:
    examples = 1500 if full else 10
    run_state_machine_as_test(SignedAlertMachine, settings=settings(max_examples=examples, stateful_step_count=20))


@pytest.fixture
def joined(home: Path, tmp_path: Path) -> Path:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    join(StationPaths(home, home / ".state"), open_office(home, tmp_path))
    return home


def hand_over(door: Path, envelope: str) -> AlertAnswer:
    """Ask again while its sound is made, as a carrier does. Raises `Unreachable` where the daemon has gone."""
    while True:
        with suppress(BeingMade):
            return decode(AlertAnswer, ask(door, "alert", patience=PATIENCE, envelope=envelope))
        time.sleep(0.02)


def test_kill_9_while_an_alert_is_handed_over(joined: Path, tmp_path: Path, full: bool) -> None:
    """Two of them without `--runs=full`."""
    chance = random.Random(7)
    for number in range(25 if full else 2):
        issued = datetime.now(UTC).replace(microsecond=0)
        words = f"Lũ số {number}."
        alert = flood(number + 1, issued=issued, until=issued + timedelta(hours=2), text=words, spoken=words)
        envelope = sealed(alert, "hoa", "pao")
        with running_daemon(joined, tmp_path / "errors") as (process, door):
            power = Timer(chance.uniform(0.0, LATEST), process.kill)
            power.start()
            with suppress(Unreachable):
                hand_over(door, envelope)
            power.join()
            process.wait()
        door.unlink(missing_ok=True)  # a dead daemon's
        with running_daemon(joined, tmp_path / "errors") as (_, door):
            answer = hand_over(door, envelope)
            latest = time.monotonic() + PATIENCE
            while any(row["verdict"] in (None, "on-air") for row in outcomes(door, answer)):
                assert time.monotonic() < latest
                time.sleep(0.1)
            assert hand_over(door, envelope).state in (AlertState.AIRED, AlertState.GIVEN)
        assert len(answer.airings) == len(VILLAGES)
    with closing(Station.open(joined)) as station:
        given = Counter(event.airing for event in station.log.events("asked"))
        begun = Counter(event.airing for event in station.log.events("on-air"))
        assert set(given.values()) == {1}
        assert len(given) == (25 if full else 2) * len(VILLAGES)
        assert all(station.log.verdict_of(airing) for airing in given)
        assert all(times <= 2 for times in begun.values()), begun  # the one that was killed, and once more


def outcomes(door: Path, answer: AlertAnswer) -> list[dict[str, object]]:
    return decode(list[dict[str, object]], ask(door, "outcome", patience=PATIENCE, airings=list(answer.airings)))
