"""Scores, ratios, fertiliser formulas and round the clock: 2-1, 1:500, NPK 5-10-3, 24/7."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import spell_letters
from ...reasons import DATE_OR_NUMBERS
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER
from ..time.calendar_words import Day, follows_date
from .matches import CONTESTS

rule = RuleMaker(Kind.SCORE)

_SCORE = words_before(
    "tỉ số|tỷ số|tỉ số là|tỷ số là|kết quả là|kết quả|thắng|thua|hòa|hoà|dẫn|chung cuộc|hạ|dẫn trước|h1|h2|"
    "hiệp 1|hiệp 2|hiệp 3|set 1|set 2|set 3|set 4|set 5|séc 1|séc 2|séc 3|ván 1|ván 2|ván 3|thất bại|"
    "tối thiểu|gỡ|gỡ hòa|san bằng|hiệu số|bt-bb|bt/bb|bàn thắng-bàn thua|bàn thắng/bàn thua"
)
_PLAIN = (" thắng ", " thua ", " tỉ số ", " tỷ số ")
_GAME = (*_PLAIN, " hòa ", " hoà ")
_NAME = r"(?<=[^\W\d_] )(?:Hòa|Hoà|Thắng) "  # xã Hòa Bình 3-4, ông Thắng 3-4 are no results
_NAMES, _NAMED_SO = pattern(_NAME), pattern(f"{_NAME}$")
_COMPOUNDS = pattern(  # words with hòa, thắng, thua in them that tell no result: nước Cộng hòa, hòa giải, thua lỗ
    r" (?:(?:cộng|hài|ôn|điều|thuận|giao|trung|hiền|chan|tổng) (?:hòa|hoà)|thắng (?:lợi|cảnh|tích)|"
    r"thua (?:lỗ|thiệt|kém)|(?:hòa|hoà) (?:bình|giải|nhập|thuận|hợp|mạng|nhạc|âm|tan|lưới|đồng|ước|nhã|vốn|mình|"
    r"chung|cùng|quyện))(?!\w)"
)
_SIDE = pattern(f" ?({cue_list('teams')}) ")
_TEAM_NAME = pattern(rf"(?<!\w)[{UPPER}][{LOWER}]{{1,9}}\)? $")
_TWO_TEAMS = pattern(rf"[{UPPER}][{LOWER}]+ - [{UPPER}][{LOWER}]+(?: [{UPPER}][{LOWER}]+){{0,2}}:? $")
_VICTORIES = frozenset(("7-5", "3-3"))  # days of history that no match ends with
_WEIGHT = pattern(r" ?(?:kg|g|tạ|tấn|bao)(?!\w)")  # DAP 7-8 kg
_RECORD = {"T": "thắng", "H": "hòa", "B": "thua"}
_SETS = words_before("thắng|thua|set|séc|hiệp|tỉ số|tỷ số")
_MATCH = words_before("trận|trận sau|trận tới|trận này|hiệp|bán kết|chung kết|tứ kết|luân lưu|vòng loại|lượt trận")
_TEAM = pattern(r" (?:u\d\d|fc|clb) ")
_COUNTED = words_after("ngày|người|đội|trận|hộ|tuần|tháng|năm|lần|bàn|điểm|giờ|phút|em|tuổi|suất|sân|hiệp")
_RATIO = words_before(
    "phân khu|quy hoạch|quy hoạch chi tiết|bản vẽ|mặt bằng|chi tiết|tỷ lệ|tỉ lệ|pha|bản đồ|theo tỷ lệ|theo tỉ lệ|tl|"
    "hiệu số"
)
_LISTED = pattern(r" (?:1?\d|2[0-3])(?: và)?$")  # 20, 21, 24/7
_DAYS = words_before(
    "dịp|nhân dịp|hạn chót|hạn|hạn nộp|hết|đến hết|vào|kể từ|từ ngày|ngày|sáng|chiều|tối|hôm|đến|từ|tháng|trưa|đêm|"
    "lúc|hồi|lễ|liệt sĩ|nay|mai|hôm qua|chiều qua|tối qua|này"
)
_ALWAYS = pattern(
    r" (?:trực|trực ban|hoạt động|hỗ trợ|phục vụ|liên tục|túc trực|cấp cứu|vận hành|giám sát|theo dõi|mở cửa|hotline|"
    r"đường dây nóng|tổng đài|dịch vụ|camera|tiếp nhận|online|zalo|chế độ|tư vấn|ứng trực|nhóm)(?: \S+){0,3} $"
)


@rule(r"([0-5])-([0-5])(?= ?[(:] ?(\d{1,2}[/-]\d{1,2}(?:[,;] ?\d{1,2}[/-]\d{1,2}){1,4})\))")
def result_in_sets(match: re.Match[str], context: Context) -> str | None:
    """Result of a match with as many sets behind it: KP1 - KP4: 2-0 (11/7, 11/9) -> hai không"""
    sets = len(re.findall(r"\d[/-]", match[3]))
    return _say_score(match.groups()[:2], context) if sets == int(match[1]) + int(match[2]) else None


@rule(r"(\d{1,2}) ?[-:] ?(\d{1,2})(?![\d./-]\d|[^\W_]|[./]\d| ?(?:kg|ha|m|g|ml|%)| ?[-./] ?(?:1\d|20)\d\d(?!\d))")
def score(match: re.Match[str], context: Context) -> Answer:
    """Score of a match: thắng với tỉ số 2-1 -> hai một"""
    words = _COMPOUNDS.sub("", f" {context.before(match.start()).rpartition('. ')[2].lstrip()}")
    if words.endswith(" ngày") or _is_victory(match, words):
        return None
    spoken = _say_score(match.groups(), context)
    if not _is_result(match, context, words):
        return _score_between_teams(match, context, spoken)
    played_then = words.endswith(_MATCH) and Day(match[1], match[2]).possible()  # trận 2-9, bán kết 6-12
    return Guess(spoken, DATE_OR_NUMBERS) if played_then else spoken


def _say_score(points: Sequence[str], context: Context) -> str:
    """The points of both sides, a pause between those that would be heard as one number: 20-5 -> hai mươi, năm"""
    first, last = points
    as_one = int(first) % 10 == 0 < int(first) and 0 < int(last) < 10
    return f"{context.number(first)}{',' if as_one else ''} {context.number(last)}"


def _is_victory(match: re.Match[str], words: str) -> bool:
    """Whether it is a day of history, which no match ends with: chiến thắng 30-4, Chiến thắng 7-5"""
    if " chiến thắng" not in words:
        return False
    return match[0] in _VICTORIES or int(match[1]) > 12 or "0" in (match[1][0], match[2][0])


def _is_result(match: re.Match[str], context: Context, words: str) -> bool:
    """Whether words of a match stand before: thắng 2-1, bán kết U23 1-0; tối thiểu 3 - 5 ngày and sáng 2-9 are none"""
    written = context.text[max(0, match.start() - REACH) : match.start()].replace("\n", " ")
    least = words.endswith(" tối thiểu") and context.is_before(match.end(), _COUNTED)
    if words.endswith(_SCORE) and not least and not _NAMED_SO.search(written):
        return True
    if words.endswith(_DAYS):
        return False
    if "-" in match[0] and any(
        cue in _sentence_of_match(written, words) for cue in (_PLAIN if " " in match[0] else _GAME)
    ):
        return True
    if len(match[0]) != 3 and " luân lưu " not in words:
        return False
    played = any(cue in words for cue in _MATCH) or _TEAM.search(words) is not None
    return played and not context.is_before(match.end(), _COUNTED)


def _sentence_of_match(written: str, words: str) -> str:
    """Sentence before.

    The sentence before without names and words that only look like a result: Ngày Chiến thắng 30-4 và … 1-5
    """
    cued = _COMPOUNDS.sub("", f" {_NAMES.sub('', written).lower().rpartition('. ')[2]}")
    return cued if words.endswith(" chiến thắng") else cued.replace("chiến thắng ", "")


def _score_between_teams(match: re.Match[str], context: Context, spoken: str) -> Answer:
    """Score between or behind two teams: Long An 1-2 Hải Phòng; Dũng - Thuyết: 0-3"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()]
    follows = context.text[match.end() : match.end() + 4]
    between = _TEAM_NAME.search(ahead) and re.match(rf" [{UPPER}](?!ết)", follows)
    behind = _TWO_TEAMS.search(ahead) and re.match(r"[;,.]?(?:\s|$)", follows)
    small = ":" not in match[0] and len(match[1] + match[2]) <= 3
    if small and _in_row(match, ahead, follows) and context.memory.count_words(CONTESTS) > 1:
        return Guess(spoken, _SCORE_OR_RANGE)
    side = _SIDE.match(context.text[match.end() : match.end() + 8])
    if small and side and f" {side[1].lower()} " in f" {ahead.lower()}":  # Thôn Nam 0-0 Thôn Bắc
        return spoken
    if not small or not (between or behind) or context.after_label(match.start()):
        return None
    return Guess(spoken, _SCORE_OR_RANGE)


