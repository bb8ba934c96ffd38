"""Legal citations: điểm a, b và c khoản 2 Điều 5; Điều 5a."""

from __future__ import annotations

import re

from ..numerals import LETTERS
from ..rules import Rule, Scene, reads, words_before

_POINTS = words_before("điểm|các điểm|tiết|tiểu mục|điểm,")
_PLACES = words_before("điều|khoản|điểm|mục|lớp|thôn|tổ|nhà|khối|số|xóm|phòng")
_CLAUSE = re.compile(r" khoản \d{1,2}$")
_GAPS = (", ", " và ", " hoặc ", "; ", " đến ", " - ", ",", "-", " đến điểm ")


@reads(r"([a-zđ])(?![^\W\d_]|'[^\W\d_])", starts="word")
def point(match: re.Match[str], scene: Scene) -> str | None:
    """điểm a, b, c và d khoản 4 -> a, bê, xê và dê"""
    at = match.start()
    if not (scene.before(at).endswith(_POINTS) or scene.follows("legal", at, *_GAPS)):
        return None
    return LETTERS[match[1].upper()]


@reads(r"(\d{1,3})([a-jl-zđ])(?![^\W_])")
def inserted(match: re.Match[str], scene: Scene) -> str | None:
    """Điều 5a -> Điều năm a"""
    if not scene.before(match.start()).endswith(_PLACES):
        return None
    return f"{scene.say(match[1])} {LETTERS[match[2].upper()]}"


@reads(r"[Kk]\.? ?(\d{1,2})(?=,? ?(?:Đ\.? ?\d|[Đđ]iều))", starts="word")
def clause(match: re.Match[str], scene: Scene) -> str | None:
    """điểm a K2 Đ12 -> khoản hai …"""
    return f"khoản {scene.say(match[1])}"


@reads(r"Đ\.? ?(\d{1,3})(?![^\W_])", starts="word")
def article(match: re.Match[str], scene: Scene) -> str | None:
    """… Đ12 NĐ 144 -> Điều mười hai"""
    cited = _CLAUSE.search(scene.before(match.start())) or scene.follows("legal", match.start(), ", ", " ")
    return f"Điều {scene.say(match[1])}" if cited else None


RULES: tuple[Rule, ...] = (clause, point, inserted, article)
