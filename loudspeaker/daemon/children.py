"""Commands of this very program as child processes of the daemon: one of a kind at a time, behind everything else."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from ..process import make_way

GONE = 0.5  # s: until a child that was told to end is killed
BRIEFLY = 0.1  # s


class Children:
    """By their names. `command` makes a command line of a command's words."""

    def __init__(self, command: Callable[..., list[str]]) -> None:
        self._command = command
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *words: str, name: str = "", quiet: bool = False, output: BinaryIO | None = None) -> None:
        """Start a command, unless it is running; what it says on stderr is the journal's unless it is to be `quiet`.

        `name`: its first word unless another is given. What it prints goes to the file `output`, where there is one.
        """
        name = name or words[0]
        if not self.is_running(name):
            self._running[name] = subprocess.Popen(
                self._command(*words),
                stdin=subprocess.DEVNULL,
                stdout=output or subprocess.DEVNULL,
                stderr=subprocess.DEVNULL if quiet else None,
                preexec_fn=make_way,
            )

    def is_running(self, name: str) -> bool:
        child = self._running.get(name)
        return child is not None and child.poll() is None

    def has_succeeded(self, name: str) -> bool:
        """Has the last of this name ended well?"""
        child = self._running.get(name)
        return child is not None and child.poll() == 0

    def end(self, name: str) -> None:
        """Have it make way, as far as it does so at once."""
        self._running[name].terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running[name].wait(timeout=BRIEFLY)

    def collect(self) -> None:
        """Let go of those that have ended."""
        for child in self._running.values():
            child.poll()

    def terminate(self) -> None:
        for child in self._running.values():
            child.terminate()

    def wait(self) -> None:
        """After `terminate`: until they have ended."""
        for child in self._running.values():
            wait_for_end(child)


def wait_for_end(child: subprocess.Popen[bytes]) -> None:
    """Wait until a child that was told to end has ended; kill it where that takes longer than `GONE`."""
    try:
        child.wait(GONE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
