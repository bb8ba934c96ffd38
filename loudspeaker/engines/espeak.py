"""The embedded voice: espeak-ng, a fresh process for each sentence, so the same text always gives the same samples.

Debian's espeak-ng is used where it is installed, else the one in the wheel `espeakng-loader`. Its library is loaded by
worker processes (`espeak_worker.py`), never here: it keeps state between sentences, crashes with threads, and is GPL-3.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadRequest, EngineError, Message, NotAvailable
from .engine_text import Respellings, sanitize_text
from .run_program import run_program
from .voice_worker import VoiceWorker

if TYPE_CHECKING:
    from ..sound.clip import Clip

# The settings that a speech recogniser understood best (docs/decisions/0004-how-the-embedded-voice-speaks.md).
RATE = 120  # words a minute
PITCH = 50  # 0-99
RANGE = 65  # 0-99, 50 as the voice is: how far the tones rise and fall
GAP = 0  # between words, in 10 ms
SETTINGS = (str(RATE), str(PITCH), str(RANGE), str(GAP))
# Replaces espeak-ng's own voice file: less muffled, with consonants that can be told apart. With the original, đ was
# heard as b, c and k as t, and d, gi and r as l.
VOICES = {
    "vi": """\
language vi
words 1 2
pitch 95 175
tone 100 225 800 110 2000 65 5400 80 8000 200
replace 0 d_ d[
replace 0 k q
replace 0 z z;
"""
}
NAMES = Respellings(Path(__file__).with_name("espeak_names.tsv"))  # what the Vietnamese voices cannot say as written
LONGEST = 60.0  # seconds for one sentence
WORKER = (sys.executable, "-I", "-S", str(Path(__file__).with_name("espeak_worker.py")))


@dataclass(frozen=True, slots=True)
class Installation:
    """One espeak-ng on this machine: its library, its version, and the folder of its languages."""

    library: str
    version: str
    data: Path


class Espeak:
    """`vi`, `vi-vn-x-central`, `vi-vn-x-south`, any other language of espeak-ng, and its variants (`vi+f2`)."""

    name = "espeak"
    online = False
    at_once = os.cpu_count() or 1

    def __init__(self, installation: Installation | None = None) -> None:
        self._given = installation
        self._idle: defaultdict[str, list[VoiceWorker]] = defaultdict(list)

    def fingerprint(self, voice: str) -> str:
        """The version of espeak-ng, and the hash of settings, voice file and respellings.

        Raises `BadRequest`, `NotAvailable`.
        """
        self._check(voice)
        names = (NAMES.digest,) if _is_vietnamese(voice) else ()
        settings = " ".join((*SETTINGS, _voice_file(voice), *names))
        return f"{self._installation.version} {hashlib.sha256(settings.encode()).hexdigest()[:12]}"

    def synthesize(self, text: str, voice: str) -> Clip:
        self._check(voice)
        with self._borrow_worker(voice) as worker:
            line = sanitize_text(text)
            return worker.synthesize(_escape_phonemes(NAMES.respell(line) if _is_vietnamese(voice) else line), LONGEST)

    def voices(self) -> Sequence[str]:
        """The languages; `+` and one of espeak's variants may follow each."""
        try:
            return sorted(self._languages)
        except EngineError:
            return ()

    @contextmanager
    def _borrow_worker(self, voice: str) -> Iterator[VoiceWorker]:
        """A worker for this thread alone; as many are started as there are threads."""
        espeak, idle = self._installation, self._idle[voice]
        try:
            worker = idle.pop()
        except IndexError:
            arguments = (espeak.library, str(espeak.data.parent), voice, _voice_file(voice), *SETTINGS)
            worker = VoiceWorker((*WORKER, *arguments))
        yield worker
        if worker.alive:
            idle.append(worker)

    @cached_property
    def _installation(self) -> Installation:
        installation = self._given or find_debian() or find_wheel()
        if installation is None:
            raise NotAvailable(Message("espeak-ng is not installed"))
        return installation

    @cached_property
    def _languages(self) -> frozenset[str]:
        files = [path for path in (self._installation.data / "lang").rglob("*") if path.is_file()]
        lines = b"\n".join(path.read_bytes() for path in files).decode(errors="replace")
        return frozenset(re.findall(r"^language\s+(\S+)", lines, re.MULTILINE))

    @cached_property
    def _variants(self) -> frozenset[str]:
        return frozenset(path.name for path in (self._installation.data / "voices" / "!v").iterdir())

    def _check(self, voice: str) -> None:
        """Raises `BadRequest` for an unknown voice; espeak-ng itself would speak English and end with status 0."""
        language, plus, variant = voice.partition("+")
        if language not in self._languages or (plus and variant not in self._variants):
            raise BadRequest(Message("“{engine}” has no voice “{voice}”", engine=self.name, voice=voice))


def find_debian() -> Installation | None:
    """The installation whose program is on the PATH."""
    program = shutil.which("espeak-ng")
    output = run_program((program, "--version"), "").decode() if program else ""
    match = re.search(r"(\d+\.\S+)\s+Data at: (.+)", output)
    return Installation("libespeak-ng.so.1", f"espeak-ng {match[1]}", Path(match[2].strip())) if match else None


def find_wheel() -> Installation | None:
    """The installation inside the wheel `espeakng-loader`, which has no program."""
    spec = find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        return None
    from importlib.metadata import version  # 35 ms, for whoever has espeak-ng by this wheel

    folder = Path(spec.origin).parent
    release = f"espeakng-loader {version('espeakng-loader')}"
    return Installation(str(folder / "libespeak-ng.so"), release, folder / "espeak-ng-data")


def _is_vietnamese(voice: str) -> bool:
    return voice.partition("+")[0].partition("-")[0] == "vi"


def _voice_file(voice: str) -> str:
    """Our voice file for the language of `voice`; empty where espeak-ng's own is used."""
    return VOICES.get(voice.partition("+")[0], "")


def _escape_phonemes(text: str) -> str:
    """`text` without `[[`, which espeak-ng takes for the beginning of phonemes."""
    return re.sub(r"\[(?=\[)", "[ ", text)
