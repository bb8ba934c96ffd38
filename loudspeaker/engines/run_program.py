"""Run one program for one sentence: text in, bytes out, bounded in time and size; no process stays behind.

No shell is used. The text is passed as a file, not a pipe, so that a program that does not read cannot block us.
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

PIPE_SIZE = 1 << 20  # bytes: a whole sentence fits, so the program does not wait for us
MOST_BYTES = 64 << 20  # of output: more than ten minutes of sound for one sentence is a fault of the program


def run_program(command: Sequence[str], text: str, seconds: float = 60.0) -> bytes:
    """The stdout of `command` for `text` (UTF-8) on its stdin.

    Raises:
        NotAvailable: the program cannot be started.
        TryAgain: it fails, or takes longer than `seconds`.
    """
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
        stdin.write(text.encode())
        stdin.seek(0)
        with _start(command, stdin, stderr) as process, _kill_after(process, seconds) as expired:
            output = _read_output(process)
            status = process.wait()
        if expired.is_set():
            raise TryAgain(Message("{program} took longer than {seconds:.0f} s", program=command[0], seconds=seconds))
        if status:
            raise TryAgain(_describe_failure(command[0], status, stderr))
        return output


def _read_output(process: subprocess.Popen[bytes]) -> bytes:
    """Everything on stdout; the process is killed once it has written more than `MOST_BYTES`."""
    assert process.stdout is not None
    output = bytearray()
    with process.stdout as pipe:
        while part := pipe.read(PIPE_SIZE):
            output += part
            if len(output) > MOST_BYTES:
                _kill(process)
                break
    return bytes(output)


def _start(command: Sequence[str], stdin: IO[bytes], stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        # A session of its own, so that processes which a script has started are killed with it.
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            bufsize=0,
            pipesize=PIPE_SIZE,
            start_new_session=True,
        )
    except OSError as error:
        raise NotAvailable(
            Message("{program} cannot be started: {why}", program=command[0], why=reason(error))
        ) from error


@contextlib.contextmanager
def _kill_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the process after `seconds`; the event is set if that happens."""
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        _kill(process)

    timer = threading.Timer(seconds, expire)
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _describe_failure(program: str, status: int, stderr: IO[bytes]) -> Message:
    stderr.seek(0)
    lines = stderr.read(10_000).decode(errors="replace").strip().splitlines()
    why = lines[-1].strip()[:200] if lines else ""
    return Message("{program} failed (status {status}) {why}", program=program, status=status, why=why)
