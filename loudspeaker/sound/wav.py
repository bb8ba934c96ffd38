"""Mono 16-bit WAV, written to and read from an open file."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import numpy as np

from ..errors import LoudspeakerError, Message
from .clip import Clip, Samples
from .loudness import loudness

BLOCK = 1 << 16  # samples
FULL = 32_768  # of 16 bits
DITHER_SEED = 1  # always the same noise, so that the same programme is the same file


@dataclass(frozen=True, slots=True)
class WavInfo:
    """What was written: frames at a rate, the file's hash, and the loudness of these very samples."""

    rate: int
    frames: int
    sha256: str  # of the whole file, header included
    loudness: float  # LUFS


def write_wav(file: BinaryIO, clip: Clip, dither: bool = False) -> WavInfo:
    """Write `clip` in one pass, without seeking, and return what was written.

    `dither` adds noise of one step (triangular, always the same) where there is sound; not worth it behind a horn.
    """
    digest = hashlib.sha256()
    for part in _parts(clip, dither):
        file.write(part)
        digest.update(part)
    return WavInfo(clip.rate, len(clip.samples), digest.hexdigest(), loudness(clip))


def wav_bytes(clip: Clip, dither: bool = False) -> tuple[bytes, WavInfo]:
    """The same in memory: the file's bytes, and what is in it."""
    file = BytesIO()
    facts = write_wav(file, clip, dither)
    return file.getvalue(), facts


def read_wav(file: BinaryIO) -> Clip:
    """The clip in a mono 16-bit WAV file. Raises `LoudspeakerError` for anything else."""
    try:
        with wave.open(file, "rb") as reader:
            shape, rate = (reader.getnchannels(), reader.getsampwidth()), reader.getframerate()
            data = reader.readframes(reader.getnframes())
    except (wave.Error, EOFError) as error:
        raise LoudspeakerError(Message("this is not a WAV file: {error}", error=error)) from error
    if shape != (1, 2):
        raise LoudspeakerError(Message("this WAV file is not mono with 16 bits"))
    return Clip(rate, np.frombuffer(data, "<i2").astype(np.float32) / np.float32(FULL))


def header(rate: int, frames: int) -> bytes:
    """The 44 bytes before the samples."""
    size = 2 * frames
    numbers = ((36 + size, 4), (16, 4), (1, 2), (1, 2), (rate, 4), (2 * rate, 4), (2, 2), (16, 2), (size, 4))
    riff, length, *rest, data = (number.to_bytes(width, "little") for number, width in numbers)
    return b"RIFF" + riff + b"WAVEfmt " + length + b"".join(rest) + b"data" + data


def quantize(samples: Samples) -> bytes:
    """Samples in [-1, 1] as 16-bit little-endian bytes, the nearest value each; what is beyond is clipped."""
    steps = np.clip(np.rint(samples * FULL), -FULL, FULL - 1)
    return bytes(steps.astype("<i2").tobytes())


def _parts(clip: Clip, dither: bool) -> Iterator[bytes]:
    yield header(clip.rate, len(clip.samples))
    noise = np.random.default_rng(DITHER_SEED) if dither else None  # what makes it takes a while to load
    for begin in range(0, len(clip.samples), BLOCK):
        samples = clip.samples[begin : begin + BLOCK]
        if noise:
            hiss = noise.random((2, len(samples)), np.float32).sum(axis=0) - 1
            samples = np.asarray(samples + np.where(samples != 0, hiss / FULL, 0), np.float32)
        yield quantize(samples)
