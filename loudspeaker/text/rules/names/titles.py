"""Titles and forms of address with a dot or a slash: TP. ThS. P. Kim Tân, Đ/c, V/v, TM., v.v. Names are `persons`."""

from __future__ import annotations

import re
from functools import lru_cache

from ...abbreviations import meaning
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import Entry, cue_list, rows
from ...numerals import LETTERS, spell_letters
from ...reasons import LONE_LETTER, ambiguous
from ...rule import Answer, Guess, RuleMaker, at_line_start
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.TITLE)

_DOTTED = (
    r"(TP|Tp|tp|TX|Tx|tx|TT|Tt|ThS|Ths|TS|Ts|BS|Bs|PGS|GS|KS|Ks|KT|TM|TL|TUQ|DS|YS|LS|CN|CT|PCT|HS|ĐD|KTV"
    r"|HT|ĐĐ|NT|SC|LM|Lm|MS|TGM|NS|Ht|KTS|BSTY|PHT|PBT|PGĐ|TBT|BSCKII|BSCKI|BSCK|CKII|CKI|NSND|NSƯT)"
)
_PLACES = {"P": "phường", "Q": "quận", "H": "huyện", "X": "xã", "T": "tỉnh", "F": "phường", "Ô": "ông", "B": "bà"}
_DEPUTIES = words_after(cue_list("deputies"))
_GENERAL = words_after(cue_list("general_offices"))
_ROOMS = words_after(cue_list("rooms_of_offices"))
_SIGNED = words_before("ảnh|tin|bài|tin, ảnh|tin, bài|tác giả|t/h")
_BYLINE = pattern(r"[A-ZĐ]\. ?[^\W\d_]+ ?(?:/|-|\)|\||$|\n)")  # T.HẰNG - T.PHƯƠNG below a report
_TWO_NAMES = pattern(rf"[{UPPER}][{LOWER}]+ [{UPPER}]")
_RANKS = words_before(cue_list("ranks"))
CALLING = words_before("nhà|nhắn|nhắn zalo|zalo|ib|inbox|báo|gặp|liên hệ|gọi|gọi cho|lh|gửi|nhờ|hỏi")
# What the letters of a title stand for when nobody is called so: a dot behind them ends the sentence.
_THINGS = frozenset(
    [
        "thủy sản",
        "tài sản",
        "tuyển sinh",
        "học sinh",
        "hồ sơ",
        "kinh tế",
        "kỹ thuật",
        "kiểm tra",
        "khách sạn",
        "hình sự",
    ]
)
VOWELS = frozenset("AĂÂEÊIOÔƠUƯY")


def stands_after_name(match: re.Match[str], context: Context) -> bool:
    """Whether a capitalised word stands right before: then the letter is an initial, “Lê Văn H. Bát Xát”."""
    at = match.start()
    previous = re.search(r"([^\W\d_]+) $", context.text[max(0, at - 12) : at])
    return previous is not None and previous[1].istitle()


def _is_after_comma(match: re.Match[str], context: Context) -> bool:
    return context.text.endswith(", ", 0, match.start())


def _begins_item(match: re.Match[str], context: Context) -> bool:
    """Whether a comma, a colon or a bracket stands before, or a word of roads."""
    ahead = context.text[max(0, match.start() - 2) : match.start()]
    return ahead in (", ", ": ", "; ") or ahead[-1:] == "(" or context.adjoins(match.start(), _ROADS)


_WATERS = words_before("mực nước|lũ|hồ|trên|đập|đê|bờ|ven|dọc|lưu vực|hạ lưu|thượng lưu|cầu|ngã ba|thủy điện|lũ trên")
_ROADS = words_before("tuyến|đoạn|trên|dọc|góc|ngã tư|ngã ba|mặt|từ|đến|ngõ|hẻm|số nhà")


_SIGNING = {"TM": "thay mặt", "KT": "ký thay", "TL": "thừa lệnh", "TUQ": "thừa ủy quyền"}


@rule(rf"(TM|KT|TL|TUQ)\.(?= ?[{UPPER}])", starts="word", only_if=at_line_start)
def mark_of_signing(match: re.Match[str], context: Context) -> str:
    """Mark above a signature, whatever its letters stand for elsewhere: TM. HĐQT -> thay mặt"""
    return _SIGNING[match[1]]


