"""Whatever a phone records to plain samples, by the ffmpeg that pydub finds.

The samples come in a stream: pydub's own segments would hold half an hour in a gigabyte. What they sound like is not
judged here.
"""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import BadFile, Message, Problem
from ..sound.clip import Clip

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub imports audioop, which Python 3.11 and 3.12 complain about
    from pydub import AudioSegment
    from pydub.utils import mediainfo_json

Pcm = npt.NDArray[np.int16]

FULL_SCALE = 32_768
LONGEST = 2 * 3600  # seconds
BLOCK = 1 << 20  # bytes
# Containers that can name other files (playlists) are not among these.
CONTAINERS = "aac,aiff,amr,asf,caf,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,wav"


def decoded(path: Path, rate: int) -> Clip:
    """A sound file as mono samples at `rate`. Raises `BadFile`."""
    return as_clip(pcm(path, rate), rate)


def as_clip(samples: Pcm, rate: int) -> Clip:
    return Clip(rate, samples.astype(np.float32) / np.float32(FULL_SCALE))


def pcm(path: Path, rate: int) -> Pcm:
    """A sound file as mono 16-bit samples at `rate`, at most two hours of it. Raises `BadFile`."""
    command = [AudioSegment.converter, "-v", "error", "-nostdin", "-format_whitelist", CONTAINERS, "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-t", str(LONGEST), "-ac", "1", "-ar", str(rate), "-f", "s16le", "-"]
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoder:
            assert decoder.stdout
            samples = bytearray()  # grows in place, and numpy looks at it without a copy
            while block := decoder.stdout.read(BLOCK):
                samples += block
    except FileNotFoundError as error:
        raise _bad(path, Message("ffmpeg is not installed; run: sudo apt install ffmpeg")) from error
    if not samples:
        raise _bad(path, Message("this is no sound file, or it is damaged"))
    return np.frombuffer(samples, np.int16)


def native_rate(path: Path) -> int:
    """The rate at which a sound file was recorded, in frames a second. Raises `BadFile`."""
    try:
        streams = mediainfo_json(str(path)).get("streams", ())
    except FileNotFoundError as error:
        raise _bad(path, Message("ffmpeg is not installed; run: sudo apt install ffmpeg")) from error
    rates = [int(stream["sample_rate"]) for stream in streams if stream.get("codec_type") == "audio"]
    if not rates:
        raise _bad(path, Message("this is no sound file, or it is damaged"))
    return rates[0]


def _bad(path: Path, message: Message) -> BadFile:
    return BadFile([Problem(path.name, 0, message)])
