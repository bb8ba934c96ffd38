"""What the doctor says of this box: looked at by a child, as often as somebody asks and no oftener than is useful."""

from __future__ import annotations

import json
import os
from typing import BinaryIO

from ..codec import UNREADABLE, decode
from ..interfaces import Clock
from ..model.board import Health, HealthRow
from .children import Children

DOCTOR = "doctor"  # the command
FRESH = 600.0  # s: what was looked at within this time is not looked at again


class Examination:
    """The rows of the last `doctor --json` that ended."""

    def __init__(self, children: Children, clock: Clock) -> None:
        self._children = children
        self._clock = clock
        self._health = Health()
        self._began: float | None = None  # monotonic
        self._output: BinaryIO | None = None  # of the child that looks

    def latest(self) -> Health:
        """At once; where it is old, a child looks again, and a later call has what that found."""
        if self._output and not self._children.is_running(DOCTOR):
            self._take(self._output)
            self._output = None
        if self._output is None and (self._began is None or self._clock.monotonic() - self._began > FRESH):
            self._began = self._clock.monotonic()
            self._output = os.fdopen(os.memfd_create(DOCTOR), "w+b")  # it may say more than a pipe holds
            self._children.start(DOCTOR, "--json", quiet=True, output=self._output)
        return self._health

    def close(self) -> None:
        """Hear no more of a child that is still looking."""
        if self._output:
            self._output.close()
            self._output = None

    def _take(self, output: BinaryIO) -> None:
        """A child that was ended, or failed, has said nothing that can be read: what was known before stays."""
        with output:
            output.seek(0)
            try:
                rows = decode(tuple[HealthRow, ...], json.loads(output.read()))
            except UNREADABLE:
                return
        self._health = Health(rows, self._clock.now())
