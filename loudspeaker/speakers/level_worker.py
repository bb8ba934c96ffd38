"""The child process that measures an input: how loud it is, four times a second, and never what was said.

    python -m loudspeaker.speakers.level_worker INPUT

One JSON line each: `{"level": dBFS}`. Ends when nobody reads, or when a sound server has moved it to another input.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from array import array
from operator import mul

from ..process import die_with_parent
from .stream_guard import StreamGuard

RATE = 8000
BLOCK = RATE // 4  # frames
FLOOR = -96.0  # dBFS


def level(sound: bytes) -> float:
    """The mean level (RMS) of 16-bit samples in dBFS, `FLOOR` for silence."""
    samples = array("h", sound)
    power = sum(map(mul, samples, samples)) / max(1, len(samples))
    return max(FLOOR, 10 * math.log10(power / 32768**2)) if power else FLOOR


def main() -> None:
    import sounddevice  # type: ignore[import-untyped]  # here, so that `level` needs no PortAudio

    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    device = None if sys.argv[1] == "auto" else sys.argv[1]
    guard = StreamGuard(recording=True)
    with sounddevice.RawInputStream(RATE, BLOCK, device, channels=1, dtype="int16") as stream:
        while not (device and guard.has_moved):  # the default is whichever input the system chooses
            sound, _ = stream.read(BLOCK)
            os.write(1, json.dumps({"level": round(level(bytes(sound)), 1)}).encode() + b"\n")


if __name__ == "__main__":
    main()
