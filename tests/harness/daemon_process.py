"""A real daemon, or agent, as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from harness.waiting import wait_for


@contextmanager
def running_daemon(home: Path, output: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The process and its control socket; killed at the end of the block. `output` takes all that it prints."""
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "run"]
    with output.open("wb") as errors, _running(command, errors) as process:
        path = home / ".state" / "control.sock"
        wait_for(path.exists)
        yield process, path


@contextmanager
def running_agent(home: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The agent of the box in `home`; killed at the end of the block. `output` takes what it says, behind the rest."""
    command = [sys.executable, "-m", "loudspeaker.fleet.agent", "--home", str(home)]
    with output.open("ab") as said, _running(command, said) as process:
        yield process


@contextmanager
def _running(command: Sequence[str], output: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    """Killed with its children, which would go on preparing sound that nobody hears."""
    with subprocess.Popen(command, stdout=output, stderr=output, process_group=0) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
