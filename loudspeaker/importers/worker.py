"""The child process that reads a stranger's file: no more memory and time than such a file is worth.

    python -m loudspeaker.importers.worker MEGABYTES SECONDS

One JSON object on standard input, `{"path": …, "home": …, "readings": […], "name": …}`, and one on standard output:
what came of it (results.py). It ends with its parent.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from time import process_time

from ..errors import LoudspeakerError, Message, reason
from ..model.spoken_text import ReadingSettings
from ..process import die_with_parent
from . import files
from .results import ImportResult, encode_outcome

START = 0.25  # seconds of computing up to here on the machine for which limits are set; a Raspberry Pi takes four times
NICENESS = 5  # whoever is on the air goes first


def confine(megabytes: int, seconds: int) -> None:
    """Limit this process and those that it starts: memory that it fills, seconds that it computes.

    On a slower machine, as measured by what the start took, more seconds in proportion.
    """
    die_with_parent()
    memory = megabytes << 20
    seconds = max(seconds, round(seconds * process_time() / START))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    with suppress(OSError):  # where memory runs out all the same, this goes and not the station
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def read_file(path: Path, home: Path, readings: ReadingSettings, name: str) -> ImportResult:
    """Read one file by the kind that its suffix says; what is made of it is called `name`. Raises `LoudspeakerError`.

    Each reader loads libraries of its own, so only the one that is needed is imported.
    """
    suffix = path.suffix.lower()
    if suffix in files.SHEETS:
        from . import sheets  # each of these loads libraries that the others do not need

        return sheets.import_sheet(path, home)
    if suffix in files.RECORDINGS:
        from . import recordings

        return ImportResult(recordings.import_recording(path, home, name))
    from . import documents

    return documents.import_document(path, home, readings, name)


def main() -> None:
    confine(int(sys.argv[1]), int(sys.argv[2]))
    request = json.load(sys.stdin)
    outcome: ImportResult | LoudspeakerError
    try:
        readings = ReadingSettings(*request["readings"])
        outcome = read_file(Path(request["path"]), Path(request["home"]), readings, request["name"])
    except LoudspeakerError as error:
        outcome = error
    except OSError as error:  # a folder that may not be written
        outcome = LoudspeakerError(Message("{file}: {reason}", file=error.filename or "–", reason=reason(error)))
    sys.stdout.write(json.dumps(encode_outcome(outcome)))


if __name__ == "__main__":
    main()
