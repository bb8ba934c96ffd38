"""Any program as a voice: text on its stdin, a sound file on its stdout. No shell is involved.

The voice *is* the program with its arguments: `voices: [command:/usr/local/bin/say --slow]` in box.yaml, and nowhere
else: what other files name comes from outside this machine.
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
from .process import run
from .sanitize import sayable

if TYPE_CHECKING:
    from ..sound.clip import Clip

LONGEST = 120.0  # seconds for one sentence


class Command:
    """Speaks through the program that the voice names; WAV is expected, FLAC, Ogg and MP3 are understood."""

    name = "command"
    online = False  # as far as we know: what the program does with the text is its own business
    at_once = os.cpu_count() or 1

    def fingerprint(self, voice: str) -> str:
        """The program's content and its arguments."""
        program, *arguments = _words(voice)
        about = os.stat(program)
        return shlex.join([_digest(program, about.st_size, about.st_mtime_ns), *arguments])

    def synthesize(self, text: str, voice: str) -> Clip:
        from .decoding import decode

        return decode(run(_words(voice), sayable(text) + "\n", LONGEST))

    def voices(self) -> Sequence[str]:
        """None can be listed: every program is one."""
        return ()


def _words(voice: str) -> list[str]:
    """The program's full path and its arguments."""
    try:
        program, *arguments = shlex.split(voice)
    except ValueError as error:
        raise BadRequest(Message("“{voice}” is not a program with arguments", voice=voice)) from error
    found = shutil.which(program)
    if found is None:
        raise NotAvailable(Message("there is no program {program}", program=program))
    return [found, *arguments]


@lru_cache
def _digest(program: str, size: int, changed: int) -> str:
    """Hash of the file; `size` and `changed` only say when to look again."""
    return hashlib.sha256(Path(program).read_bytes()).hexdigest()[:16]
