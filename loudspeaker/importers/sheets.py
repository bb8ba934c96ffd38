"""`lich.xlsx` into the villages' schedules, and the schedules as the same sheet back.

A row changes the entry of its name, or is added; what the sheet does not name stays, and so do people's comments.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ..config import bulletin_file, commune_file, schedule_file
from ..config.schedule_entries import Entry, alter_entry, append_entry, entry_name, new_schedule, raw_entries
from ..errors import BadFile, Message, Problem
from ..model.broadcast import Broadcast
from ..model.day_set import NamedDay
from ..store.atomic import write_atomic
from ..yamlfile import Splice
from ..yamlfile.tree import MOST_BYTES
from . import files, workbook
from .import_result import ImportResult
from .package import TooBig
from .schedule_table import SheetSchedules, StationNames, read_table, table_rows

LARGEST = 20 * files.MB
TITLE = "Lịch phát"  # of the sheet, as a person sees it in Excel


def import_sheet(path: Path, home: Path) -> ImportResult:
    """What a sheet changes in the schedules below `home`, village by village. Nothing is written.

    Raises `BadFile` with every mistake by its cell, or where a schedule that is to be changed is broken.
    """
    try:
        rows = workbook.read_rows(files.read(path, path.name, LARGEST))
    except TooBig as error:
        raise BadFile([Problem(path.name, 0, Message("the file is too big for a sheet"))]) from error
    except ValueError as error:
        raise BadFile([Problem(path.name, 0, Message("this is no sheet (.xlsx), or it is damaged"))]) from error
    known = _station_names(home)
    table = read_table(path.name, rows, known)
    changes = [_change(home, village, table, known) for village in table.entries]
    counts = [message for _, messages in changes for message in messages]
    return ImportResult([*table.notes, *counts], [splice for splice, _ in changes])


def export_sheet(home: Path, output: Path) -> None:
    """Write all schedules below `home` as one sheet. Raises `BadFile` where one is broken, `WriteError`."""
    known = _station_names(home)
    schedules = {
        name: _sound_entries(_schedule(home, village), village, known) for village, name in known.villages.items()
    }
    write_atomic(output, workbook.write_workbook(TITLE, *table_rows(schedules)))


def _change(home: Path, village: str, sheet: SheetSchedules, known: StationNames) -> tuple[Splice, list[Message]]:
    """A village's schedule as the sheet wants it, and what is new in it."""
    path = f"schedules/{village}.yaml"
    before = _schedule(home, village)
    data = before or new_schedule(known.villages[village])
    schedule_file.parse(path, data, known.days)  # a broken schedule is mended by its people first
    existing = [entry_name(entry) for entry in raw_entries(data)]
    new = changed = 0
    for entry in sheet.entries[village]:
        if entry_name(entry) not in existing:
            data, new = append_entry(path, data, entry), new + 1
        elif (better := _merge_entry(path, data, existing.index(entry_name(entry)), entry, sheet, known)) != data:
            data, changed = better, changed + 1
    same = len(sheet.entries[village]) - new - changed
    counts = Message(
        "{path}: {new} new, {changed} changed, {same} as before", path=path, new=new, changed=changed, same=same
    )
    return Splice(path, before, data), [counts, *_unnamed_notes(path, existing, sheet.entries[village])]


def _unnamed_notes(path: str, existing: list[str], entries: list[Entry]) -> list[Message]:
    named = {entry_name(entry) for entry in entries}
    names = ", ".join(name for name in existing if name not in named)
    return [Message("{path}: not in the sheet, and still there: {names}", path=path, names=names)] if names else []


def _merge_entry(path: str, data: bytes, at: int, entry: Entry, sheet: SheetSchedules, known: StationNames) -> bytes:
    """The file with one entry as the sheet has it; what the sheet has no column for stays."""
    remaining = {key: value for key, value in raw_entries(data)[at].items() if key not in sheet.keys}
    better = alter_entry(path, data, at, {**remaining, **entry})
    same = _broadcast(path, data, at, known) == _broadcast(path, better, at, known)
    return data if same else better


def _broadcast(path: str, data: bytes, at: int, known: StationNames) -> Broadcast:
    return schedule_file.parse(path, data, known.days).broadcasts[at]


def _sound_entries(data: bytes, village: str, known: StationNames) -> list[Entry]:
    """The entries of a schedule. Raises `BadFile` where it is broken."""
    if data:
        schedule_file.parse(f"schedules/{village}.yaml", data, known.days)
    return raw_entries(data)


def _station_names(home: Path) -> StationNames:
    ours = commune_file.parse("commune.yaml", _read(home, "commune.yaml"))
    ids = [*ours.villages, *(path.stem for path in sorted(home.glob("schedules/*.yaml")))]
    villages = {village: _display(home, village, ours.days) for village in dict.fromkeys(ids)}
    bulletins = {path.stem: _title(path) for path in sorted(home.glob("bulletins/*.md"))}
    return StationNames(villages, bulletins, ours.days)


def _display(home: Path, village: str, days: Mapping[str, NamedDay]) -> str:
    """A village's name for display; where its schedule is broken or none is there, its id."""
    try:
        return schedule_file.parse(f"schedules/{village}.yaml", _schedule(home, village), days).name
    except BadFile:
        return village


def _title(path: Path) -> str:
    """A bulletin's title; a broken one is reported elsewhere, and is found by its id."""
    try:
        return bulletin_file.parse(path.name, files.read(path, path.name, MOST_BYTES)).title
    except BadFile:
        return path.stem


def _schedule(home: Path, village: str) -> bytes:
    return _read(home, f"schedules/{village}.yaml")


def _read(home: Path, name: str) -> bytes:
    """One of the station's own files, which may be anything; nothing where there is none."""
    return files.read(home / name, name, MOST_BYTES) if os.path.lexists(home / name) else b""
