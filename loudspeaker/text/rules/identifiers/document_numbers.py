"""Numbers of documents: 15/CT-UBND, 91 /UBND -TH, 12/2021/NĐ-CP. Signs between the parts are not read."""

from __future__ import annotations

import re
from itertools import pairwise

from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import spell_digits, spell_letters
from ...rule import Answer, Guess, RuleMaker
from ...syllables import is_syllable
from ..names.acronyms import PUT_TOGETHER, compose

rule = RuleMaker(Kind.DOCUMENT)

_CODE = r"(?:[A-ZĐƯ]{2,12}[rgh]?\d{0,2}|[A-ZĐ]{1,3}[a-z][A-ZĐ]{0,4}|L|P\d{1,2}|UBND-[A-Z]\d)(?![^\W_])"
_CODES = rf"{_CODE}(?: ?[-/&.] ?{_CODE}){{0,4}}"
KINDS = words_before(
    "số|liên tịch|công văn|nghị định|thông tư|quyết định|chỉ thị|kế hoạch|thông báo|hướng dẫn|nghị quyết|luật|tờ trình|"
    "báo cáo|giấy mời|thư mời|công điện|văn bản|kết luận|chương trình|thông tri|biên bản|hợp đồng|quy chế|quy định|"
    "cáo trạng|lệnh|lệnh gọi|giấy gọi|quy chế phối hợp|kế hoạch phối hợp|pháp lệnh|"
    "đề án|phương án|gm|cv|qđ|nđ|nq|tt|ttlt|kh|tb|hd|ct|bc|kl"
)
_ROW = pattern(r" số (?:\d{1,6}(?:, | và |,)){0,5}\d{1,6}(?:,| và|)$")  # số 3062, 3063, 3064/ QĐ-BVHTTDL
_COMMAND = pattern(cue_list("commands"))  # whose BCH is not a party's
_LISTED = pattern(r"\d ?[/-] ?[A-ZĐƯ&-]{2,12}(?:, |; | và )$")
_NUMBERED_PLACES = words_before(
    "phiếu số|kvbp số|quầy số|bàn số|tổ số|đội số|trạm số|cổng số|phòng số|điểm số|khu số|nhà số|xe số|lô số|cụm số|"
    "vị trí số|tuyến số|chốt số|bến số|kênh số|giếng số|ban số|kho số|lớp số|đơn vị số|cửa số|bảng số|bầu cử số"
)
_NAMED_BY_L = pattern(r"(?<!\w)(?:lịch|luật|lệnh)(?!\w)")  # Lịch công tác tuần số 22-L/ĐU
_UNITS = frozenset(("KG", "HA", "KM", "ML", "VNĐ", "VND", "USD", "CM", "MM"))


@rule(r"([A-ZĐ]{2,3}r?)(?= (?:số )?\d{1,5} ?[/-] ?(?:(?:19|20)\d{2} ?/ ?)?\1(?:LT)?(?:[-/]|$|[^\w]))", starts="word")
def document_kind(match: re.Match[str], context: Context) -> str | None:
    """Kind of a document, which its number repeats.

    TT 75/2025/TT-BNNMT -> thông tư …: the code repeats what the document is
    """
    return context.lexicon.documents.get(match[1])


@rule(rf"(\d{{1,6}}[a-z]?|\d{{1,3}}\.\d{{3}})( ?)(?:[/-] ?((?:19|20)\d{{2}}) ?)?([/-] ?|- ?)({_CODES})")
def document_number(match: re.Match[str], context: Context) -> Answer:
    """Number of a document: Chỉ thị số 15/CT-UBND -> số mười lăm chỉ thị ủy ban nhân dân"""
    if not _is_number(match, context):
        return None
    year = f" năm {context.number(match[3])}" if match[3] else ""
    issuer = _read_issuer(match, context)
    repeated = not issuer and _repeats_kind(match, context)
    spoken = issuer or (
        _spell_codes(match[5], context) if repeated else _read_by_kind(match, context) or read_codes(match[5], context)
    )
    spoken = f"{_say_numeral(match[1], context)}{year} {_name_issuer(spoken, match, context)}"
    return Guess(spoken, PUT_TOGETHER) if not (issuer or repeated) and _is_put_together(match[5], context) else spoken


def _is_number(match: re.Match[str], context: Context) -> bool:
    """Whether a document's number is meant: behind a cue always, unless a unit follows; 20k/LĐ is a price a head"""
    first = re.split(r"[-/&. ]", match[5])[0]
    if first in _UNITS:
        return False
    words = context.before(match.start())
    if match[2] and match[4] == "- " and words.endswith(_NUMBERED_PLACES):  # khu vực bỏ phiếu số 5 - NVH thôn
        return False
    if words.endswith(KINDS) or _ROW.search(words):
        return True
    parted = " " in match[0] or (match[4][0] == "-" and not match[3])
    return not parted and not match[1][-1:].isalpha() and (len(first) > 1 or match[5].startswith("L-"))


