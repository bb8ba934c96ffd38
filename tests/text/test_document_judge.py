"""The judge of whole documents: golds are right as they stand, and each kind of fault costs its own line."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.document_scoring import Document, Score, Sentence, heard_sentences, load_one, paths_of, score
from harness.paths import DATA
from harness.scoring import Case, some_of

ALL = paths_of(DATA / "documents" / "open")


def said(document: Document, pick: int) -> list[Sentence]:
    """What an announcer says who takes the first choice everywhere (`pick` 0) or the last (-1)."""
    patterns = [line.required or (line.optional if pick else "") for line in document.lines]
    golds = [
        [Case("", "", "", (part,)).golds()[pick] for part in pattern.split(" , ")] for pattern in patterns if pattern
    ]
    return [sentence for sentence in golds if any(phrase.strip() for phrase in sentence)]


def wrong(found: Score) -> list[str]:
    return [judgement.line.required for judgement in found.judgements if not judgement.right]


# Each document with its first choices and with its last ones; of one in 48 every second one with its last.
SAID = [(path, pick) for number, path in enumerate(ALL) for pick in ((0, -1) if number // 24 % 2 else (-1, 0))]


@pytest.mark.sampled
@pytest.mark.parametrize(("path", "pick"), some_of(SAID, 48), ids=lambda part: getattr(part, "stem", str(part)))
def test_every_document_accepts_its_own_lines(path: Path, pick: int) -> None:
    document = load_one(path)
    found = score(document, said(document, pick))

    assert wrong(found) == []
    assert found.extra == ()
    assert [one.line.facts for one in found.judgements if one.line.facts and one.line.has_wrong_fact(one.near)] == []


TEXT = """UBND XÃ THỬ
THÔNG BÁO
cắt điện
Ngày mai mất điện, bà con chú ý.
Liên hệ: ông Lù A Páo.
"""
ROWS = [
    {"line": "", "optional": "Ủy ban nhân dân xã Thử", "from": 1, "to": 1, "tags": ["letterhead"]},
    {"line": "thông báo", "from": 2, "to": 2, "tags": ["heading"]},
    {"line": "cắt điện", "from": 3, "to": 3, "tags": [], "join": True},
    {"line": "(ngày|) mai mất điện , bà con chú ý", "from": 4, "to": 4, "tags": ["date"]},
    {"line": "liên hệ , ông Lù A Páo", "from": 5, "to": 5, "tags": ["name"]},
]
NOTICE = Document.of("tin", TEXT, ROWS)
RIGHT: list[Sentence] = [
    ["Thông báo"],
    ["Cắt điện"],
    ["Ngày mai mất điện", "bà con chú ý"],
    ["Liên hệ", "ông Lù A Páo"],
]


@pytest.mark.parametrize(
    ("heard", "lines", "extra"),
    [
        (RIGHT, 0, 0),
        ([["Ủy ban nhân dân xã Thử"], *RIGHT], 0, 0),
        ([["Ủy ban nhân dân", "xã Thử"], *RIGHT], 0, 0),  # a pause too many is no fault
        ([["Thông báo cắt điện"], *RIGHT[2:]], 0, 0),  # may be joined
        ([*RIGHT[:2], ["Ngày mai mất điện bà con chú ý"], RIGHT[3]], 1, 0),  # the pause that must be heard
        ([*RIGHT[:2], ["Ngày mai mất điện"], ["bà con chú ý"], RIGHT[3]], 1, 1),  # a full stop inside
        ([*RIGHT[:2], ["Ngày mai mất điện", "bà con chú ý", "liên hệ", "ông Lù A Páo"]], 2, 0),  # two lines in one
        ([*RIGHT[:3], ["Liên hệ", "ông Lù A Bảo"]], 1, 0),  # a wrong name
        ([*RIGHT[:3]], 1, 0),  # a line left out
        ([*RIGHT, ["Trang một"]], 0, 1),  # what no line asks for
    ],
)
def test_a_fault_costs_its_own_line(heard: list[Sentence], lines: int, extra: int) -> None:
    found = score(NOTICE, heard)

    assert (len(wrong(found)), len(found.extra)) == (lines, extra)


def test_a_wrong_fact_is_silent_unless_its_line_is_marked() -> None:
    found = score(NOTICE, [*RIGHT[:3], ["Liên hệ", "ông Lù A Bảo"]])

    assert [judgement.line.first for judgement in found.silent([])] == [5]
    assert found.silent([5]) == []
    assert score(NOTICE, [*RIGHT[:2], ["Ngày mai mất điện bà con chú ý"], RIGHT[3]]).silent([]) == []  # only the cut


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        ([["Họp lúc tám giờ ngày mười hai tháng một", "mời ông Páo"]], False),  # words that are no fact
        ([["Họp lúc mười tám giờ ngày mười hai tháng một", "mời ông Páo"]], True),  # a part of a longer number
        ([["Họp tám giờ ngày mười hai", "mời ông Páo"]], True),  # the month is lacking
        ([["Mời ông Páo", "họp tám giờ ngày mười hai tháng một"]], True),  # what belongs to whom
        ([["Họp lúc tám giờ ngày mười hai tháng một"], ["Mời ông Páo"]], False),  # in two sentences
        ([["Họp tối hai mươi", "tám giờ ngày mười hai tháng một", "mời ông Páo"]], False),  # a pause ends a number
    ],
)
def test_facts_that_a_line_names_are_looked_for_by_themselves(heard: list[Sentence], wrong: bool) -> None:
    facts = ["tám giờ", "(ngày|) mười hai tháng (một|giêng)", "ông Páo"]
    row = {"line": "tám giờ (ngày|) mười hai tháng một họp , mời ông Páo", "from": 1, "to": 1, "tags": ["time"]}
    (other,) = Document.of("tin", "8h ngày 12/1 họp, mời ông Páo.", [row]).lines
    document = Document.of("tin", "8h ngày 12/1 họp, mời ông Páo.", [{**row, "facts": facts}])

    assert bool(score(document, heard).silent([])) == wrong
    assert other.has_wrong_fact("")  # where only tags tell of facts, none is known to be right


def test_a_sentence_ends_with_the_pause_of_a_full_stop_and_a_phrase_with_less() -> None:
    spoken = [("Ngày mai: mất điện,", 0.3), ("bà con chú ý.", 0.8), ("Thông báo", 1.2)]

    assert heard_sentences(spoken) == [["Ngày mai", " mất điện", "bà con chú ý."], ["Thông báo"]]
