"""The child process that adds what was aired to a day's FLAC. Of this room it alone loads numpy and soundfile.

    python -m loudspeaker.speakers.day_file FILE FRAMES GAIN [--once] WAV…

FLAC cannot grow at its end, so the day is written anew into a draft, which replaces it when it is on the disk: after
a power cut the day is there without its last airing, never with half of it. Writers of one day wait for each other.
What was recorded only for this (`--once`) is removed after.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import soundfile

from ..sound.flac import Samples, write_flac

BLOCK = 1 << 16  # frames
BETWEEN = 1.0  # seconds of silence between two airings


class DamagedDayFile(Exception):
    """The day's file is no sound file any more."""


def append(day: Path, sources: Sequence[Path], frames: int, gain: float = 0.0) -> None:
    """Add the first `frames` frames of `sources`, mono 16-bit WAV heard one after the other, `gain` dB louder.

    A damaged day's file is put aside and a new one begun. Raises `OSError` where the file cannot be written,
    `SoundFileError` where a source cannot be read.
    """
    day.parent.mkdir(parents=True, exist_ok=True)
    if day.parent.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(day.parent))  # it could lead anywhere
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(day.parent / f".{day.name}.lock", flags, 0o666), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _extend(day, sources, frames, gain)
        except DamagedDayFile:  # kept for somebody to look at; what is aired from now on is not lost over it
            day.replace(day.with_name(f"{day.stem}.damaged{day.suffix}"))
            _extend(day, sources, frames, gain)


def _extend(day: Path, sources: Sequence[Path], frames: int, gain: float) -> None:
    rate = _rate(day) or soundfile.info(sources[0]).samplerate
    blocks = chain(_earlier(day, rate), _apply_gain(_take(_samples(sources), frames), gain))
    _replace(day, rate, blocks)


def _rate(day: Path) -> int:
    """Frames a second of the day so far, 0 where there is none. Raises `DamagedDayFile`."""
    if not os.path.lexists(day):
        return 0
    if day.is_symlink() or not day.is_file():
        raise DamagedDayFile  # a pipe would be waited for, a link could lead anywhere
    try:
        return int(soundfile.info(day).samplerate)
    except soundfile.SoundFileError as error:
        raise DamagedDayFile from error


def _earlier(day: Path, rate: int) -> Iterator[Samples]:
    if day.exists():
        try:
            yield from _samples([day])
        except soundfile.SoundFileError as error:
            raise DamagedDayFile from error
        yield np.zeros(int(BETWEEN * rate), np.int16)


def _samples(paths: Sequence[Path]) -> Iterator[Samples]:
    for path in paths:
        yield from soundfile.blocks(path, BLOCK, dtype="int16")


def _take(blocks: Iterator[Samples], frames: int) -> Iterator[Samples]:
    """The first `frames` of them."""
    for block in blocks:
        yield block[:frames]
        frames -= len(block)
        if frames <= 0:
            return


def _apply_gain(blocks: Iterator[Samples], gain: float) -> Iterator[Samples]:
    factor = 10 ** (gain / 20)
    for block in blocks:
        yield np.clip(np.rint(block * factor), -32768, 32767).astype(np.int16) if gain else block


def _replace(day: Path, rate: int, blocks: Iterator[Samples]) -> None:
    draft = day.with_name(f".{day.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with draft.open("xb") as file:  # anew: a link in its place is not written to
            write_flac(file, rate, blocks)
            file.flush()
            os.fsync(file.fileno())
    except (OSError, soundfile.SoundFileError, DamagedDayFile):
        draft.unlink(missing_ok=True)  # on a full disk its room is needed
        raise
    draft.replace(day)


def main() -> None:
    day, frames, gain, *sources = sys.argv[1:]
    os.nice(10)
    paths = [Path(source) for source in sources if source != "--once"]
    try:
        if int(frames):
            append(Path(day), paths, int(frames), float(gain))
    except OSError as error:  # a full disk, most of all: the day keeps what it had
        sys.exit(f"{day}: {error.strerror or error}")
    except soundfile.SoundFileError as error:  # of what was aired
        sys.exit(f"{day}: {error}")
    finally:
        if "--once" in sources:
            for path in paths:
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
