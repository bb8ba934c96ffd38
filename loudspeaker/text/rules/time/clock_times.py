"""Times of the day: 8h30, 7g30, 07:30, 11-14h. Minutes that are 00 are not said."""

from __future__ import annotations

import re
from itertools import pairwise

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import LOST_END, NO_TIME
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.TIME)

_CLOCK = words_before(
    "lúc|hồi|vào|từ|đến|khoảng|chậm nhất|muộn nhất|trước|sau|giờ|sáng|chiều|tối|tới|thời gian|đúng|bắt đầu|khung giờ|"
    "mở cửa|đóng cửa|nghỉ trưa|tan ca|vào ca"
)
_AT = words_before("lúc|hồi|phát lúc|vào lúc|đúng|trước lúc")
_HOURS = words_after("sáng|chiều|tối|trưa|đêm|ngày|hôm|thứ |cn|chủ nhật|chúa nhật|t2|t3|t4|t5|t6|t7")
_HOURLY = r"\d{1,2}(?:g ?[0-5]\d(?!\d)|[hH:](?:[0-5]\d(?!\d)|(?!\w))| ?giờ(?:[0-5]\d(?!\d)|(?!\w)))"
_AND_HOUR = pattern(rf"(?:\d{{1,2}}g, ?)?(?:và|,|đến|tới|-) ?{_HOURLY}")  # 6g, 11g và 17h30
_GIO = pattern(rf"(?<!\d)(?:{_HOURLY}|\d{{1,2}}g (?:sáng|trưa|chiều|tối|hằng ngày|hàng ngày|ngày))")  # 8g … 11g30
_WEIGHED = pattern(
    r"\d ?(?:kg|mg|ml|lít|lit|muỗng|thìa|viên)(?!\w)|(?<!\w)(?:muối|đường|bột|thuốc|gói|phân|đạm|lân|kali|vôi|men|sữa|"
    r"thịt|gạo|hạt|bơ|mật|nặng|trọng lượng|khối lượng|cân|pha|trộn|rắc|bón|liều|chất|khẩu phần|tuýp|hộp|chai|vàng|bạc|"
    r"ma tuý|ma túy|heroin|cần sa|tang vật|hòa|hoà|gam|gram|urê|npk|gia vị|bánh|kẹo|ngâm|xử lý|chế phẩm|"
    r"vacxin|cỡ|size|chỉ|tép)(?!\w)"
)
_GRAMS = Message("this could be hours or grams")
_ROADS = words_before("quốc lộ|tỉnh lộ|đường")
_MINUTES = r"(?:phút|ph|p|')(?![^\W_])"
_UNTIL = (" đến ", "-", " - ")
_AMOUNTS = words_after("điểm|tỷ|triệu|ha|tấn|tạ|kg|km|m|lần|người|đồng|cm|mm|độ|giá|năm|tuổi|g")
_PARTS = words_after("sáng|chiều|tối|trưa|đêm|ngày|hằng ngày|hàng ngày")


@rule(
    rf"(\d{{1,2}})(?: ?{_MINUTES})?,? (\d{{1,2}}) ?(?:[hHgG](?!\w)|giờ(?!\w))(?! kém)",
    only_after=(" kém",),
)
def minutes_to_hour(match: re.Match[str], context: Context) -> Guess | None:
    """Minutes before the hour that stands behind them: kém 10 8h -> kém mười phút tám giờ, and not eighteen"""
    told = _HOUR_LESS.search(context.text[max(0, match.start() - 12) : match.start()])  # 8h kém 10 9h
    if told or int(match[1]) > _HALF_AN_HOUR or int(match[2]) > 24:
        return None
    return Guess(f"{context.number(match[1])} phút {context.number(match[2])} giờ", Message("minutes before an hour"))


_HALF_AN_HOUR = 30
_HOUR_LESS = pattern(r"\d ?(?:[hHgG]|giờ),? kém $")


@rule(r"(\d{1,2})[hHgG]([0-5]\d)? ?[/-] ?(?=\d{1,2}/\d{1,2}(?!\d))")
def hour_before_date(match: re.Match[str], context: Context) -> str | None:
    """Hour before a date.

    7h/12/9 -> bảy giờ ngày …: the date behind the slash is read on its own; 7h30 - 26/01 has a pause
    """
    clock = _say_time(context, match[1], match[2])
    return clock + (" ngày" if match[0][-1] in "/-" else ",") if clock else None


