"""The lines of the table of abbreviations as they stand in the file, and those that can never fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from loudspeaker.text import lexicon
from loudspeaker.text.lexicon import Meaning


class TableLine(NamedTuple):
    """One line of the table: its number in the file, from 1, the abbreviation and what it says of it."""

    number: int
    written: str
    meaning: Meaning

    @property
    def asks_for_none(self) -> bool:
        """Whether it fits wherever the abbreviation stands."""
        return not (self.meaning.before or self.meaning.after)


def table_lines() -> dict[str, list[TableLine]]:
    """Every line, by its abbreviation, in order."""
    table: dict[str, list[TableLine]] = {}
    with open(f"{lexicon.__path__[0]}/abbreviations.tsv", encoding="utf-8") as file:
        for number, text in enumerate(file.read().splitlines(), 1):
            if text and text[0] != "#":
                written, *columns = text.split("\t")
                table.setdefault(written, []).append(TableLine(number, written, Meaning.of(written, *columns)))
    return table


def unreachable_lines() -> Iterator[TableLine]:
    """Lines whose every place is taken by lines above them."""
    for lines in table_lines().values():
        for at, line in enumerate(lines):
            if at and _is_covered(line, lines[:at]):
                yield line


def _is_covered(line: TableLine, above: list[TableLine]) -> bool:
    """Whether a line above asks for no neighbours, or each neighbour that this one asks for is asked for above."""
    if any(other.asks_for_none for other in above):
        return True
    if line.asks_for_none:
        return False
    before = tuple(cue for other in above for cue in other.meaning.before)
    after = {cue for other in above for cue in other.meaning.after}
    return all(cue.endswith(before) for cue in line.meaning.before if before or cue) and (
        set(line.meaning.after) <= after if line.meaning.after else bool(before)
    )
