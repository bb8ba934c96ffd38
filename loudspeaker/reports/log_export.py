"""A box's log as JSON lines, to be carried to another machine: a line about the box, then every entry with its hash.

What is read back is only believed where its chain is whole. What a report makes of it is not known here. Logs are read
and written entry by entry: one of ten years is larger than a small machine's memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import BadFile, Message, Problem
from ..model.asrun_record import AsRunRecord
from ..plaintext import escape_json
from ..store.asrun import AsRunLog, Progress
from ..store.atomic import write_atomic
from ..store.entries import VERDICT, record_of
from ..store.hash_chain import BrokenChain, canonical_json, check_entries
from .records import Records

LONGEST_LINE = 1_000_000  # bytes: no entry is so long, and what is cut here is no entry
KIND = "loudspeaker as-run log"
LINE = re.compile(rb'\{"hash":"(?P<hash>\w+)","entry":(?P<entry>\{.*\})\}\r?\n?')  # as `write` puts it
ASKED = "asked"
MARKS = tuple(f'"kind":"{kind}"' for kind in (VERDICT, ASKED))  # in the stored text of what a report needs


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

    def covers(self, village: str, moment: datetime) -> bool:
        """Would this box have written down what became of an airing in `village` at `moment`?"""
        return self.begins is not None and village in self.villages and self.begins <= moment <= self.ends

    def overlaps(self, begins: datetime, ends: datetime) -> bool:
        """Does it tell of any of this time?"""
        return self.begins is not None and self.begins < ends and begins <= self.ends


def own(
    log: AsRunLog, villages: Iterable[str], now: datetime, begins: datetime, ends: datetime, records: Records
) -> Journal:
    """The journal of this box, which plays `villages`; its verdicts of [begins, ends) are added to `records`."""
    with log.snapshot():
        records.add(_titled(record, log) for record in log.records(begins, ends))
        return Journal("", log.commune, frozenset(villages), log.begins(), now, log.count(), log.head())


def write(log: AsRunLog, villages: Iterable[str], now: datetime, path: Path, progress: Progress | None = None) -> None:
    """Export the log of this box. Raises `WriteError`."""

    def fill(file: BinaryIO) -> None:
        file.write(f"{json.dumps(about, ensure_ascii=False)}\n".encode())
        file.writelines(_line(text, hash).encode() for _, text, hash in log.entries(progress))

    with log.snapshot():
        about = {
            "kind": KIND,
            "commune": log.commune,
            "villages": sorted(villages),
            "exported_at": now.isoformat(),
            "entries": log.count(),
            "head": log.head(),
        }
        write_atomic(path, fill)


def read(path: Path, records: Records) -> Journal:
    """An exported log, whole as it was written; its verdicts are added to `records`.

    Raises `BadFile` with the first line that is wrong.
    """
    if not path.is_file():  # a pipe would keep us waiting, a device has no end
        raise _bad(path, 0, Message("this is not a plain file"))
    with path.open("rb") as file:
        about = _about(path, file.readline(LONGEST_LINE))
        found = _Reading(path, iter(lambda: file.readline(LONGEST_LINE), b""), about["commune"])
        try:
            records.add(found.records())
        except BrokenChain as error:
            raise _bad(path, error.number + 1, error.message) from error
    if found.entries != about["entries"] or (found.entries and found.head != about["head"]):
        raise _bad(path, found.entries + 1, Message("the exported log is not complete; export it again"))
    exported_at = datetime.fromisoformat(about["exported_at"])
    where = path.name, about["commune"], frozenset(about["villages"])
    return Journal(*where, found.begins, exported_at, found.entries, about["head"])


class _Reading:
    """One pass through the entries of an exported log. What it found out counts once all records have been taken."""

    def __init__(self, path: Path, lines: Iterable[bytes], commune: str) -> None:
        self._path = path
        self._entries = check_entries(commune, _entries(path, lines))
        self.entries = 0
        self.head = ""
        self.begins: datetime | None = None

    def records(self) -> Iterator[AsRunRecord]:
        """Its verdicts. Raises `BrokenChain`, `BadFile`."""
        titles: dict[str, str] = {}  # of what was asked for: older verdicts have none of their own
        for number, text, told in self._entries:
            self.entries, self.head = number, told
            if not any(mark in text for mark in MARKS):
                continue
            try:
                entry = json.loads(text)
                if entry["kind"] == ASKED:
                    titles[entry["airing"]] = entry["facts"]["airing"]["title"]
                if entry["kind"] != VERDICT:
                    continue
                record = record_of(entry)
            except (ValueError, KeyError, TypeError) as error:
                raise _wrong(self._path, number) from error
            self.begins = min(self.begins or record.scheduled_at, record.scheduled_at)
            title = titles.pop(record.id, "")
            yield record if record.title else record.with_title(title)


def _line(text: str, hash: str) -> str:
    """An entry as it is stored, unless it holds control characters: then as JSON that says the same without them.

    The order of the two tells which: what is not as it is stored is brought into canonical form before it is hashed.
    """
    shown = escape_json(text)
    return f'{{"hash":"{hash}","entry":{text}}}\n' if shown == text else f'{{"entry":{shown},"hash":"{hash}"}}\n'


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
            if as_written := LINE.fullmatch(line):
                yield number, as_written["entry"].decode(), as_written["hash"].decode()
            else:  # some other program may have written the same JSON in its own way
                told = json.loads(line)
                yield number, canonical_json(told["entry"]), str(told["hash"])
        except (ValueError, KeyError, TypeError) as error:
            raise _wrong(path, number) from error


def _titled(record: AsRunRecord, log: AsRunLog) -> AsRunRecord:
    """The record with its title: older ones have it only in what was asked for, where somebody did."""
    asked: Sequence[Any] = [] if record.title or not record.by else log.events(ASKED, record.id)
    return record.with_title(asked[0].facts["airing"]["title"]) if asked else record


def _wrong(path: Path, number: int) -> BadFile:
    message = Message("the log is broken: entry {number} is not what was written", number=number)
    return _bad(path, number + 1, message)


def _bad(path: Path, line: int, message: Message) -> BadFile:
    return BadFile([Problem(path.name, line, message)])