@rule(r"(\d{1,2})[hg]([0-5]\d)'([0-5]?\d)(?:\"|''|s)?(?!\w)")
def hour_minute_second(match: re.Match[str], context: Context) -> str | None:
    """Hour, minute and second: 8h12'36" -> tám giờ mười hai phút ba mươi sáu giây"""
    return f"{_say_time(context, match[1], match[2])} {context.number(match[3])} giây" if int(match[1]) <= 24 else None


@rule(rf"(\d{{1,2}}) ?[hH](?:(?:[.:]| (?=00))?([0-5]\d)(?!\d)(?: ?{_MINUTES})?| ([0-5]?\d) ?{_MINUTES})")
def hour_minute(match: re.Match[str], context: Context) -> str | None:
    """Hour and minute: 8h30 -> tám giờ ba mươi phút"""
    return _say_time(context, match[1], match[2] or match[3])


@rule(
    r"(\d{1,2}) ?(?:giờ|[hH]) ?([0-5]\d)(?: ?phút)?"
    r"(?= ?- ?\d{1,2} ?(?:giờ|[:hHgG]|\.\d\d ?h|[/.-]\d)| (?:đến|tới) \d{1,2}(?: ?[gG](?!i)|\.\d\dh))"
)
def hour_minute_before_range(match: re.Match[str], context: Context) -> str | None:
    """Hour and minute before a second one.

    8 giờ05-10 giờ30, 7h 30 - 09:30: no fifth of October, no thirtieth of September
    """
    return _say_time(context, match[1], match[2])


@rule(rf"(\d{{1,2}}) ?[gG] ?([0-5]\d)(?!\d|[.,/]\d|-\d{{1,2}}(?!\d| ?(?:[hHgG:]|giờ)|\.\d))(?: ?{_MINUTES})?")
def southern_hour_with_blank(match: re.Match[str], context: Context) -> str | None:
    """Hour and minute with “g” and a blank: lúc 7g 05, 19 g 00 -> bảy giờ năm phút, mười chín giờ"""
    cued = context.is_after(match.start(), _CLOCK) or context.follows(Kind.TIME, match.start(), *_UNTIL)
    return _say_time(context, match[1], match[2]) if cued or match[2][0] == "0" else None


@rule(r"(\d{1,2})[gG]([0-5]\d)(?!\d)(?: ?(?:phút|ph|p|')(?![^\W_]))?")
def southern_hour_minute(match: re.Match[str], context: Context) -> str | None:
    """Hour and minute with “g”: 7g30 -> bảy giờ ba mươi phút"""
    return _say_time(context, match[1], match[2])


@rule(r"(\d{1,2}) ?[hHgG](\d{1,2})(?!\d)(?: ?(?:phút|ph|p|')(?![^\W_]))?")
def impossible_time(match: re.Match[str], context: Context) -> Answer:
    """Time that no clock shows: 25h30, 7h75, 6h5: said, and doubtful"""
    if match[0][len(match[1])] in "gG":
        return None
    return Guess(
        f"{context.number(match[1])} giờ {context.number(match[2])} phút",
        NO_TIME,
    )


@rule(
    r"(\d{1,2})(?::([0-5]\d))?(?::[0-5]\d)? ?([AaPp])\.?[Mm](?![^\W_])\.?|"
    r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)? (SA|CH)(?![^\W_])"
)
def hour_of_half_day(match: re.Match[str], context: Context) -> str | None:
    """Hour with AM or PM: 8:00 AM -> tám giờ sáng; 5:30pm -> năm giờ ba mươi phút chiều; 6:23:00 SA, 2:55 CH"""
    written, minute, half = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
    hour, noon = int(written), half in ("P", "p", "CH")
    if 12 < hour < 24 and noon:  # 22:20 PM
        return _say_time(context, written, minute)
    if not 1 <= hour <= 12:
        return None
    part = ("trưa" if hour in (11, 12) else "chiều" if hour < 6 else "tối") if noon else "sáng"
    return f"{_say_time(context, written, minute)} {part}"


