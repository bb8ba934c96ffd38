#!/usr/bin/env python3
"""How fast five minutes are mastered on one core, in how much memory, and how exactly. Baseline: pydub's compressor.

    bench/mastering.py [--seconds 300] [--rate 48000]

Each measurement runs in its own process, so that its peak memory is its own, on one thread, and counts the
processor's time, so that neighbours do not matter.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def voice(seconds: float, rate: int) -> np.ndarray:
    """Something with the rhythm and the spectrum of speech: buzzing syllables of many strengths, with pauses."""
    random = np.random.default_rng(0)
    result = np.empty(round(seconds * rate), np.float32)
    for begin in range(0, len(result), 8 * rate):
        part = result[begin : begin + 8 * rate]
        times = np.arange(len(part), dtype=np.float32) / rate
        buzz = sum(np.sin(2 * np.pi * 120 * n * times) / n for n in range(1, 40))
        strength = np.repeat(random.random(40) ** 2 * (np.arange(40) % 8 > 0), rate // 5)[: len(part)]
        part[:] = 0.1 * strength * (buzz + 0.2 * random.standard_normal(len(part)))
    return result


def timed(action: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    result = action()
    return time.process_time() - began, result


def ours(profile: str, seconds: float, rate: int) -> None:
    from loudspeaker.sound.clip import Clip
    from loudspeaker.sound.loudness import loudness, true_peak
    from loudspeaker.sound.master import master
    from loudspeaker.sound.profiles import PROFILES

    clip = Clip(rate, voice(seconds, rate))
    took, mastered = timed(lambda: master(clip, PROFILES[profile], rate))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{profile:8} {seconds / took:6.0f}x realtime  {memory:4.0f} MB at most  "
        f"{loudness(mastered):6.2f} LUFS  {true_peak(mastered):6.2f} dBTP",
        flush=True,
    )


def baseline(seconds: float, rate: int) -> None:
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.effects import compress_dynamic_range

    data = (voice(seconds, rate) * 32_767).clip(-32_768, 32_767).astype("<i2").tobytes()
    segment = AudioSegment(data, frame_rate=rate, sample_width=2, channels=1)
    took, _ = timed(lambda: compress_dynamic_range(segment))
    print(f"{'pydub':8} {seconds / took:6.0f}x realtime  (its compressor alone)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=int, default=48_000)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only == "pydub":
        baseline(min(options.seconds, 20), options.rate)
    elif options.only:
        ours(options.only, options.seconds, options.rate)
    else:
        measure(options.seconds, options.rate)


def measure(seconds: float, rate: int) -> None:
    speeds = {}
    for name in ("horn", "indoor", "fm", "pydub"):
        command = [sys.executable, __file__, "--only", name, "--seconds", str(seconds), "--rate", str(rate)]
        line = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | ONE_THREAD).stdout
        print(line, end="", flush=True)
        speeds[name] = float(line.split()[1].rstrip("x"))
    print(f"horn against pydub: {speeds['horn'] / speeds['pydub']:.1f} times as fast")


if __name__ == "__main__":
    main()
