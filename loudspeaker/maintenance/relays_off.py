"""Turn the relays of a box off: after a crash and at boot (ExecStopPost).

python -m loudspeaker.maintenance.relays_off box.yaml
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..config.box_file import relays
from ..speakers.pins import RelaySwitch


def main(paths: Sequence[str]) -> None:
    """Make sure that every relay named by these box.yaml is off."""
    for path in paths:
        for relay in relays(Path(path).read_bytes()):
            RelaySwitch(relay.pin, relay.active_high).close()


if __name__ == "__main__":
    main(sys.argv[1:])
