"""What a document is made of, whatever its format: paragraphs and tables in reading order.

A paragraph is a text that may hold newlines. A table is its rows of cells, from the top left; a row may be shorter than
another where cells were merged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

Table = list[list[str]]
Block = str | Table

BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # whatever else ends a line somewhere
# Never seen and never said: controls, marks that turn the direction, the halves of a letter, soft hyphens.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ud800-\udfff]"
)
MOST_LETTERS = 200_000  # of all a document says, some seventy pages: whatever has more is no dispatch

JOINS = (".", ",", ";", ":", "!", "?")
LABEL = re.compile(r"(:)\t+")


def clean(text: str) -> str:
    """A text in NFC, without what nobody sees; every end of a line is a newline."""
    return unicodedata.normalize("NFC", UNSEEN.sub("", BREAKS.sub("\n", text)))


def cell_text(blocks: Iterable[Block]) -> str:
    """The text of one cell of a table, a line for each paragraph."""
    return "\n".join(text for block in blocks for text in texts(block) if text.strip())


def texts(block: Block) -> Iterator[str]:
    """Every text of a block, those of a table cell by cell."""
    if isinstance(block, str):
        yield block
    else:
        yield from (text for row in block for text in row)


def map_texts(block: Block, change: Callable[[str], str]) -> Block:
    """The block with each of its texts changed."""
    return change(block) if isinstance(block, str) else [[change(text) for text in row] for row in block]


def clean_table(table: Table) -> Iterator[Block]:
    """The table without its empty rows, or where it only frames a text, its paragraphs."""
    rows = [row for row in table if any(text.strip() for text in row)]
    if len(rows) > 1 and max(map(len, rows)) > 1:
        yield rows
    else:
        yield from (text for row in rows for text in row)


def row_line(row: Iterable[str]) -> str:
    """A row as one line: a tab between cells, a comma between the lines of a cell.

    >>> row_line(["Nà Hoa", "sáng 7h\\nchiều 14h", ""])
    'Nà Hoa\\tsáng 7h, chiều 14h'
    >>> row_line(["Thời gian:", "7h"])
    'Thời gian: 7h'
    """
    whole = "\t".join(_one_line(text) for text in row).rstrip("\t")
    return LABEL.sub(r"\1 ", whole)


def _one_line(text: str) -> str:
    whole = ""
    for line in filter(None, (" ".join(part.split()) for part in text.split("\n"))):
        whole += f"{'' if not whole else ' ' if whole.endswith(JOINS) else ', '}{line}"
    return whole