@rule(r"(2[4-9]|[3-9]\d):([0-5]\d)(?![\d:]|[.,]\d)")
def race_time(match: re.Match[str], context: Context) -> Guess | None:
    """Minutes and seconds that no clock shows: chạy 10km hết 38:12 -> ba mươi tám phút mười hai giây"""
    if match[0] == "24:00":
        return None
    seconds = f" {context.number(match[2])} giây" if int(match[2]) else ""
    return Guess(f"{context.number(match[1])} phút{seconds}", NO_TIME)


@rule(r"(\d{1,2}):([0-5]\d)\.(\d{1,2})(?![\d.])")
def lap_time(match: re.Match[str], context: Context) -> str:
    """Time of a race: thành tích 14:52.3 -> mười bốn phút năm mươi hai giây ba"""
    return f"{context.number(match[1])} phút {context.number(match[2])} giây {context.number(match[3])}"


@rule(r"(\d{1,2}):([0-5]\d)(?=[1-9]\d{1,3} [^\W\d_])")
def hour_before_number(match: re.Match[str], context: Context) -> Answer:
    """Hour without a blank behind it: 14:39200 hồ trơ đáy, where a line's end was lost"""
    clock = _say_time(context, match[1], match[2])
    return Guess(f"{clock}, ", LOST_END) if clock else None


@rule(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?!\d|:\d)(?: ?(?:giờ|h|phút)(?![^\W_]))?")
def hour_with_colon(match: re.Match[str], context: Context) -> str | None:
    """Hour and minute with a colon: 07:30 -> bảy giờ ba mươi phút; 5:20:35"""
    clock = _say_time(context, match[1], match[2])
    seconds = int(match[3] or 0)
    return f"{clock} {context.number(str(seconds))} giây" if clock and seconds else clock


@rule(r"(\d{1,2}):(\d)(?![\d:.,]|[^\W_])")
def hour_with_short_minutes(match: re.Match[str], context: Context) -> Guess | None:
    """Hour and minute of one digit: lúc 7:5, phát 17:0 -> bảy giờ năm phút, which nobody should have to guess"""
    cued = context.is_after(match.start(), _CLOCK) or context.is_before(match.end(), _HOURS) or match[2] == "0"
    clock = _say_time(context, match[1], match[2]) if cued else None
    return Guess(clock, NO_TIME) if clock else None


@rule(r"(\d{1,2})\.([0-5]\d)( đến | tới | ?- ?)(\d{1,2})\.([0-5]\d)(?!\d|[.,/]\d| ?[%‰°])")
def hours_with_points(match: re.Match[str], context: Context) -> Answer:
    """From hour to hour with points: từ 7.00 đến 11.00 và 13.30 đến 16.30 ngày 7/12"""
    first, last = _say_time(context, match[1], match[2]), _say_time(context, match[4], match[5])
    if first is None or last is None or not int(match[1]) < int(match[4]):
        return None
    link = match[3] if match[3].strip() != "-" else " đến "
    spoken = f"{first}{link}{last}"
    words, quarters = context.before(match.start()), {match[2], match[5]} <= {"00", "15", "30", "45"}
    chained = context.follows(Kind.TIME, match.start(), " và ", ", ", "; ")
    if chained or (quarters and (words.endswith(_CLOCK) or context.is_before(match.end(), _PARTS))):
        return None if context.is_before(match.end(), _AMOUNTS) else spoken
    early = int(match[1]) >= _EARLIEST and not context.after(match.end())[:1].isdecimal()
    return Guess(spoken, Message("this could be hours or numbers")) if quarters and early else None


_EARLIEST = 4  # an hour from which offices and markets are open


@rule(r"(\d{1,2})\.([0-5]\d)(?!\d|[.,/]\d)( ?(?:h|giờ|phút)(?![^\W_]))?")
def hour_with_point(match: re.Match[str], context: Context) -> str | None:
    """Hour and minute with a point: lúc 7.30, 7.30h -> bảy giờ ba mươi phút"""
    words, cued = context.before(match.start()), match[3] and not match[3].endswith("phút")
    hourly = words.endswith(_CLOCK) and context.is_before(match.end(), _PARTS)
    return _say_time(context, match[1], match[2]) if cued or hourly or words.endswith(_AT) else None


