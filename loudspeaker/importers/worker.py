"""The child process that reads a stranger's file: no more memory and time than such a file is worth.

    python -m loudspeaker.importers.worker MEGABYTES SECONDS

One JSON object on standard input, `{"path": …, "home": …, "readings": […], "name": …}`, and one on standard output:
what came of it, `{"result": …}` or `{"error": …}`. It ends with its parent.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ..codec import encode
from ..errors import LoudspeakerError, describe_os_error
from ..model.spoken_text import ReadingSettings
from ..process import confine, skip_last_collection
from . import files
from .import_result import ImportResult


def read_file(path: Path, home: Path, readings: ReadingSettings, name: str) -> ImportResult:
    """Read one file by the kind that its suffix says; what is made of it is called `name`. Raises `LoudspeakerError`.

    Each reader loads libraries of its own, so only the one that is needed is imported.
    """
    suffix = path.suffix.lower()
    if suffix in files.SHEETS:
        sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, where it is, for nothing here
        from . import sheets  # each of these loads libraries that the others do not need

        return sheets.import_sheet(path, home)
    if suffix in files.RECORDINGS:
        from . import recordings  # as above

        return ImportResult(recordings.import_recording(path, home, name))
    from . import documents  # as above

    return documents.import_document(path, home, readings, name)


def main() -> None:
    confine(int(sys.argv[1]), int(sys.argv[2]))
    skip_last_collection()
    request = json.load(sys.stdin)
    try:
        readings = ReadingSettings(*request["readings"])
        result = read_file(Path(request["path"]), Path(request["home"]), readings, request["name"])
        answer = {"result": encode(result)}
    except LoudspeakerError as error:
        answer = {"error": encode(error)}
    except OSError as error:  # a folder that may not be written
        answer = {"error": encode(LoudspeakerError(describe_os_error(error)))}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
