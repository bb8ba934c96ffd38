"""The engines of this machine's voices, each loaded when it is first asked for."""

from __future__ import annotations

from pathlib import Path

from ..errors import EngineError
from ..interfaces import Engine
from ..model.programme import Voice
from ..synthesis.registry import load_engine


class VoiceEngines:
    """Engines by name, and what the sound of their voices depends on. `folder` holds the voices installed here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engines: dict[str, Engine] = {}
        self._fingerprints: dict[str, str | None] = {}

    def engine(self, name: str) -> Engine:
        """Raises `NotAvailable`."""
        if name not in self._engines:
            self._engines[name] = load_engine(name, self._folder)
        return self._engines[name]

    def fingerprint(self, voice: str) -> str | None:
        """What the sound of `voice` (engine:voice) depends on; None where it is not installed."""
        if voice not in self._fingerprints:
            try:
                spec = Voice.parse(voice)
                self._fingerprints[voice] = self.engine(spec.engine).fingerprint(spec.name)
            except EngineError:
                self._fingerprints[voice] = None
        return self._fingerprints[voice]

    def is_local(self, voice: str) -> bool:
        """Does this voice speak without a network?"""
        try:
            return not self.engine(Voice.parse(voice).engine).online
        except EngineError:
            return False

    def look_again(self) -> None:
        """Ask for every fingerprint anew: a voice may have been installed or exchanged."""
        self._fingerprints.clear()
