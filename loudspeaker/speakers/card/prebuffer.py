"""The samples of a sequence, read ahead of the card in small pieces, with the gain put in. Standard library only.

One thread fills, another takes; they share nothing but a deque.
"""

from __future__ import annotations

import os
import wave
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain

PIECE = 4800  # frames read at a time
AHEAD = 2.0  # seconds: an SD card may think for a second


class Tape:
    """WAV files, mono 16-bit at `rate`, one after the other with no gap.

    Raises `ValueError` from `fill` where a file is of another kind, `OSError` or `wave.Error` where it cannot be read.
    """

    def __init__(self, paths: Sequence[str], rate: int, gain: float = 0.0) -> None:
        self._paths = deque(paths)
        self._rate = rate
        self._louder = louder(gain)
        self._file: wave.Wave_read | None = None
        self._pieces: deque[memoryview] = deque()
        self._filled = self._taken = 0
        self._last = False  # nothing more will be read
        self._read_out = False  # … and all that was read waits in `_pieces`, or was taken

    @property
    def ended(self) -> bool:
        """Nothing is left to take, and nothing will come."""
        return self._read_out and not self._pieces

    def fill(self) -> None:
        """Read until `AHEAD` seconds are waiting, or nothing more has come yet."""
        while not self._read_out and self._filled - self._taken < AHEAD * self._rate:
            piece = self._read()
            if piece is None:
                return
            self._filled += len(piece)
            if piece:
                self._pieces.append(memoryview(self._louder(piece)))
            self._read_out = self._last  # after the last piece is there to be taken: the card's thread asks for both

    def take(self, into: memoryview) -> int:
        """Put the next samples into `into`, of format "h", from its start; return how many there were."""
        done = 0
        while done < len(into) and self._pieces:
            piece = self._pieces[0]
            step = min(len(piece), len(into) - done)
            into[done : done + step] = piece[:step]
            done += step
            if step < len(piece):
                self._pieces[0] = piece[step:]
            else:
                self._pieces.popleft()
        self._taken += done
        return done

    def close(self) -> None:
        """Read nothing more: the number of a closed file may be another's by then."""
        self._read_out = True
        if self._file:
            self._file.close()

    def _read(self) -> array[int] | None:
        if self._file is None:
            if not self._paths:
                self._last = True
                return array("h")
            self._file = self._open(self._paths.popleft())
        piece = array("h", self._file.readframes(PIECE))
        if not piece:
            self._file.close()
            self._file = None
        return piece

    def _open(self, path: str) -> wave.Wave_read:
        file = wave.open(path, "rb")  # noqa: SIM115 - it stays open until it is read out
        kind = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if kind != (1, 2, self._rate):
            file.close()
            raise ValueError(f"{path}: {kind}")
        return file


class Live(Tape):
    """A stream's samples as they come through a named pipe, `frames` at most. What comes late is heard late."""

    def __init__(self, pipe: str, rate: int, frames: int, gain: float = 0.0) -> None:
        super().__init__([], rate, gain)
        self._left = 2 * frames  # bytes
        self._unread = b""
        self._begun = False
        self._from = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    def close(self) -> None:
        super().close()
        os.close(self._from)

    def _read(self) -> array[int] | None:
        try:
            read = os.read(self._from, min(2 * PIECE, self._left - len(self._unread)))
        except BlockingIOError:
            return None
        if not read and not self._begun:
            return None  # nobody writes yet
        self._begun = True
        whole = (self._unread + read)[: (len(self._unread) + len(read)) // 2 * 2]
        self._unread = (self._unread + read)[len(whole) :]
        self._left -= len(whole)
        self._last = not read or not self._left
        return array("h", whole)


@cache
def louder(gain: float) -> Callable[[array[int]], array[int]]:
    """Make samples `gain` dB louder, clipped at full scale.

    A table of all 65,536 samples, made once: 25 ns a sample, and a negative sample is a Python index from the end.
    """
    if not gain:
        return lambda samples: samples
    factor = 10 ** (gain / 20)
    values = (round(sample * factor) for sample in chain(range(32768), range(-32768, 0)))
    table = array("h", (max(-32768, min(32767, value)) for value in values))
    return lambda samples: array("h", map(table.__getitem__, samples))