_SCORE_OR_RANGE = Message("a score, or a range")


def _in_row(match: re.Match[str], ahead: str, follows: str) -> bool:
    """Whether two digits with a dash are a cell of a row: Cụm 5, Trường THCS, 1-2, 22-20"""
    return len(match[0]) == 3 and ahead.endswith(", ") and follows[:1] in ("", ",", ".", "\n")


@rule(r"\d{1,2}/\d{1,2}(?:[,;] ?\d{1,2}/\d{1,2}){1,4}(?![\d/])")
def score_of_sets(match: re.Match[str], context: Context) -> str | None:
    """Score of sets: thắng 2-1 (15/11, 12/15, 15/13) -> mười lăm mười một, …"""
    words = context.before(match.start())
    if not any(cue in words for cue in _SETS) and not _RESULT.search(
        context.text, max(0, match.start() - 8), match.start()
    ):
        return None
    pairs = (pair.split("/") for pair in re.split("[,;] ?", match[0]))
    return ", ".join(_say_score(pair, context) for pair in pairs)


_RESULT = pattern(r"(?<![\d/-])[0-5] ?- ?[0-5] ?[(:] ?$")


@rule(r"\d{1,2}-\d{1,2}(?:[,;] ?\d{1,2}-\d{1,2}){1,4}(?![\d/-]|[.,]\d)")
def points_of_sets(match: re.Match[str], context: Context) -> Answer:
    """Points of the sets of a match, where a text tells of such: 21-10, 21-7 -> hai mươi mốt mười, …"""
    pairs = [pair.split("-") for pair in re.split("[,;] ?", match[0])]
    played = all(max(map(int, pair)) > 8 for pair in pairs) and not context.is_after(match.start(), (" ngày",))
    if not played:
        return None
    spoken = ", ".join(_say_score(pair, context) for pair in pairs)
    if context.memory.count_words((*_GAMES_IN_SETS, *CONTESTS)):
        return spoken
    falling = len(pairs) > 1 and any(int(first) > int(last) for first, last in pairs)  # as no range does
    days = all(Day(*pair).possible() for pair in pairs)  # chiều 28-9, 21-10
    return Guess(spoken, _SCORE_OR_RANGE) if falling and not days else None


