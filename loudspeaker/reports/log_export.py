"""A box's log as JSON lines, to be carried to another machine: a line about the box, then every entry with its hash.

What is read back is only believed where its hash chain is whole. Logs are read and written entry by entry: one of ten
years is larger than a small machine's memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ..errors import BadFile, Message, Problem
from ..model.asrun_record import AsRunRecord
from ..plaintext import escape_json
from ..store.asrun import AsRunLog, Progress
from ..store.atomic import write_atomic
from ..store.entries import VERDICT, record_of
from ..store.hash_chain import BrokenChain, canonical_json, check_entries
from .records import RecordStore

LONGEST_LINE = 1_000_000  # bytes: no entry is so long, and what is cut here is no entry
FORMAT = "loudspeaker as-run log"
LINE = re.compile(rb'\{"hash":"(?P<hash>\w+)","entry":(?P<entry>\{.*\})\}\r?\n?')  # as `export_log` writes it
REQUEST = "asked"
NEEDED = tuple(f'"kind":"{kind}"' for kind in (VERDICT, REQUEST))  # in the text of entries that a report needs


@dataclass(frozen=True, slots=True)
class BoxLog:
    """One box's as-run log between two instants: what it covers, and its head."""

    origin: str  # the file, "" for this box
    commune: str  # id
    villages: frozenset[str]
    begins: datetime | None  # when the first airing in it was due; None where there is none yet
    ends: datetime  # when it was read or exported
    entries: int
    head: str  # the hash of its last entry

    def covers(self, village: str, moment: datetime) -> bool:
        """Would this box have logged an airing in `village` at `moment`?"""
        return self.begins is not None and village in self.villages and self.begins <= moment <= self.ends

    def overlaps(self, begins: datetime, ends: datetime) -> bool:
        """Does it cover any of [begins, ends)?"""
        return self.begins is not None and self.begins < ends and begins <= self.ends


def read_own_log(
    log: AsRunLog, villages: Iterable[str], now: datetime, begins: datetime, ends: datetime, records: RecordStore
) -> BoxLog:
    """The log of this box, which plays `villages`; its verdicts of [begins, ends) are added to `records`."""
    with log.snapshot():
        records.add(_with_title(record, log) for record in log.records(begins, ends))
        return BoxLog("", log.commune, frozenset(villages), log.begins(), now, log.count(), log.head())


def export_log(
    log: AsRunLog, villages: Iterable[str], now: datetime, path: Path, progress: Progress | None = None
) -> BoxLog:
    """Write the log of this box, which plays `villages`, into the file `path`; what was written, but for its beginning.

    Raises `WriteError`.
    """

    def fill(file: BinaryIO) -> None:
        file.write(f"{json.dumps(head, ensure_ascii=False)}\n".encode())
        file.writelines(export_line(text, hash).encode() for _, text, hash in log.entries(progress))

    with log.snapshot():
        written = BoxLog(path.name, log.commune, frozenset(villages), None, now, log.count(), log.head())
        head = {
            "kind": FORMAT,
            "commune": written.commune,
            "villages": sorted(written.villages),
            "exported_at": now.isoformat(),
            "entries": written.entries,
            "head": written.head,
        }
        write_atomic(path, fill)
    return written


def read_export(path: Path, records: RecordStore) -> BoxLog:
    """The log in an exported file, if it is whole; its verdicts are added to `records`.

    Raises `BadFile` with the first line that is wrong.
    """
    if not path.is_file():  # a pipe would keep us waiting, a device has no end
        raise _bad_file(path, 0, Message("this is not a plain file"))
    with path.open("rb") as file:
        declared = _read_head(path, file.readline(LONGEST_LINE))
        reader = _ExportReader(path, iter(lambda: file.readline(LONGEST_LINE), b""), declared.commune)
        try:
            records.add(reader.records())
        except BrokenChain as error:
            raise _bad_file(path, error.number + 1, error.message) from error
    if reader.entries != declared.entries or (reader.entries and reader.head != declared.head):
        raise _bad_file(path, reader.entries + 1, Message("the exported log is not complete; export it again"))
    return replace(declared, begins=reader.begins)


@dataclass(frozen=True, slots=True)
class ExportedChain:
    """What an exported log says of itself, how many entries it has, and the hashes of some of them by their number."""

    commune: str
    villages: frozenset[str]
    entries: int
    hashes: Mapping[int, str]


