"""Checks people's files: every mistake at once, doubts of the readings, and what the coming days would not allow.

The files are read as they are: no last good version stands in. What one broken file leaves unknown is not guessed at.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from ..clock import SystemClock
from ..config.folder import Folder
from ..config.source import Source
from ..errors import BadFile, Message, Problem
from ..model.airing import Airing
from ..model.broadcast import VillageSchedule
from ..model.bulletin import Bulletin, Part
from ..model.commune import Commune
from ..model.enums import Expected
from ..model.spoken_text import Doubt, ReadingSettings
from ..schedule.admission import format_date
from ..schedule.channels import channels, schedules_of
from ..schedule.crowd import MOST_A_DAY, report_crowded_days
from ..schedule.lint import broken_plans, missing_bulletins, no_bulletin, unknown_villages, why_never
from ..station import read_text
from ..station.commune_clock import CommuneClock
from ..station.people_files import StationFiles
from ..station.planner import Planner
from ..station.station import Station
from ..text.reading import read
from .stray_files import strays


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a file: a mistake, or else a warning."""

    problem: Problem
    mistake: bool = True


FindDoubts = Callable[[Part], Sequence[Doubt]]
Bulletins = Mapping[str, Bulletin | None]  # by id; None for one of which nothing can be understood


def survey_files(folder: Folder, now: datetime, find_doubts: FindDoubts | None = None) -> list[Finding]:
    """All that the files tell by themselves, whatever is broken, in the order of files and lines.

    `find_doubts` returns the doubts of a part of a bulletin; without it the texts are read here.
    """
    survey = folder.survey(now)
    commune, box = survey.commune.understood, survey.box.value
    bulletins = {name: loaded.understood for name, loaded in survey.bulletins.items()}
    schedules = survey.schedules.values()
    sound = [loaded.value for loaded in schedules if loaded.value]
    find_doubts = find_doubts or partial(_find_doubts, (commune or Commune("", "")).reading_settings)
    mistakes = survey.problems
    mistakes += missing_bulletins((loaded.understood for loaded in schedules if loaded.understood), bulletins)
    warnings: list[Problem] = []
    for bulletin in filter(None, bulletins.values()):
        mistakes += _missing_all_clear(bulletin, bulletins)
        mistakes += _missing_recordings(bulletin, folder)
        warnings += _doubt_problems(bulletin, find_doubts)
    if commune:
        mistakes += commune.mistakes
        mistakes += _missing_signals(commune, folder)
        today = now.astimezone(commune.zone).date()
        warnings += _never_aired(sound, bulletins, today)
        warnings += _expired_bulletins(sound, bulletins, today)
        if box and survey.commune.value:
            warnings += unknown_villages(commune, box, _own(sound))
    warnings += strays(folder.box_source.folder) if folder.box_source.folder == folder.home else _unread(folder)
    findings = [Finding(problem, mistake=True) for problem in dict.fromkeys(mistakes)]
    return sorted([*findings, *(Finding(problem, mistake=False) for problem in dict.fromkeys(warnings))], key=_sort_key)


def _own(schedules: Iterable[VillageSchedule]) -> list[VillageSchedule]:
    """Those of the commune itself, which are named by villages."""
    return [schedule for schedule in schedules if not schedule.origin]


def _unread(folder: Folder) -> Iterator[Problem]:
    """Folders in which people may go on editing, though the station takes signed files."""
    for name in ("bulletins", "schedules"):
        if (folder.box_source.folder / name).is_dir():
            yield Problem(name, 0, Message("this station takes its files signed: nothing is read from this folder"))


def _missing_all_clear(bulletin: Bulletin, known: Collection[str]) -> Iterator[Problem]:
    if bulletin.all_clear and bulletin.all_clear not in known:
        message = no_bulletin(bulletin.all_clear, known)
        yield Problem(bulletin.path, bulletin.lines.get("all_clear", 0), message)


def check_files(station: Station, days: int = 30) -> list[Finding]:
    """Every mistake in every file, doubts of the readings, and what the coming `days` would not allow.

    The files are read as they are: no last good version stands in. What the station has read stays as it is.
    """
    folder = station.files.folder.as_they_are()
    planner, sound = station.planner, False
    with suppress(BadFile):  # commune.yaml or box.yaml: nothing can be planned, which is told like all else
        planner = Planner(station.paths, StationFiles(folder, station.clock), station.planner.voices)
        sound = True
    texts = planner.texts
    findings = survey_files(
        folder, station.clock.now(), lambda part: texts.speech(part.text or "", (), part.line).doubts
    )
    return [*findings, *_plan_findings(station, planner, days)] if sound else findings


