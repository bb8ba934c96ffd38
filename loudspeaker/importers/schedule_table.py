"""A sheet's rows as entries of schedules, and back. Text in, text out; every mistake is reported by its cell.

What an entry may hold is decided by `config.schedule_file` alone: a mistake that it finds in a key of an entry is
reported by the cell that the key stands for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..config.keywords import KEYS
from ..config.schedule_entries import LISTS, Entry, find_mistakes
from ..config.schedule_file import ENTRY_KEYS
from ..config.values import slug
from ..errors import BadFile, Message, Problem
from ..model.day_set import NamedDay
from ..yamlfile import nearest
from ..yamlfile.keys import fold
from .workbook import cell_name

# The sheet as officers know it; whatever else an entry holds gets a column of its own behind these.
COLUMNS = {
    "village": "Thôn", "bulletin": "Bản tin", "at": "Giờ", "on": "Ngày", "days": "Thứ", "from": "Từ", "until": "Đến",
    "except": "Trừ",
}  # fmt: skip
SEVERAL = {"at", "lunar"}  # one value, or a list
LONGEST_VALUE = 60  # letters of a cell that are repeated, or compared with what is known
UNKNOWN = "-"  # stands for what is not known, while the rest of its row is looked at
ALL_VILLAGES = {"tất cả", "toàn xã", "các thôn", "cả xã"}
EVERY_DAY = {"hàng ngày", "hằng ngày", "mỗi ngày", "mọi ngày"}
HEADER_WITHIN = 10  # rows


@dataclass(frozen=True, slots=True)
class StationNames:
    """What a station has already: id -> name for display, of villages and bulletins, and its named days."""

    villages: Mapping[str, str]
    bulletins: Mapping[str, str]
    days: Mapping[str, NamedDay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetSchedules:
    """What a sheet asks for: the entries of each village by its id, in order, and the keys it has columns for."""

    keys: frozenset[str]
    entries: Mapping[str, list[Entry]]
    notes: tuple[Message, ...] = ()  # what was taken for something that is written otherwise


class _Names:
    """Ids by what may be written for them: `exact` but for capitals and blanks, `near` with any marks on letters."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.exact: dict[str, list[str]] = {ident: [ident] for ident in known}
        self.near: dict[str, list[str]] = {ident: [ident] for ident in known}
        for ident, name in known.items():
            for names, written in ((self.exact, fold(name)), (self.near, slug(name))):
                if ident not in names.setdefault(written, []) and written not in known:  # an id goes first
                    names[written].append(ident)


@dataclass(slots=True)
class _Table:
    """A sheet whose header has been found, and what is wrong with it so far."""

    name: str
    known: StationNames
    header: dict[int, str]  # column -> key
    names: Mapping[str, _Names]  # by key
    problems: list[Problem] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    def fault(self, row: int, key: str, message: Message) -> None:
        """Note a mistake in the cell of `row` under `key`."""
        self.problems.append(Problem(self.cell(row, key), 0, message))

    def cell(self, row: int, key: str) -> str:
        """The name of that cell: lich.xlsx:C5."""
        column = next((column for column, named in self.header.items() if named == key), min(self.header))
        return f"{self.name}:{cell_name(row, column)}"


def read_table(name: str, rows: Sequence[Sequence[str]], known: StationNames) -> SheetSchedules:
    """The schedules in the rows of the file `name`. Raises `BadFile` with every mistake, by its cell."""
    at = next((at for at, row in enumerate(rows[:HEADER_WITHIN]) if _is_header(row)), None)
    if at is None:
        message = Message("no row names the columns; they are: {columns}", columns=", ".join(COLUMNS.values()))
        raise BadFile([Problem(name, 0, message)])
    table = _Table(name, known, {}, {"village": _Names(known.villages), "bulletin": _Names(known.bulletins)})
    _read_header(table, rows[at], at)
    numbered_entries = _read_rows(table, rows, at + 1)
    for village, numbered in numbered_entries.items():
        _check(table, village, numbered)
    if table.problems:
        raise BadFile(sorted(set(table.problems), key=lambda problem: _place(problem.path)))
    entries = {village: add_names(entry for _, entry in numbered) for village, numbered in numbered_entries.items()}
    return SheetSchedules(frozenset(table.header.values()), entries, tuple(table.notes))


def table_rows(schedules: Mapping[str, Iterable[Entry]]) -> tuple[list[str], list[list[str]]]:
    """Header and rows that `read_table` reads back as the same; `schedules` are by the villages' names."""
    rows = [(village, entry) for village, entries in schedules.items() for entry in drop_names(entries)]
    more = [key for key in ENTRY_KEYS if key not in COLUMNS and any(key in entry for _, entry in rows)]
    twins = {key: twin for twin, key in reversed(KEYS.items())}
    header = [*COLUMNS.values(), *(twins.get(key, key).capitalize() for key in more)]
    keys = [key for key in COLUMNS if key != "village"] + more
    return header, [[village, *(", ".join(entry.get(key, ())) for key in keys)] for village, entry in rows]


def add_names(entries: Iterable[Entry]) -> list[Entry]:
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


