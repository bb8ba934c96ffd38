"""A process that is killed (SIGKILL) at its n-th write: a fork of this one, nothing of which is replaced.

A write is a file that is opened for writing, renamed, linked or deleted, a folder that is made, a statement of SQLite
that reads nothing: Python's audit events and SQLite's own trace tell of each before it is done.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.truncate", "shutil.rmtree", "os.chmod"}
READS = ("SELECT", "PRAGMA")
WRITING = os.O_WRONLY | os.O_RDWR
NEVER = -1


def kill_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class WriteCount:
    """How many writes were begun `under` a folder, everywhere without one; before that with the number `fatal` comes
    the `fault`."""

    def __init__(self, fatal: int, fault: Callable[[], object] = kill_this_process, under: Path | None = None) -> None:
        self.count, self._fatal, self._fault, self._under = 0, fatal, fault, under
        self._begun: list[sqlite3.Connection] = []  # told of before they can be used

    def watch(self) -> None:
        sys.addaudithook(self._hear)

    def _hear(self, event: str, facts: tuple[object, ...]) -> None:
        while self._begun:
            with suppress(sqlite3.ProgrammingError):  # it is closed already
                self._begun.pop().set_trace_callback(self._hear_statement)
        if event in CHANGES or (event == "open" and isinstance(facts[2], int) and facts[2] & WRITING):
            if self._under is None or any(str(fact).startswith(f"{self._under}/") for fact in facts):
                self._step()
        elif self._under is None and event == "sqlite3.connect/handle" and isinstance(facts[0], sqlite3.Connection):
            self._begun.append(facts[0])

    def _hear_statement(self, statement: str) -> None:
        if not statement.lstrip().upper().startswith(READS):
            self._step()

    def _step(self) -> None:
        self.count += 1
        if self.count == self._fatal:
            self._fault()


def run_until_killed(act: Callable[[], object], fatal: int) -> int | None:
    """Have a process of its own do it: the number of its writes, None where it was killed before the end.

    Raises as `run_apart`.
    """
    return run_apart(act, WriteCount(fatal))


def run_apart(act: Callable[[], object], writes: WriteCount) -> int | None:
    """The same with whatever comes instead of the kill.

    Raises `AssertionError` with what went wrong in it.
    """
    answer, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer)
        _end(act, writes, told)
    os.close(told)
    with os.fdopen(answer, encoding="utf-8") as said:
        words = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        return None
    assert os.WEXITSTATUS(status) == 0, words
    return int(words)


def _end(act: Callable[[], object], writes: WriteCount, told: int) -> NoReturn:
    """All of the child: whatever happens, it does not go on as the process that it was forked from."""
    code = 1
    try:
        writes.watch()
        act()
        words, code = str(writes.count), 0
    except BaseException:
        words = traceback.format_exc()
    os.write(told, words.encode()[:60_000])
    os._exit(code)


def kill_points(act: Callable[[], object], full: bool, few: int = 5) -> Iterator[int]:
    """The numbers of the writes of `act`, which is done once to count them: all, or `few` spread over them."""
    count = run_until_killed(act, NEVER)
    assert count
    yield from some_points(count, full, few)


def some_points(count: int, full: bool, few: int = 5) -> range:
    """The numbers of so many writes: all, or `few` spread over them."""
    return range(1, count + 1, 1 if full else max(1, count // few))
