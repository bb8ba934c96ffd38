"""Run one program for one sentence: text in, bytes out, bounded in time and size, nothing left running.

No shell, and no thread waits on a pipe: the text goes in through a file, so that no program can make us deadlock.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from typing import IO

from ..errors import Message, NotAvailable, TryAgain, reason

PIPE = 1 << 20  # bytes: a whole sentence fits, so that the program need not wait for us
LARGEST = 64 << 20  # bytes: more than ten minutes of sound for one sentence is a program gone wild


def run(command: Sequence[str], text: str, seconds: float = 60.0) -> bytes:
    """What `command` writes to its stdout when given `text` (UTF-8) on its stdin.

    Raises `NotAvailable` where it cannot be started, `TryAgain` where it fails or takes longer than `seconds`.
    """
    with tempfile.TemporaryFile() as words, tempfile.TemporaryFile() as complaints:
        words.write(text.encode())
        words.seek(0)
        with _running(command, words, complaints) as process, _deadline(process, seconds) as late:
            said = _said(process)
            status = process.wait()
        if late.is_set():
            raise TryAgain(Message("{program} took longer than {seconds:.0f} s", program=command[0], seconds=seconds))
        if status:
            raise TryAgain(_failure(command[0], status, complaints))
        return said


def _said(process: subprocess.Popen[bytes]) -> bytes:
    """All that comes out, of a process that is ended when it does not stop talking."""
    assert process.stdout is not None
    said = bytearray()
    with process.stdout as pipe:
        while part := pipe.read(PIPE):
            said += part
            if len(said) > LARGEST:
                _kill(process)
                break
    return bytes(said)


def _running(command: Sequence[str], words: IO[bytes], complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        # A session of its own, so that what a script has started can be ended with it.
        return subprocess.Popen(
            command,
            stdin=words,
            stdout=subprocess.PIPE,
            stderr=complaints,
            bufsize=0,
            pipesize=PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise NotAvailable(
            Message("{program} cannot be started: {why}", program=command[0], why=reason(error))
        ) from error


@contextlib.contextmanager
def _deadline(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the process after `seconds`; the event tells that it came to that."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _failure(program: str, status: int, complaints: IO[bytes]) -> Message:
    complaints.seek(0)
    lines = complaints.read(10_000).decode(errors="replace").strip().splitlines()
    why = lines[-1].strip()[:200] if lines else ""
    return Message("{program} failed (status {status}) {why}", program=program, status=status, why=why)
