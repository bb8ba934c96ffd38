"""An official Vietnamese document as it is laid out (Nghị định 30/2020/NĐ-CP, phụ lục I), taken apart by its lines.

What is to be heard (title and body) is separated from what is for the file (letterhead, addressees, distribution list,
signature). A table goes on as its rows, a tab between cells, which the reader makes sentences of; so do lines whose
columns were set with tabs or blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ..text.document.layout import FRAME, PLACE_AND_DAY, SIGNATORY, is_capital
from .document_blocks import Block, Table, row_line
from .import_result import LeftOut

MOTTO = re.compile(r"CỘNG H(ÒA|OÀ) XÃ HỘI|ĐẢNG CỘNG SẢN VIỆT NAM|(VIỆT )?NAM$|Độc lập\s*[-–]\s*Tự do|Hạnh phúc$", re.I)
NUMBER = re.compile(r"Số\s*:\s*(?P<number>[^,;]*)", re.I)
SUBJECT = re.compile(r"(?:V/v|Về việc)\s*:?\s*(?P<subject>.*)", re.I)
ADDRESSEES = re.compile(r"Kính gửi\b", re.I)
DISTRIBUTION = re.compile(r"Nơi nhận\s*:", re.I)
RULE = re.compile(r"[\W_]+")
KIND = re.compile(
    r"(CÔNG VĂN|CÔNG ĐIỆN|THÔNG BÁO|THÔNG CÁO|KẾ HOẠCH|QUYẾT ĐỊNH|CHỈ THỊ|BÁO CÁO|TỜ TRÌNH|HƯỚNG DẪN|NGHỊ QUYẾT"
    r"|GIẤY MỜI|THƯ NGỎ|(?:THƯ |LỜI )?KÊU GỌI|PHƯƠNG ÁN|CHƯƠNG TRÌNH|QUY CHẾ|QUY ĐỊNH)(?P<more> .*)?"
)
OFFICE = re.compile(
    r"(SỞ|UBND|HĐND|[ỦU]Y BAN|UỶ BAN|HỘI|ĐOÀN|PHÒNG|BAN|TRUNG TÂM|CÔNG AN|TRẠM|CHI CỤC|CỤC|BỘ|VĂN PHÒNG|ĐẢNG|MẶT TRẬN"
    r"|TỈNH [ỦU]Y|HUYỆN [ỦU]Y|TRƯỜNG|CÔNG TY|ĐÀI|BÁO|NGÂN HÀNG|ĐIỆN LỰC|QUỸ)\b"
)
APPENDIX = re.compile(r"PHỤ LỤC\b")
END_MARK = re.compile(r"(?<![.\s])[.\s]*\.?/{1,2}\.$")  # ./. closes an official text and is not to be heard
ITEM = re.compile(r"\s*(?:[-–+•*]|\d{1,2}[.)]|[a-zđ][.)]|[IVX]{1,5}\.)\s")
# A letterhead and a body set beside each other come out of a PDF on one line.
SEAM = re.compile(r"(?<=\S)\s+(?=CỘNG HÒA XÃ HỘI|Độc lập\s*[-–])|(?<=/)(\S{1,40})\s+(?=\w[\w\s.-]{0,60},\s*ngày\s)")
COLUMN = re.compile(r"[ \xa0]*\t[ \t\xa0]*|[ \xa0]{3,}")  # what stands between two columns that were set by hand
FRAME_COLUMNS = 3  # a table with more never frames a signature


@dataclass(slots=True)
class OfficialLetter:
    """What a letter says about itself, what it has to tell (`body`), and what was left out. Empty where unknown."""

    kind: str = ""
    number: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    subject: str = ""
    agencies: list[str] = field(default_factory=list)  # of the letterhead, the issuing one last
    body: list[str] = field(default_factory=list)
    left: dict[LeftOut, list[str]] = field(default_factory=dict)
    left_at: set[int] = field(default_factory=set)  # which of its lines they are

    def leave_out(self, what: LeftOut, lines: Sequence[str], at: int) -> None:
        """Keep a line that is not to be heard."""
        self.left.setdefault(what, []).append(lines[at])
        self.left_at.add(at)


def parse_letter(blocks: Sequence[Block]) -> OfficialLetter:
    """Take a document apart. Nothing is lost: each line is in the body or in `left`."""
    return _parse(list(_lines(blocks)))


def parse_lines(text: Sequence[str]) -> tuple[OfficialLetter, set[int]]:
    """Take apart lines in which nothing is set beside anything else; also which of them are not to be heard."""
    lines = {number: " ".join(line.split()) for number, line in enumerate(text) if line.strip()}
    letter = _parse(list(lines.values()))
    numbers = list(lines)
    return letter, {numbers[at] for at in letter.left_at}


def _parse(lines: Sequence[str]) -> OfficialLetter:
    letter = OfficialLetter()
    begins = _head(lines, letter)
    ends = _end(lines, begins)
    letter.body = _join([_drop_end_mark(line) for line in lines[begins:ends]])
    _tail(lines, ends, letter)
    return letter


class Rows(str):
    """Rows of a table, a line each: nothing of the head or the signature, and joined with nothing around them."""

    __slots__ = ()


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    """Lines without needless blanks; a table is one of them."""
    for block in _tables(blocks):
        if isinstance(block, str):
            yield from _split_line(block)
        elif _is_frame(block):
            parts = [part for row in block for text in row for part in text.split("\n")]
            yield from (line for part in parts for line in _split_line(part))
        else:
            rows = list(filter(None, map(row_line, block)))
            yield from [Rows("\n".join(rows))] if any("\t" in row for row in rows) else rows


def _tables(blocks: Sequence[Block]) -> Iterator[Block]:
    """Lines and tables; consecutive lines with columns are a table that was set with tabs or blanks."""
    for is_text, group in groupby(blocks, key=lambda block: isinstance(block, str)):
        if not is_text:
            yield from group
            continue
        written = [line for text in group if isinstance(text, str) for line in text.split("\n") if line.strip()]
        for columns, same in groupby(written, key=lambda line: len(_columns(line)) > 1):
            rows = [_columns(line) for line in same]
            counts = set(map(len, rows))
            if columns and len(rows) > 1 and (len(counts) == 1 or max(counts) > 2):
                yield rows
            else:
                yield from ("\t".join(row) for row in rows)


def _columns(line: str) -> list[str]:
    """The columns of a line; the sign of a list and its text are one."""
    cells = COLUMN.split(line.strip())
    return [line.strip()] if ITEM.fullmatch(f"{cells[0]} ") and len(cells) == 2 else cells


def _is_frame(rows: Table) -> bool:
    """Whether a table only sets a letterhead or a signature beside something else."""
    lines = [line.strip() for row in rows for text in row for line in text.split("\n")]
    signed = max(map(len, rows)) <= FRAME_COLUMNS and any(is_capital(line) and SIGNATORY.match(line) for line in lines)
    return signed or any(FRAME.match(line) or PLACE_AND_DAY.fullmatch(line) for line in lines)


def _drop_end_mark(line: str) -> str:
    """A line without the mark that ends an official text."""
    text = END_MARK.sub(".", line)
    return Rows(text) if isinstance(line, Rows) else text


def _split_line(text: str) -> Iterator[str]:
    """A line without needless blanks, or two where a PDF has set a letterhead beside something else."""
    whole = SEAM.sub(lambda seam: f"{seam[1] or ''}\n", text.replace("\t", " "))
    yield from filter(None, (" ".join(line.split()) for line in whole.split("\n")))


def _head(lines: Sequence[str], letter: OfficialLetter) -> int:
    """Read the head into `letter`; the place where the body begins."""
    if not any(_is_head(line) for line in lines[:25]):
        return 0
    at = 0
    while at < len(lines) and not isinstance(lines[at], Rows):
        count = next((count for reader in READERS if (count := reader(lines, at, letter))), 0)
        if not count:
            break
        at += count
    return at


def _is_head(line: str) -> bool:
    return any(mark.match(line) for mark in (MOTTO, NUMBER, PLACE_AND_DAY, SUBJECT, ADDRESSEES, KIND))


def _motto(lines: Sequence[str], at: int, letter: OfficialLetter) -> int:
    if not MOTTO.match(lines[at]) and not RULE.fullmatch(lines[at]):
        return 0
    letter.leave_out(LeftOut.LETTERHEAD, lines, at)
    return 1


def _number(lines: Sequence[str], at: int, letter: OfficialLetter) -> int:
    match = NUMBER.match(lines[at])
    if not match:
        return 0
    letter.number = match["number"].strip()
    letter.leave_out(LeftOut.LETTERHEAD, lines, at)
    return 1


def _place_and_day(lines: Sequence[str], at: int, letter: OfficialLetter) -> int:
    match = PLACE_AND_DAY.match(lines[at])
    if not match:
        return 0
    letter.day, letter.month, letter.year = match["day"] or "", match["month"] or "", match["year"] or ""
    letter.leave_out(LeftOut.LETTERHEAD, lines, at)
    return 1


def _subject(lines: Sequence[str], at: int, letter: OfficialLetter) -> int:
    """V/v …, over as many lines as it takes."""
    match = SUBJECT.match(lines[at])
    if not match:
        return 0
    count = 1 + _continuation(lines, at + 1)
    letter.subject = " ".join([match["subject"], *lines[at + 1 : at + count]]).strip()
    return count


def _kind(lines: Sequence[str], at: int, letter: OfficialLetter) -> int:
    """THÔNG BÁO, and below it what about."""
    match = KIND.fullmatch(lines[at])
    if not match or letter.kind:
        return 0
    letter.kind, about = match[1], (match["more"] or "").strip()
    count = 1
    if not about and at + 1 < len(lines) and not _is_head(lines[at + 1]) and not ITEM.match(lines[at + 1]):
        about, count = lines[at + 1], 2
        more = _continuation(lines, at + 2)
        about, count = " ".join([about, *lines[at + 2 : at + 2 + more]]), count + more
    letter.subject = letter.subject or about
    return count


def _continuation(lines: Sequence[str], at: int) -> int:
    """How many lines from `at` on go on with the one before: they begin with a small letter."""
    count = 0
    while at + count < len(lines) and not lines[at + count - 1].endswith(".") and lines[at + count][0].islower():
        if _is_head(lines[at + count]):
            break
        count += 1
    return count


def _addressees(lines: Sequence[str], at: int, letter: OfficialLetter) -> int:
    """Kính gửi: one on the same line, or a list below it."""
    if not ADDRESSEES.match(lines[at]):
        return 0
    count = 1
    while at + count < len(lines) and _more_addressees(lines[at + count - 1], lines[at + count]):
        count += 1
    for number in range(at, at + count):
        letter.leave_out(LeftOut.ADDRESSEES, lines, number)
    return count


def _more_addressees(before: str, line: str) -> bool:
    return bool(re.match(r"[-–+•]\s", line)) or before.endswith((":", ";", ","))


def _agency(lines: Sequence[str], at: int, letter: OfficialLetter) -> int:
    """A line in capitals above what it is about: whose letter it is."""
    if not is_capital(lines[at]) or KIND.match(lines[at]) or ITEM.match(lines[at]) or letter.kind or letter.subject:
        return 0
    if not letter.number and letter.agencies and not OFFICE.match(lines[at]):
        letter.agencies[-1] += f" {lines[at]}"  # a name on two lines
    elif not letter.number:
        letter.agencies.append(lines[at])
    letter.leave_out(LeftOut.LETTERHEAD, lines, at)
    return 1


READERS: tuple[Callable[[Sequence[str], int, OfficialLetter], int], ...] = (
    _motto, _number, _place_and_day, _subject, _addressees, _kind, _agency,
)  # fmt: skip


def _end(lines: Sequence[str], begins: int) -> int:
    """Where the body ends: behind its end mark, at the distribution list or at the signature, whichever comes first."""
    for at in range(begins, len(lines)):
        signed = DISTRIBUTION.match(lines[at]) or (is_capital(lines[at]) and SIGNATORY.match(lines[at]))
        if signed and not isinstance(lines[at], Rows):
            return at
        if END_MARK.search(lines[at]):
            return at + 1
    return len(lines)


def _tail(lines: Sequence[str], ends: int, letter: OfficialLetter) -> None:
    """Sort what stands below the body; an appendix has something to tell again."""
    what = LeftOut.SIGNATURE
    for at, line in enumerate(lines[ends:], ends):
        if APPENDIX.match(line) and is_capital(line):
            letter.body += _join(lines[at:])
            return
        if DISTRIBUTION.match(line):
            what = LeftOut.DISTRIBUTION
        elif is_capital(line) and not ITEM.match(line):
            what = LeftOut.SIGNATURE
        letter.leave_out(what, lines, at)


def _join(lines: Sequence[str]) -> list[str]:
    """Lines as paragraphs: what was cut in mid-sentence, by the end of a page, is put together again."""
    whole: list[str] = []
    for line in lines:
        if isinstance(line, Rows) or (whole and isinstance(whole[-1], Rows)):
            whole.append(line)
        elif whole and line[0].islower() and not ITEM.match(line) and (whole[-1][-1].isalnum() or whole[-1][-1] == ","):
            whole[-1] += f" {line}"
        else:
            whole.append(line)
    return whole
