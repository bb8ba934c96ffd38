"""The embedded voice: espeak-ng, one fresh process a sentence, the same sound for the same text every time.

Debian's espeak-ng is used where it is installed, else the one in the wheel `espeakng-loader`. Its library is loaded by
small workers (`espeak_worker.py`), never here: in one process with others it is not deterministic, crashes with
threads, and is GPL-3.
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
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadRequest, EngineError, Message, NotAvailable
from .process import run
from .sanitize import sayable
from .worker import Worker

if TYPE_CHECKING:
    from ..sound.clip import Clip

# How it speaks: what a recogniser understood best (docs/decisions/0004-how-the-embedded-voice-speaks.md).
RATE = 120  # words a minute
PITCH = 50  # 0-99
RANGE = 65  # 0-99, 50 as the voice is: how far the tones rise and fall
GAP = 0  # between words, in 10 ms
SETTINGS = (str(RATE), str(PITCH), str(RANGE), str(GAP))
# In place of espeak-ng's own file: less muffled, and with consonants that are told apart. Its đ was heard as b, its c
# and k as t, its d, gi and r as l.
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
        self._idle: defaultdict[str, list[Worker]] = defaultdict(list)

    def fingerprint(self, voice: str) -> str:
        self._check(voice)
        how = " ".join((*SETTINGS, _file(voice)))
        return f"{self._installation.version} {hashlib.sha256(how.encode()).hexdigest()[:12]}"

    def synthesize(self, text: str, voice: str) -> Clip:
        self._check(voice)
        with self._lent(voice) as worker:
            return worker.speak(_escaped(sayable(text)), LONGEST)

    def voices(self) -> Sequence[str]:
        """The languages; each may be followed by `+` and one of espeak's variants."""
        try:
            return sorted(self._languages)
        except EngineError:
            return ()

    @contextmanager
    def _lent(self, voice: str) -> Iterator[Worker]:
        """A worker for this thread alone; as many are started as there are threads."""
        here, idle = self._installation, self._idle[voice]
        try:
            worker = idle.pop()
        except IndexError:
            worker = Worker((*WORKER, here.library, str(here.data.parent), voice, _file(voice), *SETTINGS))
        yield worker
        if worker.alive:
            idle.append(worker)

    @cached_property
    def _installation(self) -> Installation:
        found = self._given or debian() or wheel()
        if found is None:
            raise NotAvailable(Message("espeak-ng is not installed"))
        return found

    @cached_property
    def _languages(self) -> frozenset[str]:
        files = [path for path in (self._installation.data / "lang").rglob("*") if path.is_file()]
        told = b"\n".join(path.read_bytes() for path in files).decode(errors="replace")
        return frozenset(re.findall(r"^language\s+(\S+)", told, re.MULTILINE))

    @cached_property
    def _variants(self) -> frozenset[str]:
        return frozenset(path.name for path in (self._installation.data / "voices" / "!v").iterdir())

    def _check(self, voice: str) -> None:
        """For a voice that it does not know espeak-ng itself speaks English and ends with status 0."""
        language, plus, variant = voice.partition("+")
        if language not in self._languages or (plus and variant not in self._variants):
            raise BadRequest(Message("“{engine}” has no voice “{voice}”", engine=self.name, voice=voice))


def debian() -> Installation | None:
    """The one whose program is on the PATH."""
    program = shutil.which("espeak-ng")
    told = re.search(r"(\d+\.\S+)\s+Data at: (.+)", run((program, "--version"), "").decode()) if program else None
    return Installation("libespeak-ng.so.1", f"espeak-ng {told[1]}", Path(told[2].strip())) if told else None


def wheel() -> Installation | None:
    """The one inside `espeakng-loader`, which brings no program with it."""
    spec = find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    said = f"espeakng-loader {version('espeakng-loader')}"
    return Installation(str(folder / "libespeak-ng.so"), said, folder / "espeak-ng-data")


def _file(voice: str) -> str:
    """Our own voice file for its language; empty where espeak-ng's will do."""
    return VOICES.get(voice.partition("+")[0], "")


def _escaped(text: str) -> str:
    """`[[` would begin a line of phonemes."""
    return re.sub(r"\[(?=\[)", "[ ", text)
