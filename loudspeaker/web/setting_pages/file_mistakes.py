"""Lỗi trong tệp: what is wrong with people's files, each mistake beside its line, and what is used meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from ...config.folder import STANDS_IN
from ...config.source import read_file
from ...errors import BadFile, Message, Problem
from ...station.station import Station
from ..pages import PageRequest, Routes
from ..shared_station import village_names

SCHEDULE, BULLETIN = "schedules/", "bulletins/"


@dataclass(frozen=True, slots=True)
class WrongLine:
    """One thing that is wrong, and the line as it is written; 0 and "" where it is about the whole file."""

    line: int
    written: str
    message: Message


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file with mistakes. `until` is when its last good version stands in no more; None where none does."""

    path: str
    name: str  # of the village whose schedule it is, the id of a bulletin; "" for what is nobody's
    mistakes: tuple[WrongLine, ...]
    until: datetime | None

    @property
    def is_schedule(self) -> bool:
        return self.path.startswith(SCHEDULE)

    @property
    def is_bulletin(self) -> bool:
        return self.path.startswith(BULLETIN)

    @property
    def line(self) -> int:
        """The first line that is wrong."""
        return next((mistake.line for mistake in self.mistakes if mistake.line), 0)


def broken_files(station: Station, folder: str = "") -> list[BrokenFile]:
    """All files below `folder` with mistakes, in order."""
    problems: dict[str, list[Problem]] = {}
    for problem in station.files.problems:
        if problem.path.startswith(folder):
            problems.setdefault(problem.path, []).append(problem)
    return [_broken_file(station, path, problems[path]) for path in sorted(problems)]


def _broken_file(station: Station, path: str, problems: Iterable[Problem]) -> BrokenFile:
    written = _lines(station, path)
    wrong = (problem for problem in problems if problem.message != STANDS_IN)
    mistakes = (WrongLine(problem.line, written.get(problem.line, ""), problem.message) for problem in wrong)
    return BrokenFile(path, _name(station, path), tuple(mistakes), station.files.stands_in_until(path))


def _lines(station: Station, path: str) -> Mapping[int, str]:
    """What stands in a file, by line from 1; nothing where it cannot be read at all."""
    try:
        data = read_file(station.files.folder.home, path)
    except BadFile:
        return {}
    return dict(enumerate(data.decode("utf-8", "replace").splitlines(), 1))


def _name(station: Station, path: str) -> str:
    stem = path.rpartition("/")[2].rpartition(".")[0]
    if path.startswith(SCHEDULE):
        return village_names(station).get(stem, stem)
    return stem if path.startswith(BULLETIN) else ""


def show_mistakes(page: PageRequest) -> Response:
    with page.console.shared_station.station() as station:
        files, zone = broken_files(station), station.files.commune.zone
    return page.page("file_mistakes.html", files=files, zone=zone)


ROUTES: Routes = {"GET /tep-loi": show_mistakes}
