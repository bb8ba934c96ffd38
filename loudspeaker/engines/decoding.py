"""What engines answer (WAV, FLAC, Ogg, MP3, PCM) as a `Clip`.

Imports numpy and soundfile, so engines import this in the functions that speak: the daemon asks them for fingerprints.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
import soundfile

from ..errors import Message, TryAgain
from ..sound.clip import Clip

FULL_SCALE = 32_768


def decode(data: bytes) -> Clip:
    """`data` as mono at the rate of the file; channels are averaged. The length in a WAV header may be wrong.

    Samples are quantized to 16 bits, as the cache keeps them, so a clip is the same fresh and from the cache.

    Raises `TryAgain` for data that is not sound: empty, a captive portal's page, half a header.
    """
    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    except (soundfile.SoundFileError, TypeError, ValueError) as error:
        raise TryAgain(Message("what came back is not sound but {what}", what=_describe(data))) from error
    mono = np.rint(samples.mean(axis=1)) if samples.shape[1] > 1 else samples[:, 0]
    return Clip(rate, mono.astype(np.float32) / FULL_SCALE)


def decode_joined(parts: Iterable[bytes]) -> Clip:
    """Several answers as one clip, at the rate of the first. Raises as `decode` does."""
    clips = [decode(part) for part in parts]
    return Clip(clips[0].rate, np.concatenate([clip.samples for clip in clips]))


def decode_pcm(rate: int, samples: bytes) -> Clip:
    """16-bit little-endian mono samples."""
    return Clip(rate, np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(FULL_SCALE))


def _describe(data: bytes) -> Message:
    if not data:
        return Message("nothing at all")
    if data.lstrip()[:1] == b"<":
        return Message("a web page (does this network ask for a login?)")
    return Message("{size} bytes of something else", size=len(data))