_GAMES_IN_SETS = ("điểm các hiệp", "bóng chuyền", "bóng chuyền hơi", "cầu lông", "bóng bàn", "pickleball")


@rule(r"(?:1/2|½) ?- ?(?:1/2|½)(?![\d/]|[.,]\d)")
def drawn_game(match: re.Match[str], context: Context) -> str:
    """A game of chess that nobody wins: hòa 1/2 - 1/2 -> nửa điểm mỗi bên"""
    return "nửa điểm mỗi bên"


@rule(r"\d{1,2}T, ?\d{1,2}H, ?\d{1,2}B(?![^\W_])")
def games_of_team(match: re.Match[str], context: Context) -> str | None:
    """Games of a team: 7 điểm (2T, 1H, 0B) -> hai thắng, một hòa, không thua"""
    games = re.findall(r"(\d+)([THB])", match[0])
    return ", ".join(f"{context.number(count)} {_RECORD[letter]}" for count, letter in games)


@rule(r"(\d{1,3})V[,-] ?(\d{1,3})B[,-] ?(\d{1,3})Đ(?![^\W_])")
def medals(match: re.Match[str], context: Context) -> str:
    """Medals: TP.HCM: 89V, 33B, 52Đ -> tám mươi chín vàng, …"""
    metals = zip(match.groups(), ("vàng", "bạc", "đồng"), strict=True)
    return ", ".join(f"{context.number(count)} {metal}" for count, metal in metals)


