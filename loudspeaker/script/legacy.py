"""Is this text in TCVN3 (ABC) or VNI, the encodings from before Unicode? Then it is nonsense and must be converted."""

from __future__ import annotations

import re
from typing import Literal

# Letters that TCVN3 fonts show as Vietnamese and that Unicode Vietnamese never has inside words.
_TCVN3 = re.compile(r"[a-zA-Z]*(?:[µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞãßáâä«åèæçé¬êíëìî­ïóñòô­õøö÷ùúýûüþ][a-z]*){1,3}")
_TCVN3_SURE = re.compile(r"[®µ¸¶¹¨»¾¼½©ª«¬­ÆÇËÌÐÎÏÑÖ×ØÜÞßåæçëîïñöø÷ûüþ]")
# VNI writes the mark after its vowel: “Thoâng baùo”, “ñeå”.
_VNI = re.compile(r"(?:[aeouy][âêôûõïøùûäåáàã]|[oe]ä|[AEOUYaeouy][ÂÊÔÛÕÏØÙÄÅÁÀÃ]|ñ[aeiouôö]|[öô][ùøûõï])")
_LETTERS = re.compile(r"[^\W\d_]")
_MODERN = re.compile(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹơưđăĐƠƯ]")
_SAMPLE = 20_000


def looks_legacy(text: str) -> Literal["TCVN3", "VNI"] | None:
    """The old encoding that `text` seems to be in, judged by its first part; None for Unicode."""
    if text.isascii():
        return None
    sample = text[:_SAMPLE]
    if len(_MODERN.findall(sample)) > 2:
        return None
    letters = len(_LETTERS.findall(sample)) or 1
    vni = len(_VNI.findall(sample))
    tcvn3 = len(_TCVN3_SURE.findall(sample))
    if tcvn3 >= 3 and tcvn3 > vni and tcvn3 * 12 > letters:
        return "TCVN3"
    return "VNI" if vni >= 3 and vni * 14 > letters else None
