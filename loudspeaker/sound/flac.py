"""Sound to a FLAC file, block by block. Imports numpy and soundfile: only for processes that end."""

from __future__ import annotations

from collections.abc import Iterable
from io import SEEK_SET
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.int16]


def write_flac(file: BinaryIO, rate: int, blocks: Iterable[Samples]) -> None:
    """Write mono 16-bit samples at `rate` Hz into an open, seekable file.

    Raises the `OSError` with which the system refused a write, such as that of a full disk; the file is useless then.
    """
    out = _Output(file)
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


class _Output:
    """A file whose first error is kept for afterwards; from then on nothing is done and all seems well.

    libsndfile calls these from C: what they raise would be a traceback on stderr, and sound that silently is missing.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        self._do(self._file.write, data)
        return len(data)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        return int(self._do(self._file.seek, offset, whence))

    def tell(self) -> int:
        return int(self._do(self._file.tell))

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("libsndfile does not read what it writes")

    def _do(self, call: Any, *arguments: Any) -> Any:
        if self.error is None:
            try:
                return call(*arguments)
            except OSError as error:
                self.error = error
        return 0