@rule(
    r"(\d{1,2}) ?- ?(\d{1,2}) ?[hH](?:([0-5]\d)(?!\d))?(?![^\W_])|(\d{1,2}) ?- ?(\d{1,2})g([0-5]\d)(?![^\W_])",
)
def hour_range(match: re.Match[str], context: Context) -> str | None:
    """From hour to hour: 11-14h -> mười một đến mười bốn giờ; 7-11g30"""
    first, until, minute = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
    last = _say_time(context, until, minute)
    return f"{context.number(first)} đến {last}" if last and int(first) <= 24 else None


@rule(r"(\d{1,2}) ?- ?(\d{1,2})g(?![^\W_])")
def southern_hour_range(match: re.Match[str], context: Context) -> Answer:
    """From hour to hour with “g”: bơm 2 cữ 5-8g và 16-19g; weights are 7-13g too"""
    if not int(match[1]) < int(match[2]) <= 24:
        return None
    spoken = f"{context.number(match[1])} đến {context.number(match[2])} giờ"
    if context.is_before(match.end(), _PARTS):  # thả giống 6 - 8g sáng
        return spoken
    near = (context.text[max(0, match.start() - 40) : match.start()] + context.after(match.end())[:30]).lower()
    cued = context.is_after(match.start(), _CLOCK) or re.search(r"\b(?:cữ|ca|giờ|khung)\b", near)
    weighed = _WEIGHED.search(near) is not None
    if weighed and not cued:
        return None
    return spoken if cued and not weighed else Guess(spoken, _GRAMS)


@rule(r"24h/(24h|7)(?![^\W_])")
def round_the_clock(match: re.Match[str], context: Context) -> str | None:
    """Round the clock: trực 24h/24h, 24h/7"""
    return f"hai mươi tư giờ trên {'hai mươi tư giờ' if match[1] == '24h' else 'bảy'}"


@rule(r"(\d{1,2}) ?[hH](?![^\W_]|-\d{3})(?: giờ(?!\w))?")
def hour(match: re.Match[str], context: Context) -> str | None:
    """Hour: 17h -> mười bảy giờ; but quốc lộ 4D, 4H"""
    if match[0].rstrip(" giờ")[-1] == "H" and (
        context.follows(Kind.CODE, match.start(), ", ", " và ") or context.is_after(match.start(), _ROADS)
    ):
        return None
    return f"{context.number(match[1])} giờ"


@rule(r"\d{1,2}g(?:[0-5]\d)?(?:(?:, ?| và )\d{1,2}g(?:[0-5]\d)?){1,6}(?![^\W_]|-)")
def southern_hours_of_feeding(match: re.Match[str], context: Context) -> str | None:
    """As many hours as things are said to be done a day: cho ăn 4 lần: 6g, 10g, 14g, 18g, whatever is weighed there"""
    times = _TIMES_A_DAY.search(context.text[max(0, match.start() - REACH) : match.start()])
    hours = _HOUR_IN_ROW.findall(match[0])
    rising = all(int(one) < int(other) <= 24 for (one, *_), (other, *_) in pairwise(hours))
    if times is None or int(times[1]) != len(hours) or not rising:
        return None
    return "".join(f"{_say_time(context, hour, minute)}{link and f'{link.rstrip()} '}" for hour, minute, link in hours)


_TIMES_A_DAY = pattern(
    r"(?<!\d)(\d) ?(?:lần|cữ|bữa|suất|lượt|chuyến|buổi|đợt)"
    r"(?: ?/ ?ngày| (?:một|mỗi|trong) ngày)?(?: vào)?(?: lúc)?[ :(]+$"
)
_HOUR_IN_ROW = pattern(r"(\d{1,2})g(\d\d)?(,|(?: và)?)")


