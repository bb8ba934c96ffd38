"""Sounds for the tests of `sound/`, and ffmpeg's opinion of them."""

from __future__ import annotations

import re
import shutil
import subprocess

import numpy as np
import pytest

from loudspeaker.sound.clip import Clip
from loudspeaker.sound.wav import wav_bytes


def tone(dbfs: float, seconds: float, rate: int = 48_000, hertz: float = 1_000.0) -> Clip:
    times = np.arange(round(seconds * rate)) / rate
    return Clip(rate, (10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * times)).astype(np.float32))


def joined(*clips: Clip) -> Clip:
    return Clip(clips[0].rate, np.concatenate([clip.samples for clip in clips]))


def speech(rate: int, seed: int = 0) -> Clip:
    """Noise in syllables of many strengths, which is enough like speech for a meter."""
    random = np.random.default_rng(seed)
    strengths = np.repeat(random.random(20) ** 2, rate // 5)
    noise = np.convolve(random.standard_normal(len(strengths)).clip(-3, 3), (0.25, 0.5, 0.25), "same")
    return Clip(rate, (0.3 * strengths * noise).astype(np.float32))


def ffmpeg(clip: Clip) -> tuple[float, float]:
    """Integrated loudness and true peak by ffmpeg's ebur128, of the 16-bit file."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", "-", "-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, input=wav_bytes(clip)[0], capture_output=True, check=True).stderr.decode()
    summary = told[told.rindex("Summary") :]
    return float(re.search(r"I:\s+(\S+) LUFS", summary)[1]), float(re.search(r"Peak:\s+(\S+) dBFS", summary)[1])


def voice_like(seconds: float = 3) -> bytes:
    """A WAV that sounds like somebody who speaks: syllables of a tone, and the quiet of a room."""
    time = np.arange(round(seconds * 16_000), dtype=np.float32) / 16_000
    voice = 0.3 * np.sin(2 * np.pi * 220 * time) * (np.sin(2 * np.pi * 3 * time) > -0.3)
    noise = np.random.default_rng(1).normal(0, 1e-4, len(time))
    data, _ = wav_bytes(Clip(16_000, (voice + noise).astype(np.float32)))
    return bytes(data)


def amr_noise(seconds: float = 3) -> bytes:
    """What a telephone's recorder writes: AMR at 12.2 kbit/s, frames of 20 ms (RFC 4867, 5).

    Its bits are chance, because Debian's ffmpeg only decodes AMR; each such frame is a sound.
    """
    random = np.random.default_rng(1)
    return b"#!AMR\n" + b"".join(b"\x3c" + random.bytes(31) for _ in range(round(seconds * 50)))
