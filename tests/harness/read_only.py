"""Somebody who may read a station and write nothing of it. No tests here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

NOBODY = "65534"
PLACE = [
    *("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"),
    *("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"),
]

# Whatever is imported later may lie where nobody else may look, so it is loaded while root still is root; each command
# then is a process of its own, which need not load it.
COMMANDS = f"""
import json, os, sys
import loudspeaker.cli, loudspeaker.station.station, loudspeaker.station.decisions, loudspeaker.daemon.foreground
import loudspeaker.station.new_station, loudspeaker.station.read_text

home, commands, outside = json.loads(sys.argv[1])
if outside and os.getuid() == 0:
    os.setgroups([])
    os.setresgid({NOBODY}, {NOBODY}, {NOBODY})
    os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
done = []
for words in commands:
    told = [os.memfd_create(name) for name in ("stdout", "stderr")]
    if not (child := os.fork()):
        for file, number in zip(told, (1, 2)):
            os.dup2(file, number)
        sys.argv[1:] = ["--home", home, *words]
        loudspeaker.cli.main()
        sys.exit()
    _, status = os.waitpid(child, 0)
    texts = [os.pread(file, os.fstat(file).st_size, 0).decode() for file in told]
    done.append([os.waitstatus_to_exitcode(status), *texts])
print(json.dumps(done))
"""


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    returncode: int
    stdout: str
    stderr: str


def read_only(home: Path, *commands: Sequence[str]) -> list[Done]:
    """Commands by such a person. Root writes everywhere, so root becomes somebody else; others bar the folders."""
    with nullcontext() if os.getuid() == 0 else _barred(home):
        return _run(PLACE if os.getuid() == 0 else [], home, commands, outside=False)


def outsider(home: Path, *commands: Sequence[str]) -> list[Done]:
    """Commands by somebody who is not in the folder's group and may not even look into it."""
    mode = home.stat().st_mode
    home.chmod(0o2770 if os.getuid() == 0 else 0)
    try:
        return _run([], home, commands, outside=True)
    finally:
        home.chmod(mode)


def _run(place: Sequence[str], home: Path, commands: Sequence[Sequence[str]], *, outside: bool) -> list[Done]:
    asked = json.dumps([str(home), commands, outside])
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "LOUDSPEAKER_LANG": "en"}
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    told = subprocess.run([*place, sys.executable, "-c", COMMANDS, asked], check=True, env=environment, **streams)
    return [Done(*one) for one in json.loads(told.stdout)]


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
