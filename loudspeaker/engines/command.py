"""Any program as a voice: text on its stdin, a sound file on its stdout. No shell is used.

The voice is the program with its arguments: `voices: [command:/usr/local/bin/say --slow]`. It is taken from box.yaml
alone, because the other files may come from outside this machine.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadRequest, Message, NotAvailable
from .engine_text import sanitize_text
from .run_program import run_program

if TYPE_CHECKING:
    from ..sound.clip import Clip

LONGEST = 120.0  # seconds for one sentence


class Command:
    """Runs the program that the voice names; its output may be WAV, FLAC, Ogg or MP3."""

    name = "command"
    online = False  # what the program does with the text is not known here
    at_once = os.cpu_count() or 1

    def fingerprint(self, voice: str) -> str:
        """Hash of the program's file, and its arguments. Raises `BadRequest`, `NotAvailable`."""
        program, *arguments = _split_command(voice)
        about = os.stat(program)
        return shlex.join([_hash_file(program, about.st_size, about.st_mtime_ns), *arguments])

    def synthesize(self, text: str, voice: str) -> Clip:
        from .decoding import decode  # numpy, only while speaking

        return decode(run_program(_split_command(voice), sanitize_text(text) + "\n", LONGEST))

    def voices(self) -> Sequence[str]:
        """Empty: every program is a voice, so none can be listed."""
        return ()


def _split_command(voice: str) -> list[str]:
    """The program's full path and its arguments. Raises `BadRequest`, `NotAvailable`."""
    try:
        program, *arguments = shlex.split(voice)
    except ValueError as error:
        raise BadRequest(Message("“{voice}” is not a program with arguments", voice=voice)) from error
    path = shutil.which(program)
    if path is None:
        raise NotAvailable(Message("there is no program {program}", program=program))
    return [path, *arguments]


@lru_cache
def _hash_file(program: str, size: int, changed: int) -> str:
    """SHA-256 of the file, first 16 digits; `size` and `changed` renew the cached answer."""
    return hashlib.sha256(Path(program).read_bytes()).hexdigest()[:16]
