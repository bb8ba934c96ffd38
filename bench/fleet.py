"""What does the fleet cost? The table of its demands, beside stock Mosquitto alone in the same run.

    python bench/fleet.py [--quick] [--boxes 10000] [box | crowd | day | trust …]

box: an alarm and a manifest on one box, hop by hop. crowd: ten thousand boxes at one broker, plain and with TLS; the
broker is wiped. day: bytes of a day on 4G, counted in a relay. trust: how long a document takes, and whether a changed
one is ever taken (`trust.py`). What is real of each is told in `fleet_parts/`. Needs 11,000 open files in a process,
12,000 free ports, and for the crowd some 4 GB of memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fleet_parts.crowd import measure_crowd
from fleet_parts.day import measure_day
from fleet_parts.one_box import measure_box
from fleet_parts.table import QUICK, Plan


def measure_trust(_folder: Path, _parts: ExitStack, plan: Plan) -> None:
    command = [sys.executable, str(Path(__file__).parent / "trust.py"), "--mutants", str(plan.mutants)]
    subprocess.run(command, check=False)


PARTS: Mapping[str, Callable[[Path, ExitStack, Plan], None]] = {
    "box": measure_box,
    "crowd": measure_crowd,
    "day": measure_day,
    "trust": measure_trust,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them unless told otherwise")
    parser.add_argument("--quick", action="store_true", help="few of everything")
    parser.add_argument("--boxes", type=int, help="in the crowd")
    given = parser.parse_args()
    plan = QUICK if given.quick else Plan()
    plan = replace(plan, boxes=given.boxes or plan.boxes)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for name in given.parts or PARTS:
        began = time.monotonic()
        print(f"== {name}, load {os.getloadavg()[0]:.0f}", flush=True)
        with tempfile.TemporaryDirectory() as folder, ExitStack() as parts:
            PARTS[name](Path(folder), parts, plan)
        print(f"   {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.0f}", flush=True)


if __name__ == "__main__":
    main()
