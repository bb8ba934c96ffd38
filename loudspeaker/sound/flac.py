"""Sound to a FLAC file, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import SEEK_SET
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.int16]


def write_flac(file: BinaryIO, rate: int, blocks: Iterable[Samples]) -> None:
    """Write mono 16-bit samples at `rate` Hz into an open, seekable file.

    Raises the `OSError` with which the system refused a write, such as that of a full disk; the file is useless then.
    """
    out = _FlacFile(file)
    try:
        with soundfile.SoundFile(out, "w", rate, 1, "PCM_16", format="FLAC") as flac:
            for block in blocks:
                flac.write(block)
                if out.error:
                    break
    except soundfile.SoundFileError:
        if out.error is None:
            raise
    if out.error:
        raise out.error


class _FlacFile:
    """A file whose first error is kept for afterwards; from then on nothing is done, and no call fails.

    libsndfile calls these from C: what they raise would be a traceback on stderr, and sound that silently is missing.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        self._call(lambda: self._file.write(data))
        return len(data)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        return self._call(lambda: self._file.seek(offset, whence))

    def tell(self) -> int:
        return self._call(self._file.tell)

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("libsndfile does not read what it writes")

    def _call(self, call: Callable[[], int]) -> int:
        if self.error is None:
            try:
                return call()
            except OSError as error:
                self.error = error
        return 0
