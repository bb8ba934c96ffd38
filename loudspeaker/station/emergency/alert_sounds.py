"""Sound of signed alerts, kept where it comes in time: an alarm is heard without it as soon as with it.

It is told by the hash in the alert, which at least one of those must have signed who may. Loads `cryptography`.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from ...errors import LoudspeakerError
from ...store.atomic import read_regular_file
from ...store.received import ReceivedFiles
from ...trust.dsse import parse_envelope
from ...trust.opening import open_alert
from ...trust.signed_documents import ROOT, TrustDocument
from ..deliveries.delivery import Deliveries, alert_folder
from ..deliveries.trust_chains import trust_in_force

MOST_KEPT = 16  # of a scope: one key that was stolen must not fill the disk
MOST_ENVELOPE = 100_000  # bytes

logger = logging.getLogger(__name__)


def take_alert_sounds(deliveries: Deliveries, folder: Path) -> None:
    """Keep the sounds of alerts that lie in the delivery `folder` with them; a fault of one costs only that one."""
    try:
        trusts = [trust for trust, _floors in trust_in_force(deliveries.paths)]
    except LoudspeakerError as error:  # whoever takes the files and alerts says so
        logger.debug("%s", error)
        return
    now = deliveries.now if deliveries.trusted else None
    for trust in trusts:
        received = ReceivedFiles(deliveries.paths.received, trust.scope, deliveries.system)
        paths = [path for path in alert_folder(folder, trust.scope).glob("*.json") if path.stem.isdecimal()]
        for path in sorted(paths, key=lambda path: int(path.stem[:18]))[-MOST_KEPT:]:
            try:
                _take(received, trust, path, folder / ROOT / "blob", now)
            except (LoudspeakerError, OSError) as error:
                logger.warning("%s: %s", path.name, error)


def _take(received: ReceivedFiles, trust: TrustDocument, path: Path, blobs: Path, now: datetime | None) -> None:
    """The sound of one alert, unless it has ended by `now`: old ones lie on many a stick, and a new one goes next.

    Raises `UntrustedDocument`, `DamagedFile`, `WriteError`, `OSError`.
    """
    raw = read_regular_file(path, MOST_ENVELOPE)
    alert = open_alert(parse_envelope(raw or b""), trust).document
    if alert.audio is None or (now and alert.until <= now):
        return
    if received.fetch_blob(blobs, alert.audio.sha256, alert.audio.bytes):
        received.keep_alert_sound(alert.seq, alert.audio.sha256, MOST_KEPT)
