"""Numbers that name a person, an account or a paper: STK, CCCD, mã số thuế, số sê ri. Digit by digit."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import spell_digits, spell_letters
from ...rule import Answer, RuleMaker

rule = RuleMaker(Kind.IDENTITY)

_IDENTITIES = words_before(
    "tài khoản|stk|cccd|cmnd|cmt|mã số thuế|mst|mã số|căn cước|căn cước công dân|mã|chứng minh nhân dân|seri|sê ri|"
    "imei|hộ chiếu|số tk|mã đề|số thẻ|mã pin|định danh|mã vạch|otp|mã hồ sơ|mã khách hàng|số sổ|mã kh|số hđ|"
    "thẻ đảng viên|thẻ đv|thẻ đoàn viên|thẻ hội viên|thẻ thương binh|"
    "định danh cá nhân|mã qhns|mã bhxh|số bhxh|số thẻ bhyt|số lô|mã lô|số khung|công dân|tk|mã vùng|"
    "số báo danh|sbd|gplx|giấy phép lái xe|bằng lái|bằng lái xe|"
    "pass|mật khẩu|id|meeting id|passcode|password|mã bưu chính"
)
_BANKS = "|".join(word.capitalize() for word in cue_list("banks").split("|") if word.endswith("bank"))
_AT_BANKS = words_before("vcb|mb|acb|tcb|bidv|agribank|vietcombank|vietinbank|techcombank|mb bank|mbbank|nhcsxh|vpbank")
_FEWEST = 8  # digits of an account
_FEWEST_IN_GROUPS = 10  # digits of one in groups, before which no word says what it is
_NO_AMOUNT = r"(?![\d/]|[.,]\d| ?(?:đ|đồng|k|tr|VN[ĐD]|vn[đd])(?![^\W_]))"
_NUMBERED = words_before("sbd|số báo danh|số bd|mã số|mã|số hiệu|số đeo")
_COUNTED_OFF = _NUMBERED + words_before(
    "số thứ tự|stt|phiếu|phiếu số|số phiếu|vé|vé số|số vé|thẻ|thẻ số|số thẻ|biên lai|biên lai số|hóa đơn|hóa đơn số|"
    "mã hộ|mã phiếu|tem|số tem|tờ rơi số|từ số|các số"
)
_DRAWN = words_before(
    "vé số trúng|vé trúng|số trúng|dãy số trúng|số trúng thưởng|số dự thưởng|mã dự thưởng|vé số|vé số mang số|dãy số"
)
_WON = words_after("đồng|đ|k|nghìn|ngàn|triệu|tr|điểm|người|đội|suất|giải|cặp|vé|hộ|m|km|mét|phút|giây|kg")
_PRIZE = pattern(
    r"(?i)(?<!\w)giải (?:đặc biệt|ĐB|nhất|nhì|ba|tư|năm|sáu|bảy|tám|khuyến khích|[1-8])"
    r"(?: ?\([^()\n]{1,24}\))?(?: trúng(?: số)?| vé số| số| là)? ?:? ?$"
)
_PRIZE_IN_SHORT = pattern(r"(?<!\w)(?:G[0-8]|ĐB) ?:? ?$")
_LONGEST_IN_SHORT = 8  # letters, with one before them
_FEWEST_OF_PRIZE = 4  # digits that alone are no sum
_LOTTERY = (
    "xổ số",
    "kqxs",
    "xskt",
    "xsmb",
    "xsmt",
    "xsmn",
    "vé số",
    "lô tô",
    "số trúng",
    "quay số",
    "quay thưởng",
    "vé trúng",
    "trúng số",
    "giải tám",
)
_ACCOUNTS = words_before("tài khoản|stk|số tk|tk|ck|chuyển khoản|ck stk|momo|số tài khoản|mã tài khoản")


@rule(r"\d{3,4}(?: \d{2,5}){2,5}(?![\d/]|[.,]\d)|\d{8,16}(?![\d/]|[.,]\d)", only_after=_AT_BANKS)
def account_behind_bank(match: re.Match[str], context: Context) -> Answer:
    """Account behind its bank: ck VCB 007 100 456 2218 -> không không bảy, một không không, …"""
    return ", ".join(map(spell_digits, match[0].split(" ")))


@rule(r"(?:\d{2,4}(?: \d{2,5}){1,5} \d{1,5}|\d{6,10} \d{4,10})(?![\d/]|[.,]\d)", only_after=_ACCOUNTS)
def account_in_pairs(match: re.Match[str], context: Context) -> Answer:
    """Account in groups with blanks: số tài khoản: 15 08 79 999 01 -> một năm, không tám, …"""
    return ", ".join(map(spell_digits, match[0].split(" ")))


@rule(
    r"(?:\d{4}(?: \d{4}){2,3}|\d{3}A(?: ?\d{4}){2}|\d{3,6}(?: \d{2,6}){2,5})(?! ?\d)"
    rf"(?=(?: ?[-–(,] ?| )(?:(?i:ngân hàng|tại|nh)(?!\w)|[A-Z]{{2,4}} ?[Bb]ank|{_BANKS}))"
)
def account_before_bank(match: re.Match[str], context: Context) -> Answer:
    """Account in groups before its bank: 0105 8899 1234 MB Bank -> không một không năm, …; 711A 1234 5678 Vietinbank"""
    if len(re.sub(r"\D", "", match[0])) < _FEWEST_IN_GROUPS - 1:
        return None
    return ", ".join(_spell_group(group) for group in match[0].split(" "))


def _spell_group(group: str) -> str:
    return f"{spell_digits(group[:-1])} a" if group.endswith("A") else spell_digits(group)


@rule(
    rf"(?!0[35789]\d)(?=[\d ]*\d{{4}})\d{{3,6}}(?: \d{{2,6}}){{2,5}}(?! ?\d){_NO_AMOUNT}",
    only_after=words_before("số|so|stk|tk|tài khoản|tai khoan|thẻ|the|vào|vao|ck|chuyển khoản|chuyen khoan|về|ve"),
)
def account_without_word(match: re.Match[str], context: Context) -> Answer:
    """Ten digits and more in groups that are no thousands, without marks too: chuyen vao so 1903 6642 118 015"""
    groups = match[0].split(" ")
    years = all(re.fullmatch(r"(?:19|20)\d\d", group) for group in groups)
    long = sum(map(len, groups)) >= _FEWEST_IN_GROUPS
    return ", ".join(map(spell_digits, groups)) if long and not years else None


@rule(
    r"(\d{4,30}(?:[ .-]\d{3,6}){0,5}|\d{2,3}(?:[ .-]\d{3,6}){1,5})( ?[xX*]{2,5}(?!\w))?(?![\d])(?![.,/]\d)"
    r"(?! ?(?:đ|đồng|VN[ĐD]|vn[đd])(?![^\W_]))"  # GPLX: 26.000đ
)
def identity_number(match: re.Match[str], context: Context) -> Answer:
    """Number of a person, an account or a paper: số tài khoản 8800… -> tám tám không không"""
    words = re.sub(" (?:số|usd|vnd|vnđ)$", "", context.before(match.start()))
    if not words.endswith(_IDENTITIES) or _is_sum(match[0], words):
        return None
    hidden = ", " + " ".join(["ích"] * len(match[2].strip())) if match[2] else ""
    ends = _ROW.fullmatch(match[1]) if words.endswith(_IN_ROWS) else None
    link = " đến " if ends and len(ends[1]) == len(ends[2]) and ends[1] < ends[2] else ", "
    return link.join(spell_digits(group) for group in re.findall(r"\d+", match[1])) + hidden


def _is_sum(number: str, words: str) -> bool:
    """Whether a number behind the word of a paper or an account is a sum: Hộ chiếu 200.000, GPLX 135000"""
    if words.endswith(_CARDS) and not number.endswith("00"):
        return False
    return _THOUSANDS.fullmatch(number) is not None or (
        words.endswith(_PAPERS) and _SUM_WITHOUT_POINTS.fullmatch(number) is not None
    )


_THOUSANDS = pattern(r"[1-9](?:\d{0,2}(?:\.\d{3})?\.\d00|\d?(?:\.\d{3}){2})(?: ?- ?[1-9]\d{0,2}(?:\.\d{3}){1,2})?")
_SUM_WITHOUT_POINTS = pattern(r"[1-9]\d{1,3}000")
_PAPERS = words_before(
    "cccd|cmnd|cmt|căn cước|căn cước công dân|chứng minh nhân dân|hộ chiếu|gplx|giấy phép lái xe|bằng lái|bằng lái xe"
)
_CARDS = words_before("số thẻ|thẻ đảng viên|thẻ đv|thẻ đoàn viên|thẻ hội viên|thẻ thương binh|số sổ")
_ROW = pattern(r"(\d{3,8}) ?- ?(\d{3,8})")
_IN_ROWS = words_before("số báo danh|sbd|vé|phiếu|hóa đơn|hoá đơn|biên lai|seri|series|mã|thứ tự")


@rule(rf"(TK|CK)(?=:? ?(\d{{8,16}}|\d{{2,8}}(?: \d{{2,8}}){{1,5}}){_NO_AMOUNT})", starts="word")
def account_in_short(match: re.Match[str], context: Context) -> str | None:
    """Letters before an account: CK 1903 5566 7788 -> chuyển khoản, TK 0451000234567 -> tài khoản"""
    if len(match[2].replace(" ", "")) < _FEWEST:
        return None
    return "tài khoản" if match[1] == "TK" else "chuyển khoản"


@rule(rf"(?!0[35789]\d{{8}}(?!\d))\d{{9,16}}{_NO_AMOUNT}", only_after=_ACCOUNTS)
def account_number(match: re.Match[str], context: Context) -> str:
    """Account without groups: CK 19035566778899 -> một chín không ba …; not a telephone, as of MoMo"""
    return spell_digits(match[0])


@rule(r"\d{3,8}(?:[.]\d{1,8}){1,4}(?![\d/]|,\d)")
def treasury_account(match: re.Match[str], context: Context) -> Answer:
    """Account in groups with points: số tài khoản 3761.0.9050123.91049: at the treasury, in groups"""
    words = context.before(match.start()).removesuffix(" số").removesuffix(" nộp")
    if not words.endswith(_ACCOUNTS) or _is_sum(match[0], words):
        return None
    return ", ".join(map(spell_digits, match[0].split(".")))


@rule(r"(0\d{2,3})( ?[-–] ?| đến )(\d{3,4})(?![\d/]|[.,]\d)", only_after=_COUNTED_OFF)
def padded_range(match: re.Match[str], context: Context) -> str | None:
    """From number to number with noughts in front: SBD 001 - 145 -> không không một đến một bốn năm"""
    rising = len(match[1]) == len(match[3]) and match[1] < match[3]
    return f"{spell_digits(match[1])} đến {spell_digits(match[3])}" if rising else None


@rule(r"0\d{2,3}(?![\d/]|[.,]\d)", only_after=_NUMBERED)
def padded_number(match: re.Match[str], context: Context) -> Answer:
    """Number with a nought in front: SBD 087 -> không tám bảy"""
    return spell_digits(match[0])


@rule(r"(\d{2,6})(?: ?[-–,] ?\d{2,6}){0,7}(?![\d/%]|[.,-]\d)", unless_before=_WON)
def lottery_number(match: re.Match[str], context: Context) -> str | None:
    """Numbers that are drawn: Giải ĐB: 123456, giải bảy 123, vé số trúng 45678 -> digit by digit; no sum of 500000"""
    return ", ".join(map(spell_digits, re.findall(r"\d+", match[0]))) if _is_drawn(match, context) else None


def _is_drawn(match: re.Match[str], context: Context) -> bool:
    """Whether a prize or a ticket stands before a number: Giải ĐB: 123456"""
    at, long = match.start(), len(match[1]) > _FEWEST_OF_PRIZE and not match[1].endswith("000")
    if context.is_after(at, _DRAWN):
        return len(match[1]) > 2
    ahead = context.text[max(0, at - REACH) : at]
    if "giải" not in ahead.lower() or not _PRIZE.search(ahead):
        return (
            _PRIZE_IN_SHORT.search(ahead[-_LONGEST_IN_SHORT:]) is not None and context.memory.count_words(_LOTTERY) > 0
        )
    alone = context.memory.count_words(_LOTTERY) and not context.after(match.end())[:1].isalpha()  # not 01 xe
    return bool(long or alone)


@rule(r"([A-ZĐ]{1,3})(\d{8,15})([A-Z]{0,2})(?![\w]|[.,/]\d)", starts="word")
def card_number(match: re.Match[str], context: Context) -> str:
    """Letters, then digit by digit: thẻ DN4797912345678, mã PK01000123456, bưu gửi EB204118735VN"""
    return f"{spell_letters(match[1])} {spell_digits(match[2])} {spell_letters(match[3])}".rstrip()


@rule(r"([A-ZĐ]{1,2}) ?(\d{5,8})(?!\d|[.,/]\d)", starts="word")
def serial_number(match: re.Match[str], context: Context) -> Answer:
    """Serial number of a paper: giấy chứng nhận số BĐ 123456 -> bê đê một hai ba bốn năm sáu"""
    if match[1] == "ĐT" or not context.is_after(
        match.start(), (" số", " sổ", " seri", " sê ri", " phát hành", " gcn", " bìa đỏ", " sổ đỏ", " sổ hồng")
    ):
        return None
    return f"{spell_letters(match[1])} {spell_digits(match[2])}"
