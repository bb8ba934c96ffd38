"""Vietnamese that lost its marks: typed without them, or in an encoding from before Unicode. It is told as a doubt.

Without: “Ba con luu y: ngat cau dao tong”. A syllable such as “dien”, “nuoc” or “tuc” cannot be written so where marks
are used; a line of syllables without marks that has one of them has lost its marks, and so has every line without marks
in a text that has several such lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Literal

from .document.abbreviation_memory import AbbreviationMemory
from .lazy_regex import pattern
from .syllables import has_marks, is_plain_syllable
from .word_pairs import word_pairs

_LINE = pattern(r"[^\n]+")
_WORD = pattern(r"(?<![\w.@/:-])[A-Za-z]+(?![\w@/-]|\.\w)")
_LOST = pattern(r"[a-z]*(?:ie[a-z]|ye[a-z]|uo[a-z])[a-z]*|[a-z]*[aeiou](?:c|ch|p|t)")
_FEWEST = 3  # words of a line that is judged
_SHARE = 0.8  # of its words that are syllables
_SENTENCE = 5  # words that somebody is told to have said, at least
_MARKED_SHARE = 0.4  # of those words that are likelier with marks
# Signs that TCVN3 fonts show as Vietnamese letters and that Unicode Vietnamese never has inside words.
_TCVN3 = pattern(r"[®µ¸¶¹¨»¾¼½©ª«¬­ÆÇËÌÐÎÏÑÖ×ØÜÞßåæçëîïñöø÷ûüþ]")
# VNI writes the mark after its vowel: “Thoâng baùo”, “ñeå”.
_VNI = pattern(r"(?:[aeouy][âêôûõïøùûäåáàã]|[oe]ä|[AEOUYaeouy][ÂÊÔÛÕÏØÙÄÅÁÀÃ]|ñ[aeiouôö]|[öô][ùøûõï])")
_MARKED = pattern(r"[^\W\d_a-zA-Z]")
_LETTER = pattern(r"[^\W\d_]")
_MODERN = pattern(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹơưđăĐƠƯ]")
_QUOTED = pattern(r"[\"“](?P<words>[^\"“”\n]{8,400})[\"”]")  # ghi rõ "nop tien dat truoc"
_TOLD = pattern(r": (?P<words>[^\n\"“”]{20,400})$")  # anh Ba nhắn: toi thay 2 con bo di qua cau
_SHOUTED = pattern(r"(?<![\w.@/-])[A-Z]{2,7}(?: [A-Z]{1,7}){2,7}(?![\w@/-]|\.\w)")  # DIEN LUC CAI SON
_CAPITALS = pattern(r"[A-Z]+")
_LETTERS = pattern(r"[A-Za-z]+")
_LETTER_RUNS = pattern(r"[^\W\d_]+")
_ACCOUNT = pattern(r"(?i)(?:chủ (?:tk|stk|tài khoản)|ctk|tên (?:tk|tài khoản)|người (?:nhận|thụ hưởng)) ?[:-]? ?$")
_NUMBERED = pattern(
    r"(?i)(?<!\w)(?:s?tk|tài khoản|ck)(?!\w)[^\n]{0,40}\d{3}[^\n]{0,40}$"
)  # STK 0731… VCB - DO THI HOAI
_NOTE = pattern(  # what is to be written with a transfer: ghi so nha + quy den
    r"(?i)(?<!\w)(?:ghi rõ|ghi|nội dung|nội dung ck|nd|cú pháp|lời nhắn)(?: ?: ?[\"“']?| ?[\"“']|(?<=rõ) )"
    r"(?P<words>[a-z]{2,7}(?:(?: ?[+_,-] ?| )[a-z]{2,7}){1,8})(?=[\"”'.,;)\n]| ?$)"
)
_PAID = pattern(r"(?i)(?<!\w)(?:s?tk|tài khoản|chuyển(?: khoản)?|ck|momo|nộp|zalopay|agribank|techcombank)(?!\w)")
_BEFORE_NAME = 120  # letters before a name that may tell of an account
_SAMPLE = 20_000  # letters that are looked at


def is_toneless(line: str) -> bool:
    """Whether a line has certainly lost its marks."""
    return _may_be_toneless(line) and any(_LOST.fullmatch(word.lower()) for word in _syllables(line))


def find_toneless(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a text that were typed without marks, [from, to): lines that follow each other, and what is quoted.

    Where no word of the whole text has a mark, every line has lost its own.
    """
    lines = list(_LINE.finditer(text))
    lost = _toneless_lines(text, lines)
    yield from _join_lines(text, [line.span() for line in lost])
    starts = {line.start() for line in lost}
    for line in (match for match in lines if match.start() not in starts):
        found = {*_toneless_speech(line[0]), *_toneless_notes(line[0]), *_toneless_names(line[0])}
        for start, until in sorted(found):
            yield line.start() + start, line.start() + until


def _toneless_speech(line: str) -> Iterator[tuple[int, int]]:
    """What somebody is quoted to have said, or told behind a colon."""
    if '"' in line or "“" in line:
        yield from (match.span("words") for match in _QUOTED.finditer(line) if _is_toneless_speech(match["words"]))
    if ": " in line:
        yield from (match.span("words") for match in _TOLD.finditer(line) if _is_message(match["words"]))


