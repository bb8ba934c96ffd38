"""One running program that speaks sentence after sentence: a text in, samples out, bounded in time.

The program reads lines `{"text": …}` on its stdin and answers each with one line, `{"rate": …, "bytes": n}` and n bytes
of 16-bit mono samples, or `{"error": …}`; `"last": true` says that it ends. It ends with its stdin, so never later than
this process. What it is bound by (espeak-ng and piper: GPL-3) stays in it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest, Message, NotAvailable, TryAgain, reason

if TYPE_CHECKING:
    from ..sound.clip import Clip

PIPE = 1 << 20  # bytes: a whole sentence fits, so that the program need not wait for us
LARGEST = 64 << 20  # bytes of samples


class Worker:
    """A program of the kind described above. Used by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = tuple(command)
        try:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=PIPE,
                start_new_session=True,  # so that what it has started can be ended with it
            )
        except OSError as error:
            raise NotAvailable(
                Message("{program} cannot be started: {why}", program=command[0], why=reason(error))
            ) from error
        self.end = weakref.finalize(self, _end, self._process)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def speak(self, text: str, seconds: float) -> Clip:
        """Raises `BadRequest` for what the program says it cannot speak, and `TryAgain`, after which it has ended."""
        timer = threading.Timer(seconds, _kill, (self._process,))
        timer.start()
        try:
            told, samples = self._answer({"text": text})
        except (OSError, ValueError, EOFError) as error:
            self.end()
            raise TryAgain(Message("the voice's program ended without an answer")) from error
        finally:
            timer.cancel()
        if told.get("last"):
            self.end()
        if "error" in told:
            raise BadRequest(Message("this text cannot be spoken: {why}", why=told["error"]))
        return _clip(int(told["rate"]), samples)

    def _answer(self, request: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        told = json.loads(stdout.readline(10_000))
        size = min(int(told.get("bytes", 0)), LARGEST)
        samples = stdout.read(size)
        if len(samples) < size:
            raise EOFError
        return told, samples


def _clip(rate: int, samples: bytes) -> Clip:
    import numpy as np

    from ..sound.clip import Clip

    return Clip(rate, np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32_768))


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what it had not read yet
                pipe.close()
    process.wait()
