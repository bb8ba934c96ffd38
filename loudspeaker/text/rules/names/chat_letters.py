"""One letter for a word, as people type to each other: e thông báo -> em, nhờ a giúp -> anh, k đi -> không."""

from __future__ import annotations

import re
from functools import lru_cache

from ...context import Context
from ...cues import words_after, words_before
from ...document.list_levels import count_letters
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import rows
from ...numerals import LETTERS
from ...reasons import LONE_LETTER, UNKNOWN
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER, is_syllable
from .capitals import neighbours_of

rule = RuleMaker(Kind.ACRONYM)

_ALONE = r"(?![\w.)'’/@-])"
_WORDS = {"a": "anh", "c": "chị", "e": "em", "ô": "ông", "b": "bạn"}
_ASKING = words_before(
    "có|cái|biết|bik|làm|hỏi|việc|chuyện|nói|thấy|cần|mua|ăn|gì|vì|còn|nghe|mất|hiểu|mang|ghi|nhớ|thiếu"
)
_LETTER_NAMES = frozenset(name for names in LETTERS.values() for name in (*names.split(), *names.lower().split()))
_NUMBERS = frozenset(re.findall(r"\w+", "một hai ba bốn tư năm lăm sáu bảy tám chín mười mươi mốt trăm"))
LETTERED = words_before(
    "lớp|tổ|ý|điểm|mục|khoản|hình|ô|phòng|nhóm|loại|hạng|tuyến|câu|vitamin|bảng|khối|khu|lô|dãy|tòa|căn|cột|phương án|"
    "đáp án|chữ|máu|viêm gan|phần|mẫu|biểu|sân|cổng|cửa|hàng|kho|xe|vùng|điều|chương"
)
_TO_ME = words_before(
    "sđt|số điện thoại|vợ|chồng|giùm|dùm|giúp|của|cho|gặp|báo|nhắn|gọi|với|ib|alo|nhờ|là|chúng|bọn|tụi|mấy|các|anh|chị|"
    "nhà|bên|quán|shop"
)
_I_DO = words_after(
    "xin|thông báo|tb|báo|gửi|nhờ|mời|chào|cảm ơn|đã|sẽ|đang|cũng|có|không|ko|k|thấy|nghe|là|vừa|mới|cần|muốn|nhắc|"
    "hỏi|chúc|được|đc|đi|về|làm|thu|tổng hợp|đăng|up|lập|bán|mua|nhận|thay mặt|giữ|gởi|qua|chốt|nộp|dán|treo|trực|đặt|"
    "chở|mang|chuyển|ck|kiểm tra|nhắn|hẹn|phụ trách|đại diện"
)
_NOT = words_after(
    "đi|có|được|đc|gửi|biết|nghe|tin|phải|nên|cần|thu|mất|bị|đến|về|thấy|cho|làm|ra|vào|dùng|nhận|tham gia|tính|rõ|"
    "trừ|lý do|phép|kịp|thể|ai|còn|đúng|ở|mở|lấy|trả|nộp|để|quên|rọ|muốn|mang|đóng|bán|mua|họp|xả|vứt|đốt|ăn|uống|"
    "đổ|tự ý|tự tiện|hút|tắm|nuôi|chở|chặt|thả|hoang mang|chủ quan|tụ tập|đỗ|dừng|lấn|vượt|leo|trèo|mua bán|chia sẻ"
)
_FEARS = words_after("ngại|rằng|dè|sợ|lệ|thẹn|ấp|là không|khó")  # e rằng, e ngại: a word of its own
_PARTS = words_after("khoản|điểm|mục|điều|và|hoặc|đến|lô|di|phiến|dua|còng|xít|tòng|men|móc|vòng|lê")  # a lô, a xít
_TOLD = words_before(
    "nhờ|hỏi|gặp|nhắn|gọi|gọi cho|cho|với|của|báo|gửi|cảm ơn|mời|chào|các|mấy|nhà|thưa|hôm nay|mai|chỗ|bên"
)
_WHO = words_after("nào|ơi|ấy")
_OFFICES = (
    "trưởng|tổ trưởng|tổ phó|hội trưởng|hội phó|đội trưởng|bí thư|chủ tịch|phó|kế toán|thủ quỹ|y tá|y sĩ|bác sĩ|"
    "chủ|giáo viên|chi hội|cán bộ|công an"
)
_ROLES, _ROLE = words_after(_OFFICES), rf"(?:{_OFFICES})(?![^\W_])"
_ALL = words_before("các|mấy|mời|chào|kính chào|kính mời|thưa|toàn thể|cảm ơn|nhờ|nhắc|tất cả|bà con")
_TOGETHER = {"ace": "anh chị em", "ac": "anh chị", "ae": "anh em", "ce": "chị em"}
_CHAT = pattern(r"(?<!\w)(?:ạ|[Nn]hé|[Nn]há|nha|ko|đc|mn|mng|ib|ace|cmt|[Cc]ả nhà|ơi|ad|inbox|zalo nhóm)(?!\w)")
_NAME = pattern(rf" [{UPPER}][{LOWER}]{{1,6}}(?![^\W_])")
_WORD = pattern(rf" ([{LOWER}]{{1,7}})(?![^\W_])")


