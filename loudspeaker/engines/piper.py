"""Piper: a neural voice on this machine, in a worker process. An extra: `make install VOICES=yes`.

A voice is a pair of files, NAME.onnx and NAME.onnx.json, in `folder`; `loudspeaker.synthesis.voice_installer` puts
them there.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Message, NotAvailable
from .engine_text import sanitize_text
from .voice_worker import VoiceWorker

if TYPE_CHECKING:
    from ..sound.clip import Clip

DEFAULT_FOLDER = Path("/var/lib/loudspeaker/voices")
LONGEST = 180.0  # seconds for one sentence, the loading of the model included, on a slow Raspberry Pi
# -P: the worker's own folder must not come first in the search, for this file has the name of the package it needs.
WORKER = (sys.executable, "-P", str(Path(__file__).with_name("piper_worker.py")))


class Piper:
    """Voices such as `vi_VN-vais1000-medium`."""

    name = "piper"
    online = False
    at_once = 1  # it uses all cores by itself

    def __init__(self, folder: Path = DEFAULT_FOLDER, command: Sequence[str] = ()) -> None:
        """`command` starts another worker than ours; the model's path is its last argument."""
        self.folder = folder
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._worker: VoiceWorker | None = None

    def fingerprint(self, voice: str) -> str:
        """The package's version and the model's hash. Raises `NotAvailable`."""
        model = self._model(voice)
        state = model.stat()
        return f"piper {self._version()} {_hash_model(model, state.st_size, state.st_mtime_ns)} without noise"

    def synthesize(self, text: str, voice: str) -> Clip:
        model, text = self._model(voice), sanitize_text(text)
        with self._lock:
            return self._worker_of(model).synthesize(text, LONGEST)

    def voices(self) -> Sequence[str]:
        if not self._command and find_spec("piper") is None:
            return ()
        return sorted(path.stem for path in self.folder.glob("*.onnx") if _config_path(path).exists())

    def close(self) -> None:
        """End the worker process."""
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
            raise NotAvailable(Message("piper is not installed: run “sudo make install VOICES=yes”")) from error

    def _worker_of(self, model: Path) -> VoiceWorker:
        """The worker that has this model loaded; at most one worker runs at a time."""
        command = (*(self._command or WORKER), str(model))
        if self._worker is None or self._worker.command != command or not self._worker.alive:
            self.close()
            self._worker = VoiceWorker(command)
        return self._worker


def _config_path(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")


@lru_cache
def _hash_model(model: Path, size: int, changed: int) -> str:
    """SHA-256 of settings and model, first 16 digits; `size` and `changed` renew the cached answer."""
    digest = hashlib.sha256(_config_path(model).read_bytes())
    with model.open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