def drop_names(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries without the names that `add_names` would give."""
    bare = [{key: value for key, value in entry.items() if key != "name"} for entry in entries]
    for nameless, named, entry in zip(bare, add_names(bare), entries, strict=True):
        yield nameless if named.get("name") == entry.get("name") else entry


def _is_header(row: Sequence[str]) -> bool:
    keys = {KEYS.get(fold(cell)) for cell in row}
    return {"village", "at"} <= keys or {"village", "bulletin"} <= keys


def _read_header(table: _Table, row: Sequence[str], at: int) -> None:
    names = {fold(title): key for key, title in COLUMNS.items()}
    names |= {twin: key for twin, key in KEYS.items() if key in (*ENTRY_KEYS, "village") and twin not in names}
    for column, cell in enumerate(row):
        key = names.get(fold(cell), fold(cell))
        if key in ENTRY_KEYS or key == "village":
            table.header[column] = key
        elif cell:
            meant = nearest(fold(cell)[:LONGEST_VALUE], names) or ""
            place = f"{table.name}:{cell_name(at, column)}"
            table.problems.append(Problem(place, 0, _unknown_value(cell, meant)))


def _unknown_value(text: str, meant: str) -> Message:
    value = " ".join(text.split())[:LONGEST_VALUE]  # a cell may hold line breaks, and 32,767 letters
    if meant:
        return Message("“{value}” is not known; did you mean “{meant}”?", value=value, meant=meant)
    return Message("“{value}” is not known", value=value)


def _read_rows(table: _Table, rows: Sequence[Sequence[str]], first: int) -> dict[str, list[tuple[int, Entry]]]:
    """Each village's entries with their rows."""
    entries: dict[str, list[tuple[int, Entry]]] = {}
    villages: tuple[str, ...] = ()
    for row, cells in enumerate(rows[first:], first):
        values = {key: cells[column] for column, key in table.header.items() if column < len(cells) and cells[column]}
        if not values:
            continue
        villages = _villages(table, row, values.pop("village", ""), villages)
        entry = _entry(table, row, values)
        for village in villages:
            entries.setdefault(village, []).append((row, entry))
    return entries


def _villages(table: _Table, row: int, text: str, before: tuple[str, ...]) -> tuple[str, ...]:
    """Which villages a row is for: those named, all, or where nothing is written (merged cells) those above."""
    if not text and before:
        return before
    if not text:
        table.fault(row, "village", Message("the village is missing"))
        return (UNKNOWN,)
    if fold(text) in ALL_VILLAGES:
        return tuple(table.known.villages)
    # A name may be broken over two lines of its cell.
    names = [" ".join(text.split())] if slug(text) in table.names["village"].near else _split_values(text)
    return tuple(_find_id(table, row, "village", name) for name in names)


def _find_id(table: _Table, row: int, key: str, text: str) -> str:
    """The id that is meant by an id or a name for display. Other marks are another name, and never taken in silence."""
    names = table.names[key]
    if matches := names.exact.get(text) or names.exact.get(fold(text)) or names.near.get(slug(text)):
        if len(matches) > 1:
            ids = ", ".join(matches)
            table.fault(row, key, Message("several are called “{name}”: {ids}; give the id", name=text, ids=ids))
            return UNKNOWN
        if text not in names.exact and fold(text) not in names.exact:
            cell = table.cell(row, key)
            message = Message("{cell}: “{written}” was taken for “{id}”", cell=cell, written=text, id=matches[0])
            table.notes.append(message)
        return matches[0]
    close = nearest(slug(text)[:LONGEST_VALUE], names.near)
    table.fault(row, key, _unknown_value(text, names.near[close][0] if close else ""))
    return UNKNOWN


def _entry(table: _Table, row: int, values: Mapping[str, str]) -> Entry:
    entry = {key: _texts(table, key, text) for key, text in values.items()}
    if "bulletin" in values:
        entry["bulletin"] = [_find_id(table, row, "bulletin", " ".join(values["bulletin"].split()))]
    return {key: texts for key, texts in entry.items() if texts}


def _texts(table: _Table, key: str, text: str) -> list[str]:
    if key not in LISTS | SEVERAL:
        return [" ".join(text.split())]  # a cell may hold a line break
    if key == "days":
        if fold(text) in EVERY_DAY:
            return []
        # Excel takes “2,4” for a number; people write “thứ 2”.
        text = re.sub(r"(?i)thứ\s*(?=\d)", "", text.replace(".", ","))
    return [slug(part) if slug(part) in table.known.days else part for part in _split_values(text)]


def _split_values(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def _check(table: _Table, village: str, numbered: Sequence[tuple[int, Entry]]) -> None:
    """Let the reader of schedules judge, and tell each mistake by its cell."""
    entries = add_names(entry for _, entry in numbered)
    for mistake in find_mistakes(f"{village}.yaml", entries, table.known.days):
        table.fault(numbered[mistake.number][0], mistake.key or "village", mistake.message)


def _place(path: str) -> tuple[int, str]:
    """Sorts cells row by row."""
    cell = re.search(r":([A-Z]+)(\d+)$", path)
    return (int(cell[2]), cell[1].rjust(3)) if cell else (0, "")