@lru_cache(maxsize=4)
def is_chat(text: str) -> bool:
    """Whether a text is typed as people write to each other: … nhé, ko, cả nhà"""
    return _CHAT.search(text) is not None


def is_apart(match: re.Match[str], context: Context) -> bool:
    """Whether a letter is a word: nothing touches it, and nothing beside it has letters for names: lớp 4 e, vê nờ e"""
    at, end = match.span()
    if context.char(at - 1) not in ("", *' \n("“') or context.adjoins(at, LETTERED):
        return False
    before, after = (word.lower() for word in neighbours_of(context, at, end))
    near = context.char(at - 2) if context.char(at - 1) == " " else ""
    listed = before in _LETTER_NAMES or before in _NUMBERS or after in _LETTER_NAMES or after in _NUMBERS
    return not listed and not near.isdecimal()


def _say_letter(match: re.Match[str], context: Context) -> Answer:
    """The word for the letter; certain where the whole text is a chat."""
    word = _WORDS[match[0].lower()]
    return word if is_chat(context.text) else Guess(word, LONE_LETTER)


_GAP = "(?:,? |,)"
_CALLED = rf"{_ALONE}(?= [{LOWER}]|[,!?:]|$|\n)"


@rule(rf"([Aa]){_GAP}([ce])(?:{_GAP}(e))?{_CALLED}|([Cc]){_GAP}(e){_CALLED}", "word")
def people_together(match: re.Match[str], context: Context) -> Answer:
    """Who is called together: các a c e -> anh chị em, A e trong tổ -> anh em"""
    at = match.start()
    opens = context.begins_sentence(at) or context.is_after(at, _ALL)
    listed = "," in match[0] and (not opens or context.char(at - 2) == ",")  # câu a, c, e
    if listed or context.char(at - 1) not in ("", *" \n(") or context.adjoins(at, LETTERED):
        return None
    words = _TOGETHER["".join(filter(None, match.groups())).lower()]
    called = context.is_after(at, _ALL) or is_chat(context.text)
    return words if called else Guess(words, LONE_LETTER)


@rule(rf"e{_ALONE}", starts="word", only_if=is_apart)
def who_writes(match: re.Match[str], context: Context) -> Answer:
    """Who writes or is younger: e thông báo, danh sách e Tùng gửi -> em; tôi e rằng is a word of its own"""
    at, end = match.span()
    if context.is_before(end, _FEARS) or context.is_before(end, _PARTS[:4]):
        return None
    doing = context.is_before(end, _I_DO) and not context.begins_line(at)
    if doing or context.is_after(at, _TO_ME):
        return "em"
    word = _WORD.match(context.text, end)
    if word is None or not is_syllable(word[1]):  # names are read by the rules of persons
        return None
    return "em" if is_chat(context.text) else Guess(match[0], LONE_LETTER)  # cài e tác mâu bai


@rule(rf"E(?= (?:[{LOWER}]{{1,7}}(?![^\W_])|[{UPPER}][{LOWER}]{{1,6}}[^\d\n]{{0,24}}0\d\d))", starts="word")
def who_writes_first(match: re.Match[str], context: Context) -> Answer:
    """The same at the head of a sentence: E xin chào cả nhà, E Thắng – 0867… -> em"""
    at, end = match.span()
    doing = context.is_before(end, _I_DO) or _NAME.match(context.text, end) is not None
    if not context.begins_sentence(at):
        return None
    return _say_letter(match, context) if doing or is_chat(context.text) else Guess(match[0], LONE_LETTER)


@rule(rf"[acô]{_ALONE}(?= [{LOWER}]{{2,7}}(?![^\W_]))", starts="word", only_if=is_apart)
def whom_one_asks(match: re.Match[str], context: Context) -> Answer:
    """Who is told or asked: nhờ a tỉa giúp, nhà a trưởng thôn, c nào chưa đóng -> anh, chị"""
    at, end = match.span()
    told = (context.is_after(at, _TOLD) and match[0] != "ô") or context.is_before(end, _WHO)
    called = context.begins_line(at) or context.is_after(at, _TOLD)
    heads = called and not count_letters(context.text) and context.is_before(end, _ROLES)
    if context.is_before(end, _PARTS) or not (told or heads or (is_chat(context.text) and match[0] != "ô")):
        return None
    return _say_letter(match, context) if told else Guess(_WORDS[match[0]], LONE_LETTER)