@rule(r"(\d{1,2})g(?=,| và|;|\s|$)")
def southern_hour_in_row(match: re.Match[str], context: Context) -> Guess | None:
    """Hours in a row of things that are done to animals and plants: cho cá ăn: 5g, 17g -> năm giờ, mười bảy giờ"""
    rows = _HOURS_OF_DOING.finditer(context.text, max(0, match.start() - REACH), match.end() + REACH)
    row = next((row for row in rows if row.start(1) <= match.start() < row.end()), None)
    hours = [int(hour) for hour in re.findall(r"\d+", row[1])] if row else []
    rising = all(one < other <= 24 for one, other in pairwise(hours))
    return Guess(f"{context.number(match[1])} giờ", _GRAMS) if len(hours) > 1 and rising else None


_HOURS_OF_DOING = pattern(
    r"(?:ăn|uống|tưới|bơm|phun|vắt sữa|lấy mủ|cho bú|đo|kiểm tra|trực|chạy|mở|xả|bật|tắt)(?: [^\W\d_]+){0,3} ?:? ?"
    r"(\d{1,2}g(?:(?:, ?|; ?| và )\d{1,2}g)+)(?![^\W_]|/)"
)


@rule(r"(\d{1,2})g(?![^\W_])", unless_before=_HOURS)
def southern_hour_of_part(match: re.Match[str], context: Context) -> Guess | None:
    """Hour behind the number of a part of a village: Tổ 1 7g, Tổ 2 8g -> bảy giờ; each is told its own"""
    numbered = _NUMBERED_PART.search(context.text[max(0, match.start() - 16) : match.start()])
    return Guess(f"{context.number(match[1])} giờ", _GRAMS) if numbered and int(match[1]) <= 24 else None


_NUMBERED_PART = pattern(r"(?i)(?<!\w)(?:tổ|thôn|xóm|ấp|khu|khóm|đội|nhóm|ca|lớp|khối) \d{1,2}[a-e]?[ :,-]{1,3}$")


@rule(r"(\d{1,2})[gG](?![^\W_])")
def southern_hour(match: re.Match[str], context: Context) -> Answer:
    """Hour with “g”.

    7g sáng -> bảy giờ sáng, also in a row; “7g muối” is a weight; where no word decides, an hour and a doubt
    """
    if int(match[1]) > 24:
        return None
    at, end = match.span()
    spoken = f"{context.number(match[1])} giờ"
    beside = context.follows(Kind.TIME, at, *_UNTIL, ", ", ",", " và ", " tới ", "; ")
    if (beside and context.previous.why is None) or _is_hour(context, at, end):
        return spoken
    if match[0][-1] == "G":  # mạng 4G, 5G
        opens = context.begins_line(at) and context.after(end).startswith(":")
        return Guess(spoken, _GRAMS) if opens else None
    return Guess(spoken, _GRAMS) if beside else _hour_or_grams(context, at, end, spoken)


def _is_hour(context: Context, at: int, end: int) -> bool:
    """Whether words of the day stand beside: 7g sáng, lúc 7g, 6g và 17h30, 7g/chuyến"""
    following = context.after(end)
    return (
        following.startswith(("/chuyến", "/ca", "/buổi", "cùng ngày"))
        or context.is_before(end, _HOURS)
        or context.is_after(at, _AT)
        or _AND_HOUR.match(following) is not None
    )


def _hour_or_grams(context: Context, at: int, end: int, spoken: str) -> Answer:
    """Hours or grams: từ 8g … 11g30 are hours; 5g muối is a weight, unless hours are told around it"""
    following = context.after(end)
    near = _AHEAD.split(context.text[max(0, at - 30) : at].lower())[-1] + _AHEAD.split(following[:30])[0]
    weighed = _WEIGHED.search(near) is not None or following.startswith("/")
    cued = context.is_after(at, _CLOCK) or "-" in (context.char(end), context.text[max(0, at - 2) : at].strip())
    hours = _GIO.search(context.text[max(0, at - 80) : end + 80]) is not None
    if not weighed:
        return spoken if cued or hours else Guess(spoken, _GRAMS)
    ranging = _UNTIL_PART.match(following) or (cued and (hours or _UNTIL_GRAMS.match(following)))
    dated = context.follows(Kind.DATE, at, " ", ", ")  # gạo 5kg, phát 5/12 7g
    timely = dated or context.is_after(at, _BEFORE_OR_AFTER) or context.is_before(end, _ON)  # phun thuốc sau 16g
    return Guess(spoken, _GRAMS) if ranging or timely else None


