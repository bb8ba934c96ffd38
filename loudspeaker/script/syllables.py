"""Is this a Vietnamese syllable? Spelling alone decides; no list of words comes in."""

from __future__ import annotations

import re
import unicodedata

_MARKED = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
LOWER = "a-z" + _MARKED  # for the inside of a character class
UPPER = "A-Z" + _MARKED.upper()

_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_SYLLABLE = (
    r"(?!(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|[bcdđghklmnprstvx])yê)"  # yên and quyên, but no ngyên
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
    r"(?:"
    r"(?:iê|yê|uyê|uâ|oă|oe|oa|uô|ươ|uê|uơ|[aăâeêoôơuưi])(?:ch|nh|ng|[cmnpt])"
    r"|(?:uy)(?:ch|nh|[npt])"
    r"|(?:iêu|yêu|uôi|ươi|ươu|oai|oay|oao|oeo|uây|uya|uyu|uêu"
    r"|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|ia|ua|ưa|oa|oe|uê|uơ|uy|[aeêioôơuưy])"
    r")"
)


def is_syllable(word: str) -> bool:
    """Whether `word`, of any case, could be a Vietnamese syllable: “đốc” is, “Bluezone” and “QR” are not."""
    if len(word) > 7:
        return False
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word.lower()).translate(_TONES))
    return re.fullmatch(_SYLLABLE, bare) is not None


def has_marks(word: str) -> bool:
    """Whether vowels carry marks, so that the word can be no abbreviation: “GIÁM” does, “ĐU” and “TƯ” do not."""
    return any(ord(c) > 127 and c not in "ĐđƯưƠơÂâĂăÊêÔô" for c in word) or any(c in "ÂâĂăÊêÔôƠơ" for c in word)


_PLAIN = str.maketrans("ăâđêôơưĂÂĐÊÔƠƯ", "aadeoouAADEOOU")
_LIPS = r"(?!(?:ph|[bmv])(?:ua[a-z]|oa|oe|ue|uy))"  # no such sound follows the lips: phu an, not phuan
_OPEN = r"(?!(?!th|h|q)[a-z]{1,3}uo$)"  # only thuở, huơ, quở end so: buon ho, not buo nho
_PLAIN_SYLLABLE = _OPEN + _LIPS + _SYLLABLE.translate(_PLAIN)
LONGEST = 6


def is_plain_syllable(letters: str) -> bool:
    """Whether small letters without marks could be a syllable: “dich” is, “csgt” is not."""
    return re.fullmatch(_PLAIN_SYLLABLE, letters) is not None


def cut(run: str) -> list[str]:
    """Cut letters without marks into syllables, the likeliest way: timhieuphapluat -> tim hieu phap luat; [] if none.

    The fewest syllables win, and a syllable that opens with a vowel costs as much as three, with y as two.
    """
    if len(run) > 40:
        return []
    best: list[tuple[int, list[str]] | None] = [(0, []), *([None] * len(run))]
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - LONGEST), end):
            so_far = best[start]
            syllable = run[start:end]
            if so_far is None or not is_plain_syllable(syllable):
                continue
            cost = so_far[0] + (3 if syllable[0] in "aeiou" else 2 if syllable[0] == "y" else 1)
            known = best[end]
            if known is None or cost < known[0]:
                best[end] = (cost, [*so_far[1], syllable])
    found = best[-1]
    return found[1] if found else []


def has_vowel(word: str) -> bool:
    """Whether it can be said at all as a word."""
    return any(c in "aeiouy" for c in unicodedata.normalize("NFD", word.lower()))
