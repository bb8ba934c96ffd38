"""Latency history: what the last streams of each card have found of its latency, kept from one daemon to the next.

Written by a thread of its own, and only where it tells more than before. Losing it costs accuracy and no sound, so what
cannot be read counts as nothing, and what cannot be written is no news here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from statistics import median
from threading import Lock, Thread

from ...errors import LoudspeakerError
from .dac_clock import EARLIER

SETUPS = 16  # of cards, that are kept: those that were used last
LONGEST = 1.0  # seconds: no card's buffer is longer
NOTICEABLE = 0.0001  # seconds
NOTE = "latencies"  # the key under which they are remembered; another meaning of the numbers needs another one

logger = logging.getLogger(__name__)


class LatencyHistory:
    """The latencies in seconds, the newest at the end, by the set-up of a card (`CardStream.setup`).

    `recall` and `remember` keep small JSON values over a restart, by key. Without them it ends with the process.
    """

    def __init__(
        self,
        recall: Callable[[str], object] = lambda key: None,
        remember: Callable[[str, object], None] = lambda key, value: None,
    ) -> None:
        self._remember = remember
        self._lock = Lock()  # held for a moment
        self._writing = Lock()  # held for as long as the disk takes
        self._latencies = self._written = _recall(recall)

    def all(self) -> Mapping[str, Sequence[float]]:
        return self._latencies

    def knows(self, device: str) -> bool:
        """Has there been a stream on a card whose name has `device` in it, as box.yaml may put it?"""
        return any(device.casefold() in setup.casefold() for setup in self._latencies)

    def update(self, setup: str, latencies: Sequence[float]) -> None:
        """Take in what is known of one set-up now, and have it written. Returns at once."""
        with self._lock:
            others = {name: kept for name, kept in self._latencies.items() if name != setup}
            oldest = max(0, len(others) + 1 - SETUPS)
            self._latencies = {**dict(islice(others.items(), oldest, None)), setup: latencies}
        if _tells_more(latencies, self._written.get(setup, ())):
            try:
                Thread(target=self.write, name=NOTE, daemon=True).start()
            except RuntimeError as error:  # the system has no thread left: the next stream may find one
                logger.warning("%s", error)

    def write(self) -> None:
        """Write what is known now. It is on the disk when this returns, unless the disk does not take it."""
        with self._writing, suppress(LoudspeakerError):
            latencies = self._latencies
            self._remember(NOTE, latencies)
            self._written = latencies


def _tells_more(latencies: Sequence[float], written: Sequence[float]) -> bool:
    return len(latencies) > len(written) or abs(median(latencies) - median(written)) > NOTICEABLE


def _recall(recall: Callable[[str], object]) -> Mapping[str, Sequence[float]]:
    """What can be believed of what was kept: an older version, a damaged disk or a person may have left anything."""
    kept: object = None
    with suppress(LoudspeakerError):
        kept = recall(NOTE)
    if not isinstance(kept, dict):
        return {}
    believed = {name: list(filter(_is_latency, values)) for name, values in kept.items() if isinstance(values, list)}
    return {name: values[-EARLIER:] for name, values in list(believed.items())[-SETUPS:] if values}


def _is_latency(value: object) -> bool:
    return isinstance(value, float) and 0 < value < LONGEST
