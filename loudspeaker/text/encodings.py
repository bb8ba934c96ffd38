"""Texts in TCVN3 (ABC) or VNI, the encodings from before Unicode, which would be read as nonsense."""

from __future__ import annotations

from itertools import islice
from typing import Literal

from .lazy_regex import pattern

# Signs that TCVN3 fonts show as Vietnamese letters and that Unicode Vietnamese never has inside words.
_TCVN3 = pattern(r"[®µ¸¶¹¨»¾¼½©ª«¬­ÆÇËÌÐÎÏÑÖ×ØÜÞßåæçëîïñöø÷ûüþ]")
# VNI writes the mark after its vowel: “Thoâng baùo”, “ñeå”.
_VNI = pattern(r"(?:[aeouy][âêôûõïøùûäåáàã]|[oe]ä|[AEOUYaeouy][ÂÊÔÛÕÏØÙÄÅÁÀÃ]|ñ[aeiouôö]|[öô][ùøûõï])")
_LETTER = pattern(r"[^\W\d_]")
_MODERN = pattern(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹơưđăĐƠƯ]")
_SAMPLE = 20_000  # letters that are looked at


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
