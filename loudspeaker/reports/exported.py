"""A box's log as JSON lines, to be carried to another machine: a line about the box, then every entry with its hash.

What is read back is only believed where its chain is whole. What a report makes of it is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import BadFile, Message, Problem
from ..playout.record import Record
from ..store.asrun import AsRunLog
from ..store.chain import Broken, canonical, head
from ..store.entries import VERDICT, Entry, record_of
from ..store.files import write_whole

KIND = "loudspeaker as-run log"


@dataclass(frozen=True, slots=True)
class Journal:
    """What one box wrote down between two instants, and for which villages."""

    origin: str  # the file, "" for this box
    commune: str  # id
    villages: frozenset[str]
    begins: datetime | None  # when the first airing was due that it tells of; None where there is none yet
    ends: datetime  # when it was read out
    entries: int
    head: str
    records: tuple[Record, ...]

    def covers(self, village: str, moment: datetime) -> bool:
        """Would this box have written down what became of an airing in `village` at `moment`?"""
        return self.begins is not None and village in self.villages and self.begins <= moment <= self.ends

    def overlaps(self, begins: datetime, ends: datetime) -> bool:
        """Does it tell of any of this time?"""
        return self.begins is not None and self.begins < ends and begins <= self.ends


def own(log: AsRunLog, villages: Iterable[str], now: datetime) -> Journal:
    """The journal of this box, which plays `villages`."""
    entries = list(log.entries())
    return _journal("", log.commune, villages, now, entries[-1][2] if entries else "", _parsed(entries))


def write(log: AsRunLog, villages: Iterable[str], now: datetime, path: Path) -> None:
    """Export the log of this box. Raises `NotWritten`."""
    entries = list(log.entries())
    about = {
        "kind": KIND,
        "commune": log.commune,
        "villages": sorted(villages),
        "exported_at": now.isoformat(),
        "entries": len(entries),
        "head": entries[-1][2] if entries else "",
    }
    lines = (f'{{"hash":"{hash}","entry":{text}}}\n' for _, text, hash in entries)
    write_whole(path, f"{json.dumps(about, ensure_ascii=False)}\n{''.join(lines)}".encode())


def read(path: Path) -> Journal:
    """An exported log, whole as it was written. Raises `BadFile` with the first line that is wrong."""
    lines = path.read_bytes().splitlines()
    about = _about(path, lines[0] if lines else b"")
    entries = list(_entries(path, lines[1:]))
    try:
        found = head(about["commune"], entries)
    except Broken as error:
        raise _bad(path, error.number + 1, error.message) from error
    if (entries and found != about["head"]) or len(entries) != about["entries"]:
        raise _bad(path, len(lines), Message("the exported log is not complete; export it again"))
    exported_at = datetime.fromisoformat(about["exported_at"])
    return _journal(path.name, about["commune"], about["villages"], exported_at, about["head"], _parsed(entries))


def _about(path: Path, line: bytes) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(line)
        datetime.fromisoformat(about["exported_at"])
        if about["kind"] == KIND and {"commune", "villages", "entries", "head"} <= about.keys():
            return about
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise _bad(path, 1, Message("this is no exported log; make one with “loudspeaker log --export FILE”"))


def _entries(path: Path, lines: Iterable[bytes]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(lines, 1):
        try:
            told = json.loads(line)
            yield number, canonical(told["entry"]), str(told["hash"])
        except (ValueError, KeyError, TypeError) as error:
            message = Message("the log is broken: entry {number} is not what was written", number=number)
            raise _bad(path, number + 1, message) from error


def _parsed(entries: Iterable[tuple[int, str, str]]) -> list[Entry]:
    return [json.loads(text) for _, text, _ in entries]


def _journal(
    origin: str, commune: str, villages: Iterable[str], ends: datetime, head: str, entries: list[Entry]
) -> Journal:
    asked = {entry["airing"]: entry for entry in entries if entry["kind"] == "asked"}
    records = tuple(_titled(record_of(entry), asked) for entry in entries if entry["kind"] == VERDICT)
    # Events may bear a time that nobody believes, such as 1970; the times of verdicts are a schedule's.
    begins = min((record.scheduled_at for record in records), default=None)
    return Journal(origin, commune, frozenset(villages), begins, ends, len(entries), head, records)


def _titled(record: Record, asked: Mapping[str, Entry]) -> Record:
    """The record with its title: older ones have it only in what was asked for, where somebody did."""
    entry = asked.get(record.id)
    return record if record.title or entry is None else replace(record, title=entry["facts"]["airing"]["title"])


def _bad(path: Path, line: int, message: Message) -> BadFile:
    return BadFile([Problem(path.name, line, message)])
