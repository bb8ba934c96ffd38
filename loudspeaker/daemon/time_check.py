"""Asks the hub for the time, by the agent, and believes an answer that comes at once (`station/box/hub_time.py`)."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from ..clock import VouchedTime, boot_id
from ..errors import LoudspeakerError, Message
from ..interfaces import EARLIEST, Clock
from ..station.box.hub_contact import give_nonce, keep_hub_time
from ..station.deliveries.fetched_answer import read_mark
from ..station.paths import StationPaths
from ..store.atomic import read_regular_file

LONGEST = 4.0  # s, from a question to its answer: then it is known to two seconds
SPACING = 10.0  # s, between two questions: whoever has taken the agent over wears out no memory card
MOST_BYTES = 100_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TimeQuestion:
    """Asked at `at`, monotonic; `before` is what lay there for an answer then."""

    nonce: str
    at: float
    before: bytes


class TimeCheck:
    """One question at a time, each answered once."""

    def __init__(self, paths: StationPaths, clock: Clock) -> None:
        self._paths = paths
        self._clock = clock
        self._mark = ""  # of the question that was asked last
        self._asked_at = float("-inf")
        self._question: TimeQuestion | None = None

    def look(self) -> None:
        """Take an answer where one has come, and ask where the agent is ready to carry a question."""
        try:
            self._take_answer()
            self._ask()
        except LoudspeakerError as error:  # a full disk, or whatever the agent has left there
            logger.warning("%s", Message("what the hub says of the time is not believed: {error}", error=error.message))

    def _ask(self) -> None:
        mark, now = read_mark(self._paths.time_wanted), self._clock.monotonic()
        if not mark or mark == self._mark or now < self._asked_at + SPACING:
            return
        self._mark, self._asked_at, before = mark, now, self._read_answer()
        self._question = TimeQuestion(secrets.token_hex(16), self._clock.monotonic(), before)
        give_nonce(self._paths.time_nonce, mark, self._question.nonce)

    def _take_answer(self) -> None:
        """Raises what is wrong with it."""
        question = self._question
        if question is None or not (raw := self._read_answer()) or raw == question.before:
            return
        self._question, now = None, self._clock.monotonic()
        from ..station.box.hub_time import open_answer  # loads cryptography: only for a box that is connected to a hub

        took = now - question.at
        issued = open_answer(self._paths, raw, question.nonce)
        if took > LONGEST or issued < EARLIEST:
            return logger.warning("%s", Message("the hub has answered after {took:.1f} s: too late", took=took))
        middle = issued + timedelta(seconds=took / 2)
        keep_hub_time(self._paths, VouchedTime(middle, took / 2, now, boot_id(), question.nonce))
        return None

    def _read_answer(self) -> bytes:
        return read_regular_file(self._paths.time_answer, MOST_BYTES) or b""
