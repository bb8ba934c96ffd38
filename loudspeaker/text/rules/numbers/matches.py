"""Who plays whom: Xóm Lò x Xóm Đầm, A1-A2, 16h00 T5 8/10: Bích An - Phú Trung, nhất A - nhì B -> gặp."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from ....errors import Message
from ...context import REACH, Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.SCORE)

CONTESTS = (
    "bảng đấu",
    "tỷ số",
    "tỉ số",
    "bán kết",
    "chung kết",
    "vòng bảng",
    "trận",
    "thi đấu",
    "lịch đấu",
    "giải bóng",
    "giải cầu lông",
    "tứ kết",
    "giao hữu",
    "giải cờ",
    "vòng loại",
    "vô địch",
    "vua phá lưới",
)
_OF_MATCHES = ("bảng a", "bốc thăm", "khai mạc", "bán kết", "chung kết", "vòng bảng", "thi đấu", "lịch đấu", "luân lưu")
_OF_REFEREES = ("trọng tài", "cặp đấu", "đội")
_GAMES = (
    *(
        "bóng đá",
        "bóng chuyền",
        "bóng rổ",
        "bóng bàn",
        "bóng ném",
        "cầu lông",
        "đá cầu",
        "kéo co",
        "đẩy gậy",
        "đấu vật",
    ),
    *("cờ tướng", "pickleball", "futsal", "cặp đấu", "trận đấu", "bảng a"),
)
_PAIRS = ("đôi nam", "đôi nữ", "đôi nam nữ", "đánh đôi", "đôi hỗn hợp")  # Dũng - Thuyết is one side of two
_BODY = (
    r"(?:LL |Lực lượng )?(?:Công an|Quân sự|Dân quân|Cựu chiến binh|Phụ nữ|Nông dân|Thanh niên|Giáo viên|Mặt trận|"
    r"Biên phòng|Trạm y tế|Cơ quan|Trường học|Văn phòng|CA|QS|CCB|PN|ND|TN|GV|UBND|BCH QS|BĐBP|TYT)(?: xã| phường)?"
)
_TEAM = rf"(?i:{cue_list('teams')}|TDP|KP|KDC|chi hội|chi đoàn|đoàn|hội|trường|FC|U\d\d|LL|liên quân|lớp|khối)"
_CAPITAL = rf"(?:[{UPPER}][{LOWER}]*(?:['’][{LOWER}]+)?|[A-ZĐ]{{2,5}})(?![^\W_])"
_WORD = rf"(?:{_CAPITAL}|\d{{1,2}}[A-Z]?\d?(?![^\W_]|-\d))"
_NAME = (
    rf"(?:{_BODY}|(?<![^\W_])(?:(?i:(?:nam|nữ|đội|đội nam|đội nữ) )?{_TEAM}\.? ?{_WORD}|{_CAPITAL})(?: {_WORD}){{0,4}})"
)
_PLACED = (  # whoever comes out of a game before: nhất A, nhì bảng B, thắng trận 1, thua BK2
    r"(?i:nhất|nhì|(?:đội )?thắng|(?:đội )?thua|hạng nhất|hạng nhì)(?i: bảng| trận| bán kết| tứ kết| BK| TK| cặp)? ?"
    r"(?:[A-H]|\d{1,2})(?![^\W_])"
)
_ONE = rf"(?:{_PLACED}|{_NAME})(?: ?\([^()\n]{{1,20}}\))?"
_SIDE = rf"{_ONE}(?: ?[+&/] ?{_NAME}){{0,2}}"
_BEFORE = pattern(rf"(?<![^\W_])(?P<side>{_SIDE}) ?$")
_BEHIND = pattern(rf" ?(?P<side>{_SIDE})(?![^\W_])(?P<rest>[^\n;]{{0,30}})")
_RANKED = pattern(_PLACED)
_LETTERED_SIDE = pattern(r"(?<![^\W_])(?:[A-H][1-6]|(?:CH|CĐ|Đ|KP|TDP|KDC|TK|X)\d{1,2}) ?(?![^\W_])")
_SIDE_BEFORE = pattern(rf"(?:[^\W\d_]{{2}}|[{UPPER}]|[^\W\d_] \d{{1,2}}),? {{1,2}}$")
_CLAUSE = pattern(r"[\n;]|[.!?] ")
_MANY_SIDES = pattern(r" - |(?<!\w)gặp(?!\w)")
_STAGE = pattern(  # of a contest, right before the first side: trận chung kết, bán kết 1 (, kéo co nam:
    r"(?i)(?<!\w)(?:trận(?! địa| đánh| mưa| lũ| bão)|trận đấu|cặp đấu|ván \d{1,2}|"
    r"tứ kết|bán kết|chung kết|vòng bảng|vòng \d|lượt \d|lượt trận|"
    r"tranh (?:giải|hạng) (?:ba|nhất|3)|[bt]k ?\d|ck)(?: [^\W\d_]{1,7}| \d{1,2}(?:kg)?){0,6} ?[:(,.)-]{0,2} ?$"
)
_WHEN = pattern(  # an hour, a day or a pitch right before it
    r"(?i)(?:\d{1,2}(?:[hg:]\d{0,2}| giờ)|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?|(?<!\w)(?:t[2-7]|thứ [2-7]|"
    r"thứ (?:hai|ba|tư|năm|sáu|bảy)|cn|chủ nhật|sân [a-z\d]|sáng|chiều|tối))\)? ?[:,.)-]{0,2} ?$"
)
_BRACKETS = pattern(r" ?\([^()\n]{1,30}\)(?= ?:)")
_WAYS = pattern(r"(?i)(?<!\w)(?:xe|chuyến|tuyến|đường|lộ trình|trọng tài|địa điểm|điểm thi|ban|liên hệ)(?!\w)")
_FIRST = pattern(r"[\s\d.)*+•-]*$")  # nothing but a bullet before the first side
_ENDS = pattern(
    r" ?(?:$|[,;:.!?()]|\d{1,2}(?:[hg:-]|/\d)|(?:trên|tại|ở|lúc|vào|diễn ra|hồi|sân|sáng|chiều|tối|ngày|thứ)(?!\w))"
)
_GOALS = pattern(r":? ?\d{1,2}-\d{1,2}(?![\d/])")
_FIXTURE = pattern(rf"(?m)(?<![^\W_])(?P<first>{_NAME}) - (?P<second>{_NAME})(?![^\W_])")
_GROUP = pattern(r"(?m)(?<![^\W_])[Bb]ảng [A-H1-8](?: gồm)? ?[:(-] ?(?P<sides>[^\n]{2,160})")


@rule(r"T ?[-/] ?H ?[-/] ?B(?![^\W_])|BT ?[-/] ?BB(?![^\W_])", starts="word")
def heads_of_standings(match: re.Match[str], context: Context) -> str:
    """What a table of teams counts: T-H-B -> thắng, hòa, thua; BT-BB -> bàn thắng, bàn thua"""
    return "bàn thắng, bàn thua" if match[0].startswith("BT") else "thắng, hòa, thua"


@rule(rf"[xX](?=,? {{1,2}}[{UPPER}])|(?:v\.?|V)(?= [{UPPER}])", starts="word")
def against(match: re.Match[str], context: Context) -> str | None:
    """An x or a v between two sides: Xóm Lò x Xóm Đầm, Nhất A x Nhì B, Hòa An v Phước Lộc -> gặp"""
    sides = _SIDE_BEFORE.search(context.text[max(0, match.start() - REACH) : match.start()])
    return "gặp" if sides and context.memory.count_words(CONTESTS) else None


@rule(r"S([1-9])(?= ?:)", starts="word")
def court(match: re.Match[str], context: Context) -> str | None:
    """A court, where a text tells of matches and of courts: 18h30 S1: KP1 gặp Bến xe -> sân một"""
    told = context.memory.count_words((*CONTESTS, *_GAMES)) and context.memory.count_words(_COURTS)
    return f"sân {context.number(match[1])}" if told else None


_COURTS = ("sân 1", "sân 2", "sân số 1", "sân a", "các sân")


@rule(r"-", starts="sign")
def dash_between_letters(match: re.Match[str], context: Context) -> str | None:
    """A dash between two sides that are called by a letter and a number, where a text tells of matches: A1-A2 -> gặp"""
    sides = _LETTERED_SIDE.search(context.text, max(0, match.start() - 6), match.start()) and _LETTERED_SIDE.match(
        context.text, match.end() + (context.char(match.end()) == " ")
    )
    if not sides:
        return None
    told = any(context.memory.count_words(words) > 1 for words in (_OF_MATCHES, _OF_REFEREES))
    staged = _STAGED.search(context.text[max(0, match.start() - 2 * REACH) : match.start()])
    return " gặp " if told or staged else None


_STAGED = pattern(
    r"(?i)(?<!\w)(?:vòng bảng|lượt trận|tứ kết|bán kết|chung kết|cặp đấu)(?!\w)[^\n]*$"
)  # in the line before


@rule(r"-", starts="sign")
def dash_between_teams(match: re.Match[str], context: Context) -> Answer:
    """A dash between two sides of a match.

    16h00 T5 8/10: Bích An - Phú Trung; chung kết bóng chuyền nam: Nà Pài - Khuổi Sliến; nhất A - nhì B -> gặp.
    A pause where the dash only may mean that, so that two names are not heard as one.
    """
    if not context.memory.count_words(CONTESTS):
        return None
    start, end = match.span()
    clause = _CLAUSE.split(context.text[max(0, start - 2 * REACH) : start])[-1]
    first, second = _BEFORE.search(clause), _BEHIND.match(context.text, end)
    if not first or not second:
        return None
    lead, rest = _BRACKETS.sub("", clause[: first.start()]), second["rest"]
    tight = context.char(start - 1) != " " or context.char(end) != " "
    if tight and not (_STAGE.search(lead) and " " in first["side"] and " " in second["side"]):  # trận Sa-Pa
        return None
    if _MANY_SIDES.search(lead.rpartition(", ")[2]) or _MANY_SIDES.search(rest.partition(",")[0]):
        return None
    if _GOALS.match(rest):  # Hòa An - Phước Lộc 2-1
        return ","
    return _tell_sides(context, (first["side"], second["side"]), lead) if _ENDS.match(rest) else None


def _tell_sides(context: Context, sides: tuple[str, str], lead: str) -> Answer:
    """What is said between two sides, by what stands before the first."""
    if all(map(_RANKED.match, sides)):
        return ", gặp" if sides[0][-1].isdecimal() else "gặp"  # thắng trận 1, gặp thắng trận 2
    if all(map(_has_goals, sides)) or _may_be_partners(context, sides) or _WAYS.search(lead):
        return ","  # of a way: chuyến xe: Hà Nội - Hải Phòng 6h
    if all("/" in side for side in sides):  # Minh/Tuấn - Hà/Lan
        return "gặp"
    if _STAGE.search(lead):  # of a battle, trận Ấp Bắc - Giồng Trôm, it would be wrong
        certain = _tells_of_games(context) or all(map(_CALLED_TEAM.match, sides))
        return "gặp" if certain else Guess("gặp", _MATCH_OR_PAIR)
    return _tell_by_text(context, sides, lead)


def _tell_by_text(context: Context, sides: tuple[str, str], lead: str) -> Answer:
    """The same where only an hour, a bullet or the match before stands ahead: what the whole text tells decides."""
    if not _tells_of_games(context):
        return ","
    known = _known_sides(context.text)
    certain = all(known[side.lower()] > 1 or _CALLED_TEAM.match(side) for side in sides)
    listed = _FIRST.match(lead) or (lead.endswith(", ") and " - " in lead)
    if certain and (listed or _WHEN.search(lead)):
        return "gặp"
    return Guess("gặp", _MATCH_OR_PAIR) if _WHEN.search(lead) else ","


def _tells_of_games(context: Context) -> bool:
    """Whether a text has more than one word of contests."""
    return context.memory.count_words((*CONTESTS, *_GAMES)) > 1


def _has_goals(side: str) -> bool:
    """Whether a number behind a name may be what a side has shot: thôn Bãi Dài 3 - thôn Chợ 1"""
    return _NAME_AND_GOALS.search(side) is not None and not _NUMBERED_TEAM.fullmatch(side)


def _may_be_partners(context: Context, sides: tuple[str, str]) -> bool:
    """Whether two names may be one side of a game of four: Dũng - Thuyết"""
    return not any(" " in side or "/" in side for side in sides) and context.memory.count_words(_PAIRS) > 0


_NAME_AND_GOALS = pattern(rf"[{UPPER}][{LOWER}]+ \d{{1,2}}$")
_NUMBERED_TEAM = pattern(rf"{_TEAM} \d{{1,2}}")
_MATCH_OR_PAIR = Message("a match of two sides, or two names that belong together")


_CALLED_TEAM = pattern(rf"{_BODY}|(?i:(?:nam|nữ|đội|đội nam|đội nữ) )?{_TEAM}[ .]")


@lru_cache(maxsize=4)
def _known_sides(text: str) -> Counter[str]:
    """How often each name, in small letters, stands on a side of a dash or in a group; of a group twice."""
    sides = Counter[str]()
    for fixture in _FIXTURE.finditer(text):
        sides.update((fixture["first"].lower(), fixture["second"].lower()))
    for group in _GROUP.finditer(text):
        for name in re.split(r", ?| - |; ?| và ", group["sides"].rstrip(" .)")):
            sides.update((name.strip().lower(), _bare_name(name)) * 2)
    return sides


def _bare_name(name: str) -> str:
    """A side of a group without what it is called: thôn Bích An -> bích an"""
    called = _CALLED_TEAM.match(name.strip())
    return (name.strip()[called.end() :] if called else name).strip().lower()
