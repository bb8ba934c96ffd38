"""A disk without room under the state: what is prepared still airs, and verdicts are kept or it is said loudly."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from box import Box

RUNS = 50
NOTHING = b"\0" * 65536
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system: run as root")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    state = tmp_path / "state"
    state.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", str(state)], capture_output=True)
    if mounted.returncode:
        pytest.skip("may not mount here")
    yield state
    subprocess.run(["umount", "-l", str(state)], check=True)


def test_a_full_disk_silences_nobody_and_loses_no_verdict(small: Path, full: bool) -> None:
    for number in range(RUNS if full else 1):
        mistreat(small, random.Random(number))
        for file in [*small.iterdir(), small.parent / "ear", small.parent / "errors"]:
            file.unlink(missing_ok=True)


def mistreat(small: Path, chance: random.Random) -> None:
    with Box(small.parent, airings=4) as box:
        time.sleep(chance.uniform(0.0, 2.5))
        fill(small / "filler")
        time.sleep(8)
        assert sum(box.whole().values()) >= 2, (small.parent / "errors").read_text()
        (small / "filler").unlink()
        box.finish(patience=30)
        box.check()


def fill(path: Path) -> None:
    """Take whatever room there is, the ballast's included."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(NOTHING)
        except OSError:
            pass
