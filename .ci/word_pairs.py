"""Write the table of words that stand beside each other, by which text without marks gets them back. Development only.

It counts the sentences, documents and abbreviations that are kept in this repository, and the phrases of phrases.txt.
Documents that were typed without marks are left out, so that what the table does for them stays a fair trial, and so is
every folder of documents that is held out.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from loudspeaker.text.lexicon import rows  # noqa: E402
from loudspeaker.text.lost_marks import find_toneless  # noqa: E402
from loudspeaker.text.word_pairs import EDGE, tokens  # noqa: E402

TABLE = ROOT / "loudspeaker" / "text" / "lexicon" / "word_pairs.tsv"
DOCUMENTS = ROOT / "tests" / "data" / "documents"
OPEN = ("open", "small")  # no round that is held out
HEAD = """\
# Từ	Số lần	Từ đứng ngay sau và số lần
# Đếm từ các câu và văn bản trong kho này bằng .ci/word_pairs.py; không sửa bằng tay.
# “.” là dấu câu hoặc đầu dòng, “0” là một số.
"""
SEEN = 2  # a pair that was seen once is chance
_CHOICE = re.compile(r"\(([^()|]*)(?:\|[^()]*)?\)")
_MARK = re.compile(r"\{\w+\}|\[[^\]]*\]")
_DIGIT = "không|một|mốt|hai|ba|bốn|tư|sáu|bảy|tám|chín|mười|mươi|lăm|linh|lẻ|trăm|nghìn|triệu|tỷ|phẩy"
_SAID = re.compile(  # numbers as they are said; whoever types writes digits
    rf"(?i)(?<!\w)(?:(?:{_DIGIT})(?: (?:{_DIGIT}|năm(?! (?:{_DIGIT})(?!\w))))+"
    rf"|(?:(?<=tháng )|(?<=mùng )|(?<=phần ))(?:{_DIGIT}|năm))(?!\w)"
)
_TONELESS = 3  # lines without marks from which on a document is left out


def first_choice(pattern: str) -> str:
    """The first string that a pattern of a gold stands for, its numbers as digits: (a|b) c -> a c."""
    pattern = _MARK.sub(" ", pattern)
    while (simpler := _CHOICE.sub(r"\1", pattern)) != pattern:
        pattern = simpler
    return _SAID.sub("0", pattern)


def texts() -> Iterator[str]:
    """All text that is counted, as written and as read."""
    for suite in sorted((ROOT / "tests" / "data" / "reading").glob("*.jsonl")):
        for line in suite.read_text("utf-8").splitlines():
            case = json.loads(line)
            yield case["input"]
            yield from map(first_choice, case["accept"][:1])
    for document in sorted(path for folder in OPEN for path in (DOCUMENTS / folder).glob("*.txt")):
        text = document.read_text("utf-8")
        if sum(text.count("\n", *stretch) for stretch in find_toneless(text)) >= _TONELESS:
            continue
        yield text
        gold = document.with_suffix(".gold.jsonl")
        lines = gold.read_text("utf-8").splitlines() if gold.exists() else []
        yield "\n".join(first_choice(json.loads(line).get("line") or "") for line in lines)
    for table in ("abbreviations.tsv", "subjects.tsv"):
        yield from (reading for _, reading, *_ in rows(table))
    phrases = (ROOT / ".ci" / "phrases.txt").read_text("utf-8")
    yield from SEEN * [", ".join(line for line in phrases.splitlines() if line[:1] != "#")]
    yield (ROOT / "bench" / "announcements.txt").read_text("utf-8")


def main() -> None:
    words: Counter[str] = Counter()
    pairs: dict[str, Counter[str]] = {}
    for text in texts():
        for line in text.splitlines():
            for first, second in pairwise((EDGE, *(token for token, _ in tokens(line)), EDGE)):
                words[second] += 1
                pairs.setdefault(first, Counter())[second] += 1
    with TABLE.open("w", encoding="utf-8") as table:
        table.write(HEAD)
        for word in sorted(words, key=lambda word: (-words[word], word)):
            following = sorted(pairs.get(word, {}).items(), key=lambda pair: (-pair[1], pair[0]))
            often = (f"{second} {count}" for second, count in following if count >= SEEN)
            table.write(f"{word}\t{words[word]}\t{'|'.join(often)}\n")


if __name__ == "__main__":
    main()
