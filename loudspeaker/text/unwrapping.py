"""Line breaks that only a margin made, taken out: text from a PDF is broken where the paper ended.

Kinh phí chi trả lấy từ quỹ của thôn, từ ngày 18        from the 18th to the 20th: the line goes on
- 20/8/2026 tại nhà văn hóa.
Thời gian: 7h30                                         two entries: it does not
Địa điểm: nhà văn hóa thôn
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from .lazy_regex import pattern
from .syllables import LOWER, UPPER

_ITEM = pattern(
    rf"[-+•*]|\d{{1,2}}(?:[.)](?!\d)|/(?!\d| ?[A-ZĐ]{{2}})|- ?(?=[{UPPER}][{LOWER}]))|"
    rf"[a-zđ](?:[.)]|[-/] |, ?(?!Điều|Khoản)(?=[{UPPER}][{LOWER}]))|"
    r"[IVX]{1,5}(?:[.)/-](?!\w)| [-–] (?=\w))"
)
_LINK = pattern(r"(?:^|\s)(?:https?://|www\.)\S+$")
_KIND = pattern(
    r"(?i)(?:trích )?(?:thông báo|quyết định|thư mời|giấy mời|công điện|thông cáo|kế hoạch|hướng dẫn|báo cáo|chỉ thị|"
    r"nghị quyết|tờ trình|lời kêu gọi|thư ngỏ|bản tin|bài tuyên truyền|thông tin tuyên truyền|bài phát biểu|bài viết|"
    r"điều lệ|thể lệ|quy chế|nội quy|quy định|hương ước|quy ước|phương án|đề án|biên bản|kịch bản|chương trình|lịch|"
    r"danh sách|bảng giá|bảng tổng hợp|bảng kê|giấy khen|giấy báo|lệnh|đơn|cam kết|bản cam kết|phóng sự|diễn văn|"
    r"lời phát biểu|lời chúc|tin buồn|cáo phó|thư kêu gọi|thư chúc mừng|tin cảnh báo|cảnh báo|khuyến cáo)"
    r"(?: (?:(?:và|&|[-–]) [^\W\d_]+(?: [^\W\d_]+){0,3}|kết quả|nhanh))?"
)
_NO_SUBJECT = pattern(
    r"(?i)(?:kính (?:gửi|thưa)|thưa |căn cứ|theo |thực hiện|để |nhằm|điều \d|số ?:|[“\"(]|.*[.:;!?]$)"
)
_AMOUNT = pattern(r"[-+] ?\d|(?:m|km|kg|g|l|đ)\.")  # from 18⏎- 45, 340.200⏎đ.
_NARROW, _WIDE = 60, 120  # letters; longer or shorter lines were not broken by a margin
_ALIKE = 3  # letters by which the margins of a text differ
_NAME_BEGUN = pattern(rf"(?:^|\s)[{LOWER}]+ [{UPPER}][{LOWER}]+$")
_NAME_ENDED = pattern(rf"[{UPPER}][{LOWER}]+(?:[,;.)]| [{LOWER}])")
_PROVINCE_BEGUN = pattern(rf"(?:^|[ (])tỉnh [{UPPER}][{LOWER}]+$")  # no province has a name of one syllable
_RAGGED = 0.85  # of a margin's letters
_LINKING = pattern(  # no line ends with these
    r"(?:^| )(?:và|của|(?<!đại )từ|đến|tại|(?<!nhà )(?<!đất )(?<!nơi )(?<!chỗ )ở|các|những|cho|với|theo|"
    r"(?<!lý )(?<!lí )(?<!tự )do|"
    r"(?<!\d )(?:ông|bà|anh|chị)|gồm|để|"
    r"(?<!mặt )(?<!công )bằng|hoặc|trong đó|(?<!bên )(?<!phía )(?<!phòng )(?<!ở )trong|"
    r"(?<!\d )đ/c|(?:từ|đến|vào|trước|sau) ngày)$"
)
_CITED, _CODE = (  # Kế hoạch⏎88/KH-UBND của …
    pattern(
        r"(?i)(?:^|\s)(?:số|kế hoạch|quyết định|công văn|nghị định|thông tư|chỉ thị|nghị quyết|tờ trình|báo cáo|"
        r"hướng dẫn|công điện|QĐ|KH|CV|NĐ|TT|CT|NQ)$"
    ),
    pattern(r"\d{1,5}(?:/\d{4})?/[A-ZĐ]{2}"),
)
_GROUPS, _GROUP, _WHOLE_TELEPHONE = (  # STK: 1234 5678⏎9012 VCB; SĐT 0912⏎345 678
    pattern(
        r"(?i)(?:stk|số tk|số tài khoản|đt|điện thoại|cccd|hotline|zalo|lh|liên hệ)(?: [^\d\n]{0,24})?:? ?"
        r"\d{3,4}(?:[ .]\d{2,4})*$"
    ),
    pattern(r"\d{3,4}(?:[ .]\d{2,4})*(?:[,;.]?$| [^\W\d])"),
    pattern(r"0\d{2,3}[ .]?\d{3}[ .]?\d{3,4}$|1[89]00[ .]?\d{4}$"),
)
_TELLING, _FIGURE = (
    pattern(r" (?:đạt|là|khoảng|chiếm|gần|hơn|giảm|tăng|gồm|cộng|thêm|tổng số) ?$"),
    pattern(r"\d[\d.,]*(?:%| ?[^\W\d])"),
)
_REQUEST = pattern(r"(?i)(?<!cùng )(?<!đối )với$")  # ai có loa kéo cho mượn với⏎Họp PH: 8h
_SALUTATION = pattern(r"(?i)(?:kính|thân|gửi|gởi|thưa|chào|alo)(?!\w)")  # Kính gửi cô bác, anh chị,
_OPENS_NONE = pattern(r"(?:của|và|hoặc|cùng với|nhân dịp|nhằm)(?!\w)")  # no line of its own begins with these
_OPENS_LINE = pattern(r"(?:Xin )?(?:[Tt]rân trọng|[Cc]hân thành cảm ơn|[Cc]ảm ơn)(?!\w)|Nơi nhận|Kính (?:báo|mời)")
_LABELLED = pattern(r"[^\W\d_]+(?: [^\n:👉]{1,24}?)? ?(?::|👉|➡|->) ")
_BODY = pattern(r"(?i)(?:(?:ủy|uỷ) ban nhân dân|hội đồng nhân dân|đảng (?:ủy|uỷ)|mặt trận tổ quốc)$")
_SEAT = pattern(r"(?i)(?:xã|phường|thị trấn|thị xã|huyện|quận|tỉnh|thành phố|tp\.?|đặc khu) ")
_SUBJECT = pattern(r"V/v |[Vv]ề việc |VỀ VIỆC |Lịch |LỊCH ")
_OPENING = pattern(r"(?:Theo|Thực hiện|Để|Căn cứ|Nhằm|Kính|Hiện|Được|UBND|Ủy ban|Trạm|Công an|BHXH|Ban|Hội)(?!\w)")
_NAMED_NEXT, _NAME = (  # Xóm Đồng, X.⏎Tân Hội; tại đ.⏎Nguyễn Huệ
    pattern(r"(?:(?:, |(?:tại|ở|trên|thuộc|về|đến|từ|dọc) )(?:[PQHXT]|T[PX]|[đĐ]|Ng)|(?:^| )(?:Ng|TP|TX))\.$"),
    pattern(rf"[{UPPER}][{LOWER}]+ [{UPPER}][{LOWER}]+(?! [{LOWER}]+ [{LOWER}]+ [{LOWER}]+ [{LOWER}]+)"),
)
_BEFORE_NAME = pattern(r"(?:^|[\s(“\"])(?:TP|Tp|TX|Tx|ThS|PGS|GS|BS|[PQHX])\.$")


_CHAT_WORDS = pattern(r"(?i)(?<![\w.])(?:ko|đc|trc|ng|vs|mng|mk|ib|lh|nhé|nhá|nha|ạ|ơi|mình|tui|cmt|ace)(?![\w./)-])")
_PICTURE = pattern(r"[\U0001f300-\U0001faff]")
_FEW = 3  # different such words that a typed notice may have


def _is_chat(text: str) -> bool:
    """Whether people wrote a text to each other, in which each line ends where its writer ended it."""
    words = set(map(str.lower, _CHAT_WORDS.findall(text)))
    return len(words) + bool(_PICTURE.search(text)) >= _FEW


def unwrap_lines(text: str) -> str:
    """The text with a blank for each line break that only a margin made; as long as before.

    A line goes on where a bracket is still open in it, where it ends with a comma, a dash or a word such as “của”, and,
    unless it is as short as a list's entries, where the next begins with a small letter. Whatever follows, it goes on
    where it is so full that the next word would have stood over its paragraph's margin, if the paragraph has one: if
    another full line of it is followed by a small letter.
    """
    lines = text.split("\n")
    if len(lines) == 1:
        return text
    paragraphs = [list(paragraph) for _, paragraph in groupby(lines, key=lambda line: bool(line.strip()))]
    if _is_chat(text):
        return "".join(piece for paragraph in paragraphs for piece in _break_typed_lines(paragraph))[:-1]
    margins = [_margin(paragraph) for paragraph in paragraphs if _is_wrapped(paragraph)]
    return "".join(piece for paragraph in paragraphs for piece in _break_lines(paragraph, margins))[:-1]


def _margin(lines: list[str]) -> int:
    """Letters of the longest line of a paragraph."""
    return max(len(line.rstrip()) for line in lines)


def _breaks(lines: list[str]) -> list[tuple[str, str]]:
    """What stands on both sides of each break."""
    return [(line.rstrip(), following.lstrip()) for line, following in pairwise(lines)]


def _is_wrapped(lines: list[str]) -> bool:
    """Whether a full line of a paragraph is followed by a small letter, so that its margin breaks lines."""
    margin = _margin(lines)
    return any(
        _is_full(line, following, margin) and _begins_small(line, following) and not _are_small_entries(line, following)
        for line, following in _breaks(lines)
    )


def _break_lines(lines: list[str], margins: list[int]) -> Iterator[str]:
    """The lines of a paragraph, each with a blank behind it where it goes on and else with its break.

    `margins`: those of the paragraphs that a margin breaks; in one as wide, it has broken a name at least.
    """
    margin, wrapped = _margin(lines), _is_wrapped(lines)
    alike = any(abs(margin - other) <= _ALIKE for other in margins)
    for (line, following), written in zip(_breaks(lines), lines, strict=False):
        broken = (alike and _breaks_name(line, following)) or _PURPOSE.fullmatch(line) is not None
        full = _is_full(line, following, margin) and (wrapped or broken)
        full = full and not _are_entries(line, following)
        yield written
        yield " " if _goes_on(line, following, margin, full) else "\n"
    yield lines[-1] + "\n"


def _break_typed_lines(lines: list[str]) -> Iterator[str]:
    """The lines of a paragraph of a chat, which no margin broke."""
    for (line, following), written in zip(_breaks(lines), lines, strict=False):
        yield written
        yield " " if _goes_on(line, following, 2 * len(line), full=False) else "\n"
    yield lines[-1] + "\n"


_PURPOSE = pattern(r"Để (?!biết|được|thuận)[^,.:;]+[^,.:;()]")  # its main clause follows


def _breaks_name(line: str, following: str) -> bool:
    """Whether a line ends within a name: thuộc xã Xuân⏎Lâm, trong đó"""
    return _NAME_BEGUN.search(line) is not None and _NAME_ENDED.match(following) is not None


def _is_full(line: str, following: str, margin: int) -> bool:
    """Whether the next word would have stood over the margin, give or take what wide and narrow letters make of it."""
    width = len(line) + 1 + len(following.split(maxsplit=1)[0]) if following else 0
    return len(line) >= _NARROW and margin <= _WIDE and width > _RAGGED * margin


def _goes_on(line: str, following: str, margin: int, full: bool) -> bool:
    """Whether a line goes on in the next; `full`: only the margin can have ended it. `margin` is in letters."""
    if _is_apart(line, following):
        return False
    if _tells_kind(line, following):
        return _is_subject(following)
    if _ITEM.match(following):
        return full and _ends_in_amount(line, following)
    if _leaves_bracket(line, following):
        return True
    if line.rstrip('"”’)')[-1:] in (".", "!", "?", "…", ":", ";"):
        return _goes_on_behind_sign(line, following, full)
    if _SUBJECT.match(line) and _OPENING.match(following):
        return False
    small = 2 * len(line) > margin and _begins_small(line, following) and not _are_small_entries(line, following)
    return full or small or is_unfinished(line, following)


def _goes_on_behind_sign(line: str, following: str, full: bool) -> bool:
    """Whether a line that ends with a sign goes on: where a short word ends it before a place, Xóm Đồng, X.⏎Tân Hội"""
    if _NAMED_NEXT.search(line) and _NAME.match(following):
        return True
    if line[-1] == ";" and _LONG_PHRASE.match(line) and _LAST_PHRASE.fullmatch(following):
        return True
    return full and (_BEFORE_NAME.search(line) is not None or line[-1] in ":;")


_LONG_PHRASE = pattern(rf"[{UPPER}][^\n]{{59}}")  # Dự báo … 02/12;⏎mưa 200-350mm, có nơi trên 450 mm.
_LAST_PHRASE = pattern(rf"[{LOWER}][^\n;]{{20,}}[.)]")


def _begins_small(line: str, following: str) -> bool:
    """Whether the next line begins with a small letter, behind a full line maybe in a bracket: cầu treo⏎(dài 86m"""
    return (following.lstrip("(")[:1] if len(line) >= _NARROW else following[0]).islower()


def _are_small_entries(line: str, following: str) -> bool:
    """Whether two lines are entries of a list in small letters: ngõ 3: quét đường⏎ngõ 7: khơi rãnh"""
    labelled = _LABELLED.match(following) is not None
    return labelled or line.lstrip("-+*• ").split(" ")[0] == following.split(" ")[0]


def _are_entries(line: str, following: str) -> bool:
    """Whether both lines begin with what they tell of: Tổng cộng: 132.850.000 đồng (…)⏎Lễ rót đồng: 7g – 9g"""
    if _HOURS_AHEAD.match(following) and (_HOURS_AHEAD.match(line) or _ITEM.match(line)):  # 06h - 11h: xóm …
        return True
    return bool(line[-1:] == ")" and following[:1].isupper() and _LABELLED.match(line) and _LABELLED.match(following))


_HOURS_AHEAD = pattern(r"(?:[-+•] ?)?(?:[Tt]ừ )?\d{1,2}[hg:](?:\d\d)?(?: ?(?:[-–÷]|đến) ?\d{1,2}[hg:](?:\d\d)?)? ?[:,]")


def _tells_kind(line: str, following: str) -> bool:
    """Whether a line tells what the document is: ĐIỀU LỆ, THÔNG BÁO CỦA TRƯỞNG ẤP above “Về việc …”"""
    kind = line.strip()
    return bool(_KIND.fullmatch(kind) or (len(kind) < _NARROW and _KIND.match(kind) and _SUBJECT.match(following)))


def _is_apart(line: str, following: str) -> bool:
    """Whether one is empty or closes the text, or an address ends the line or begins the next: none is taken in."""
    linked = _LINK.search(line) is not None or _LINK.match(following) is not None
    return not (line and following) or linked or _OPENS_LINE.match(following) is not None


def _leaves_bracket(line: str, following: str) -> bool:
    """Whether a bracket that a line opens is closed in the next."""
    return line.rfind("(") > line.rfind(")") and ")" in following


def _is_subject(line: str) -> bool:
    """Whether a line tells what the document is about whose kind stands above it: THÔNG BÁO, Về việc …"""
    return not (_ITEM.match(line) or _NO_SUBJECT.match(line) or _HOURS_AHEAD.match(line))


def _ends_in_amount(line: str, following: str) -> bool:
    """Whether the next line only looks like an entry of a list: from 18⏎- 45, 340.200⏎đ."""
    return line[-1] in "0123456789hg%" and line[0] not in "-+" and _AMOUNT.match(following) is not None


def _addresses_somebody(line: str, following: str) -> bool:
    """Whether a line only calls somebody, or ends a request above a label: Kính thưa bà con, … cho mượn với⏎Họp: 8h"""
    request = _REQUEST.search(line) is not None and _LABELLED.match(following) is not None
    return request or (line[-1] == "," and line.count(":") < 2 and _SALUTATION.match(line) is not None)


_SCALE_NEXT = pattern(r"(?:triệu|tỷ|tỉ|nghìn|ngàn|đồng|kg|tấn|tạ|mét|km|lít)(?!\w)")  # phạt 10 - 15⏎triệu
_COUNT_NEXT = pattern(  # trưởng ban⏎14 thôn;
    r"\d{1,3} (?:thôn|xóm|ấp|bản|xã|hộ|khu phố|tổ dân phố|chi bộ|trường)[;,.]"
)
_MEASURE = pattern(r"\d{1,3},\d{1,2} ?(?:tấn|tạ|kg|mét|km|ha|triệu|tỷ)(?:/[^\W\d_]+)?[,;.]|\d{1,3} ?phút ?,")


def _breaks_before_figure(line: str, following: str) -> bool:
    """Whether the next line tells how much of what a line ends with: đạt⏎94,5%; ấp Mỹ Chánh⏎3,78 tấn/ha, ấp Mỹ Lợi"""
    if _HOURS_AHEAD.match(following):  # dâng cơm chư tăng⏎16h: rước Đại lịch
        return False
    told = _TELLING.search(line) is not None and _FIGURE.match(following) is not None
    if _SCALE_NEXT.match(following) and line[-1].isdecimal():
        return True
    if _COUNT_NEXT.match(following) and line[-1].isalpha() and len(line) >= _NARROW:
        return True
    return told or (line[-1].isalpha() and _MEASURE.match(following) is not None)


_BROKEN_PHRASES = ((_CITED, _CODE), (_BODY, _SEAT), (_PROVINCE_BEGUN, pattern(rf"[{UPPER}]")))


def is_unfinished(line: str, following: str) -> bool:
    """Whether a line ends or the next begins as none does: with a comma, with “của”, above a commune’s name."""
    if following[0].isupper() and _addresses_somebody(line, following):
        return False
    if line[-1] in ",-–/&+(→" or line.endswith("->") or _LINKING.search(line) or _OPENS_NONE.match(following):
        return True
    if _breaks_before_figure(line, following):
        return True
    if _GROUPS.search(line) and _GROUP.match(following) and not _WHOLE_TELEPHONE.search(line):
        return True
    return any(ended.search(line) and begun.match(following) for ended, begun in _BROKEN_PHRASES)
