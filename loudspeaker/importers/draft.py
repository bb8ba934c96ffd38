"""A bulletin's draft made of an official document: what its head says, its text, and what an officer must look at.

Pure: a `Dispatch` in, a `Draft` out. How the document was stored is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import Message
from ..yamlfile import quoted
from .official_letter import Dispatch, Left

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


@dataclass(frozen=True, slots=True)
class Draft:
    """A bulletin to be looked through by an officer before anybody hears it."""

    title: str
    source: str
    text: str
    notes: tuple[Message, ...]  # what was left out, and what was guessed or is missing

    def markdown(self) -> str:
        """The bulletin as a file: its head, then its text."""
        head = {"title": self.title, "source": self.source}
        lines = [f"{key}: {quoted(value)}" for key, value in head.items() if value]
        return "\n".join(["---", *lines, "---", self.text, ""])


def drafted(found: Dispatch) -> Draft:
    """Fill in the head from what the document says about itself."""
    title, body = _title(found)
    return Draft(title, _source(found), "\n\n".join(body), tuple(_notes(found)))


def _title(found: Dispatch) -> tuple[str, list[str]]:
    """The title, and the text without it."""
    if found.subject:
        return _capitalized(found.subject.rstrip(" .;")), found.body
    first = next((line for line in found.body if not GREETING.match(line)), found.body[0])
    heading = first is found.body[0] and len(found.body) > 1 and first[-1].isalnum()
    title = _capitalized(re.split(r"[.!?:;]", first)[0][:LONGEST_TITLE])
    return " ".join(title.split()), found.body[1:] if heading else found.body


def _source(found: Dispatch) -> str:
    """The document as it is quoted: kind, number, issuer, day."""
    issuer = _issuer(found)
    kind = found.kind.capitalize() or (PLAIN_LETTER if found.number or found.subject else "")
    if not (kind or issuer):
        return ""
    number = f" số {found.number}" if _numbered(found) else ""
    by = (f" của {issuer}" if kind else issuer) if issuer else ""
    return f"{kind}{number}{by}{_day(found)}"


def _day(found: Dispatch) -> str:
    if not (found.month and found.year):
        return ""
    return f", ngày {found.day}/{found.month}/{found.year}" if found.day else f", tháng {found.month}/{found.year}"


def _numbered(found: Dispatch) -> bool:
    return bool(re.match(r"\s*\d", found.number))


def _issuer(found: Dispatch) -> str:
    """Whose document it is, in the spelling of its own text where the letterhead is in capitals."""
    text = "\n".join(found.body)
    if not found.agencies:
        return max((told["office"] for line in found.body for told in SPEAKER.finditer(line)), key=len, default="")
    agency = found.agencies[-1]
    spelt = [told[0] for told in re.finditer(rf"(?i:{re.escape(agency)}){PLACE}", text) if not told[0].isupper()]
    return max(spelt, key=len, default=_spelt(agency))


def _spelt(capitals: str) -> str:
    """An office's name in capitals as it is written in a sentence: the names of places keep theirs.

    >>> _spelt("UBND XÃ BẢN MÂY")
    'UBND xã Bản Mây'
    """
    lower = _capitalized(capitals.lower())
    placed = re.sub(rf"\b({UNITS}) (.+?)(?= (?:{UNITS})\b|$)", lambda told: f"{told[1]} {told[2].title()}", lower)
    return re.sub(r"\b(ubnd|hđnd|ubmttq)\b", lambda told: told[0].upper(), placed, flags=re.I)


def _notes(found: Dispatch) -> Iterator[Message]:
    for left, lines in found.left.items():
        yield _left_out(left, lines)
    if not found.subject:
        yield Message("no subject (V/v) was found: please check the title")
    if found.number and not _numbered(found):
        yield Message("the document's number is blank: please complete “source”")
    if found.month and not found.day:
        yield Message("the document's day is blank: please complete “source”")


def _left_out(left: Left, lines: Sequence[str]) -> Message:
    text = _preview(lines)
    if left is Left.LETTERHEAD:
        return Message("left out, the letterhead: {text}", text=text)
    if left is Left.ADDRESSEES:
        return Message("left out, to whom it is written: {text}", text=text)
    if left is Left.DISTRIBUTION:
        return Message("left out, the distribution list: {text}", text=text)
    return Message("left out, the signature: {text}", text=text)


def _preview(lines: Sequence[str]) -> str:
    text = " / ".join(lines)
    return text if len(text) <= LONGEST_PREVIEW else f"{text[:LONGEST_PREVIEW].rstrip()} …"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
