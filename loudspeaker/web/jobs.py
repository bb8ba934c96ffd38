"""Work that takes longer than a page may: one at a time, each with its progress, in a thread that ends with the last.

Whoever asks for what is under way already gets the same job: no sound is made twice. What a job makes stands under its
name only when it is whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from tempfile import TemporaryFile
from threading import Condition, Event, RLock, Thread
from typing import Any

from ..errors import LoudspeakerError, Message, Refused

MOST_WAITING = 4
MOST_KEPT = 50  # jobs whose outcome is remembered
LONGEST = 900.0  # seconds of one command
NICENESS = "10"  # of what takes long: it runs behind everything else


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work as it stands; `key` tells what it makes, `done` of `total` how far it is (0: nobody knows)."""

    key: str
    state: JobState = JobState.WAITING
    done: int = 0
    total: int = 0
    result: Any = None
    error: LoudspeakerError | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.WAITING, JobState.RUNNING)


class JobControl:
    """What a job's work is given: it tells how far it is, and runs commands that end with it when it is cancelled."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self.tell = tell
        self._cancelled = Event()
        self._child: subprocess.Popen[str] | None = None

    def cancel(self) -> None:
        self._cancelled.set()
        if child := self._child:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)

    def run(self, command: Sequence[str], argument: object = None) -> None:
        """Run a command of ours, with `argument` as JSON on its standard input, and pass its progress lines
        (`{"done": 3, "total": 7}`) on to `tell`. Raises `LoudspeakerError` with the last line of its standard error.
        """
        if self._cancelled.is_set():
            raise LoudspeakerError(Message("it was cancelled"))
        with TemporaryFile() as errors:  # a pipe that nobody reads meanwhile would hold up a child that complains much
            with subprocess.Popen(
                ["nice", "-n", NICENESS, *command],
                stdin=subprocess.DEVNULL if argument is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            ) as self._child:
                if self._cancelled.is_set():  # before there was a child to be ended
                    self.cancel()
                Thread(target=self._end_late, args=[self._child], daemon=True).start()
                self._exchange(self._child, argument)
            errors.seek(0)
            complaint = errors.read().decode(errors="replace").strip()
        if self._cancelled.is_set():
            raise LoudspeakerError(Message("it was cancelled"))
        if self._child.returncode:
            reason = complaint.rpartition("\n")[2] or "–"
            raise LoudspeakerError(Message("it could not be made: {reason}", reason=reason))

    def _exchange(self, child: subprocess.Popen[str], argument: object) -> None:
        """Give the child its argument, and pass on what it prints of its progress."""
        if child.stdin:
            with suppress(BrokenPipeError), child.stdin as stdin:  # it has ended before: its complaint tells why
                json.dump(argument, stdin)
        assert child.stdout
        for line in child.stdout:
            with suppress(ValueError, KeyError, TypeError):
                progress = json.loads(line)
                self.tell(int(progress["done"]), int(progress["total"]))

    def _end_late(self, child: subprocess.Popen[str]) -> None:
        with suppress(subprocess.TimeoutExpired):
            child.wait(LONGEST)
            return
        self.cancel()


Work = Callable[[JobControl], object]


class Jobs:
    """The jobs of one console. Safe to be used from several threads."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._changed = Condition(self._lock)
        self._jobs: dict[str, Job] = {}
        self._queue: list[tuple[str, Work]] = []
        self._control: tuple[str, JobControl] | None = None  # of the one that runs
        self._thread: Thread | None = None

    def start(self, key: str, work: Work) -> Job:
        """Have `work` done, unless it is under way already. Raises `Refused` where too much waits."""
        with self._lock:
            if (job := self._jobs.get(key)) and job.is_open:
                return job
            if len(self._queue) >= MOST_WAITING:
                raise Refused(Message("several things are being made already; try again in a moment"))
            self._jobs.pop(key, None)
            self._jobs[key] = job = Job(key)
            self._queue.append((key, work))
            self._forget()
            if self._thread is None:
                self._thread = Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()
            return job

    def find(self, key: str) -> Job | None:
        """A job as it stands; None where nobody asked for it lately."""
        with self._lock:
            return self._jobs.get(key)

    def wait(self, seconds: float) -> None:
        """Until something has become of a job, or for so long."""
        with self._changed:
            self._changed.wait(seconds)

    def cancel(self, key: str) -> None:
        """End a job that runs or waits; nothing happens to one that is over."""
        with self._lock:
            self._queue = [(name, work) for name, work in self._queue if name != key]
            job = self._jobs.get(key)
            if self._control and self._control[0] == key:
                self._control[1].cancel()
            elif job and job.is_open:
                del self._jobs[key]

    def forget(self, key: str) -> None:
        """End a job, and keep nothing of what came of it."""
        self.cancel(key)
        with self._lock:
            self._jobs.pop(key, None)

    def is_idle(self) -> bool:
        """Is nothing being made?"""
        with self._lock:
            return self._thread is None

    def close(self) -> None:
        """End whatever is being made."""
        with self._lock:
            self._queue.clear()
            if self._control:
                self._control[1].cancel()

    def _work(self) -> None:
        while (queued := self._take_next()) is not None:
            key, work, control = queued
            try:
                self._set(key, state=JobState.DONE, result=work(control))
            except LoudspeakerError as error:
                self._set(key, state=JobState.FAILED, error=error)
            except Exception as fault:  # a bug in one job must not keep the others waiting
                self._set(key, state=JobState.FAILED, error=LoudspeakerError(Message("{fault}", fault=repr(fault))))

    def _take_next(self) -> tuple[str, Work, JobControl] | None:
        with self._lock:
            if not self._queue:
                self._thread = self._control = None
                self._changed.notify_all()
                return None
            key, work = self._queue.pop(0)
            control = JobControl(lambda done, total: self._set(key, done=done, total=total))
            self._control = key, control
            self._set(key, state=JobState.RUNNING)
            return key, work, control

    def _set(self, key: str, **facts: Any) -> None:
        with self._lock:
            if key in self._jobs:
                self._jobs[key] = replace(self._jobs[key], **facts)
                self._changed.notify_all()

    def _forget(self) -> None:
        over = [key for key, job in self._jobs.items() if not job.is_open]
        for key in over[: len(self._jobs) - MOST_KEPT]:
            del self._jobs[key]
