"""How long a rehearsal of a year of the sample commune takes, beside planning the same days once, in the same run.

Budget: 30 s. Before naps, days and events were kept apart for it (2026-11): 131 s.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from loudspeaker.daemon.on_air import rehearse
from loudspeaker.station import Station

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "xa"
        subprocess.run([sys.executable, "-m", "loudspeaker", "init", str(home)], stderr=subprocess.DEVNULL, check=True)
        station = Station.open(home)
        begin = time.perf_counter()
        planned = station.airings.plan(FIRST, (LAST - FIRST).days + 1)
        middle = time.perf_counter()
        rehearsed = rehearse(station, FIRST, LAST)
        end = time.perf_counter()
        station.close()
    print(f"plan of {len(planned)} airings       {middle - begin:6.2f} s")
    print(
        f"rehearsal, {len(rehearsed)} verdicts   {end - middle:6.2f} s   ratio {(end - middle) / (middle - begin):6.1f}"
    )


if __name__ == "__main__":
    main()
