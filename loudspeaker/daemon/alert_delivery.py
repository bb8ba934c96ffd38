"""Signed alerts of a delivery, such as a stick, handed to the daemon: it verifies them and does each once.

    v1/SCOPE/alert/17.json

The newest go first, so that one whose end lies beside it is not begun. What ended long ago stays on many a stick, and
is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from ..codec import decode
from ..errors import BeingMade, BeingRead, LoudspeakerError
from ..model.alert_answer import AlertAnswer, HandedAlert
from ..model.requests import Request, TakeAlert
from ..station.deliveries.delivery import alert_folder
from ..store.atomic import read_regular_file
from ..trust.faults import Fault, UntrustedDocument
from .protocol import ask_until_made

MOST_BYTES = 100_000
PATIENCE = 60.0  # s: its sound has been made by then
PASSED_OVER = (Fault.EXPIRED, Fault.STALE)


def hand_over_alerts(folder: Path, scope: str, ask: Callable[[Request], object]) -> Iterator[HandedAlert]:
    """What becomes of each alert of a scope that lies in `folder`; `ask` asks the daemon."""
    files = [path for path in alert_folder(folder, scope).glob("*.json") if path.stem.isdecimal()]
    for path in sorted(files, key=lambda path: int(path.stem[:18]), reverse=True):
        name = f"{scope}/{path.stem}"
        try:
            yield HandedAlert(name, answer=ask_for_alert(partial(ask, _read(path))))
        except UntrustedDocument as error:
            if error.fault not in PASSED_OVER:
                yield HandedAlert(name, why=error)
        except LoudspeakerError as error:
            yield HandedAlert(name, why=error)


def _read(path: Path) -> TakeAlert:
    """Raises `BadUsage` for what is no text."""
    raw = None if path.is_symlink() else read_regular_file(path, MOST_BYTES)
    return TakeAlert((raw or b"").decode(errors="replace").strip())


def ask_for_alert(ask: Callable[[], object]) -> AlertAnswer:
    """What the daemon answers once the sound of an alert has been made. Raises what `ask` raises."""
    return decode(AlertAnswer, ask_until_made(ask, PATIENCE, (BeingMade, BeingRead)))
