"""Somebody who may read a station and write nothing of it. No tests here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = "65534"
PLACE = [
    *("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"),
    *("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"),
]


# Whatever is imported later may lie where nobody else may look, so it is loaded while root still is root.
OUTSIDER = f"""
import os, sys
import loudspeaker.cli, loudspeaker.station.station, loudspeaker.station.decisions, loudspeaker.daemon.foreground
import loudspeaker.station.new_station, loudspeaker.station.read_text
if os.getuid() == 0:
    os.setgroups([])
    os.setresgid({NOBODY}, {NOBODY}, {NOBODY})
    os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
loudspeaker.cli.main()
"""


def read_only(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command by such a person. Root writes everywhere, so root becomes somebody else; others bar the folders."""
    command = [sys.executable, "-m", "loudspeaker", "--lang", "en", "--home", str(home), *arguments]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if os.getuid() == 0:
        return subprocess.run([*PLACE, *command], capture_output=True, text=True, check=False, env=environment)
    with _barred(home):
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def outsider(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command by somebody who is not in the folder's group and may not even look into it."""
    mode = home.stat().st_mode
    home.chmod(0o2770 if os.getuid() == 0 else 0)
    try:
        return subprocess.run(
            [sys.executable, "-c", OUTSIDER, "--home", str(home), *arguments],
            **{"capture_output": True, "text": True, "check": False, "stdin": subprocess.DEVNULL},
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "LOUDSPEAKER_LANG": "en"},
        )
    finally:
        home.chmod(mode)


@contextmanager
def _barred(home: Path) -> Iterator[None]:
    everything = [home, *home.rglob("*")]
    modes = {path: path.stat().st_mode for path in everything}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def sight(home: Path) -> list[tuple[str, int]]:
    """Every file and folder with its time of change."""
    return sorted((str(path.relative_to(home)), path.stat().st_mtime_ns) for path in home.rglob("*"))
