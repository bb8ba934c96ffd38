"""Legal citations: điểm a, b và c khoản 2 Điều 5; Điều 5a."""

from __future__ import annotations

import re

from ...context import Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import LETTERS
from ...rule import RuleMaker

rule = RuleMaker(Kind.CITATION)

_POINTS = words_before("điểm|các điểm|tiết|tiểu mục")
_PLACES = words_before("điều|khoản|điểm|mục|lớp|thôn|tổ|nhà|khối|số|xóm|phòng")
_ARTICLES = words_before("điều|khoản")
_LAWS = words_after("luật|bộ luật|điều lệ|blhs|blds|bltths|bllđ|nghị định|nđ|thông tư")
_MORE = pattern(r"(?:(?:, ?| và |; ?)Đ\.? ?\d{1,3}){1,4} (?:Luật|BL|Bộ luật|NĐ)")  # Đ5, Đ6 Luật …
_DECREE = pattern(r",? (?:NĐ|TT|QĐ) ?\d")  # Đ25 NĐ117
_CLAUSE = pattern(r" khoản \d{1,2}$")
_GAPS = (", ", " và ", " hoặc ", "; ", " đến ", " - ", ",", "-", " đến điểm ")


@rule(r"[Kk]\.? ?(\d{1,2})(?=,? ?(?:Đ\.? ?\d|[Đđ]iều))|(?<=\d )k\.(\d{1,2})(?!\w|\.\d)", starts="word")
def clause(match: re.Match[str], context: Context) -> str | None:
    """Clause before its article: điểm a K2 Đ12 -> khoản hai …; Điều 97 k.1"""
    return f"khoản {context.number(match[1] or match[2])}"


@rule(r"([a-zđ])(?![^\W\d_]|'[^\W\d_]|\. [^\W\d_]+[,;] [abcô]\.)", starts="word")
def point(match: re.Match[str], context: Context) -> str | None:
    """Letter of a point: điểm a, b, c và d khoản 4 -> a, bê, xê và dê"""
    at = match.start()
    if not (context.is_after(at, _POINTS) or context.follows(Kind.CITATION, at, *_GAPS)):
        return None
    return LETTERS[match[1].upper()]


@rule(r"(\d{1,3})([a-jl-zđ])(?![^\W_])", only_after=_PLACES)
def inserted_article(match: re.Match[str], context: Context) -> str | None:
    """Article or clause with a letter: Điều 5a -> Điều năm a; cách nhà 700m are metres, thang điểm: 100đ points"""
    words = context.before(match.start())
    units = "lmđpghk" if words.endswith(" điểm") else "lmđ"  # điểm 15p: 7,8
    if match[2] in units and not words.endswith(_ARTICLES):
        return None
    return f"{context.number(match[1])} {LETTERS[match[2].upper()]}"


@rule(r"Đ\.? ?(\d{1,3})(?![^\W_])", starts="word")
def article(match: re.Match[str], context: Context) -> str | None:
    """Article of a law: … Đ12 NĐ 144 -> Điều mười hai; (Đ.105 Luật …)"""
    at = match.start()
    cited = _CLAUSE.search(context.before(at)) or context.follows(Kind.CITATION, at, ", ", " ")
    laws = context.is_before(match.end(), _LAWS) or _MORE.match(context.text, match.end())
    named = laws or _DECREE.match(context.text, match.end()) or ("." in match[0] and " luật" in context.before(at))
    return f"Điều {context.number(match[1])}" if cited or named else None
