"""Schedules as officers edit them: their entries, what a change would do before it is saved, and the saving.

Nothing is written but by `save`, which writes all files of a change or none, and only over what the editor has seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ...config import schedule_entries, schedule_file
from ...config.entry_sentences import describe_entry
from ...config.schedule_entries import Entry
from ...config.source import read_file
from ...errors import BadUsage, Message, NotFound
from ...model.schedule_change import Adjustment, EntryKey
from ...store.asrun import AsRunLog
from ...store.edits import EditConflict, FileEdit, apply_edits, content_revision, revision_of
from ..commune_clock import CommuneClock
from ..deliveries.membership import must_be_edited_here
from ..paths import StationPaths
from ..people_files import StationFiles
from ..planner import Planner
from ..reviews import EDIT
from .what_if import AHEAD, Change, ChangeEffect, SupposedChange, WhatIf, must_be_bearable


@dataclass(frozen=True, slots=True)
class EntrySource:
    """One entry of a village's schedule as it is written in the file `path`."""

    village: str
    name: str
    entry: Entry
    path: str

    @property
    def revision(self) -> str:
        """Changes with the entry, and with nothing else of its file."""
        return _entry_revision(self.entry)

    @property
    def words(self) -> Message:
        """When it is aired."""
        return describe_entry(self.entry)


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """What is to become of one entry: `name` is that of one which is there, "" a new one, `entry` None none any more.

    `seen` is its revision when the editor has seen it; "" where whatever is there may be changed.
    """

    village: str
    name: str
    entry: Entry | None
    seen: str = ""


