"""A relay without a pin."""

from __future__ import annotations

from loudspeaker.speakers.pins import RelaySwitch


class StubRelay(RelaySwitch):
    """Does nothing; tests that want to know what it did override it."""

    def __init__(self) -> None:
        self.pin, self.fault, self._device = 0, "", None
