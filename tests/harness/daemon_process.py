"""A real daemon as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.waiting import wait_for


@contextmanager
def running_daemon(home: Path, output: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The process and its control socket; killed at the end of the block. `output` takes all that it prints."""
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "run"]
    with output.open("wb") as errors, subprocess.Popen(command, stderr=errors, stdout=errors) as process:
        try:
            path = home / ".state" / "control.sock"
            wait_for(path.exists)
            yield process, path
        finally:
            process.kill()


@contextmanager
def running_agent(home: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The agent of the box in `home`; killed at the end of the block. `output` takes what it says, behind the rest."""
    command = [sys.executable, "-m", "loudspeaker.fleet.agent", "--home", str(home)]
    with output.open("ab") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            yield process
        finally:
            process.kill()
