"""Piper: a natural voice on this machine, in a process of its own. An extra: `pip install loudspeaker[piper]`.

A voice is a pair of files, NAME.onnx and NAME.onnx.json, in `folder`; `piper_voices.py` puts them there.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..errors import BadRequest, Message, NotAvailable, TryAgain
from .sayable import sayable

if TYPE_CHECKING:
    from ..sound.clip import Clip

DEFAULT_FOLDER = Path("/var/lib/loudspeaker/voices")
LONGEST = 180.0  # seconds for one sentence, the loading of the model included, on a slow Raspberry Pi
LARGEST = 64 << 20  # bytes of samples
# -P: beside the worker lies this file, whose name is that of the package it needs.
WORKER = (sys.executable, "-P", str(Path(__file__).with_name("piper_worker.py")))


class Piper:
    """Voices such as `vi_VN-vais1000-medium`."""

    name = "piper"
    online = False
    at_once = 1  # it uses all cores by itself

    def __init__(self, folder: Path = DEFAULT_FOLDER, command: Sequence[str] = ()) -> None:
        """`command` starts another worker than ours, given the model's path."""
        self.folder = folder
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._worker: Worker | None = None

    def fingerprint(self, voice: str) -> str:
        """The package's version and the model's hash."""
        model = self._model(voice)
        about = model.stat()
        return f"piper {self._version()} {_digest(model, about.st_size, about.st_mtime_ns)} without noise"

    def synthesize(self, text: str, voice: str) -> Clip:
        model, text = self._model(voice), sayable(text)
        with self._lock:
            rate, samples = self._awake(model).speak(text)
        return _clip(rate, samples)

    def voices(self) -> Sequence[str]:
        if not self._command and find_spec("piper") is None:
            return ()
        return sorted(path.stem for path in self.folder.glob("*.onnx") if _config(path).exists())

    def close(self) -> None:
        """Let the process end now."""
        if self._worker is not None:
            self._worker.end()

    def _model(self, voice: str) -> Path:
        self._version()
        if voice not in self.voices():
            raise NotAvailable(
                Message("the piper voice “{voice}” is not installed: loudspeaker voices install {voice}", voice=voice)
            )
        return self.folder / f"{voice}.onnx"

    def _version(self) -> str:
        try:
            return "worker" if self._command else version("piper-tts")
        except PackageNotFoundError as error:
            raise NotAvailable(Message("piper is not installed: pip install loudspeaker[piper]")) from error

    def _awake(self, model: Path) -> Worker:
        """The process that has this model loaded; one at a time."""
        if self._worker is None or not self._worker.has(model):
            self.close()
            self._worker = Worker([*(self._command or WORKER), str(model)])
        return self._worker


class Worker:
    """One running piper process. It ends when its stdin does, so never later than this process."""

    def __init__(self, command: Sequence[str]) -> None:
        self._model = command[-1]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise NotAvailable(
                Message("{program} cannot be started: {why}", program=command[0], why=error.strerror)
            ) from error
        self._finalizer = weakref.finalize(self, _end, self._process)

    def has(self, model: Path) -> bool:
        """Whether it is alive with that model."""
        return self._model == str(model) and self._process.poll() is None

    def end(self) -> None:
        self._finalizer()

    def speak(self, text: str) -> tuple[int, bytes]:
        """Rate and 16-bit samples. Raises `TryAgain`, after which the worker is dead, or `BadRequest`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(LONGEST, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
            self._process.stdin.flush()
            return self._answer(self._process.stdout)
        except (OSError, ValueError, EOFError) as error:
            self.end()
            raise TryAgain(Message("piper ended without an answer")) from error
        finally:
            timer.cancel()

    def _answer(self, answers: IO[bytes]) -> tuple[int, bytes]:
        told = json.loads(answers.readline(10_000))
        size = min(int(told.get("bytes", 0)), LARGEST)
        samples = answers.read(size)
        if len(samples) < size:
            raise EOFError
        if told["last"]:
            self.end()
        if "error" in told:
            raise BadRequest(Message("piper cannot say this: {why}", why=told["error"]))
        return int(told["rate"]), samples


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what it had not read yet
                pipe.close()
    process.wait()


def _clip(rate: int, samples: bytes) -> Clip:
    import numpy as np

    from ..sound.clip import Clip

    return Clip(rate, np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32_768))


def _config(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")


@lru_cache
def _digest(model: Path, size: int, changed: int) -> str:
    """Hash of model and settings; `size` and `changed` only say when to look again."""
    whole = hashlib.sha256(_config(model).read_bytes())
    with model.open("rb") as file:
        whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:16]
