"""A dash between two letters of a row, vần P - Y, khu A - D, and letters that stand on a thing: khắc chữ U-H."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import spell_letters
from ...rule import Answer, Guess, RuleMaker
from ...syllables import is_syllable

rule = RuleMaker(Kind.RANGE)

_ALPHABET = "AĂÂBCDĐEÊFGHIJKLMNOÔƠPQRSTUƯVWXYZ"
_FIRST_LETTERS = words_before("vần|chữ cái|chữ|các chữ|tên vần|vần chữ|tên|tên từ|chữ đầu|từ|mẫu tự|họ")
_NAMED_BY_LETTER = words_before(
    "khu|các khu|dãy|lô|các lô|hàng|hàng ghế|cột|cửa|cổng|tòa|toà|block|nhà|đơn nguyên|bảng|các bảng|ô|lớp|hạng|"
    "phân khu|loại|mức|cấp|xếp loại|gian|quầy|sảnh|phòng|cầu thang|bàn|kho|bãi|khoang|khối|ngăn|khán đài"
)
_NOT_IN_ROW = words_before("vitamin|viêm gan|viêm gan siêu vi|nhóm máu|cúm")
_MARKED_WITH = words_before(
    "|".join(
        f"{done}{named}"
        for done in ("khắc", "thêu", "in", "đóng dấu", "đóng", "xăm", "sơn", "đính", "gắn", "ghi", "cắt", "viết")
        for named in (" chữ", " hai chữ", " ba chữ", " 2 chữ", " 3 chữ", " tên")
    )
    + "|có chữ|mang chữ|có khắc chữ|khắc|thêu"
)
_EARLIER = pattern(r"(?i:vần|chữ cái|chữ|tên|họ|khu|dãy|lô|hàng|tòa|bảng) [A-ZĐ] ?(?:-|đến) ?[A-ZĐ](?![^\W_])[^.\n]*$")
_ONE_OR_MANY = Message("two letters, or all between them")


@rule(
    r"([A-ZĐ])(?:[ .&+-]{0,3}([A-ZĐ]))?(?:[ .&+-]{0,3}([A-ZĐ]))?(?![^\W_]|['’]|[.-][^\W_])",
    starts="word",
    only_after=_MARKED_WITH,
)
def letters_on_thing(match: re.Match[str], context: Context) -> str | None:
    """Letters that are cut, sewn or printed: khắc chữ U-H -> u hát; not khắc chữ AN"""
    letters = "".join(filter(None, match.groups()))
    word = len(letters) > 1 and match[0] == letters and is_syllable(letters.lower())
    return None if word else spell_letters(letters)


@rule(r"([A-ZĐ]) ?- ?([A-ZĐ])(?![^\W_]|['’]|\.(?!$|\n)| ?-)", starts="word")
def letters_in_row(match: re.Match[str], context: Context) -> Answer:
    """Letters of a row: vần P - Y -> pê đến i; A - K, L - Y; khu A - B may be two, and vitamin A - D is"""
    at, apart = match.start(), _ALPHABET.index(match[2]) - _ALPHABET.index(match[1])
    if apart < 1 or context.char(at - 1) in "-.&/" or context.is_after(at, _NOT_IN_ROW):
        return None
    spoken = f"{spell_letters(match[1])} đến {spell_letters(match[2])}"
    alphabet = context.is_after(at, _FIRST_LETTERS) or match[0][0] + match[0][-1] == "AZ"
    named = context.is_after(at, _NAMED_BY_LETTER)
    if alphabet or (named and _is_wide(match)):
        return spoken
    if named:
        return Guess(f"{spell_letters(match[1])}, {spell_letters(match[2])}", _ONE_OR_MANY)
    earlier = _EARLIER.search(context.text, max(0, at - 2 * REACH), at)
    return spoken if earlier or _are_parts_of_alphabet(context.text) else None


@lru_cache(maxsize=4)
def _are_parts_of_alphabet(text: str) -> bool:
    """Whether three rows of letters or more stand in a text, each behind the one before: A-C, D-H, K-N"""
    rows = _ROW_OF_LETTERS.findall(text)
    places = [_ALPHABET.index(letter) for row in rows for letter in row]
    return len(rows) > 2 and all(one < other for one, other in pairwise(places))


_ROW_OF_LETTERS = pattern(r"(?<![^\W_.&/-])([A-ZĐ]) ?- ?([A-ZĐ])(?![^\W_]|[.'’-])")


def _is_wide(match: re.Match[str]) -> bool:
    """Whether letters stand between the two: A - D"""
    return abs(ord(match[2]) - ord(match[1])) > 1 and {match[1], match[2]} != {"C", "Đ"}
