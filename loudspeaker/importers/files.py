"""People's files on their way in, looked at before they are read: what each kind of name may be, and how large.

Nothing is opened here that could keep us waiting (a pipe) or has no end (a device).
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from ..errors import BadFile, Message, Problem, reason

DOCUMENTS = {".docx", ".odt", ".pdf", ".txt"}
OLD_WORD = {".doc", ".rtf", ".wps"}  # which nobody here reads, and Word turns into .docx
SHEETS = {".xlsx"}
RECORDINGS = {
    *(".mp3", ".m4a", ".mp4", ".aac", ".amr", ".3gp", ".ogg", ".oga", ".opus", ".wav", ".wma", ".flac", ".webm"),
    *(".caf", ".aiff"),
}
MB = 1 << 20
LARGEST_OF_ALL = 2048 * MB  # an hour of sound


def read(path: Path, name: str, largest: int) -> bytes:
    """All of a plain file of at most `largest` bytes; `name` stands in what is said of it. Raises `BadFile`."""
    descriptor = _open(path, name)
    try:
        size = _check(os.fstat(descriptor), name, largest)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(size)
    finally:
        os.close(descriptor)


def check(path: Path, largest: int) -> None:
    """Raises `BadFile` unless this is a plain file of at most `largest` bytes that may be read."""
    descriptor = _open(path, path.name)
    try:
        _check(os.fstat(descriptor), path.name, largest)
    finally:
        os.close(descriptor)


def _open(path: Path, name: str) -> int:
    try:  # without O_NONBLOCK opening a pipe waits for whoever writes into it
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise _bad(name, Message("there is no such file")) from error
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise _bad(name, Message("this is not a plain file")) from error
        raise _bad(name, Message("the file cannot be read: {error}", error=reason(error))) from error


def _check(state: os.stat_result, name: str, largest: int) -> int:
    """The size in bytes."""
    if not stat.S_ISREG(state.st_mode):
        raise _bad(name, Message("this is not a plain file"))
    if state.st_size > largest:
        megabytes = largest // MB
        raise _bad(name, Message("the file is larger than {megabytes} MB: it can hardly be meant", megabytes=megabytes))
    return state.st_size


def _bad(name: str, message: Message) -> BadFile:
    return BadFile([Problem(name, 0, message)])
