"""Rules are tried only where their patterns can begin with what stands there, and none that could read is left out."""

from __future__ import annotations

import re
import runpy

import pytest
from harness.paths import ROOT

from loudspeaker.text.lexicon import rows
from loudspeaker.text.rule_index import BLANK, END, MOST_DIGITS, OTHER_LETTER, Beginning, rules_at
from loudspeaker.text.rules import rules_starting_with

tool = runpy.run_path(str(ROOT / ".ci" / "beginnings.py"))
PLACES = re.compile(r"(?P<number>\d+)|(?P<word>[^\W\d_]+)|(?P<sign>\S)")
STARTS = {"number": ["number"], "word": ["word"], "sign": ["sign", "bracket"]}
SMALL = "abcdefghijklmnopqrstuvwxyz"
SIGNS = {one for one in tool["ANYTHING"].classes if not one.isalnum() and one not in ("_", OTHER_LETTER)} | {BLANK}
TEXTS = [
    line.split("\t")[0].replace("\\n", "\n")
    for table in ("number_facts.tsv", "short_forms.tsv")
    for line in (ROOT / "tests" / "data" / "reading" / table).read_text("utf-8").splitlines()[::9]
]


def beginning(source: str) -> Beginning:
    begins: Beginning = tool["Automaton"](source).beginning()
    return begins


def test_the_table_is_as_the_patterns_are() -> None:
    assert tool["TABLE"].read_text("utf-8") == tool["table"](), "run .ci/beginnings.py"


def test_each_pattern_has_a_row_of_its_own() -> None:
    keys = [key for key, *_ in rows("beginnings.tsv")]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("text", ["\n\n".join(TEXTS[part::6]) for part in range(6)], ids=range(6))
def test_every_rule_that_matches_is_tried(text: str) -> None:
    for place in PLACES.finditer(text):
        for start in STARTS[place.lastgroup or ""]:
            tried = {rule.source for rule in rules_at(text, *place.span(), len(text), start)}
            missed = (rule for rule in rules_starting_with(start) if rule.source not in tried)

            assert not [rule.source for rule in missed if rule.pattern.match(text, place.start(), len(text))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"(\d{1,2})h(\d{2})", Beginning(digits="12", behind="0h", first="h")),
        (r"\d{3,9} ?(?:kg|km)", Beginning(digits="345", behind=" 0k", first="k", second="gm")),
        (r"[Tt]hứ \d", Beginning(digits="0", letters="3", behind=" ", first="Tt", second="h")),
        (r"(?i:vv)", Beginning("0", letters="2345678", first=f"Vv{OTHER_LETTER}", second=f"Vv{OTHER_LETTER}")),
        (r"(\d)(?= tháng)", Beginning(digits="1", behind=" ", first="t", second="h")),  # what must follow counts
        (r"(?:\d(?= tháng)|x) y", Beginning("01", letters="1", behind=" ", first="xy")),  # but not in the middle
        (r"(\d)x(?! tháng)", Beginning(digits="1", behind="x", first="x")),  # nor words that must not
        (r"([./])\d\1x", Beginning(digits="0", first="./")),
        (r"\d+", Beginning(digits="12345")),
        (r"(?:19|20)\d\d", Beginning(digits="45", lead="12")),
        (r"[a-z]{2,16}@", Beginning("0", letters="2345678", behind="@", first=SMALL, second=SMALL)),
        (r"[a-z]{1,3}(?!\w)(?![^\w,]| x)", Beginning("0", "", "123", f",{END}", SMALL, f",{SMALL}{END}")),
        (r"(\d)(?![\w/]|[.,]\d)", Beginning("1", behind="".join(sorted(SIGNS - {"/"})))),  # a sign that must not
    ],
)
def test_what_a_pattern_can_begin_with(source: str, expected: Beginning) -> None:
    assert beginning(source) == expected


def test_a_long_row_of_digits_and_blanks_is_left_to_all_rules() -> None:
    row = "1 " * 40

    assert len(rules_at(row, 0, 1, len(row), "number")) == len(rules_starting_with("number"))
    assert len(rules_at("5kg", 0, 1, 3, "number")) < len(rules_starting_with("number")) / 2
    assert MOST_DIGITS == 5
