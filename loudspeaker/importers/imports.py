"""Taking in a stranger's file: looked at, read by a child process with limits, and then written.

The child (worker.py) may be ended at any moment: nothing of people's own files is written before it has answered.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadFile, BadUsage, LoudspeakerError, Message, Problem
from ..model.spoken_text import ReadingSettings
from ..store.atomic import write_atomic
from . import files
from .results import Imported, from_json


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: megabytes that are filled, seconds of computing, and seconds by the clock."""

    megabytes: int
    computing: int
    waiting: float


PAPER = Limits(megabytes=150, computing=4, waiting=60.0)  # a document or a sheet: a hundred times what one takes
SOUND = Limits(megabytes=450, computing=300, waiting=600.0)  # an hour of speech


def take_in(path: Path, home: Path, readings: ReadingSettings, limits: Limits | None = None) -> list[Message]:
    """One document, recording or sheet into the station at `home`; what came of it and what was left out.

    Raises `BadFile` where the file cannot be used, `BadUsage` for a kind that nobody knows, `Refused` where one of the
    station's files was changed meanwhile.
    """
    suffix = path.suffix.lower()
    if suffix not in files.DOCUMENTS | files.SHEETS | files.RECORDINGS:
        raise BadUsage(Message("{file}: nobody knows how to take this in; see “import --help”", file=path))
    outcome = _read(path, home, readings, limits or (SOUND if suffix in files.RECORDINGS else PAPER))
    if isinstance(outcome, LoudspeakerError):
        raise outcome
    write(home, outcome)
    return list(outcome.messages)


def write(home: Path, imported: Imported) -> None:
    """Write what a file asks for, if nothing of it was changed meanwhile. Raises `Refused`, `WriteError`."""
    contents = [(home / one.path, one.over(_now(home / one.path))) for one in imported.splices]
    for path, content in contents:
        write_atomic(path, content)


def _now(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _read(path: Path, home: Path, readings: ReadingSettings, limits: Limits) -> Imported | LoudspeakerError:
    """What the child makes of a file."""
    words = [dict(readings.say), dict(readings.abbrev), dict(readings.names), readings.region]
    request = json.dumps({"path": str(path), "home": str(home), "readings": words}).encode()
    command = [sys.executable, "-m", "loudspeaker.importers.worker", str(limits.megabytes), str(limits.computing)]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    # A session of its own, so that ffmpeg, which it may have started, can be ended with it.
    answer = b""
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, start_new_session=True) as child:
        try:
            with suppress(subprocess.TimeoutExpired):
                answer, _ = child.communicate(request, limits.waiting)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
    for left in (home / "recordings").glob(f"*.{child.pid}-*.part"):
        left.unlink(missing_ok=True)
    if child.returncode or not answer:
        message = Message(
            "it takes more memory or time to read than any file of its kind should: it is damaged, or made to do harm"
        )
        return BadFile([Problem(path.name, 0, message)])
    return from_json(json.loads(answer))
