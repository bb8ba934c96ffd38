"""What is sent to the station, damaged in thousands of ways or made to swell: taken in, or refused with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import swelling_files
from harness.mutants import KINDS, REFUSED, TAKEN
from harness.paths import TESTS

RUNS, FEW = 2_000, 15  # of each kind of document
RECORDINGS, FEW_RECORDINGS = 200, 4
BUSY_RECORDINGS = (".wav", ".mp3", ".m4a", ".ogg")  # two programs are started for each
MOST = 200  # megabytes
IMPORT = """
import json, resource, sys
from pathlib import Path
from loudspeaker.errors import BadFile
from loudspeaker.importers.imports import import_file
from loudspeaker.model.spoken_text import ReadingSettings
try:
    told = [str(message) for message in import_file(Path(sys.argv[1]), Path(sys.argv[2]), ReadingSettings())]
except BadFile as error:
    told = error.say().split("\\n")
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([told, peak]))
"""


def count_of(kind: str, full: bool) -> int:
    few, many = (FEW_RECORDINGS, RECORDINGS) if kind in BUSY_RECORDINGS else (FEW, RUNS)
    return many if full else few


def tried(*kinds: str, full: bool) -> dict[str, dict[str, Any]]:
    """What came of the mutants of these kinds, in one process: loading it takes as long as a few dozen of them."""
    counts = [word for kind in kinds for word in (kind, str(count_of(kind, full)))]
    command = [sys.executable, "-W", "ignore", str(TESTS / "harness" / "mutants.py"), *counts]
    told: dict[str, dict[str, Any]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return told


@pytest.fixture(scope="module")
def few() -> dict[str, dict[str, Any]]:
    return tried(*KINDS, full=False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_taken_in_or_refused(kind: str, full: bool, request: pytest.FixtureRequest) -> None:
    told = (tried(kind, full=True) if full else request.getfixturevalue("few"))[kind]
    count = count_of(kind, full)
    print(f"{kind}: {told}")

    assert told["broken"] == []
    assert sum(told["outcomes"].values()) == count
    assert told["outcomes"].get(TAKEN, 0) + told["outcomes"].get(REFUSED, 0) >= 0.98 * count
    assert told["megabytes"] < MOST


@pytest.mark.parametrize(
    "name", [*swelling_files.FILES, *swelling_files.PIPES, *swelling_files.DEVICES, "o-cam.docx", "thu-muc.pdf"]
)
def test_a_file_that_swells_does_no_harm(name: str, full: bool, tmp_path: Path) -> None:
    if not full and hash_of(name) % 8:
        pytest.skip("only with --runs=full")
    (tmp_path / "commune.yaml").write_text("commune: Xã\nid: xa\nvillages: [na-hoa]\n", encoding="utf-8")
    path = swelling_files.make(tmp_path, name)
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(path), str(tmp_path)], capture_output=True, text=True, check=True
    )
    told, peak = json.loads(done.stdout)
    print(f"{name}: {peak} MB, {told[0]}")

    assert told
    assert all("\n" not in sentence and len(sentence) < 600 for sentence in told)
    assert peak < MOST
    assert all(kept.stat().st_size < 200_000 for kept in tmp_path.glob("bulletins/*"))


def hash_of(name: str) -> int:
    """The same in every process."""
    return sum(name.encode())
