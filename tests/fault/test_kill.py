"""kill -9 of the daemon, of a player, of both, at random instants: one verdict an airing, none twice, none lost."""

from __future__ import annotations

import random
import time
from pathlib import Path

from box import Box

ROUNDS, KILLS = 40, 25  # 1,000 kills


def test_kill_9_at_random_instants(tmp_path: Path, full: bool) -> None:
    for number in range(ROUNDS if full else 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        mistreat(Box(folder, airings=24 if full else 6), random.Random(number), KILLS if full else 4)


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


def test_sigterm_fades_out_within_a_second_and_logs_the_truth(tmp_path: Path) -> None:
    with Box(tmp_path, airings=1, duration=20.0) as box:
        while not box.records() and not (tmp_path / "ear").exists():
            time.sleep(0.05)
        time.sleep(6)
        asked = time.monotonic()

        box.end()

        assert time.monotonic() - asked < 2
        (record,) = box.records()
    assert record.verdict == "aired-partly"
    assert 5 <= record.frames / 8_000 <= 8
