"""The verbs of people's files: check, import, export. What is wrong is told; people's files are never repaired."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import Message, Problem
from . import words
from .care import Care
from .folder import Folder


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a file: a mistake, or a thing to know."""

    problem: Problem
    mistake: bool = True

    def row(self, say: Callable[[str], str]) -> dict[str, Any]:
        problem = self.problem
        return {
            "path": problem.path,
            "line": problem.line,
            "message": problem.message.say(say),
            "mistake": self.mistake,
        }


class Files(Care):
    """People's files."""

    def check(self, days: int = 30) -> list[Finding]:
        """Every mistake in every file, guesses in the readings, and what the coming `days` would not allow.

        The files are read as they are: no last good version stands in.
        """
        self.folder = Folder(self.home)
        self.reload()
        return list(self._found(days))

    def _found(self, days: int) -> Iterator[Finding]:
        yield from (Finding(problem) for problem in self.problems)
        yield from self._doubts()
        for path in self.folder.strays():
            yield Finding(
                Problem(path, 0, Message("this file is not read: its name should end in .md or .yaml")), False
            )
        from ..schedule.findings import findings

        contents = self.contents
        begins, ends = self.window(None, days)
        airings = self.airings(begins, ends)
        for problem, mistake in findings(
            contents.commune, contents.box, contents.schedules, {*contents.bulletins, *contents.broken}, airings
        ):
            yield Finding(problem, mistake)

    def _doubts(self) -> Iterator[Finding]:
        for one in self.contents.bulletins.values():
            order = self.planner.order(one)
            for problem in words.doubts(one.path, order.doubts):
                yield Finding(problem, mistake=False)
            if message := order.missing():
                yield Finding(Problem(one.path, 0, message))

    def take_in(self, path: Path) -> list[Message]:
        """One document, recording or sheet; what came of it and what was left out. Raises `BadFile`, `BadUsage`."""
        from ..intake import imports

        return imports.take_in(path, self.home, words.readings(self.commune))

    def export(self, output: Path) -> None:
        """All schedules as one sheet."""
        from ..intake import sheets

        sheets.write(self.home, output)