@rule(_DOTTED + r"\.(?= ?[^\W\d_])", starts="word")
def title(match: re.Match[str], context: Context) -> Answer:
    """Title with a dot: TP. Lào Cai -> thành phố Lào Cai; PGS.TS. -> phó giáo sư tiến sĩ"""
    written, (at, end) = match[1], match.span()
    dotted, bare = meaning(context, f"{written}.", at, end), meaning(context, written, at, end - 1)
    entry = dotted or meaning(context, written, at, end)
    if bare and _is_no_title(written, bare):
        return None if written == "CN" else bare.reading
    if bare and entry and context.char(end) == " ":  # nghỉ T7 và CN. Mời bà con: the dot ends a sentence
        ends = context.opens_sentence(end + 1)
        if _is_thing(bare, entry, ends):
            return None
        if written == "CN" and _is_sunday(bare, entry, ends):
            return Guess(f"{bare.reading}.", ambiguous(written))
        if ends:  # các SC. Mời bà con, gặp SC. Hạnh; ko thu TM. Hỗ trợ: …
            return Guess(entry.reading, ambiguous(written)) if dotted else None
    return _reading(entry, written) if entry else None


def _is_no_title(written: str, bare: Entry) -> bool:
    """Whether TT. Văn hóa xã is no town, and in “trừ CN. ĐT: 0262…” a sentence ends"""
    return bare.sure and (written == "TT" or (written == "CN" and bare.reading == "chủ nhật"))


def _is_thing(bare: Entry, title: Entry, ends: bool) -> bool:
    """Whether the letters stand for a thing.

    Whether the letters name a thing where nobody is called so: nuôi trồng TS. Mời bà con
    """
    return bare.reading in _THINGS or (bare.sure and ends and bare.reading != title.reading)


def _is_sunday(bare: Entry, title: Entry, ends: bool) -> bool:
    """Whether “CN.” ends a sentence: nghỉ T7 và CN. Mời bà con"""
    return (bare.sure or ends) and bare.reading != title.reading


def _reading(entry: Entry, written: str) -> str | Guess:
    return entry.reading if entry.sure else Guess(entry.reading, ambiguous(written))


INITIAL = r"\.[A-ZĐƯ](?:[hgr]|gh)?(?![^\W\d_])"  # one more of them: T.Th.H. is a person


def _place_behind_name(match: re.Match[str], context: Context) -> Answer:
    """Place or initial behind a name.

    Giáo xứ Tân Định Q.3 -> quận; Lê Đình Chi H.Bình Chánh, Chợ Bà Chiểu P. Xuân Khánh; else an initial
    """
    letter = match[1].upper()
    if letter in "PQ" and context.char(match.end()).isdecimal():
        return _place(letter, match, context)
    usual = letter in ("PQ" if " " in match[0] else "HQX")
    return Guess(_PLACES[letter], LONE_LETTER) if usual and _TWO_NAMES.match(context.text, match.end()) else None


def _ends_sentence(match: re.Match[str], context: Context) -> bool:
    """Whether the dot behind a letter is a full stop: trong nhà B. Mời bà con"""
    at, end = match.span()
    if not context.char(at - 2).islower() or context.char(end - 1) != " ":
        return False
    lettered = match[1].upper() in "HX" or (match[1] == "B" and context.is_after(at, " nhà"))
    return lettered and context.opens_sentence(end)


def _is_letter(match: re.Match[str], context: Context) -> bool:
    """Whether it is only a letter.

    Whether the letter is only a letter: phạt H. 18 tháng tù; T.HẰNG - T.PHƯƠNG below a report
    """
    at, end = match.span()
    if match[1].upper() not in "PQF" and context.char(end).isdecimal():
        return True
    if not _BYLINE.match(context.text, at):
        return False
    dashed = context.char(at - 2) in "-–" or context.char(at - 1) == "-"
    return dashed or context.begins_line(at) or context.is_after(at, _SIGNED)


