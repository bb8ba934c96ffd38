"""Two or more plain numbers with dashes: 15-20 người."""

from __future__ import annotations

import re

from ....errors import Message
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER, spell_digits
from ...rule import COMMA, DATE_OR_NUMBER, Answer, Guess, Rule, RuleMaker, Scene, words_after, words_before
from ..time.calendar_words import Day, counted

rule = RuleMaker(Kind.RANGE)

_DAY = pattern(r"[123]?\d\.1?\d")  # a point where decimals have a comma
_HEADS = words_after(
    "đồng|đ|hộ|người|khẩu|nhân khẩu|con|suất|phiếu|cử tri|đại biểu|em|cháu|học sinh|ca|"
    "kg|ha|km|m2|m3|tấn|tạ|triệu|bao|cây|lít"
)
_MONTH_DAY = pattern(r"\d{1,2}-\d{1,2}")
_LINKS = words_after("tại|của|ở|là|và|vượt|trên|do|theo|hằng năm|hàng năm|từ|tới|đến|vừa qua|tới đây|lịch")
_HOUR = pattern(r"\d{1,2}[:hg]")
_SIGNS = frozenset("%°‰$€²³/+-–=xX*")
_NUMBERED = words_before(
    "lớp|khối|cấp|tổ|thôn|số|khu|nhóm|đợt|quý|xóm|bản|ấp|đội|lô|hạng|loại|mức|bậc|điều|khoản|trang|câu|tiết|tuần|"
    "tầng|vòng|giải|từ|khoảng|tới|đến|gấp|tăng|giảm|cao|sâu|rộng|dài|tuổi|nhiệt độ|độ tuổi|năm thứ|ngày thứ|lần thứ|"
    "mũi|ca|phường|quận|huyện|p|q|tập|phần|mục|chương|kỳ|khóa|bước|lứa|vụ|giá|ph|độ ẩm|km|huyết|chỉ số|mạch|gió"
)
_SCORE = Message("a score, or a range")


@rule(rf"({NUMBER}) ?[-~] ?({NUMBER})(?![\d]| ?[-~]\d|[hk](?:\d\d)?(?![^\W_]))")
def between(match: re.Match[str], scene: Scene) -> Answer:
    """15-20 -> mười lăm đến hai mươi; a falling pair is only two numbers"""
    if any(re.match(r"0\d{2}", number) for number in match.groups()):
        return Guess(" ".join(map(spell_digits, match.groups())), Message("a code, read digit by digit"))
    first, last = scene.say(match[1]), scene.say(match[2])
    if re.fullmatch(r"(?:19|20)\d\d", match[1]) and re.fullmatch(r"20\d{3}", match[2]):  # vụ 2019 - 20202
        return Guess(f"{first} đến {last}", Message("a number with a digit too few or too many?"))
    if all(re.fullmatch(r"[1-9]\d{0,2},\d\d0", number) for number in match.groups()):
        return Guess(" đến ".join(scene.say(number.replace(",", ".")) for number in match.groups()), COMMA)
    if " " in match[0] and scene.labelled(match.start()) and scene.continues(match.end(), _HEADS):
        return Guess(f"{first}, {last}", Message("one number and what it counts, or a range"))  # thôn 2 - 15 hộ
    if " - " in match[0] and scene.before(match.start()).endswith(" khu vực"):  # Khu vực 3 - 15 Hoàng Diệu
        return Guess(f"{first}, {last}", Message("one number and what it counts, or a range"))
    if " " in match[0] and re.fullmatch(r"(?:19|20)\d\d", match[1]) and scene.continues(match.end(), ("năm",)):
        return f"{first}, {last}"  # Giải phóng 1975 - 50 năm nhìn lại
    if match[1] == "0" and " " not in match[0] and not counted(scene, match.end()):  # TP.HCM 0-1 Hà Nội
        follows = scene.after(match.end())[:1]
        return f"{first} đến {last}" if follows in _SIGNS or follows.islower() else Guess(f"{first} {last}", _SCORE)
    if _value(match[1]) < _value(match[2]):
        days = (_DAY.fullmatch(match[2]) and not counted(scene, match.end())) or _lonely(match, scene)
        return Guess(f"{first} đến {last}", DATE_OR_NUMBER) if days else f"{first} đến {last}"
    if " " in match[0]:
        link = " " if len(match[1]) == len(match[2]) == 1 else " đến "  # 2 - 0 is a score
        return Guess(f"{first}{link}{last}", Message("a range that does not rise"))
    return Guess(f"{first} {last}", Message("two numbers with a dash, and no word says what they are"))


@rule(r"\d{1,3}(?:,\d{1,2})?(?: ?- ?\d{1,3}(?:,\d{1,2})?){2,6}(?![\d-]|[.,/]\d)")
def row(match: re.Match[str], scene: Scene) -> Answer:
    """2-4-6 -> hai, bốn, sáu; 3,4 - 3,2 - 3,1"""
    return ", ".join(scene.say(number.strip()) for number in match[0].split("-"))


def _lonely(match: re.Match[str], scene: Scene) -> bool:
    """Nghỉ hưu 5-10. Lũ 5-10 vượt …: counts nothing, numbers nothing, and could be a day and a month"""
    following = scene.after(match.end())
    linked = scene.continues(match.end(), _LINKS) or _HOUR.match(following)
    counting = following[:1].isalnum() and not linked
    if counting or following[:1] in _SIGNS or scene.before(match.start()).endswith(_NUMBERED):
        return False
    return _MONTH_DAY.fullmatch(match[0]) is not None and Day(match[1], match[2]).possible()


def _value(written: str) -> float:
    whole, _, fraction = written.replace(".", "").partition(",") if "," in written else (written, "", "")
    if "," not in written and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", written):
        whole = written.replace(".", "")
    return float(f"{whole}.{fraction or 0}" if "." not in whole else whole)


RULES: tuple[Rule, ...] = (row, between)
