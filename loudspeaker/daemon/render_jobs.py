"""Sound that people wait for, made by child processes of the daemon (`station/rendering.py`) beside each other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product

from ..codec import UNREADABLE, decode, decode_error
from ..errors import BeingMade, LoudspeakerError, Message
from ..model.alert_preview import Wanted
from ..production.specification import RenderReport
from ..station.paths import StationPaths
from .children import wait_for_end

ENDED = Message("what makes its sound has ended too early; see the journal")
MOST_CHILDREN = 4  # at a time: more would only keep each other waiting
MOST_FAILURES = 100  # that are remembered: nobody may ask for what failed


@dataclass(slots=True)
class _Child:
    """A process, and the programmes that it has still to make: by recipe, sentences done and of all."""

    process: subprocess.Popen[bytes]
    left: dict[str, tuple[int, int]]
    rest: bytearray = field(default_factory=bytearray)  # of its output: a line that has not ended

    def reports(self) -> list[RenderReport]:
        """What it has reported since the last call."""
        assert self.process.stdout
        with suppress(BlockingIOError):
            while data := os.read(self.process.stdout.fileno(), 1 << 16):
                self.rest += data
        *lines, self.rest = self.rest.split(b"\n")
        return [decode(RenderReport, json.loads(line)) for line in lines]


class RenderJobs:
    """What is being made for one station. Nothing here waits."""

    def __init__(self, paths: StationPaths) -> None:
        self._command = [sys.executable, "-m", "loudspeaker.station.rendering", str(paths.home), str(paths.state)]
        self._children: list[_Child] = []
        self._failures: dict[str, LoudspeakerError] = {}  # by recipe

    def start(self, wanted: Wanted, later: Wanted | None = None) -> bool:
        """Have made what is not being made already; what is wanted `later` behind everything else on this machine.

        False where too many children are at work.
        """
        self.collect()
        asked = [self._not_being_made(wanted), self._not_being_made(later or {})]
        fresh = [*asked[0], *asked[1]]
        if fresh and len(self._children) >= MOST_CHILDREN:
            return False
        for recipe in fresh:
            self._failures.pop(recipe, None)
        if fresh:
            self._children.append(_Child(self._open(asked), dict.fromkeys(fresh, (0, 0))))
        return True

    def must_be_over(self, recipes: Iterable[str]) -> None:
        """Raises `BeingMade` while any of these is being made, as far as is known since `collect`."""
        for child, recipe in product(self._children, recipes):
            if recipe in child.left:
                done, total = child.left[recipe]
                raise BeingMade(Message("its sound is being made: {done} of {total} sentences", done=done, total=total))

    def has_failed(self, recipe: str) -> bool:
        return recipe in self._failures

    def take_failure(self, recipe: str) -> LoudspeakerError | None:
        """What kept it from being made; told once, since it may be tried again."""
        return self._failures.pop(recipe, None)

    def collect(self) -> bool:
        """Take in what the children report, and let go of those that have ended. True where any is left."""
        for child in list(self._children):
            ended = child.process.poll() is not None
            try:
                for report in child.reports():
                    self._take(child, report)
            except UNREADABLE:
                child.process.kill()
                ended = True
            if ended:
                self._release(child)
        return bool(self._children)

    def terminate(self) -> None:
        for child in self._children:
            child.process.terminate()

    def wait(self) -> None:
        """After `terminate`: until they have ended."""
        for child in self._children:
            wait_for_end(child.process)
            _close_output(child.process)

    def _open(self, wanted: Sequence[Wanted]) -> subprocess.Popen[bytes]:
        with open(os.memfd_create("wanted"), "wb+") as stdin:  # no pipe: nobody waits until the child has read it
            stdin.write(json.dumps(wanted).encode())
            stdin.seek(0)
            process = subprocess.Popen(self._command, stdin=stdin, stdout=subprocess.PIPE)
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
        return process

    def _not_being_made(self, wanted: Wanted) -> Wanted:
        at_work = {recipe for child in self._children for recipe in child.left}
        return {recipe: job for recipe, job in wanted.items() if recipe not in at_work}

    def _take(self, child: _Child, report: RenderReport) -> None:
        if not report.over:
            child.left[report.recipe] = report.done, report.total
            return
        child.left.pop(report.recipe, None)
        if report.failure is not None:
            self._fail(report.recipe, decode_error(report.failure))

    def _release(self, child: _Child) -> None:
        self._children.remove(child)
        child.process.wait()
        _close_output(child.process)
        for recipe in child.left:
            self._fail(recipe, LoudspeakerError(ENDED))

    def _fail(self, recipe: str, failure: LoudspeakerError) -> None:
        self._failures[recipe] = failure
        while len(self._failures) > MOST_FAILURES:
            del self._failures[next(iter(self._failures))]


def _close_output(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout
    process.stdout.close()
