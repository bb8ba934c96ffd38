"""A sheet's rows as entries of schedules, and back. Pure: text in, text out; every mistake is told by its cell.

What an entry may hold is decided by `schedule.broadcasts` alone: rows are written down as the YAML that an officer
would have typed, one cell a line, and what its reader says of a line is told of that cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..config import schedule_file
from ..config.keywords import KEYS
from ..config.schedule_file import ENTRY_KEYS
from ..config.values import slug
from ..errors import BadFile, Message, Problem
from ..model.day_set import NamedDay
from ..yamlfile import nearest
from ..yamlfile.keys import folded
from .workbook import cell_name

# The sheet as officers know it; whatever else an entry holds gets a column of its own behind these.
COLUMNS = {
    "village": "Thôn", "bulletin": "Bản tin", "at": "Giờ", "on": "Ngày", "days": "Thứ", "from": "Từ", "until": "Đến",
    "except": "Trừ",
}  # fmt: skip
SEVERAL = {"at", "lunar"}  # one value, or a list
LISTS = {"on", "days", "except", "monthdays"}  # a list even of one
LONGEST_TOLD = 60  # letters of a cell that are repeated, or compared with what is known
UNKNOWN = "-"  # stands for what is not known, while the rest of its row is looked at
ALL_VILLAGES = {"tất cả", "toàn xã", "các thôn", "cả xã"}
EVERY_DAY = {"hàng ngày", "hằng ngày", "mỗi ngày", "mọi ngày"}
HEADER_WITHIN = 10  # rows
PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:/-]*[A-Za-z0-9])?")

Entry = dict[str, list[str]]  # English key -> what is written for it


@dataclass(frozen=True, slots=True)
class Known:
    """What a station has already: id -> name for display, and its named days."""

    villages: Mapping[str, str]
    bulletins: Mapping[str, str]
    days: Mapping[str, NamedDay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sheet says: the entries of each village by its id, in order, and the keys it has columns for."""

    keys: frozenset[str]
    entries: Mapping[str, list[Entry]]
    notes: tuple[Message, ...] = ()  # what was taken for something that is written otherwise


class _Names:
    """Ids by what may be written for them: exactly, but for capitals and blanks, and with whatever marks."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.exact: dict[str, list[str]] = {found: [found] for found in known}
        self.near: dict[str, list[str]] = {found: [found] for found in known}
        for found, name in known.items():
            for names, written in ((self.exact, folded(name)), (self.near, slug(name))):
                if found not in names.setdefault(written, []) and written not in known:  # an id goes first
                    names[written].append(found)


@dataclass(slots=True)
class _Table:
    """A sheet whose header has been found, and what is wrong with it so far."""

    name: str
    known: Known
    header: dict[int, str]  # column -> key
    names: Mapping[str, _Names]  # by key
    problems: list[Problem] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    def fault(self, row: int, key: str, message: Message) -> None:
        self.problems.append(Problem(self.cell(row, key), 0, message))

    def cell(self, row: int, key: str) -> str:
        column = next((column for column, found in self.header.items() if found == key), min(self.header))
        return f"{self.name}:{cell_name(row, column)}"


def wanted(name: str, rows: Sequence[Sequence[str]], known: Known) -> Wanted:
    """What the rows of the file `name` ask for. Raises `BadFile` with every mistake, by its cell."""
    at = next((at for at, row in enumerate(rows[:HEADER_WITHIN]) if _is_header(row)), None)
    if at is None:
        message = Message("no row names the columns; they are: {columns}", columns=", ".join(COLUMNS.values()))
        raise BadFile([Problem(name, 0, message)])
    table = _Table(name, known, {}, {"village": _Names(known.villages), "bulletin": _Names(known.bulletins)})
    _read_header(table, rows[at], at)
    found = _read_rows(table, rows, at + 1)
    for village, numbered in found.items():
        _check(table, village, numbered)
    if table.problems:
        raise BadFile(sorted(set(table.problems), key=lambda problem: _place(problem.path)))
    entries = {village: named(entry for _, entry in numbered) for village, numbered in found.items()}
    return Wanted(frozenset(table.header.values()), entries, tuple(table.notes))


def sheet(schedules: Mapping[str, Iterable[Entry]]) -> tuple[list[str], list[list[str]]]:
    """Header and rows that `wanted` reads back as the same; `schedules` are by the villages' names."""
    told = [(village, entry) for village, found in schedules.items() for entry in unnamed(found)]
    more = [key for key in ENTRY_KEYS if key not in COLUMNS and any(key in entry for _, entry in told)]
    twins = {key: twin for twin, key in reversed(KEYS.items())}
    header = [*COLUMNS.values(), *(twins.get(key, key).capitalize() for key in more)]
    keys = [key for key in COLUMNS if key != "village"] + more
    return header, [[village, *(", ".join(entry.get(key, ())) for key in keys)] for village, entry in told]


