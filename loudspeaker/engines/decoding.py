"""Sound as bytes (WAV, FLAC, Ogg, MP3) to a Clip. Imports numpy and soundfile: only for use while speaking."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from ..errors import Message, TryAgain
from ..sound.clip import Clip

FULL_SCALE = 32_768


def decode(data: bytes) -> Clip:
    """At whatever rate the file has; channels are averaged. A WAV header's length may be bogus.

    Samples come out in steps of 16 bits, which is what the cache keeps: a clip sounds the same fresh and found again.

    Raises `TryAgain` for what is not sound: nothing at all, a captive portal's page, half a header.
    """
    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    except (soundfile.SoundFileError, TypeError, ValueError) as error:
        raise TryAgain(Message("what came back is not sound but {what}", what=_kind(data))) from error
    mono = np.rint(samples.mean(axis=1)) if samples.shape[1] > 1 else samples[:, 0]
    return Clip(rate, mono.astype(np.float32) / FULL_SCALE)


def _kind(data: bytes) -> Message:
    if not data:
        return Message("nothing at all")
    if data.lstrip()[:1] == b"<":
        return Message("a web page (does this network ask for a login?)")
    return Message("{size} bytes of something else", size=len(data))