def _is_toneless_speech(words: str) -> bool:
    """Whether what somebody said was typed without marks, though each syllable by itself could be without."""
    if is_toneless(words):
        return True
    if not _may_be_toneless(words) or len(_WORD.findall(words)) < _SENTENCE:
        return False
    written = [word[0] for word in _LETTERS.finditer(words)]
    restored = _LETTER_RUNS.findall(word_pairs().restore(words))
    changed: int = sum(old != new and old.islower() for old, new in zip(written, restored, strict=True))
    return changed > len(written) * _MARKED_SHARE


def _is_message(words: str) -> bool:
    """Whether what stands behind a colon is a sentence typed without marks, and no list of names."""
    written = _WORD.findall(words)
    small = sum(map(str.islower, written))
    return small >= _SENTENCE and 3 * small > 2 * len(written) and _is_toneless_speech(words)


def _toneless_notes(line: str) -> Iterator[tuple[int, int]]:
    """What is to be written with a transfer, if its words are likelier with marks."""
    if not _PAID.search(line):
        return
    for note in _NOTE.finditer(line):
        words = note["words"]
        plain = all(is_plain_syllable(word.lower()) for word in _LETTERS.findall(words))
        if plain and word_pairs().restore(words) != words:
            yield note.span("words")


def _toneless_names(line: str) -> Iterator[tuple[int, int]]:
    """Names in capitals on a line with marks that lost theirs, as banks have them: chủ TK: DIEN LUC CAI SON"""
    if not _MARKED.search(line):
        return
    for shouted in _SHOUTED.finditer(line):
        for syllables, words in groupby(_CAPITALS.finditer(line, *shouted.span()), key=_is_name_part):
            named = list(words)
            ahead = line[max(0, named[0].start() - _BEFORE_NAME) : named[0].start()]
            account = _ACCOUNT.search(ahead) is not None or _NUMBERED.search(ahead) is not None
            lost = account or any(_LOST.fullmatch(word[0].lower()) for word in named)
            if syllables and lost and len(named) >= _FEWEST and not _is_quoted(line, named[0].start()):
                yield named[0].start(), named[-1].end()


def _is_name_part(word: re.Match[str]) -> bool:
    """Whether capitals are a syllable or the letter that stands for a name: NGUYEN VAN A"""
    return len(word[0]) == 1 or is_plain_syllable(word[0].lower())


def _is_quoted(line: str, at: int) -> bool:
    """Whether a place of a line stands in quotation marks, whose words are looked at by themselves."""
    return any(quoted.start() < at < quoted.end() for quoted in _QUOTED.finditer(line))


def _toneless_lines(text: str, lines: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The lines that have lost their marks."""
    certain = [line for line in lines if is_toneless(line[0])]
    if len(certain) < 2:
        return certain
    if _MARKED.search(text):
        return [line for line in lines if _may_be_toneless(line[0])]
    return [line for line in lines if _LETTER.search(line[0])]


def restore_marks(text: str, lost: Sequence[tuple[int, int]]) -> str:
    """The text with the marks of its stretches that were typed without, where they are certain; as long as before."""
    if not lost:
        return text
    stretches = sorted(lost)
    kept = _without(text, stretches)
    known = AbbreviationMemory(kept) if _MARKED.search(kept) else None
    pieces, end = list[str](), 0
    for start, until in stretches:
        restored = "\n".join(_restore_line(line, known) for line in text[start:until].split("\n"))
        pieces += (text[end:start], restored)
        end = until
    return "".join((*pieces, text[end:]))


def _without(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    """The text without some of its stretches."""
    ends = [0, *(until for _, until in stretches)]
    return " ".join(
        text[end:start] for end, start in zip(ends, [*(start for start, _ in stretches), len(text)], strict=True)
    )


def _restore_line(line: str, known: AbbreviationMemory | None) -> str:
    """A line with its marks; one in capitals may be somebody's name, as banks write it: DO THI HOAI

    What the rest of the text has with marks, `known`, is written so here: XA CAM DUONG of xã Cẩm Đường
    """
    restored = _restore_words(line)
    if known is None or not line.isupper():
        return restored
    own = known.with_marks(line.lower(), alone=False).split()
    words = [mine.upper() if has_marks(mine) else word for mine, word in zip(own, restored.split(), strict=True)]
    return " ".join(words) if len(" ".join(words)) == len(line) else restored


def _restore_words(line: str) -> str:
    """A line with the marks that are likeliest."""
    restored = word_pairs().restore(line)
    if not (line.isupper() and _LETTERS.fullmatch(line.replace(" ", ""))):
        return restored
    named = word_pairs().restore(line.title())
    return named.upper() if word_pairs().is_name(line.title()) else restored


def _join_lines(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches of lines between which no word stands."""
    begin = end = -1
    for start, until in lines:
        if begin >= 0 and not _LETTER.search(text, end, start):
            end = until
            continue
        if begin >= 0:
            yield begin, end
        begin, end = start, until
    if begin >= 0:
        yield begin, end


def _may_be_toneless(line: str) -> bool:
    """Whether a line has no mark, and nearly all its words could be syllables that lost theirs."""
    if _MARKED.search(line):
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