def named(entries: Iterable[Entry]) -> list[Entry]:
    """The same entries with a name for each second, third … one of a bulletin: names are part of an airing's id."""
    seen: Counter[str] = Counter()
    result = []
    for entry in entries:
        if "name" not in entry and "bulletin" in entry:
            seen[bulletin := entry["bulletin"][0]] += 1
            if seen[bulletin] > 1:
                entry = {**entry, "name": [f"{bulletin}-{seen[bulletin]}"]}
        result.append(entry)
    return result


def unnamed(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Without the names that `named` would give."""
    bare = [{key: value for key, value in entry.items() if key != "name"} for entry in entries]
    for entry, given, told in zip(bare, named(bare), entries, strict=True):
        yield entry if given.get("name") == told.get("name") else told


def flow(entry: Entry) -> str:
    """An entry as YAML on one line.

    >>> flow({"bulletin": ["bluezone"], "at": ["06:05", "17:30"]})
    '{bulletin: bluezone, at: [06:05, 17:30]}'
    """
    return f"{{{', '.join(f'{key}: {_value(key, entry[key])}' for key in _ordered(entry))}}}"


def _ordered(entry: Entry) -> list[str]:
    return [key for key in ENTRY_KEYS if key in entry]


def _value(key: str, texts: list[str]) -> str:
    words = [text if PLAIN.fullmatch(text) else _quoted(text) for text in texts]
    return f"[{', '.join(words)}]" if key in LISTS or len(words) > 1 else words[0]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_header(row: Sequence[str]) -> bool:
    keys = {KEYS.get(folded(cell)) for cell in row}
    return {"village", "at"} <= keys or {"village", "bulletin"} <= keys


def _read_header(table: _Table, row: Sequence[str], at: int) -> None:
    names = {folded(title): key for key, title in COLUMNS.items()}
    names |= {twin: key for twin, key in KEYS.items() if key in (*ENTRY_KEYS, "village") and twin not in names}
    for column, cell in enumerate(row):
        key = names.get(folded(cell), folded(cell))
        if key in ENTRY_KEYS or key == "village":
            table.header[column] = key
        elif cell:
            meant = nearest(folded(cell)[:LONGEST_TOLD], names) or ""
            place = f"{table.name}:{cell_name(at, column)}"
            table.problems.append(Problem(place, 0, _unknown(cell, meant)))


def _unknown(told: str, meant: str) -> Message:
    value = " ".join(told.split())[:LONGEST_TOLD]  # a cell may hold line breaks, and 32,767 letters
    if meant:
        return Message("“{value}” is not known; did you mean “{meant}”?", value=value, meant=meant)
    return Message("“{value}” is not known", value=value)


def _read_rows(table: _Table, rows: Sequence[Sequence[str]], first: int) -> dict[str, list[tuple[int, Entry]]]:
    """Each village's entries with their rows."""
    found: dict[str, list[tuple[int, Entry]]] = {}
    villages: tuple[str, ...] = ()
    for row, cells in enumerate(rows[first:], first):
        told = {key: cells[column] for column, key in table.header.items() if column < len(cells) and cells[column]}
        if not told:
            continue
        villages = _villages(table, row, told.pop("village", ""), villages)
        entry = _entry(table, row, told)
        for village in villages:
            found.setdefault(village, []).append((row, entry))
    return found


def _villages(table: _Table, row: int, told: str, before: tuple[str, ...]) -> tuple[str, ...]:
    """Which villages a row is for: those named, all, or where nothing is written (merged cells) those above."""
    if not told and before:
        return before
    if not told:
        table.fault(row, "village", Message("the village is missing"))
        return (UNKNOWN,)
    if folded(told) in ALL_VILLAGES:
        return tuple(table.known.villages)
    # A name may be broken over two lines of its cell.
    texts = [" ".join(told.split())] if slug(told) in table.names["village"].near else _several(told)
    return tuple(_one_of(table, row, "village", text) for text in texts)


def _one_of(table: _Table, row: int, key: str, told: str) -> str:
    """The id that is meant by an id or a name for display. Other marks are another name, and never taken in silence."""
    names = table.names[key]
    if found := names.exact.get(told) or names.exact.get(folded(told)) or names.near.get(slug(told)):
        if len(found) > 1:
            ids = ", ".join(found)
            table.fault(row, key, Message("several are called “{name}”: {ids}; give the id", name=told, ids=ids))
            return UNKNOWN
        if told not in names.exact and folded(told) not in names.exact:
            cell = table.cell(row, key)
            message = Message("{cell}: “{written}” was taken for “{id}”", cell=cell, written=told, id=found[0])
            table.notes.append(message)
        return found[0]
    close = nearest(slug(told)[:LONGEST_TOLD], names.near)
    table.fault(row, key, _unknown(told, names.near[close][0] if close else ""))
    return UNKNOWN


def _entry(table: _Table, row: int, told: Mapping[str, str]) -> Entry:
    entry = {key: _texts(table, key, text) for key, text in told.items()}
    if "bulletin" in told:
        entry["bulletin"] = [_one_of(table, row, "bulletin", " ".join(told["bulletin"].split()))]
    return {key: texts for key, texts in entry.items() if texts}


def _texts(table: _Table, key: str, text: str) -> list[str]:
    if key not in LISTS | SEVERAL:
        return [" ".join(text.split())]  # a cell may hold a line break
    if key == "days":
        if folded(text) in EVERY_DAY:
            return []
        # Excel takes “2,4” for a number; people write “thứ 2”.
        text = re.sub(r"(?i)thứ\s*(?=\d)", "", text.replace(".", ","))
    return [slug(part) if slug(part) in table.known.days else part for part in _several(text)]


def _several(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def _check(table: _Table, village: str, numbered: Sequence[tuple[int, Entry]]) -> None:
    """Let the reader of schedules judge, and tell each mistake of a line by the cell which that line stands for."""
    lines: list[str] = ["broadcasts:"]
    cells: list[tuple[int, str]] = [(0, "village")]
    for (row, _), entry in zip(numbered, named(entry for _, entry in numbered), strict=True):
        keys = _ordered(entry) or ["bulletin"]
        lines += [f"  {' ' if at else '-'} {key}: {_value(key, entry.get(key, ['']))}" for at, key in enumerate(keys)]
        cells += [(row, key) for key in keys]
    try:
        schedule_file.parse(f"{village}.yaml", "\n".join(lines).encode(), table.known.days)
    except BadFile as error:
        for problem in error.problems:
            table.fault(*cells[max(problem.line, 1) - 1], problem.message)


def _place(path: str) -> tuple[int, str]:
    """Sorts cells row by row."""
    cell = re.search(r":([A-Z]+)(\d+)$", path)
    return (int(cell[2]), cell[1].rjust(3)) if cell else (0, "")
