"""Packets between a box and its hub are lost, late and slow: files come, an alarm is given once, the log is sent whole.

Hub and agent are in network namespaces of their own; both, Mosquitto, daemon and TCP are real.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest
from harness.broker import PROGRAM
from harness.logging_box import LoggingBox
from harness.lossy_network import AVAILABLE, LossyNetwork, Weather, lossy_network
from harness.office import SCOPE
from harness.waiting import wait_for

from loudspeaker.model.alert_answer import AlertState

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto"),
    pytest.mark.skipif(not AVAILABLE, reason="needs root and /dev/net/tun"),
]

VILLAGES = 2
BLOB, ENTRIES = 40_000, 300  # bytes of a file that comes with a manifest; entries of the log
PATIENCE = 900.0  # s: a packet that was lost again and again is sent again after a minute
WEATHERS = {
    "all at once": Weather(loss=0.1, delay=0.15, rate=64_000),
    "10 % lost": Weather(loss=0.1),
    "30 % lost": Weather(loss=0.3),
    "300 ms late": Weather(delay=0.3),
    "64 kb/s": Weather(rate=64_000),
}


class DistantBox:
    """A box that has joined a hub by such a network."""

    def __init__(self, home: Path, folder: Path, parts: ExitStack, weather: Weather) -> None:
        self.network: LossyNetwork = parts.enter_context(lossy_network(weather, seed=7))
        self.near = LoggingBox(home, folder, parts, self.network.address)
        parts.enter_context(self.near.agent(self.network.enter))
        wait_for(lambda: self.near.hub.boxes()[0]["on"], PATIENCE, pause=1.0)

    def bring(self, size: int) -> float:
        """A new manifest with a file of so many bytes that cannot be packed; seconds until it was in force."""
        office, before = self.near.office, self.near.version
        schedule = (office.home / "schedules" / "na-hoa.yaml").read_text("utf-8")
        office.write("schedules/na-hoa.yaml", f"{schedule}# {random.Random(7).randbytes(size // 2).hex()}\n")
        office.publish("hoa")
        self.near.hub.run("publish", str(office.stick))
        return seconds_until(lambda: self.near.version > before)

    def alarm(self, seq: int) -> tuple[float, float]:
        """Seconds until it was heard in all villages, and until the hub had its receipt."""
        self.near.alarm(seq)
        begins = time.monotonic()
        heard = seconds_until(lambda: len(self.near.heard()) == seq * VILLAGES)
        seconds_until(lambda: AlertState.AIRED in self.near.hub.receipts(f"{SCOPE}/{seq}"))
        return heard, time.monotonic() - begins


def seconds_until(is_so: Callable[[], object]) -> float:
    begins = time.monotonic()
    wait_for(is_so, PATIENCE, pause=0.05)
    return time.monotonic() - begins


@pytest.fixture
def parts() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("name", WEATHERS)
def test_all_that_is_signed_comes_and_all_that_was_heard_is_told(
    home: Path, tmp_path: Path, parts: ExitStack, name: str, full: bool
) -> None:
    if not full and name != "all at once":
        pytest.skip("--runs=full")
    box = DistantBox(home, tmp_path, parts, WEATHERS[name])
    fetched = box.bring(BLOB)
    alarms = [box.alarm(seq) for seq in range(1, 6 if full else 2)]
    box.near.write(ENTRIES)
    begins = time.monotonic()
    box.near.wait_until(box.near.all_is_there, seconds=PATIENCE)
    sent = time.monotonic() - begins

    assert set(Counter(box.near.heard()).values()) == {1}
    assert len(box.near.heard()) == len(alarms) * VILLAGES
    heard, told = ([one[place] for one in alarms] for place in (0, 1))
    count = box.network.count
    print(
        f"{name}: a manifest with {BLOB} bytes in {fetched:.1f} s; {len(alarms)} alarms heard once, after"
        f" {median(heard):.2f} s, at most {max(heard):.2f}, told after {median(told):.2f}, at most {max(told):.2f};"
        f" {ENTRIES} entries of the log in {sent:.1f} s; {count['packets']} packets, {count['lost']} lost"
    )