def _plan_findings(station: Station, planner: Planner, days: int) -> Iterator[Finding]:
    contents, clock = planner.contents, CommuneClock(station.clock, lambda: planner.contents.commune.zone)
    today = clock.day(None)
    heard = list(channels(contents.commune, contents.box, planner.schedules))
    dates = [today + timedelta(days=number) for number in range(days)]
    for here in (True, False):
        for problem in report_crowded_days(schedules_of(heard, here), dates, MOST_A_DAY):
            yield Finding(problem)
    over = {
        name for name, bulletin in contents.bulletins.items() if bulletin.valid_until and bulletin.valid_until < today
    }
    planned = planner.plan(*clock.window(None, days), station.log)
    rest, outside = split_by_validity((airing for airing in planned if airing.bulletin not in over), contents.bulletins)
    known = {*contents.bulletins, *contents.broken}
    readable = (airing for airing in rest if airing.bulletin in (None, *known))
    for problem in [*outside, *broken_plans(planner.schedules, readable)]:
        yield Finding(problem, mistake=False)


def check_unopenable(home: Path, error: BadFile) -> list[Finding]:
    """As `check_files`, where `error` kept the station from being opened at all."""
    if not os.path.lexists(home / "commune.yaml"):
        return [Finding(problem) for problem in error.problems]
    return survey_files(Folder([Source(home)]), SystemClock().now())


def split_by_validity(
    airings: Iterable[Airing], bulletins: Mapping[str, Bulletin]
) -> tuple[list[Airing], list[Problem]]:
    """The airings without those that a bulletin's validity alone keeps from being aired, and a sentence a bulletin."""
    rest: list[Airing] = []
    early: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for airing in airings:
        bulletin, day = bulletins.get(airing.bulletin or ""), airing.scheduled_at.date()
        if bulletin is None or airing.expected is not Expected.REFUSED:
            rest.append(airing)
        elif bulletin.valid_from and day < bulletin.valid_from:
            early[bulletin.id] += 1
        elif bulletin.valid_until and day > bulletin.valid_until:
            late[bulletin.id] += 1
        else:
            rest.append(airing)
    return rest, [*_validity_problems(early, late, bulletins)]


def _validity_problems(early: Counter[str], late: Counter[str], bulletins: Mapping[str, Bulletin]) -> Iterator[Problem]:
    for name, count in early.items():
        bulletin = bulletins[name]
        assert bulletin.valid_from
        message = Message(
            "it is valid from {day} on: {count} airings before that will not be aired",
            day=format_date(bulletin.valid_from),
            count=count,
        )
        yield Problem(bulletin.path, bulletin.lines.get("valid", 0), message)
    for name, count in late.items():
        bulletin = bulletins[name]
        assert bulletin.valid_until
        message = Message(
            "it is valid until {day}: {count} airings after that will not be aired",
            day=format_date(bulletin.valid_until),
            count=count,
        )
        yield Problem(bulletin.path, bulletin.lines.get("valid", 0), message)


def _sort_key(finding: Finding) -> tuple[int, str, int]:
    first = ("commune.yaml", "box.yaml")
    path = finding.problem.path
    return (first.index(path) if path in first else len(first)), path, finding.problem.line


def _doubt_problems(bulletin: Bulletin, find_doubts: FindDoubts) -> Iterator[Problem]:
    for part in bulletin.parts:
        if part.text and part.spoken is None:
            yield from read_text.doubt_problems(bulletin.path, find_doubts(part))


def _find_doubts(readings: ReadingSettings, part: Part) -> Sequence[Doubt]:
    doubts = read(part.text or "", readings).doubts
    return [doubt.shift(part.line - 1) for doubt in doubts]


def _missing_recordings(bulletin: Bulletin, folder: Folder) -> Iterator[Problem]:
    for part in bulletin.parts:
        if part.audio and folder.recording_state(part.audio) is None:
            yield Problem(bulletin.path, part.line, Message("the recording {file} is missing", file=part.audio))


def _missing_signals(commune: Commune, folder: Folder) -> Iterator[Problem]:
    for file in dict.fromkeys((commune.chime, commune.music, *commune.alarm_tails.values())):
        if file and folder.recording_state(file) is None:
            yield Problem("commune.yaml", 0, Message("the recording {file} is missing", file=file))


def _never_aired(
    schedules: Iterable[VillageSchedule], bulletins: Mapping[str, Bulletin | None], today: date
) -> Iterator[Problem]:
    """Entries of sound files that will not be aired again, and of which nothing else says why."""
    for schedule in schedules:
        for entry in schedule.broadcasts:
            bulletin = bulletins.get(entry.bulletin or "")
            valid = (bulletin.valid_from, bulletin.valid_until) if bulletin else (None, None)
            if entry.times and (message := why_never(entry, today, valid)):
                yield Problem(schedule.path, entry.line, message)


def _expired_bulletins(
    schedules: Iterable[VillageSchedule], bulletins: Mapping[str, Bulletin | None], today: date
) -> Iterator[Problem]:
    """Bulletins that are over and still scheduled: one sentence each."""
    used = Counter(entry.bulletin for schedule in schedules for entry in schedule.broadcasts)
    for name, bulletin in bulletins.items():
        if bulletin and used[name] and bulletin.valid_until and bulletin.valid_until < today:
            message = Message(
                "its validity ended on {day}: {count} entries of the schedules are not aired any more",
                day=format_date(bulletin.valid_until),
                count=used[name],
            )
            yield Problem(bulletin.path, bulletin.lines.get("valid", 0), message)
