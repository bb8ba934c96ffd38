"""Facts in the cells of small tables: read as meant in each of the ways in which tables are typed, or marked.

Each table in one of three forms in `make test`, in all of them in `make fault`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from harness.paths import DATA
from harness.scoring import some_of

from loudspeaker.text.reading import read


class Row(NamedTuple):
    """A row of a table and what must be heard of it: each thing with the ways to say it."""

    cells: Sequence[str]
    heard: Sequence[Sequence[str]]


class SmallTable(NamedTuple):
    """The heads of the columns, and the rows."""

    head: Sequence[str]
    rows: Sequence[Row]


def tables() -> Iterator[SmallTable]:
    """The tables of `table_cells.txt`."""
    text = (DATA / "reading" / "table_cells.txt").read_text("utf-8")
    for block in text.split("\n= ")[1:]:
        head, *lines = block.strip().split("\n")
        yield SmallTable(head.split("|"), [_row(line) for line in lines])


def _row(line: str) -> Row:
    cells, _, heard = line.partition("=>")
    things = [thing for thing in heard.split(";") if thing.strip()]
    return Row(
        [cell.strip() for cell in cells.split("|")],
        [[way.strip() for way in thing.split("/")] for thing in things],
    )


def _with_blanks(rows: Sequence[Sequence[str]]) -> str:
    """Rows whose columns are set with blanks."""
    widths = [max(map(len, column)) + 3 for column in zip(*rows, strict=True)]
    return "\n".join("".join(map(str.ljust, row, widths)).rstrip() for row in rows)


_FORMS = {
    "tabs": lambda rows: "\n".join("\t".join(row) for row in rows),
    "pipes": lambda rows: "\n".join(f"| {' | '.join(row)} |" for row in rows),
    "blanks": _with_blanks,
}
_TABLES = list(tables())


def _name(part: SmallTable | str) -> str:
    return "|".join(part.head) if isinstance(part, SmallTable) else part


def silently_wrong(table: SmallTable, text: str) -> list[str]:
    """What is not heard of a row on which nothing is marked."""
    reading = read(text)
    said = [line for line in reading.spoken.lower().split("\n") if line.strip()][-len(table.rows) :]
    marked = {doubt.line for doubt in reading.doubts}
    return [
        f"{row.cells}: {thing[0]}, and not: {line}"
        for number, (row, line) in enumerate(zip(table.rows, said, strict=True), 2)
        for thing in row.heard
        if number not in marked
        if not any(re.search(rf"(?<!\w){re.escape(way)}(?!\w)", line) for way in thing)
    ]


_WAYS = list(_FORMS)
# Each table in each form, the next table first in the next form: of one in three each table is there in one of them.
_SET = [
    (table, _WAYS[(number + way) % len(_WAYS)]) for number, table in enumerate(_TABLES) for way in range(len(_WAYS))
]


@pytest.mark.sampled
@pytest.mark.parametrize(("table", "form"), some_of(_SET, len(_WAYS)), ids=_name)
def test_a_cell_is_read_as_meant_or_its_row_is_marked(table: SmallTable, form: str) -> None:
    text = _FORMS[form]([table.head, *(row.cells for row in table.rows)])

    assert silently_wrong(table, text) == []