@rule(rf"[acbô]\. (?={_ROLE})", starts="word")
def whom_one_tells(match: re.Match[str], context: Context) -> Guess | None:
    """Who is told, by an office: Báo a. tổ phó là nhà b. Hạnh đi vắng -> anh"""
    word = "bà" if match[0][0] == "b" else _WORDS[match[0][0]]
    return Guess(f"{word} ", LONE_LETTER) if context.is_after(match.start(), _TOLD) else None


@rule(
    r"ca(?= (?:tỉnh|xã|phường)(?![^\W_]))", starts="word", only_after=words_before("ở|tại|lên|ra|đến|báo|gặp|của|bên")
)
def police(match: re.Match[str], context: Context) -> Guess:
    """The police in small letters: lên làm ở ca tỉnh; ca is a word, too"""
    return Guess("công an", UNKNOWN)


@rule(r"[ACbB](?= (?:nào|ơi|ấy)(?!\w))", starts="word")
def whom_one_asks_first(match: re.Match[str], context: Context) -> Answer:
    """The same at the head of a sentence: C nào chưa đóng -> chị"""
    return None if context.adjoins(match.start(), LETTERED) else _say_letter(match, context)


@rule(rf"([ABC]) (?=([{UPPER}][{LOWER}]{{1,6}})(?! ?[{UPPER}\d]|[^\W_]))", starts="word")
def whom_one_names_first(match: re.Match[str], context: Context) -> Answer:
    """Who is named where a phrase of a chat begins: C Hoa + 2 con, (C Lan nhắc giúp) -> chị; not Khu A, C Hoa Mai"""
    first = context.begins_line(match.start())
    opens = first or _PHRASE.search(context.text[max(0, match.start() - 2) : match.start()])
    if not opens or match[2] not in given_names() or not is_chat(context.text) or context.levels.divisions:
        return None
    words = "bà " if match[1] == "B" else f"{_WORDS[match[1].lower()]} "
    return words if first and match[1] != "B" else Guess(words, LONE_LETTER)


_PHRASE = pattern(r"(?:\(|[,;:+-] )$")


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Names that people are called by: Hoa, Lập, Tư."""
    listed = [names.split("|") for kind, names in rows("person_names.tsv") if kind in ("given", "rank")]
    return frozenset(name for names in listed for name in names)


@rule(rf"k{_ALONE}", starts="word", only_if=is_apart)
def not_so(match: re.Match[str], context: Context) -> Answer:
    """“Không” typed as one letter: ai k đi báo trước, có họp k? -> không"""
    if context.is_before(match.end(), _NOT):
        return "không"
    word = _WORD.match(context.text, match.end())
    before, after = neighbours_of(context, *match.span())
    if before.istitle() or after in _PEOPLES:  # già làng Điểu k rứt, người k ho
        return None
    asked = context.char(match.end()) in ("", *"?!,.\n") and context.char(match.start() - 2).isalpha()
    return Guess("không", LONE_LETTER) if asked or (word and is_syllable(word[1])) else None


_PEOPLES = frozenset(("ho", "bang", "nông", "lang", "rông"))


@rule(rf"K(?= [{LOWER}]{{1,7}}(?![^\W_]))", starts="word")
def not_so_first(match: re.Match[str], context: Context) -> Answer:
    """The same at the head of a sentence: K hút thuốc, K tự ý đấu nối -> không; K phổi is an illness"""
    word = _WORD.match(context.text, match.end())
    if not context.begins_sentence(match.start()) or word is None or word[1] in _ORGANS:
        return None
    if not (is_syllable(word[1]) or word[1] in _TYPED):
        return None
    return "không" if context.is_before(match.end(), _NOT) else Guess("không", LONE_LETTER)


_TYPED = frozenset(("nt", "ib", "đc", "dc", "bt", "cmt"))  # K nt lúc khuya


_ORGANS = frozenset(("phổi", "gan", "vú", "dạ", "cổ", "đại", "trực", "tuyến", "bàng", "máu", "thực", "buồng", "vòm"))


@rule(rf"j{_ALONE}", starts="word", only_if=is_apart)
def what(match: re.Match[str], context: Context) -> Answer:
    """“Gì” typed as one letter: có j alo e, ko biết j -> gì"""
    asked = context.is_after(match.start(), _ASKING)
    if not (asked or is_chat(context.text)):
        return None
    return "gì" if asked and is_chat(context.text) else Guess("gì", LONE_LETTER)


@rule(rf"[rR]{_ALONE}", starts="word", only_if=is_apart)
def already(match: re.Match[str], context: Context) -> Answer:
    """“Rồi” typed as one letter in a chat: quay clip r gọi biên phòng, đóng tiền r nha -> rồi"""
    word = context.text[max(0, match.start() - 12) : match.start()].split(" ")[-2:-1]
    behind = _WORD.match(context.text, match.end())
    ended = context.char(match.end()) in ("", *",.!?\n")
    if not is_chat(context.text) or not word or not word[0][-1:].isalpha() or not (behind or ended):
        return None
    return "rồi" if word[0].islower() else Guess("rồi", LONE_LETTER)
