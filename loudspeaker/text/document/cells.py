"""Lines as cells: what stands between pipes, drawn borders, tabs, runs of blanks, or slashes with a blank."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..lazy_regex import pattern

PADDED = "  "  # the sign of columns that were set with blanks
_BORDERS = {
    "|": pattern(r"[|│┃║]"),
    "\t": pattern(r"\t"),
    PADDED: pattern(r"(?<=\S) {2,}(?=\S)"),
    "/": pattern(r"(?<=\S) ?/ (?=\S)"),
    "…": pattern(r"(?<=[^\s.…:]) ?(?:\.{4,}|…[.…]+) ?(?=[^\s.…,;)])"),
    "-": pattern(r"(?<=\S) [-–—] (?=\S)"),
    ";": pattern(r" *; *"),  # only below a head, see _with_semicolons
}
_BORDERS_BY_THEMSELVES = {sign: border for sign, border in _BORDERS.items() if sign != ";"}
_BOTH_BORDERS = pattern(r" *[|│┃║] *|(?<=[^\s|]) {2,}(?=[^\s|])")
_FEWEST = {"/": 3, "…": 3, "-": 4}  # cells that a line must have; two things with a slash are an alternative
_NUMBERED = pattern(
    r"(?i)S?TT|số tt|\d{1,3}|(?:tổng )?cộng"
)  # the first cell of a line whose cells stand between dashes
_DRAWN = r"\s|│┃║:+=_~*–—─━═┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝-"  # what the lines of a table are drawn with
_RULE = pattern(rf"[{_DRAWN}]*[+=_~*–—─━═-]{{3}}[{_DRAWN}]*|\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_BOLD = pattern(r"(?P<mark>\*{1,3}|__)(?P<words>[^\s*](?:[^*]*[^\s*])?)(?P=mark)")  # **Cộng chi**
NOTHING = pattern(r"(?![-–]?//[-–]?$)[-–—./…_ ]*")  # a cell of only these says nothing
_LABEL = pattern(r"[-–—+•*]|\d{1,2}(?:\.\d{1,2})*[.)/]|[a-zđA-ZĐ][.)]|[IVX]{1,5}[.)/-]")


class Cell(NamedTuple):
    """One text of a line, without blanks around it; where it stands in the whole text, and how far to the right."""

    text: str
    start: int
    column: int  # letters before it on its line

    @property
    def end(self) -> int:
        """The place behind it in the whole text."""
        return self.start + len(self.text)


class Line(NamedTuple):
    """A line without its break. `sign` is what its cells stand apart by: “|”, a tab, two blanks, “/”, or nothing."""

    text: str
    start: int
    sign: str
    cells: tuple[Cell, ...]

    @property
    def end(self) -> int:
        """The place behind it in the whole text."""
        return self.start + len(self.text)

    @property
    def is_rule(self) -> bool:
        """Whether it is only drawn: |---|---|, ______"""
        return _RULE.fullmatch(self.text) is not None

    @property
    def opens_with_border(self) -> bool:
        """Whether nothing stands before its first pipe."""
        return _BORDERS["|"].match(self.text.lstrip()) is not None

    def with_empty_cell(self) -> Line:
        """The same with an empty cell before the first, where its table has no outer border."""
        return self._replace(cells=(Cell("", self.start, 0), *self.cells))

    @property
    def filled(self) -> list[Cell]:
        """Its cells but for the empty ones."""
        return [cell for cell in self.cells if cell.text]


Row = Sequence[Cell]  # as many as the table has columns, the empty ones too


def split_lines(text: str) -> list[Line]:
    """The lines of a text with their cells."""
    lines, start = [], 0
    for written in text.split("\n"):
        lines.append(_line(written.rstrip("\r"), start))
        start += len(written) + 1
    return [*_with_semicolons(lines)]


def has_semicolons(text: str) -> bool:
    """Whether a line of a text may be the head of a table whose cells stand apart by semicolons."""
    return ";" in text and _SEMICOLON_HEAD.search(text) is not None


_SEMICOLON_HEAD = pattern(  # STT;Biển số;Nhãn hiệu; Địa bàn  ;  Số hộ  ;  ĐTV
    r"(?m)^[^\W\d][^;:.!?\d\n]{0,36}(?:;(?=[^;\n]*[^\W\d])[^;:.!?\n]{1,36}){2,11}$(?=\n[^\n;]*;)"
)


def _with_semicolons(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines with their cells, too, where a head above rows with numbers has as many semicolons as they do."""
    sizes = [line.text.count(";") if line.sign in ("", PADDED) else 0 for line in lines]
    size = 0  # of the head above
    for at, line in enumerate(lines):
        if not size and sizes[at] > 1 and sizes[at + 1 : at + 3] == [sizes[at]] * 2:
            size = sizes[at] if _heads_rows(line, lines[at + 1 : at + 3]) else 0
        size = size if 0 < sizes[at] <= size else 0
        yield split_as(line._replace(sign=""), ";") if size else line