def _name_issuer(spoken: str, match: re.Match[str], context: Context) -> str:
    """The words of a code with the issuer that the text names.

    BCH of a command and TU of a city where the words around speak of them: 3186/QĐ-BCH … của Ban Chỉ huy Quân sự
    """
    before = context.text[max(0, match.start() - 3 * REACH) : match.start()].lower()
    behind = re.split(r"\.\s|\n", context.text[match.end() : match.end() + 2 * REACH].lower())[0]
    if _COMMAND.search(before) or _COMMAND.search(behind) or "CĐ-" in match[5]:
        spoken = spoken.replace("ban chấp hành", "ban chỉ huy")
    committee = re.search("(tỉnh|thành) (?:ủy|uỷ)", behind)  # the nearest
    return spoken.replace("tỉnh ủy", "thành ủy") if committee and committee[1] == "thành" else spoken


def _read_issuer(match: re.Match[str], context: Context) -> str:
    """The code in the words of its issuer.

    152/TB-ĐQLĐL … của Đội quản lý Điện lực: the words behind have the letters of the code.
    """
    kind, *office = _split_codes(match[5])
    letters, known = "".join(office), context.lexicon.documents.get(kind)
    named = re.search(r" của ((?:[^\W\d_]+ ?){2,14})", context.text[match.end() : match.end() + 4 * REACH])
    if known is None or named is None or len(letters) < 3:
        return ""
    words = named[1].split()[: len(letters)]
    issuer = "".join(word[0].upper() for word in words) == letters and all(map(is_syllable, words))
    return f"{known} {' '.join(words).lower()}" if issuer and not any(map(str.isupper, words)) else ""


def _read_by_kind(match: re.Match[str], context: Context) -> str:
    """The code behind the kind of document that the text names.

    Thông tri số 05-TT/ĐU: the word before decides what the first code stands for.
    """
    first, sign, rest = re.match(r"([^-/&. ]+)( ?[-/&.]? ?)(.*)", match[5]).groups()  # type: ignore[union-attr]
    words = context.before(match.start()).removesuffix(" số")
    if first == "L" and (named := _NAMED_BY_L.findall(words)):
        return f"{named[-1]} {read_codes(rest, context)}"
    kind = next((kind.strip() for kind in KINDS if words.endswith(kind) and first.startswith(_initials(kind))), "")
    if not kind and first not in context.lexicon.documents:
        kind = _words_with_initials(words, first)
    more = first[len(_initials(kind)) :]
    if kind and more:  # Hợp đồng số 15/2025/HĐTĐ: of what, only its writer knows
        known = context.lexicon.documents.get(first)
        return (
            ""
            if known or kind != "hợp đồng" or len(more) > 2
            else f"{spell_letters(first)} {read_codes(rest, context)}"
        )
    if not kind or sign.strip() == "&":
        return ""
    return f"{kind} {read_codes(rest, context)}".strip()


def _repeats_kind(match: re.Match[str], context: Context) -> bool:
    """Whether the code begins with the kind that has just been said: Kế hoạch số 61/KH-UBND"""
    first = _split_codes(match[5])[0]
    words = context.before(match.start()).removesuffix(" số")
    listed = _LISTED.search(context.text[max(0, match.start() - REACH) : match.start()])  # mẫu 01/ĐK, 02/ĐK
    if words.endswith(f" {first.lower()}") and not listed:  # NĐ 120/2013/NĐ-CP
        return True
    return any(words.endswith(kind) and first == _initials(kind) for kind in KINDS)


def _spell_codes(written: str, context: Context) -> str:
    """KH-UBND -> ca hát u bê nờ dê; BNN&MT with its “và”; UBTVQH15 with its number"""
    codes = (re.fullmatch(r"(\D*)(\d*)", code) for code in _split_codes(written.replace("&", " và ")))
    spelled = ((code[1] if code[1] == "và" else spell_letters(code[1]), code[2]) for code in codes if code)
    return " ".join(f"{letters} {context.number(number) if number else ''}".rstrip() for letters, number in spelled)


def _words_with_initials(words: str, letters: str) -> str:
    """The last words before a number where its first code has their letters: Kết luận điều tra số 5/KLĐT."""
    last = re.split(r"[\n.,;:]", words)[-1].split()[-len(letters) :]
    return " ".join(last) if len(letters) > 1 and _initials(" ".join(last)) == letters else ""


def _initials(kind: str) -> str:
    """First letters of words: chỉ thị -> CT"""
    return "".join(word[0].upper() for word in kind.split())


def _say_numeral(written: str, context: Context) -> str:
    """Number with a letter: 12a -> mười hai a"""
    digits = written.rstrip("abcdefghijklmnopqrstuvwxyz")
    letter = written[len(digits) :]
    return context.number(digits) + (f" {spell_letters(letter)}" if letter else "")


@rule(r"(\d{1,6}) ?[/-] ?(kl|qđ|ct|nq|kh|tb|bc|cv|hd|tt|nđ|gm)(?![^\W_])", only_after=KINDS)
def small_number(match: re.Match[str], context: Context) -> str:
    """Number with a short word in small letters: kết luận 31/kl TW -> ba mươi mốt kết luận"""
    return f"{context.number(match[1])} {context.lexicon.documents[match[2].upper()]}"


