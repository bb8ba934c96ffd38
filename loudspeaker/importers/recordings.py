"""People's recordings to `recordings/`: trimmed, levelled, mono FLAC, with a sentence on what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..config.values import slug
from ..errors import BadFile, Message, Problem
from ..ffmpeg import Pcm, decode_pcm, native_rate
from ..sound.edit import VOICE_LEVEL
from ..sound.flac import write_flac
from ..store.atomic import write_atomic
from . import files
from .recording_check import FRAME, FULL_SCALE, find_faults, find_speech, format_position, loudness, split_minutes

LONGEST = 3600  # s: a session is seldom three quarters of an hour
LONGEST_ID = 80  # letters
RATE = 32_000  # at most: horns end at 6 kHz, small transmitters at 15
BREATH = 0.25  # s left before the first and after the last word
SHORTEST = 1.0  # s
HIGHEST = 0.89  # of full scale: -1 dBFS


def import_recording(path: Path, home: Path, name: str = "") -> list[Message]:
    """Keep a recording below `home`, called `name` or like its file; what came of it and what is wrong with it.

    Raises `BadFile` where it cannot be used at all, or where a recording has its name already.
    """
    target = f"recordings/{slug(name or path.stem)[:LONGEST_ID].strip('-') or 'ghi-am'}.flac"
    if (home / target).exists():
        raise _bad(path, Message("{path} is there already: rename one of the two", path=target))
    files.check(path, files.LARGEST_OF_ALL)
    rate = min(native_rate(path), RATE)
    samples = decode_pcm(path, rate, LONGEST + 1)
    if len(samples) > LONGEST * rate:
        raise _bad(path, Message("it is longer than an hour: cut it into several recordings"))
    speech = find_speech(samples, rate)
    if speech.silent:
        raise _bad(path, Message("nothing can be heard in it; was the microphone covered or switched off?"))
    length = (speech.last + 1 - speech.first) * FRAME
    if length < SHORTEST:
        raise _bad(path, Message("there is less than a second of speech in it"))
    wrong = list(find_faults(samples, rate, speech))
    first, last = speech.first * FRAME - BREATH, (speech.last + 1) * FRAME + BREATH
    _store(home / target, samples[max(0, round(first * rate)) : round(last * rate)], rate)
    duration = format_position(length)
    stored = Message("kept as {path}, {length} long; name it in the bulletin's “parts”", path=target, length=duration)
    return [stored, *wrong]


def _store(path: Path, samples: Pcm, rate: int) -> None:
    gain = 10 ** ((VOICE_LEVEL - loudness(samples, rate)) / 20)
    gain = min(gain, HIGHEST * FULL_SCALE / max(int(samples.max()), -int(samples.min())))

    def write(file: BinaryIO) -> None:
        write_flac(file, rate, (np.rint(block * gain).astype(np.int16) for block in split_minutes(samples, rate)))

    write_atomic(path, write)


def _bad(path: Path, message: Message) -> BadFile:
    return BadFile([Problem(path.name, 0, message)])