def _office_or_place(match: re.Match[str], context: Context) -> str | Guess:
    """Office, place or traffic sign.

    P.CT.UBND -> phó; T. Cục trưởng -> tổng; P. Nội vụ -> phòng; P. Kim Tân -> phường; biển P.101 -> pê
    """
    end, letter = match.end(), match[1].upper()
    if context.char(end).isdecimal() and _TRAFFIC_SIGN.search(context.before(match.start())):
        return LETTERS[letter]
    if letter == "P" and _OFFICER.match(context.text, end):
        return "phó"
    if letter in "PQ" and context.is_before(end, _DEPUTIES):
        return "phó" if letter == "P" else "quyền"
    if letter == "B" and not context.is_after(match.start(), CALLING):
        return Guess("bà", LONE_LETTER)
    if letter == "T":
        return _general_or_province(context, end)
    return "phòng" if letter == "P" and _is_room(match, context) else _place(letter, match, context)


def _place(letter: str, match: re.Match[str], context: Context) -> str | Guess:
    """A place; one with a number is a guess where nothing tells of a town."""
    numbered = letter in "PQ" and context.char(match.end()).isdecimal()
    unknown = numbered and (_has_exam_rooms(context.text) or not _is_in_town(match, context))
    return Guess(_PLACES[letter], LONE_LETTER) if unknown else _PLACES[letter]


def _is_in_town(match: re.Match[str], context: Context) -> bool:
    """Whether words of a town or of an address stand near a letter and its number: 5 Lê Lợi, P.3; not cô Lan P.3"""
    at, end = match.span()
    return _TOWN.search(context.text[max(0, at - REACH) : at + 1] + context.text[end : end + REACH]) is not None


_TOWN = pattern(
    r"(?<!\w)(?:T[PX](?!\w)|T[px]\.|Q\. ?\d|Q\. ?[^\W\d]|(?i:quận|phường|thành phố|thị xã|đường|hẻm|ngõ|khóm|"
    r"khu phố|ngụ|trú|nhà ở|địa chỉ)(?!\w)|(?:KP|UBND|CA|CHQS|ĐC|Ở|ở)(?!\w))|\d (?:[A-ZĐ]\w+ ){1,3}[A-ZĐ]\w+, P"
)


def _general_or_province(context: Context, end: int) -> str | Guess:
    """What T. stands for: T. Cục trưởng -> tổng, T. Lai Châu -> tỉnh; what else T.Phú Hội may be, nobody knows"""
    if context.is_before(end, _GENERAL):
        return "tổng"
    return _PLACES["T"] if _PROVINCES.match(context.text, end) else Guess(_PLACES["T"], LONE_LETTER)


_PROVINCES = pattern(
    rf"(?:{cue_list('provinces')}|Gia Lai|Đắk|Đăk|Thừa Thiên|Hậu Giang|Tây Ninh|Long An|Bà Rịa|Hòa Bình)"
)
_TRAFFIC_SIGN = pattern(r" biển(?: báo| cấm)?(?: [pq]\.\d{3},?(?: và)?)*$")
_OFFICER = pattern(cue_list("officers_in_short"))


@lru_cache(maxsize=4)
def _has_exam_rooms(text: str) -> bool:
    """Whether a text numbers rooms from P.01 on, as no ward is, or tells of an examination"""
    return _EXAM_ROOMS.search(text) is not None


def _is_room(match: re.Match[str], context: Context) -> bool:
    """Whether a room of an office follows.

    P. Nội vụ, P.TCKH and P. 203 are rooms of an office; P. Kim Tân and P. 5 are wards.
    """
    at = match.end()
    if context.is_before(at, _ROOMS) or _ROOM.match(context.text, at):
        return True
    return context.char(at).isdecimal() and _has_exam_rooms(context.text) and not _is_in_town(match, context)


_EXAM_ROOMS = pattern(
    r"P\.0\d|(?<!\w)(?:SBD|[Ss]ố báo danh|[Pp]hòng thi|[Ll]ịch thi|[Tt]hí sinh|[Cc]oi thi|\d{2,3} TS)(?!\w)"
)
_ROOM = pattern(rf"0\d|\d{{3}}|\d{{1,2}},? (?:tầng|lầu|nhà [A-Z\d])|(?!{cue_list('officers_in_short')})[A-ZĐ]{{2}}")


@rule(r"Th\. ?[Ss]\.?(?= ?[^\W\d_])", starts="word")
def master_of_science(match: re.Match[str], context: Context) -> Answer:
    """Master of science: Th.S Lê Văn Hùng -> thạc sĩ"""
    return "thạc sĩ"


