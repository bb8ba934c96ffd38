"""A bulletin's draft made of an official letter: what its head says, its text, and what an officer must look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..errors import Message
from .import_result import BulletinDraft, LeftOut, LeftPart
from .letter_validity import propose_validity
from .official_letter import OfficialLetter, parse_lines

PLAIN_LETTER = "Công văn"  # the one kind that does not name itself
UNITS = "thị xã|xã|phường|thị trấn|huyện|quận|thành phố|tỉnh"
PLACE = rf"(?:\s(?:{UNITS})(?:\s[A-ZĐÀ-Ỹ]\w*)+)?"
OFFICES = (
    "Sở|UBND|HĐND|Ủy ban|Uỷ ban|Hội đồng|Phòng|Ban|Trung tâm|Công an|Trạm|Hội|Đoàn|Chi cục|Cục|Bộ|Văn phòng"
    "|Đảng ủy|Mặt trận"
)
SPEAKS = "đề nghị|yêu cầu|thông báo|kính mời|mời|kêu gọi|khuyến cáo|vận động|phát động"
SPEAKER = re.compile(rf"(?:^|, )(?P<office>(?:{OFFICES})\b[^,.;:]*?)\s(?:trân trọng |kính )?(?:{SPEAKS})\b")
GREETING = re.compile(r"Kính (thưa|gửi)|Thưa ", re.I)
LONGEST_PREVIEW = 70  # letters
LONGEST_TITLE = 120


def make_draft(letter: OfficialLetter, encoding: str = "") -> BulletinDraft:
    """A draft whose head is filled in from what the letter says about itself.

    `encoding` is the old one that it was written in.
    """
    title, body = _title(letter)
    left = tuple(LeftPart(what, tuple(lines)) for what, lines in letter.left.items())
    notes = tuple(_notes(letter))
    if encoding:
        notes = (_conversion_message(encoding), *notes)
    return BulletinDraft(title, _source(letter), "\n\n".join(body), notes, left, *propose_validity(letter))


def _conversion_message(encoding: str) -> Message:
    return Message("it was in the old encoding {encoding}, now in Unicode: please read it through", encoding=encoding)


def _title(letter: OfficialLetter) -> tuple[str, list[str]]:
    """The title, and the text without it."""
    if letter.subject:
        return _capitalize(letter.subject.rstrip(" .;")), letter.body
    first = next((line for line in letter.body if not GREETING.match(line)), letter.body[0])
    heading = first is letter.body[0] and len(letter.body) > 1 and first[-1].isalnum()
    title = _capitalize(re.split(r"[.!?:;]", first)[0][:LONGEST_TITLE])
    return " ".join(title.split()), letter.body[1:] if heading else letter.body


def _source(letter: OfficialLetter) -> str:
    """The document as it is quoted: kind, number, issuer, day."""
    issuer = _issuer(letter)
    kind = letter.kind.capitalize() or (PLAIN_LETTER if letter.number or letter.subject else "")
    if not (kind or issuer):
        return ""
    number = f" số {letter.number}" if _has_number(letter) else ""
    by = (f" của {issuer}" if kind else issuer) if issuer else ""
    return f"{kind}{number}{by}{_day(letter)}"


def _day(letter: OfficialLetter) -> str:
    if not (letter.month and letter.year):
        return ""
    month = f"{letter.month}/{letter.year}"
    return f", ngày {letter.day}/{month}" if letter.day else f", tháng {month}"


def _has_number(letter: OfficialLetter) -> bool:
    return bool(re.match(r"\s*\d", letter.number))


def _issuer(letter: OfficialLetter) -> str:
    """Whose document it is, in the spelling of its own text where the letterhead is in capitals."""
    text = "\n".join(letter.body)
    if not letter.agencies:
        return max((match["office"] for line in letter.body for match in SPEAKER.finditer(line)), key=len, default="")
    agency = letter.agencies[-1]
    spelt = [match[0] for match in re.finditer(rf"(?i:{re.escape(agency)}){PLACE}", text) if not match[0].isupper()]
    return max(spelt, key=len, default=_spell_office(agency))


def _spell_office(capitals: str) -> str:
    """An office's name in capitals as it is written in a sentence: the names of places keep theirs.

    >>> _spell_office("UBND XÃ BẢN MÂY")
    'UBND xã Bản Mây'
    """
    lower = _capitalize(capitals.lower())
    placed = re.sub(rf"\b({UNITS}) (.+?)(?= (?:{UNITS})\b|$)", lambda match: f"{match[1]} {match[2].title()}", lower)
    return re.sub(r"\b(ubnd|hđnd|ubmttq)\b", lambda match: match[0].upper(), placed, flags=re.I)


def _notes(letter: OfficialLetter) -> Iterator[Message]:
    yield from _describe_omissions(letter)
    if not letter.subject:
        yield Message("no subject (V/v) was found: please check the title")
    if letter.number and not _has_number(letter):
        yield Message("the document's number is blank: please complete “source”")
    if letter.month and not letter.day:
        yield Message("the document's day is blank: please complete “source”")


def leave_out(notes: list[Message], lines: Sequence[str]) -> set[int]:
    """Which lines of an official letter are not to be heard, counted from 0, each part noted; none of another text."""
    letter, left = parse_lines(lines)
    if LeftOut.LETTERHEAD not in letter.left or not letter.body:
        return set()
    notes += _describe_omissions(letter)
    return left


def _describe_omissions(letter: OfficialLetter) -> Iterator[Message]:
    """What of a letter is not to be heard, part by part."""
    for left, lines in letter.left.items():
        yield _describe_omission(left, lines)


def _describe_omission(left: LeftOut, lines: Sequence[str]) -> Message:
    text = _preview(lines)
    if left is LeftOut.LETTERHEAD:
        return Message("left out, the letterhead: {text}", text=text)
    if left is LeftOut.ADDRESSEES:
        return Message("left out, to whom it is written: {text}", text=text)
    if left is LeftOut.DISTRIBUTION:
        return Message("left out, the distribution list: {text}", text=text)
    return Message("left out, the signature: {text}", text=text)


def _preview(lines: Sequence[str]) -> str:
    text = " / ".join(lines)
    return text if len(text) <= LONGEST_PREVIEW else f"{text[:LONGEST_PREVIEW].rstrip()} …"


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
