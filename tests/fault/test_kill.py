"""kill -9 of the daemon, of a player, of both, at random instants: one verdict an airing, none twice, none lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness import pulse_server
from harness.card_box import CardBox
from harness.ending_child import end_with
from harness.faulty_box import FaultyBox, each
from harness.playout_harness import ZONE, programme
from harness.process_speaker import ChildSpeaker
from harness.waiting import wait_for

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.loop import FADE
from loudspeaker.interfaces import State

ROUNDS, CARD_ROUNDS, KILLS = 32, 8, 25  # 1,000 kills, a fifth of them with a real player
AT_ONCE = 4
AGREED = timedelta(seconds=0.5)  # between log and ear, on a busy machine


def test_kill_9_at_random_instants(tmp_path: Path, full: bool) -> None:
    def once(number: int) -> None:
        mistreat(FaultyBox(tmp_path / str(number), airings=24 if full else 6), number, KILLS if full else 4)

    each(once, ROUNDS if full else 1, AT_ONCE)


@pytest.mark.sound
@pytest.mark.skipif(not pulse_server.FOUND, reason="PulseAudio's programs are not installed")
def test_kill_9_of_a_station_that_plays_on_a_sound_card(tmp_path: Path, full: bool) -> None:
    sinks = [f"horn{number}" for number in range(CARD_ROUNDS if full else 1)]

    def once(number: int) -> None:
        box = CardBox(tmp_path / str(number), airings=24 if full else 6, sink=sinks[number])
        with server.recorder(box.sink) as box.recorder:
            mistreat(box, number, KILLS if full else 4)

    with pulse_server.private(tmp_path / "pulse", *sinks) as server:
        each(once, len(sinks), AT_ONCE)


def mistreat(box: FaultyBox, seed: int, kills: int) -> None:
    chance = random.Random(seed)
    with box:
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 2.5))
            kind = chance.choice(["daemon", "player", "both"])
            if kind != "daemon":
                box.kill_player()
            if kind != "player":
                box.kill()
                box.start()
        box.finish()
        box.check()
        # Whose both attempts were killed before a sample left is not lost: it was tried as often as it may be.
        assert all(box.attempts(airing) == 2 for airing in box.lost()), box.told
        assert sum(sound.whole for sound in box.sounds()) >= box.airings / 6, box.told


def test_sigterm_fades_out_within_a_second_and_logs_the_truth(tmp_path: Path) -> None:
    with FaultyBox(tmp_path, airings=1, duration=8.0) as box:
        wait_for(box.sounds)
        box.wait_for(0, 3.0)
        asked = datetime.now(ZONE)
        box.end()
        ended = datetime.now(ZONE)
        (record,), (sound,) = box.records(), box.sounds()

    assert FADE <= 1
    assert (record.verdict, sound.most) == ("aired-partly", False)
    assert record.started_at
    assert abs(record.started_at - sound.wall) < AGREED
    assert asked - AGREED < record.started_at + timedelta(seconds=record.frames / 8_000) < ended + AGREED


def test_of_a_player_that_is_late_and_killed_no_more_is_told_than_was_heard(tmp_path: Path) -> None:
    clock, ear = FakeClock(datetime.now(UTC)), tmp_path / "ear"
    speaker, whole = ChildSpeaker(clock, ear, lambda: None), programme(duration=60.0)
    speaker.arm("a", [whole], clock.now() - timedelta(days=1))
    wait_for(lambda: speaker.poll().state is State.PLAYING)
    clock.advance(whole.duration)  # by which its process is late
    speaker.stop()

    assert "whole" not in ear.read_text()
    assert speaker.poll().frames < whole.frames


def test_a_player_whose_daemon_was_killed_while_it_was_started_is_not_heard() -> None:
    command = ["sleep", "60"]
    with subprocess.Popen(command, preexec_fn=end_with(os.getppid())) as player:  # another than its parent
        assert player.wait(10.0) == -signal.SIGKILL