@rule(r"(\d{1,6})/((?:19|20)\d{2})/((?:tt|nđ|qđ|nq|ttlt|ct)-[a-zđ]{2,9})(?![^\W_])")
def number_in_small_letters(match: re.Match[str], context: Context) -> str:
    """Number written in small letters: thông tư 24/2017/tt-btc"""
    return f"{context.number(match[1])} năm {context.number(match[2])} {read_codes(match[3].upper(), context)}"


@rule(r"(\d{1,4}) ?[/-] ?((?:19|20)\d{2})(?![\d/])", only_after=KINDS)
def number_of_year(match: re.Match[str], context: Context) -> str:
    """Number and year: Nghị định 100/2019 -> một trăm năm hai nghìn không trăm mười chín"""
    return f"{context.number(match[1])} năm {context.number(match[2])}"


_STANDARDS = (" qcvn", " tcvn", " qcđp", " quy chuẩn", " tiêu chuẩn")


@rule(r"(\d{1,5})(?:-(\d{1,3}))?:((?:19|20)\d\d)(?!\d)", only_after=_STANDARDS)
def standard(match: re.Match[str], context: Context) -> str:
    """Number of a standard: QCVN 01-1:2024/BYT -> không một gạch ngang một năm hai nghìn không trăm hai mươi tư"""
    first = spell_digits(match[1]) if match[1][0] == "0" else context.number(match[1])
    part = f" gạch ngang {context.number(match[2])}" if match[2] else ""
    return f"{first}{part} năm {context.number(match[3])}"


@rule(rf"[/-] ?({_CODES})", starts="sign", only_after=(" số",))
def code_without_number(match: re.Match[str], context: Context) -> str:
    """Code whose number is missing: Số: /STTTT-TTBCXB"""
    return read_codes(match[1], context)


def read_codes(written: str, context: Context) -> str:
    """CT-UBND -> chỉ thị ủy ban nhân dân; what no table knows, letter by letter."""
    whole = _look_up(re.sub(r"[-&. ]", "", written), context) if "&" in written else ""
    if whole:
        return whole
    first, *rest = [part for part in re.split("[-/. ]+", written) if part.strip("&")] or [""]
    offices = (_read_office(part, after, context) for part, after in pairwise([*rest, ""]))
    return " ".join([_read_joint_office(first, context), *offices])


def _read_office(part: str, after: str, context: Context) -> str:
    """Behind the first part no kind of document is meant: BNN-TT is no thông tư, SL2 no decree; QĐ-CT.UBND is him."""
    if part[-1].isdecimal() and part.rstrip("0123456789") in context.lexicon.documents:
        return _spell_codes(part, context)
    if part not in ("CT", "TT", "HD", "TB", "CĐ"):
        return context.memory.expansion(part) or _read_joint_office(part, context)
    return "chủ tịch" if part == "CT" and after in ("UBND", "HĐND") else spell_letters(part)


def _read_joint_office(part: str, context: Context) -> str:
    """One part, whose offices are joined with &: BLĐTB&XH is one office."""
    whole = _look_up(part.replace("&", ""), context) if "&" in part else ""
    return whole or " ".join(_read_code(code, context) for code in part.split("&"))


def _split_codes(written: str) -> list[str]:
    """CT-UBND -> CT, UBND"""
    return [part for part in re.split(r"[-/&. ]+", written) if part]


def _read_code(code: str, context: Context) -> str:
    """One part of a code: PC06 -> pê xê không sáu; QLDA2 -> quản lý dự án hai"""
    letters = code.rstrip("0123456789")
    number = code[len(letters) :]
    if number.startswith("0"):  # PC06 is an office of the police
        return f"{spell_letters(letters)} {spell_digits(number)}"
    words = _look_up(letters, context) or compose(letters, context)
    if not words:
        return spell_letters(code)
    return f"{words} {context.number(number)}" if number else words


def _look_up(letters: str, context: Context) -> str:
    """What the tables say of a code without its number."""
    known = context.lexicon.documents.get(letters)
    if known is None:
        entry = context.lexicon.usual_entry(letters)
        known = entry.reading if entry and entry.sure else ""
    return known


def _is_put_together(written: str, context: Context) -> bool:
    """Whether a code was put together from its letters: XDTCQG might be anything."""
    if "&" in written and _look_up(re.sub(r"[-&. ]", "", written), context):
        return False
    letters = (part.rstrip("0123456789") for part in _split_codes(written))
    return any(
        compose(part, context) and not (_look_up(part, context) or _has_kind_and_office(part, context))
        for part in letters
    )


def _has_kind_and_office(letters: str, context: Context) -> bool:
    """Whether a part is a kind and an office: QĐUBND, where only the dash was forgotten"""
    return letters[:2] in context.lexicon.documents and _look_up(letters[2:], context) != ""
