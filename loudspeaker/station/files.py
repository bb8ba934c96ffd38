"""The verbs of people's files: check, import, export. What is wrong is told; people's files are never repaired."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from ..config.folder import Folder
from ..errors import BadFile, Message
from ..schedule.channels import channels, schedules_of
from ..schedule.crowd import MOST_A_DAY, crowded
from ..schedule.lint import coming
from . import read_text
from .care import Care
from .check import Finding, examine, outside_validity


class Files(Care):
    """People's files."""

    def check(self, days: int = 30) -> list[Finding]:
        """Every mistake in every file, guesses in the readings, and what the coming `days` would not allow.

        The files are read as they are: no last good version stands in.
        """
        self.files.folder = Folder(self.paths.home)
        sound = False
        with suppress(BadFile):  # commune.yaml or box.yaml: nothing can be planned, which is told like all else
            self.reload()
            sound = True
        found = examine(
            self.files.folder, self.clock.now(), lambda part: self.texts.speech(part.text or "", (), part.line).doubts
        )
        return [*found, *self._coming(days)] if sound else found

    def _coming(self, days: int) -> Iterator[Finding]:
        contents = self.files.contents
        today = self.clock.day(None)
        heard = list(channels(contents.commune, contents.box, contents.schedules))
        dates = [today + timedelta(days=number) for number in range(days)]
        for here in (True, False):
            for problem in crowded(schedules_of(heard, here), dates, MOST_A_DAY):
                yield Finding(problem)
        over = {name for name, one in contents.bulletins.items() if one.valid_until and one.valid_until < today}
        airings = [one for one in self.airings(*self.clock.window(None, days)) if one.bulletin not in over]
        rest, outside = outside_validity(airings, contents.bulletins)
        known = {*contents.bulletins, *contents.broken}
        for problem in [*outside, *coming(contents.schedules, (one for one in rest if one.bulletin in (None, *known)))]:
            yield Finding(problem, mistake=False)

    def take_in(self, path: Path) -> list[Message]:
        """One document, recording or sheet; what came of it and what was left out. Raises `BadFile`, `BadUsage`."""
        from ..importers import imports

        return imports.take_in(path, self.paths.home, read_text.readings(self.files.commune))

    def export(self, output: Path) -> None:
        """All schedules as one sheet."""
        from ..importers import sheets

        sheets.write(self.paths.home, output)