@rule(rf"([TK])\.([MLT])\.?(?= ?[{UPPER}])", starts="word", only_if=at_line_start)
def signing_for(match: re.Match[str], context: Context) -> str | None:
    """For whom somebody signs: T.M BAN THƯỜNG VỤ, T.L CHỦ TỊCH, above a signature"""
    entry = meaning(context, f"{match[1]}/{match[2]}", match.start(), match.end())
    return entry.reading if entry else None


@rule(rf"[A-ZĐ]\. ?[{UPPER}][{LOWER}]{{1,5}}(?![^\W\d_])(?! [{UPPER}])", starts="word")
def province(match: re.Match[str], context: Context) -> str | None:
    """Province in short: Q.Ngãi -> Quảng Ngãi; H.Tĩnh -> Hà Tĩnh; Q.Bình Tân is a district"""
    if " " in match[0] and context.text[match.start() - 2 : match.start()] != ", ":
        return None
    signed = _BYLINE.match(context.text, match.start()) and context.char(match.start() - 2) in ("", "-", "\n")
    return None if signed else _SHORT.get(match[0].replace(" ", ""))


@rule(rf"(Mrs|Mr|Ms|mrs)(?:\. ?| )(?=[{UPPER}][{LOWER}])", starts="word")
def foreign_title(match: re.Match[str], context: Context) -> str:
    """Foreign title: Mr. Phát, Mrs. Loan, Ms Thùy"""
    return {"Mr": "mít tơ ", "Mrs": "mít xít ", "Ms": "mít "}[match[1].capitalize()]


@rule(r"x\. ?(?=\d{1,2}(?!\d|[.,/]\d))", starts="word")
def hamlet(match: re.Match[str], context: Context) -> str:
    """Hamlet written x.: bà Lài x.6, đoạn x.2 -> xóm sáu"""
    return "xóm "


@rule(
    rf"([PQHXTFÔB](?!\. ?[A-ZĐƯ](?:[^\w'’]|$)|{INITIAL})|[pqhx])\. ?"
    rf"(?=[{UPPER}]|\d(?!\d? tuổi)|họp(?!\w)|khám(?!\w)|tiếp dân)",
    starts="word",
)
def place_or_office(match: re.Match[str], context: Context) -> Answer:
    """One letter with a dot before a name.

    P. Kim Tân -> phường Kim Tân; Q. Chủ tịch -> quyền Chủ tịch; P. Giám đốc -> phó Giám đốc
    """
    at, letter = match.start(), match[1].upper()
    if context.text[max(0, at - 4) : at] == "Ng. ":  # Ng. T. Hoa
        return None
    if context.adjoins(at, _RANKS):  # tướng P.Háckin; Kỳ Anh, T. Hà Tĩnh is a province
        return Guess(LETTERS[letter], LONE_LETTER)
    if stands_after_name(match, context):
        return _place_behind_name(match, context)
    if context.char(at - 1) == "&":  # T&T. Kết quả
        return None
    if _ends_sentence(match, context):
        return Guess(f"{LETTERS[letter]}. ", LONE_LETTER)
    if _is_letter(match, context):
        return Guess(LETTERS[letter], LONE_LETTER)
    return _office_or_place(match, context)


_MIDDLE_NAMES = next(names for kind, names in rows("person_names.tsv") if kind == "middle")


@rule(rf"(Ph|Tr|Th|Ng)(?:\. ?(?=(?:{_MIDDLE_NAMES}) [{UPPER}])| (?=(?:Thị|Văn) [{UPPER}]))", starts="word")
def family_in_short(match: re.Match[str], context: Context) -> str | None:
    """Family name in short before a middle name: Ph. Văn Đức, Tr. Quốc Toản; X. Ph. Văn Lang is a ward"""
    if match[1] == "Ng":
        return "Nguyễn "
    return None if context.is_after(match.start(), _ROADS) else f"{spell_letters(match[1])} "


@rule(rf"Ph\. ?(?=[{UPPER}][{LOWER}])", starts="word", unless=stands_after_name)
def ward(match: re.Match[str], context: Context) -> str:
    """Ward written Ph.: Tx. Hương Thủy; Ph. Vỹ Dạ -> phường Vỹ Dạ"""
    return "phường "


@rule(rf"(?:đ\. ?(?=[{UPPER}][{LOWER}])|Đ\. ?(?=[{UPPER}][{LOWER}]+ [{UPPER}]))", starts="word", only_if=_begins_item)
def street(match: re.Match[str], context: Context) -> str:
    """Street written đ.: ngõ 12, đ. Nguyễn Trãi; Tuyến 1: Đ. Trần Phú -> đường"""
    return "đường "


