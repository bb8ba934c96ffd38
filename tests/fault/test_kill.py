"""kill -9 of the daemon, of a player, of both, at random instants: one verdict an airing, none twice, none lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pulse
import pytest
from box import Box
from card_box import CardBox
from pulse import Server

ROUNDS, CARD_ROUNDS, KILLS, FEW = 32, 8, 25, 4  # 1,000 kills, a fifth of them with a real player
AT_ONCE = 4
B = TypeVar("B", bound=Box)


def test_kill_9_at_random_instants(tmp_path: Path, full: bool) -> None:
    boxes = [Box(tmp_path / str(number), airings=24 if full else 6) for number in range(ROUNDS if full else 1)]
    together(boxes, lambda box, chance: mistreat(box, chance, KILLS if full else FEW))


@pytest.mark.sound
@pytest.mark.skipif(not pulse.FOUND, reason="PulseAudio's programs are not installed")
def test_kill_9_of_a_station_that_plays_on_a_sound_card(
    tmp_path: Path, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sinks = [f"horn{number}" for number in range(CARD_ROUNDS if full else 1)]
    server = Server(tmp_path / "pulse", sinks)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    boxes = [CardBox(tmp_path / sink, airings=24 if full else 6, sink=sink) for sink in sinks]

    def heard(box: CardBox, chance: random.Random) -> None:
        with server.recorder(box.sink) as box.recorder:
            mistreat(box, chance, KILLS if full else FEW)

    try:
        together(boxes, heard)
    finally:
        server.stop()


def together(boxes: Sequence[B], do: Callable[[B, random.Random], None]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for outcome in [pool.submit(do, box, random.Random(number)) for number, box in enumerate(boxes)]:
            outcome.result()


def mistreat(box: Box, chance: random.Random, kills: int) -> None:
    with box:
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 2.5))
            kind = chance.choice(["daemon", "player", "both"])
            if kind != "daemon":
                box.kill_player()
            if kind != "player":
                box.kill()
                box.start()
        box.finish(patience=90)
        box.check()
        # Whose both attempts were killed before a sample left is not lost: it was tried as often as it may be.
        assert all(box.attempts(airing) == 2 for airing in box.lost()), box.told
        assert sum(sound.whole for sound in box.sounds()) >= box.airings / 2, box.told


def test_sigterm_fades_out_within_a_second_and_logs_the_truth(tmp_path: Path) -> None:
    with Box(tmp_path, airings=1, duration=20.0) as box:
        box.wait_for(0, 6.0)
        asked = time.monotonic()

        box.end()

        assert time.monotonic() - asked < 2
        (record,) = box.records()
    assert record.verdict == "aired-partly"
    assert 5 <= record.frames / 8_000 <= 8
