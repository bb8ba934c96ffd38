"""Imports a stranger's file: checked, read by a child process with limits, and then written.

The child (worker.py) may be killed at any moment: nothing of people's own files is written before it has answered.
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

from ..codec import decode, decode_error, encode
from ..errors import BadFile, BadUsage, Message, Problem
from ..model.spoken_text import ReadingSettings
from ..store.edits import FileEdit, apply_edits, content_revision
from . import files
from .import_result import ImportResult


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take."""

    megabytes: int  # of memory that is filled
    computing: int  # seconds
    waiting: float  # … by the clock


DOCUMENT_LIMITS = Limits(megabytes=150, computing=4, waiting=60.0)  # of a sheet, too: a hundred times what one takes
RECORDING_LIMITS = Limits(megabytes=450, computing=300, waiting=600.0)  # an hour of speech


def import_file(path: Path, home: Path, readings: ReadingSettings, limits: Limits | None = None) -> list[Message]:
    """Import one document, recording or sheet into the station at `home`; returns what came of it, in sentences.

    Raises what `read_import` and `write_files` do.
    """
    imported = read_import(path, home, readings, limits)
    write_files(home, imported)
    return list(imported.messages)


def read_import(
    path: Path, home: Path, readings: ReadingSettings, limits: Limits | None = None, name: str = ""
) -> ImportResult:
    """What an import would change in the station at `home`; what is new is called `name`, or like the file.

    Of people's own files none is written but a recording, in a folder of its own below `home`. Raises `BadFile` where
    the file cannot be used, `BadUsage` for an unknown kind of file.
    """
    suffix = path.suffix.lower()
    if suffix in files.OLD_WORD:
        raise BadFile([Problem(path.name, 0, _from_old_word(suffix))])
    if suffix not in files.DOCUMENTS | files.SHEETS | files.RECORDINGS:
        raise BadUsage(Message("{file}: nobody knows how to take this in; see “import --help”", file=path))
    files.check(path, files.LARGEST_OF_ALL)  # what is no plain file needs no child to be refused
    limits = limits or (RECORDING_LIMITS if suffix in files.RECORDINGS else DOCUMENT_LIMITS)
    return _read_in_child(path, home, readings, limits, name)


def _from_old_word(suffix: str) -> Message:
    return Message(
        "a {kind} file is of an old Word: open it in Word, choose Save As → Word Document (.docx), and take that",
        kind=suffix,
    )


def write_files(home: Path, imported: ImportResult) -> None:
    """Write what an import changes, all of it or nothing.

    Raises `EditConflict` where somebody has changed one of the files since it was read, `EditLocked`, `WriteError`.
    """
    apply_edits(home, file_edits(imported), "import")


def file_edits(imported: ImportResult) -> list[FileEdit]:
    """What an import changes; a file that was empty before did not exist."""
    return [FileEdit(splice.path, content_revision(splice.before or None), splice.after) for splice in imported.splices]


def _read_in_child(path: Path, home: Path, readings: ReadingSettings, limits: Limits, name: str) -> ImportResult:
    """What the child makes of a file. Raises `LoudspeakerError`."""
    facts = {"path": str(path), "home": str(home), "readings": encode(readings), "name": name}
    request = json.dumps(facts).encode()
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
        raise BadFile([Problem(path.name, 0, message)])
    result = json.loads(answer)
    if "error" in result:
        raise decode_error(result["error"])
    return decode(ImportResult, result["result"])
