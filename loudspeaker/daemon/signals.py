"""Ctrl+C at a command that waits for what it put on the air: noted as a wish to end that, instead of raised."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptions() -> Iterator[list[bool]]:
    """True for each signal that asks us to end. A terminal that goes away is no reason to fall silent."""
    received: list[bool] = []

    def note(_signal: int, _frame: FrameType | None) -> None:
        received.append(True)

    before = {name: signal.signal(name, note) for name in SIGNALS}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield received
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