@rule(r"H([12])(?=:? ?\d{1,2} ?- ?\d)", starts="word")
def half_time(match: re.Match[str], context: Context) -> str | None:
    """Half of a match: thắng 3-2 (H1: 1-2) -> hiệp một"""
    return f"hiệp {context.number(match[1])}"


@rule(r"1/(\d{2,6}) ?(?:-|–|đến) ?1/(\d{2,6})(?![\d/.,]\d|\d)", only_after=_RATIO)
def range_of_scales(match: re.Match[str], context: Context) -> str:
    """From scale to scale: bản vẽ tỷ lệ 1/50-1/200 -> một trên năm mươi đến một trên hai trăm"""
    return f"một trên {context.number(match[1])} đến một trên {context.number(match[2])}"


@rule(r"(\d{1,5}) ?[:/] ?(\d{1,3}(?:\.\d{3})+|\d{1,6})(?![\d/.,]\d|\d)")
def ratio(match: re.Match[str], context: Context) -> str | None:
    """Ratio or scale: bản đồ tỷ lệ 1/500 -> một trên năm trăm"""
    words = context.before(match.start())
    mixed = re.search(r" pha(?: [^\W\d_]+){1,4}$", words)
    if not (words.endswith(_RATIO) or mixed):
        return None
    return f"{context.number(match[1])} trên {context.number(match[2])}"


@rule(r"([A-ZĐ])/([A-ZĐ])(?![^\W_])", starts="word", only_after=_RATIO)
def ratio_of_letters(match: re.Match[str], context: Context) -> str | None:
    """Ratio of two letters: tỷ lệ D/R = 3,32 -> dê trên rờ"""
    return f"{spell_letters(match[1])} trên {spell_letters(match[2])}"


@rule(r"24/(7|24)(?![\d/]| ?-)(?: ?(h|giờ)(?![^\W_]))?")
def round_the_clock(match: re.Match[str], context: Context) -> Answer:
    """Round the clock: trực 24/7 -> hai mươi tư trên bảy, but not “ngày 24/7”, “sáng nay 24/7”"""
    words = context.before(match.start())
    at = match.start()
    dated = (
        words.endswith(_DAYS) or _LISTED.search(words) or follows_date(context, at) or context.follows(Kind.TIME, at)
    )
    if match[1] == "7" and dated:  # 20h 24/7
        return None
    spoken = f"hai mươi tư trên {context.number(match[1])}" + (" giờ" if match[2] else "")
    if match[1] == "7" and not (context.previous.kind is Kind.PHONE or _ALWAYS.search(words + " ")):
        return Guess(spoken, Message("round the clock, or the 24th of July"))
    return spoken


@rule(r"\d{1,2}(?:[-.:+]\d{1,2}| [-.:+] \d{1,2}){1,4}(?: ?\+? ?(TE)| ?\+ ?(\d{1,2}) ?S)?(?![^\W_]|[-/.]\d)")
def fertiliser_formula(match: re.Match[str], context: Context) -> str | None:
    """Formula of a fertiliser.

    NPK 5-10-3 -> năm, mười, ba; NPK-S 5.10.3-8; NPK (như loại 17:5:16, 12:5:10); DAP 18-46
    """
    words = context.before(match.start())
    head = context.line_before(match.start(), 3 * REACH)
    dap = re.search(rf"DAP(?: [{UPPER}][{LOWER}]+){{0,2}} \(?$", head)
    if len(re.findall(r"\d+", match[0])) == 2 and (not dap or _WEIGHT.match(context.text, match.end())):
        return None
    if words.endswith(" ngày") or not ("NPK" in head or " npk" in words or dap):
        return None
    numbers = re.findall(r"\d+", match[0])[: -1 if match[2] else None]
    more = " tê e" if match[1] else f" cộng {context.number(match[2])} ét" if match[2] else ""
    return ", ".join(context.number(number) for number in numbers) + more
