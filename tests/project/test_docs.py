"""The papers in docs/ say what is there: promises and lines on security name tests that exist, links lead to files."""

from __future__ import annotations

import doctest
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from harness.package_modules import modules
from harness.paths import ROOT

PROMISES = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^## (?=\d+\. )", PROMISES, flags=re.MULTILINE)[1:]
SECURITY = [
    line
    for line in (ROOT / "docs" / "security.md").read_text("utf-8").splitlines()
    if line.startswith("| V") or (line.startswith("| ") and "`tests/" in line)
]
FAULTS = [line for line in (ROOT / "docs" / "faults.md").read_text("utf-8").splitlines() if "`tests/" in line]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PAPERS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_promises_are_numbered_in_order() -> None:
    assert [int(section.split(".")[0]) for section in SECTIONS] == list(range(1, len(SECTIONS) + 1))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.splitlines()[0])
def test_every_promise_is_held_by_tests_that_exist(section: str) -> None:
    cited = TEST.findall(section)

    assert cited
    assert [f"{path}::{name}" for path, name in cited if name not in functions(ROOT / path)] == []


@pytest.mark.parametrize(
    "row", [row for row in FAULTS if row.startswith("|")], ids=lambda row: row.split("|")[1].strip()
)
def test_every_fault_is_played_by_tests_that_exist(row: str) -> None:
    cited = TEST.findall(row)

    assert cited
    assert [f"{path}::{name}" for path, name in cited if name not in functions(ROOT / path)] == []


def test_every_fault_that_is_played_is_named() -> None:
    named = {path for path, _name in TEST.findall("\n".join([PROMISES, *FAULTS]))}

    assert {str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "fault").glob("test_*.py")} <= named


@pytest.mark.parametrize("row", SECURITY, ids=lambda row: row.split("|")[1].strip())
def test_every_line_of_the_security_standard_is_held_by_tests_that_exist(row: str) -> None:
    cited = TEST.findall(row)

    assert cited
    assert [f"{path}::{name}" for path, name in cited if name not in functions(ROOT / path)] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_link_leads_to_a_file(paper: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", paper.read_text(encoding="utf-8"))

    assert [target for target in targets if not (paper.parent / target).exists()] == []


@cache
def functions(path: Path) -> set[str]:
    """Names of the functions in a Python file, of its classes, too; none where there is no such file."""
    if not path.exists():
        return set()
    return set(re.findall(r"^(?: {4})?def (\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE))


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DRAWING = ARCHITECTURE.split("```")[1]
ROOMS = sorted(
    path.name.removesuffix(".py")
    for path in (ROOT / "loudspeaker").iterdir()
    if (path / "__init__.py").exists() or (path.suffix == ".py" and not path.name.startswith("__"))
)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_drawn_and_has_a_row_in_the_table(room: str) -> None:
    rows = [line.split("|")[1] for line in ARCHITECTURE.splitlines() if line.startswith("| `")]

    assert re.search(rf"\b{room}\b", DRAWING)
    assert [row for row in rows if re.search(rf"`{room}/?`", row)]


def test_the_drawing_and_the_table_of_tasks_name_files_that_exist() -> None:
    named = re.findall(r"`(\w+/(?:\w+/)*)(?:(\w+\.\w+))?`", ARCHITECTURE)

    assert named
    missing = [f"{folder}{file}" for folder, file in named if not (ROOT / "loudspeaker" / folder / file).exists()]
    assert [name for name in missing if not (ROOT / name).exists()] == []


def test_a_word_of_the_trade_has_one_meaning() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    words = [word for row in rows if row.startswith("| ") for word in re.split(", ?", row.split("|")[1].strip())]

    assert len(words) > 100
    assert sorted({word for word in words if words.count(word) > 1}) == ["word"]  # heads every table


def test_examples_in_docstrings_are_true(capsys: pytest.CaptureFixture[str]) -> None:
    written = [module.path for module in modules() if ">>> " in module.source]
    for path in written:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        doctest.testmod(import_module(name.removesuffix(".__init__")))

    assert written
    assert capsys.readouterr().out == ""
