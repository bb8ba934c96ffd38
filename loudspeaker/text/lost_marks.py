"""Vietnamese that lost its marks: typed without them, or in an encoding from before Unicode. It is told as a doubt.

Without: “Ba con luu y: ngat cau dao tong”. A syllable such as “dien”, “nuoc” or “tuc” cannot be written so where marks
are used; a line of syllables without marks that has one of them has lost its marks, and so has every line without marks
in a text that has several such lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Literal

from .lazy_regex import pattern
from .syllables import is_plain_syllable

_LINE = pattern(r"[^\n]+")
_WORD = pattern(r"(?<![\w.@/:-])[A-Za-z]+(?![\w@/-]|\.\w)")
_LOST = pattern(r"[a-z]*(?:ie[a-z]|ye[a-z]|uo[a-z])[a-z]*|[a-z]*[aeiou](?:c|ch|p|t)")
_FEWEST = 3  # words of a line that is judged
_SHARE = 0.8  # of its words that are syllables
_SHOWN = 40  # letters of a line that are told
# Signs that TCVN3 fonts show as Vietnamese letters and that Unicode Vietnamese never has inside words.
_TCVN3 = pattern(r"[®µ¸¶¹¨»¾¼½©ª«¬­ÆÇËÌÐÎÏÑÖ×ØÜÞßåæçëîïñöø÷ûüþ]")
# VNI writes the mark after its vowel: “Thoâng baùo”, “ñeå”.
_VNI = pattern(r"(?:[aeouy][âêôûõïøùûäåáàã]|[oe]ä|[AEOUYaeouy][ÂÊÔÛÕÏØÙÄÅÁÀÃ]|ñ[aeiouôö]|[öô][ùøûõï])")
_LETTER = pattern(r"[^\W\d_]")
_MODERN = pattern(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹơưđăĐƠƯ]")
_QUOTED = pattern(r"[\"“](?P<words>[^\"“”\n]{8,80})[\"”]")  # ghi rõ "nop tien dat truoc"
_SAMPLE = 20_000  # letters that are looked at


def is_toneless(line: str) -> bool:
    """Whether a line has certainly lost its marks."""
    return _may_be_toneless(line) and any(_LOST.fullmatch(word.lower()) for word in _syllables(line))


def find_toneless(text: str) -> Iterator[tuple[int, int]]:
    """Where the first words of each line stand that has lost its marks, and what is quoted without them, [from, to)."""
    lines = [match for match in _LINE.finditer(text) if _may_be_toneless(match[0])]
    certain = sum(map(is_toneless, (line[0] for line in lines)))
    for line in lines:
        if certain > 1 or is_toneless(line[0]):
            first = _WORD.search(line[0])
            start = line.start() + (first.start() if first else 0)
            shown = text[start : min(line.end(), start + _SHOWN)]
            whole = shown if start + _SHOWN >= line.end() else shown.rpartition(" ")[0]
            yield start, start + len(whole.rstrip())
    lost = {line.start() for line in lines}
    for line in (match for match in _LINE.finditer(text) if match.start() not in lost):
        for quoted in _QUOTED.finditer(line[0]):
            if is_toneless(quoted["words"]):
                yield line.start() + quoted.start("words"), line.start() + quoted.end("words")


def _may_be_toneless(line: str) -> bool:
    """Whether a line has no mark, and nearly all its words could be syllables that lost theirs."""
    if any(letter.isalpha() and not letter.isascii() for letter in line):
        return False
    words = _WORD.findall(line)
    return len(words) >= _FEWEST and len(_syllables(line)) >= _SHARE * len(words)


def _syllables(line: str) -> list[str]:
    return [word for word in _WORD.findall(line) if is_plain_syllable(word.lower())]


def legacy_encoding(text: str) -> Literal["TCVN3", "VNI"] | None:
    """The old encoding that `text` seems to be in, judged by its first part; None for Unicode."""
    if text.isascii():
        return None
    sample = text[:_SAMPLE]
    if sum(1 for _ in islice(_MODERN.finditer(sample), 3)) > 2:
        return None
    letters = len(_LETTER.findall(sample)) or 1
    vni = len(_VNI.findall(sample))
    tcvn3 = len(_TCVN3.findall(sample))
    if tcvn3 >= 3 and tcvn3 > vni and tcvn3 * 12 > letters:
        return "TCVN3"
    return "VNI" if vni >= 3 and vni * 14 > letters else None