class ScheduleEditing:
    """The verbs of editing schedules. `log` opens the station's log, `write` writes all files of a change or none."""

    def __init__(
        self,
        paths: StationPaths,
        files: StationFiles,
        clock: CommuneClock,
        planner: Planner,
        log: Callable[[], AsRunLog],
        write: Callable[[Path, Change, str], None] = apply_edits,
    ) -> None:
        self._paths = paths
        self._write = write
        self._files = files
        self._planner = planner
        self._log = log
        self._what_if = WhatIf(files, clock, planner, log)

    @property
    def _home(self) -> Path:
        return self._files.folder.home

    # What there is.

    def entries(self, village: str) -> list[EntrySource]:
        """The entries of a village's schedule. Raises `NotFound`, `BadFile` where its file is broken."""
        village = self._files.village_id(village)
        path, data = self._schedule(village)
        entries = schedule_entries.raw_entries(data)
        return [EntrySource(village, schedule_entries.entry_name(entry), entry, path) for entry in entries]

    def entry(self, village: str, name: str) -> EntrySource:
        """One entry by its name. Raises `NotFound`, `BadFile` where its file is broken."""
        for source in self.entries(village):
            if source.name == name:
                return source
        raise NotFound(Message("“{village}” has no entry “{name}” in its schedule", village=village, name=name))

    def editor(self, path: str) -> tuple[str, datetime] | None:
        """Who saved the present version of a file, and when; None where the log does not tell: another program did."""
        edits = [event for event in self._log().events(EDIT) if event.facts.get("path") == path]
        if not edits or edits[-1].facts.get("after") != revision_of(self._home / path):
            return None
        return str(edits[-1].facts.get("by", "")), edits[-1].at

    # What is to be.

    def must_be_sound(self, entry: Entry) -> None:
        """Raises `BadUsage` with what is wrong with an entry, by its key, `NotFound` for a bulletin that is none."""
        for name in (*entry.get("bulletin", ()), *entry.get("fallback", ())):
            self._files.bulletin_id(name)
        for mistake in schedule_entries.find_mistakes("schedules/x.yaml", [entry], self._files.commune.days):
            raise BadUsage(Message("{key}: {fault}", key=mistake.key, fault=mistake.message))

    def change(self, edits: Iterable[EntryEdit]) -> Change:
        """These edits of entries as edits of files.

        Raises `NotFound`, `BadFile` where a schedule is broken, `EditConflict` where an entry is not what was seen,
        `Refused` where the station takes signed files.
        """
        must_be_edited_here(self._paths)
        by_village: dict[str, list[EntryEdit]] = {}
        for edit in edits:
            by_village.setdefault(self._files.village_id(edit.village), []).append(edit)
        return tuple(self._schedule_edit(village, every) for village, every in by_village.items())

    def adjust(self, edits: Sequence[EntryEdit], adjustments: Iterable[Adjustment]) -> list[EntryEdit]:
        """`edits` with a choice: what it does to the entries that they are about, and to others. Raises `NotFound`."""
        wanted = {adjustment.key: adjustment for adjustment in adjustments}
        named = self._name_entries(edits)
        result = []
        for edit in named:
            own = wanted.pop((edit.village, _name_after(edit)), None)
            result.append(
                replace(edit, entry=schedule_entries.adjust_entry(edit.entry, own)) if own and edit.entry else edit
            )
        for (village, name), adjustment in wanted.items():
            entry = schedule_entries.adjust_entry(self.entry(village, name).entry, adjustment)
            result.append(EntryEdit(village, name, entry))
        return result

    # What it would do, and doing it.

    def suppose(self, change: Change, days: int = AHEAD, about: Collection[EntryKey] = ()) -> ChangeEffect:
        """What a change does in the `days` to come, to everybody whom it concerns. Writes nothing.

        `about` are entries (village, name) whose airings are told though they are not changed (yet).
        Raises `BadFile` with what is wrong with a file.
        """
        return self.prepare(change, days, about).effect()

    def prepare(self, change: Change, days: int = AHEAD, about: Collection[EntryKey] = ()) -> SupposedChange:
        """The same, to be planned once others may have the station. Raises as `suppose` does."""
        return self._what_if.suppose(change, days, about)

    def free_times(self, change: Change) -> tuple[int, ...]:
        """In each session the first time that is still free for the entries of a change. Raises as `suppose` does."""
        return self._what_if.free_times(change)

    def save(self, effect: ChangeEffect, by: str, accept_late: bool = False) -> None:
        """Write the files of a change whose effect was shown. The shell has it noted in the log.

        Raises `Refused` where the station takes signed files, for what breaks the policy, makes an airing inaudible, or
        late where that is not accepted, `EditConflict` where somebody else has saved one of the files meanwhile,
        `EditLocked`, `WriteError`.
        """
        if any(edit.path.startswith("schedules/") for edit in effect.change):  # whatever a text does, it is not lost
            must_be_bearable(effect.comparison, accept_late)
        must_be_edited_here(self._paths)
        self._write(self._paths.home, effect.change, by)

    def _schedule(self, village: str) -> tuple[str, bytes]:
        """The file of a village's schedule, empty where there is none. Raises `BadFile` where it is broken."""
        path = f"schedules/{village}.yaml"
        if not (self._home / path).exists():
            return path, b""
        data, contents = read_file(self._home, path), self._files.contents
        if contents.revisions.get(path) != content_revision(data):  # what is used is sound
            schedule_file.parse(path, data, contents.commune.days, {name: name for name in contents.bulletins})
        return path, data

    def _schedule_edit(self, village: str, edits: Sequence[EntryEdit]) -> FileEdit:
        path, before = self._schedule(village)
        data = before or schedule_entries.new_schedule(self._village_name(village))
        for edit in edits:
            data = _edit_entry(path, data, village, edit)
        return FileEdit(path, content_revision(before or None), data)

    def _name_entries(self, edits: Iterable[EntryEdit]) -> list[EntryEdit]:
        """New entries with the names that they will have: none that anything else in the schedule has."""
        taken: dict[str, list[str]] = {}
        named = []
        for edit in edits:
            village = self._files.village_id(edit.village)
            names = taken.setdefault(village, [source.name for source in self.entries(village)])
            entry = edit.entry
            if not edit.name and entry is not None:
                entry = schedule_entries.free_name(entry, names)
                names.append(schedule_entries.entry_name(entry))
            named.append(replace(edit, village=village, entry=entry))
        return named

    def _village_name(self, village: str) -> str:
        return next((schedule.name for schedule in self._files.contents.schedules if schedule.id == village), village)


def _edit_entry(path: str, data: bytes, village: str, edit: EntryEdit) -> bytes:
    """A schedule's file with one entry added, altered or removed. Raises `NotFound`, `BadFile`."""
    if not edit.name:
        assert edit.entry is not None
        return schedule_entries.append_entry(path, data, edit.entry)
    entries = schedule_entries.raw_entries(data)
    names = list(map(schedule_entries.entry_name, entries))
    if edit.name not in names:
        raise NotFound(Message("“{village}” has no entry “{name}” in its schedule", village=village, name=edit.name))
    number = names.index(edit.name)
    if edit.seen and edit.seen != _entry_revision(entries[number]):
        raise EditConflict(Message("somebody else has saved {files} meanwhile", files=path), [path])
    if edit.entry is None:
        return schedule_entries.remove_entry(path, data, number)
    return schedule_entries.alter_entry(path, data, number, edit.entry)


def _name_after(edit: EntryEdit) -> str:
    return schedule_entries.entry_name(edit.entry) if edit.entry else edit.name


def _entry_revision(entry: Entry) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