def read_chain(path: Path, numbers: Collection[int]) -> ExportedChain:
    """The chain of an exported log, whether or not it ends where it says. `numbers` are entries, counted from 1.

    Raises `BadFile` with the first line that is not what was written.
    """
    with path.open("rb") as file:
        declared = _read_head(path, file.readline(LONGEST_LINE))
        lines = iter(lambda: file.readline(LONGEST_LINE), b"")
        hashes, last = {}, 0
        try:
            for last, _text, hash in check_entries(declared.commune, _entries(path, lines)):
                if last in numbers:
                    hashes[last] = hash
        except BrokenChain as error:
            raise _bad_file(path, error.number + 1, error.message) from error
    return ExportedChain(declared.commune, declared.villages, last, hashes)


class _ExportReader:
    """One pass through the entries of an exported log. Its attributes are final once all records were taken."""

    def __init__(self, path: Path, lines: Iterable[bytes], commune: str) -> None:
        self._path = path
        self._entries = check_entries(commune, _entries(path, lines))
        self.entries = 0
        self.head = ""
        self.begins: datetime | None = None

    def records(self) -> Iterator[AsRunRecord]:
        """Its verdicts. Raises `BrokenChain`, `BadFile`."""
        titles: dict[str, str] = {}  # of requests: older verdicts have none of their own
        for number, text, hash in self._entries:
            self.entries, self.head = number, hash
            if not any(part in text for part in NEEDED):
                continue
            try:
                entry = json.loads(text)
                if entry["kind"] == REQUEST:
                    titles[entry["airing"]] = entry["facts"]["airing"]["title"]
                if entry["kind"] != VERDICT:
                    continue
                record = record_of(entry)
            except (ValueError, KeyError, TypeError) as error:
                raise _broken_log(self._path, number) from error
            self.begins = min(self.begins or record.scheduled_at, record.scheduled_at)
            title = titles.pop(record.id, "")
            yield record if record.title else record.with_title(title)


def export_line(text: str, hash: str) -> str:
    """An entry as it is stored, unless it holds control characters: then as JSON that says the same without them.

    The order of the two tells which: what is not as it is stored is brought into canonical form before it is hashed.
    """
    escaped = escape_json(text)
    return f'{{"hash":"{hash}","entry":{text}}}\n' if escaped == text else f'{{"entry":{escaped},"hash":"{hash}"}}\n'


def _read_head(path: Path, line: bytes) -> BoxLog:
    """What the first line says of the log; when it begins is not said there."""
    try:
        head = json.loads(line)
        ends, villages = datetime.fromisoformat(head["exported_at"]), frozenset(head["villages"])
        if head["kind"] == FORMAT:
            return BoxLog(path.name, head["commune"], villages, None, ends, head["entries"], head["head"])
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise _bad_file(path, 1, Message("this is no exported log; make one with “loudspeaker log --export FILE”"))


def parse_export_line(line: bytes) -> tuple[str, str]:
    """The stored text and the hash of an entry as it was exported. Raises `ValueError`, `KeyError`, `TypeError`."""
    if as_written := LINE.fullmatch(line):
        return as_written["entry"].decode(), as_written["hash"].decode()
    exported = json.loads(line)  # some other program may have written the same JSON in its own way
    return canonical_json(exported["entry"]), str(exported["hash"])


def _entries(path: Path, lines: Iterable[bytes]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(lines, 1):
        try:
            text, hash = parse_export_line(line)
        except (ValueError, KeyError, TypeError) as error:
            raise _broken_log(path, number) from error
        yield number, text, hash


def _with_title(record: AsRunRecord, log: AsRunLog) -> AsRunRecord:
    """The record with its title: older ones have it only in the request, where a person made one."""
    for request in log.events(REQUEST, record.id) if record.by and not record.title else ():
        airing = request.facts["airing"]
        return record.with_title(airing["title"] if isinstance(airing, Mapping) else "")
    return record


def _broken_log(path: Path, number: int) -> BadFile:
    message = Message("the log is broken: entry {number} is not what was written", number=number)
    return _bad_file(path, number + 1, message)


def _bad_file(path: Path, line: int, message: Message) -> BadFile:
    return BadFile([Problem(path.name, line, message)])
