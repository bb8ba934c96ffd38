"""Prebuffer: the samples of a sequence, read ahead of the card in small chunks, with the gain applied.

One thread fills, another takes; they share nothing but a deque. Standard library only: no player loads numpy.
"""

from __future__ import annotations

import os
import wave
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain

CHUNK = 4800  # frames read at a time
READ_AHEAD = 2.0  # seconds: an SD card may take a second to answer


class Prebuffer:
    """WAV files, mono 16-bit at `rate` frames a second, one after the other without a gap, `gain` dB louder."""

    def __init__(self, paths: Sequence[str], rate: int, gain: float = 0.0) -> None:
        self._paths = deque(paths)
        self._rate = rate
        self._apply_gain = gain_function(gain)
        self._file: wave.Wave_read | None = None
        self._chunks: deque[memoryview] = deque()
        self._filled = self._taken = 0  # frames
        self._last = False  # nothing more will be read
        self._read_out = False  # … and all that was read waits in `_chunks`, or was taken

    @property
    def ended(self) -> bool:
        """Nothing is left to take, and nothing will come."""
        return self._read_out and not self._chunks

    def fill(self) -> None:
        """Read until `READ_AHEAD` seconds are waiting, or nothing more has come yet.

        Raises `ValueError` where a file is of another kind, `OSError`, `EOFError` or `wave.Error` where it is
        unreadable.
        """
        while not self._read_out and self._filled - self._taken < READ_AHEAD * self._rate:
            chunk = self._read_chunk()
            if chunk is None:
                return
            self._filled += len(chunk)
            if chunk:
                self._chunks.append(memoryview(self._apply_gain(chunk)))
            self._read_out = self._last  # after the last chunk is there to be taken: the card's thread asks for both

    def take(self, into: memoryview) -> int:
        """Put the next samples into `into` (format "h"), from its start; return how many there were."""
        done = 0
        while done < len(into) and self._chunks:
            chunk = self._chunks[0]
            step = min(len(chunk), len(into) - done)
            into[done : done + step] = chunk[:step]
            done += step
            if step < len(chunk):
                self._chunks[0] = chunk[step:]
            else:
                self._chunks.popleft()
        self._taken += done
        return done

    def give_up(self) -> None:
        """Read nothing more; what was read may still be taken."""
        self._read_out = True

    def close(self) -> None:
        """Read nothing more: the descriptor of a closed file may be another file's by then."""
        self.give_up()
        if self._file:
            self._file.close()

    def _read_chunk(self) -> array[int] | None:
        if self._file is None:
            if not self._paths:
                self._last = True
                return array("h")
            self._file = self._open_file(self._paths.popleft())
        chunk = array("h", self._file.readframes(CHUNK))
        if not chunk:
            self._file.close()
            self._file = None
        return chunk

    def _open_file(self, path: str) -> wave.Wave_read:
        file = wave.open(path, "rb")  # noqa: SIM115 - it stays open until it is read out
        kind = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if kind != (1, 2, self._rate):
            file.close()
            raise ValueError(f"{path}: {kind}")
        return file


class LivePrebuffer(Prebuffer):
    """A stream's samples as they come through a named pipe, `frames` at most. What comes late is heard late.

    Raises `OSError` where the pipe cannot be opened.
    """

    def __init__(self, pipe: str, rate: int, frames: int, gain: float = 0.0) -> None:
        super().__init__([], rate, gain)
        self._bytes_left = 2 * frames
        self._unread = b""  # half a sample
        self._writer_seen = False
        self._descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    def close(self) -> None:
        super().close()
        os.close(self._descriptor)

    def _read_chunk(self) -> array[int] | None:
        try:
            data = os.read(self._descriptor, min(2 * CHUNK, self._bytes_left - len(self._unread)))
        except BlockingIOError:
            return None
        if not data and not self._writer_seen:
            return None  # nobody writes yet
        self._writer_seen = True
        whole = (self._unread + data)[: (len(self._unread) + len(data)) // 2 * 2]
        self._unread = (self._unread + data)[len(whole) :]
        self._bytes_left -= len(whole)
        self._last = not data or not self._bytes_left
        return array("h", whole)


@cache
def gain_function(gain: float) -> Callable[[array[int]], array[int]]:
    """A function that makes 16-bit samples `gain` dB louder, clipped at full scale.

    It looks samples up in a table of all 65,536, made once: 25 ns a sample. A negative sample is a Python index from
    the table's end.
    """
    if not gain:
        return lambda samples: samples
    factor = 10 ** (gain / 20)
    values = (round(sample * factor) for sample in chain(range(32768), range(-32768, 0)))
    table = array("h", (max(-32768, min(32767, value)) for value in values))
    return lambda samples: array("h", map(table.__getitem__, samples))
