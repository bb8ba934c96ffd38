"""Facts of small tables and lists as offices type them: heard as meant where their line is read, or marked there.

Every fourth table in `make test`, all of them in `make fault`.
"""

from __future__ import annotations

from functools import cache

import pytest
from harness.paths import DATA
from harness.scoring import some_of
from harness.table_facts import FactTable, load_tables, missing_facts

_PARTS = 32  # of the tables, each a test of its own


@cache
def every_table() -> list[FactTable]:
    return list(load_tables(DATA / "reading" / "small_tables.txt"))


@pytest.mark.sampled
@pytest.mark.parametrize("part", some_of(range(_PARTS), 4))
def test_a_fact_of_a_table_or_a_list_is_heard_or_its_line_is_marked(part: int) -> None:
    found = [(table.name, one) for table in every_table()[part::_PARTS] for one in missing_facts(table)]

    assert [(name, one.line, one.fact, one.heard) for name, one in found if not one.marked] == []


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ("Có 25 hộ => 25 hộ", []),
        ("Có 25 hộ => 20", ["20"]),
        ("Có 25 hộ => 5", ["5"]),
        ("Họp 7/12 => 7/12|8/12", []),
    ],
)
def test_a_fact_is_heard_as_a_whole(tmp_path_factory: pytest.TempPathFactory, written: str, missing: list[str]) -> None:
    path = tmp_path_factory.mktemp("tables") / "tables.txt"
    path.write_text(f"= danh sách\n{written}\n", "utf-8")

    assert [one.fact for table in load_tables(path) for one in missing_facts(table)] == missing