@rule(rf"[sS]\. ?(?=[{UPPER}][{LOWER}])", starts="word")
def river(match: re.Match[str], context: Context) -> str | None:
    """River written s.: mực nước s.Ba, hồ S.Hinh -> sông"""
    told = context.begins_line(match.start()) and context.memory.count_words(("mực nước", "lũ", "thủy văn"))
    return "sông " if told or context.is_after(match.start(), _WATERS) else None


@rule(r"V[.-]?League(?![^\W_])", starts="word")
def football_league(match: re.Match[str], context: Context) -> str:
    """The first division: V.League 1, V-League"""
    return "vê League"


@rule(r"No\. ?(?=\d)", starts="word")
def number_sign(match: re.Match[str], context: Context) -> str:
    """No. before a number: Tian Di No.1 -> số một"""
    return "số "


@rule(r"Tr\. ?(?=(?:[Tt]iểu học|[Mm]ầm non|[Mm]ẫu giáo|THPT|THCS|TH|MN|PTDT)(?!\w))", starts="word")
def school(match: re.Match[str], context: Context) -> str:
    """School written Tr.: Tr. Tiểu học A Vương -> trường"""
    return "trường "


@rule(r"[Tt]r\. ?(?=\d{1,3}(?![\d.,]\d))", starts="word")
def page(match: re.Match[str], context: Context) -> str:
    """Page written tr.: (Ngữ văn 12, tr. 123) -> trang"""
    return "trang "


@rule(rf"(KP|Kp|kp|TDP|Tdp|tdp)\. ?(?=\d|[{UPPER}][{LOWER}])", starts="word")
def quarter(match: re.Match[str], context: Context) -> str:
    """Quarter of a town: kp.2, TDP. 5 -> khu phố hai, tổ dân phố năm"""
    return "khu phố " if match[1].upper() == "KP" else "tổ dân phố "


@rule(rf"[QP](?= [{UPPER}][{LOWER}])", starts="word", only_if=_is_after_comma)
def district_or_ward(match: re.Match[str], context: Context) -> str:
    """District or ward without a dot: …, Q Bình Thạnh -> quận Bình Thạnh"""
    return _PLACES[match[0]]


@rule(r"[Cc][Ss] ?(?=[1-9](?!\d|[.,/]\d))", starts="word")
def site(match: re.Match[str], context: Context) -> str | None:
    """One of several sites of a school or an office: ĐH Vinh (cs2) -> cơ sở hai"""
    return "cơ sở " if context.char(match.start() - 1) in "(,; " else None


_SHORT = {f"{name[0]}.{name.split()[1]}": name for name in cue_list("provinces").split("|")}


@rule(r"([A-Za-zĐđÔô]/[A-Za-zĐđ]|[Đđ]\.c)(?![^\W_])\.?", starts="word")
def letters_with_slash(match: re.Match[str], context: Context) -> Answer:
    """Two letters with a slash: V/v -> về việc; Đ/c, Đ.c -> đồng chí, but “đ/c: số 5” -> địa chỉ"""
    entry = meaning(context, match[1].replace(".", "/"), match.start(), match.start() + 3)
    if entry and entry.sure and match[0][-1] == "." and context.follows(Kind.NUMBER, match.start()):
        return f"{entry.reading}."  # CA xã 6 đ/c. Gạo 500kg
    return _reading(entry, match[1]) if entry else None


_PAPERS = words_before("qđ|tb|cv|kh|tờ trình|quyết định|công văn|thông báo|kế hoạch|báo cáo|giấy mời")


@rule(r"v ?[.,]{1,3} ?v(?![^\W_])[.…]{0,4}|vv(?![^\W_])\.{0,4}", starts="word")
def and_so_on(match: re.Match[str], context: Context) -> Answer:
    """And so on: v.v. -> vân vân; QĐ vv quy định -> về việc"""
    if match[0] == "vv" and context.is_after(match.start(), _PAPERS):
        return "về việc"
    rest = context.text[match.end() : match.end() + 2].lstrip(" ")
    return "vân vân." if not rest or rest[0] == "\n" or rest[0].isupper() else "vân vân"