def _heads_rows(line: Line, below: Sequence[Line]) -> bool:
    """Whether a line names what stands between the semicolons of the rows below it, which have numbers."""
    named = _SEMICOLON_HEAD.match(f"{line.text.rstrip()}\n;") is not None
    return named and all(_SEMICOLON_ROW.search(row.text) for row in below)


_SEMICOLON_ROW = pattern(r"(?:^|;) ?\d")


def split_as(line: Line, sign: str) -> Line:
    """A line without cells as one of a table whose cells stand apart by `sign`: ⇥⇥Mường Giàng"""
    cells = tuple(_cells(line.text, line.start, _BORDERS[sign]))
    return line if line.sign or not line.text.strip() else line._replace(sign=sign, cells=_inside(cells, sign))


def split_finer(line: Line) -> Line:
    """A line between whose pipes blanks set cells apart, too: 1   Lò An   | 2   Hà Bé"""
    cells = tuple(_cells(line.text, line.start, _BOTH_BORDERS))
    return line._replace(cells=_inside(cells, line.sign))


def _inside(cells: tuple[Cell, ...], sign: str) -> tuple[Cell, ...]:
    """The cells of a line without what stands outside its outer pipes."""
    return cells[not cells[0].text : len(cells) - (not cells[-1].text)] if sign == "|" and len(cells) > 1 else cells


def _line(text: str, start: int) -> Line:
    for sign, border in _BORDERS_BY_THEMSELVES.items():
        if border.search(text):
            cells = _inside(tuple(_cells(text, start, border)), sign)
            filled = [cell.text for cell in cells if cell.text]
            if sign == "-" and not _NUMBERED.fullmatch(filled[0]):
                continue
            one = sign == "|" and len(filled) == 1
            if one and (len(cells) > 2 or text.rstrip().endswith("|")):  # a row with one cell: |  | xô (kg) |  |
                return Line(text, start, sign, cells)
            if len(filled) >= _FEWEST.get(sign, 2) and (len(filled) > 2 or not _LABEL.fullmatch(filled[0])):
                return Line(text, start, sign, cells)
    whole = next(_cells(text, start, _NO_BORDER))
    return Line(text, start, "", (whole,) if whole.text else ())


_NO_BORDER = pattern(r"(?!)")


def _cells(text: str, start: int, border: re.Pattern[str]) -> Iterator[Cell]:
    """What stands between the borders of a line, the empty ones too."""
    begin = 0
    for end, following in [*((match.start(), match.end()) for match in border.finditer(text)), (len(text), 0)]:
        margin = len(text[begin:end]) - len(text[begin:end].lstrip())
        written = text[begin:end].strip()
        bold = _BOLD.fullmatch(written)
        margin += bold.start("words") if bold else 0
        words = bold["words"] if bold else written
        yield Cell(words, start + begin + margin, len(text[: begin + margin].expandtabs()))
        begin = following
