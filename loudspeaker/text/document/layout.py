"""The lines of a text in the order in which they are said: columns one after the other, rows of tables as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from .arrangement import Arrangement, TextPiece
from .cells import split_lines
from .side_by_side import arrange_columns, frame_at
from .table_rows import arrange_table, run_at, table_of

_SIGNS = ("|", "\t", "  ", "\xa0")  # without one of these nothing stands beside anything


def arrange(text: str) -> Arrangement:
    """`text` as it is read, in one walk over its lines; as it stands where nothing is set beside another."""
    return Arrangement(_pieces(text))


def _pieces(text: str) -> Iterator[TextPiece]:
    if not any(sign in text for sign in _SIGNS):
        yield TextPiece(text, 0, len(text))
        return
    lines, at, copied = split_lines(text), 0, 0
    while at < len(lines):
        frame = frame_at(lines, at)
        count = frame or run_at(lines, at) or 1
        table = None if frame else table_of(lines[at : at + count])
        if frame or table:
            begin, end = lines[at].start, lines[at + count - 1].end
            yield TextPiece(text[copied:begin], copied, begin)
            yield from arrange_table(table) if table else arrange_columns(lines[at : at + count])
            copied = end
        at += count
    yield TextPiece(text[copied:], copied, len(text))