_AHEAD = pattern(r"[;!?\n]|\. ")  # no word counts over the end of a sentence or of a line
_BEFORE_OR_AFTER = words_before(
    "trước|sau|chậm nhất|muộn nhất|sáng|trưa|chiều|tối|đêm|đến hết|thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy|"
    "chủ nhật|cn|t2|t3|t4|t5|t6|t7|thứ 2|thứ 3|thứ 4|thứ 5|thứ 6|thứ 7|hôm nay|ngày mai|hôm sau|hằng ngày|hàng ngày"
)
_ON = words_after("trở đi|trở về|trở lại|hôm|ngày|sáng|chiều|tối|đêm")
_UNTIL_GRAMS = pattern(r"(?:đến|tới|-) ?\d{1,2}g")
_UNTIL_PART = pattern(
    r" ?(?:đến|tới|-|,|và) ?\d{1,2}g (?:sáng|trưa|chiều|tối|đêm|hằng ngày|hàng ngày|mai|ngày mai|hôm)(?!\w)"
)


@rule(r"(\d{1,2})p(\d{1,2})(?:s(\d{1,2})?)?(?![^\W_])")
def minute_second(match: re.Match[str], context: Context) -> str | None:
    """Minutes and seconds: 4p30s -> bốn phút ba mươi giây; 4p14s98"""
    seconds = f" {context.number(match[2])} giây" if int(match[2]) else ""
    hundredths = f" {context.number(match[3])}" if match[3] else ""
    return f"{context.number(match[1])} phút{seconds}{hundredths}"


@rule(r"(\d{1,2})(?:''|\"|”)(\d{1,2})(?!\w)")
def hundredths(match: re.Match[str], context: Context) -> str | None:
    """Seconds and hundredths: chạy 200m hết 26''57 -> hai mươi sáu giây năm mươi bảy"""
    return f"{context.number(match[1])} giây {_say_hundredths(match[2], context)}"


@rule(r"(\d{1,2})'(\d{1,2})(?:(?:\"|''|”)(\d{1,2})|\"|''|s)?(?!\w)")
def minute_second_quoted(match: re.Match[str], context: Context) -> str | None:
    """Minutes and seconds with quotes: 5'30" -> năm phút ba mươi giây"""
    hundredths = f" {_say_hundredths(match[3], context)}" if match[3] else ""
    return f"{context.number(match[1])} phút {context.number(match[2])} giây{hundredths}"


def _say_hundredths(written: str, context: Context) -> str:
    """Hundredths of a second: 45 -> bốn mươi lăm, 02 -> không hai"""
    return f"không {context.number(written[1])}" if written[0] == "0" and len(written) == 2 else context.number(written)


@rule(r"(\d{1,2}) ?giờ ?00(?: ?(?:phút|ph|p|'))?(?![^\W_])")
def hour_sharp(match: re.Match[str], context: Context) -> str | None:
    """Hour without minutes: 7 giờ 00 -> bảy giờ"""
    return f"{context.number(match[1])} giờ"


@rule(r"(\d{1,3})(?: ?- ?(\d{1,3}))? ?(?:'|ph(?![^\W_]))(?!\w)")
def minutes(match: re.Match[str], context: Context) -> Answer:
    """Minutes: 15' -> mười lăm phút; “phút 37'” says it already; '0' is quoted"""
    quotes = _QUOTE.findall(context.text, max(0, match.start() - REACH), match.start())
    if len(quotes) % 2 == 1 and "'" in match[0]:  # '0', 'Khoán 10'
        return None
    unit = "" if context.is_after(match.start(), (" phút", " phút thứ")) else " phút"
    return f"{context.number_range(match[1], match[2])}{unit}"


_QUOTE = pattern(r"(?<!\d)'")


def _say_time(context: Context, hour: str, minute: str | None) -> str | None:
    """Hour and minute in words: 8, 30 -> tám giờ ba mươi phút; None for an hour above 24"""
    if int(hour) > 24:
        return None
    minutes = f" {context.number(minute)} phút" if minute and int(minute) else ""
    return f"{context.number(hour)} giờ{minutes}"
