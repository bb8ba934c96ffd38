"""A child process that synthesizes one sentence after another: text in, samples out, bounded in time.

Protocol: the child reads lines `{"text": …}` on its stdin and answers each with one line, `{"rate": …, "bytes": n}`
and n bytes of 16-bit little-endian mono samples, or `{"error": …}`; `"last": true` announces that it ends. It ends
when its stdin is closed, so never later than this process. The licence of the voice (espeak-ng and piper: GPL-3) binds
only the child.
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
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..codec import UNREADABLE, decode
from ..errors import BadRequest, Message, NotAvailable, TryAgain, reason

if TYPE_CHECKING:
    from ..sound.clip import Clip

PIPE_SIZE = 1 << 20  # bytes: a whole sentence fits, so the child does not wait for us
MOST_BYTES = 64 << 20  # of samples


@dataclass(frozen=True, slots=True)
class AnswerHeader:
    """The first line of an answer."""

    rate: int = 0  # Hz
    bytes: int = 0  # of samples that follow
    error: str | None = None
    last: bool = False


class VoiceWorker:
    """A running child that speaks the protocol above. Used by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start `command`. Raises `NotAvailable` where it cannot be started."""
        self.command = tuple(command)
        try:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=PIPE_SIZE,
                start_new_session=True,  # so that processes which it has started are killed with it
            )
        except OSError as error:
            raise NotAvailable(
                Message("{program} cannot be started: {why}", program=command[0], why=reason(error))
            ) from error
        self.end = weakref.finalize(self, _end, self._process)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def synthesize(self, text: str, seconds: float) -> Clip:
        """The sound of one sentence, within `seconds`.

        Raises:
            BadRequest: the child reports that it cannot speak this text.
            TryAgain: no complete answer in time; the child has been ended.
        """
        from .decoding import decode_pcm  # numpy, only while speaking

        timer = threading.Timer(seconds, _kill, (self._process,))
        timer.start()
        try:
            header, samples = self._request({"text": text})
        except (OSError, EOFError, *UNREADABLE) as error:
            self.end()
            raise TryAgain(Message("the voice's program ended without an answer")) from error
        finally:
            timer.cancel()
        if header.last:
            self.end()
        if header.error is not None:
            raise BadRequest(Message("this text cannot be spoken: {why}", why=header.error))
        return decode_pcm(header.rate, samples)

    def _request(self, request: Mapping[str, str]) -> tuple[AnswerHeader, bytes]:
        """The header and the samples of the answer. Raises `EOFError`, `OSError` or one of `codec.UNREADABLE`."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        header = decode(AnswerHeader, json.loads(stdout.readline(10_000)))
        size = min(header.bytes, MOST_BYTES)
        samples = stdout.read(size)
        if len(samples) < size:
            raise EOFError
        return header, samples


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # of a request that it had not read yet
                pipe.close()
    process.wait()
