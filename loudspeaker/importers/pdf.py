"""PDF files that hold text to paragraphs; rows of a table are lines with tabs between their columns.

A picture of a page holds no text and is not guessed at.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator

from pypdf import PageObject, PdfReader

from .document_blocks import MOST_LETTERS, Block

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # of a damaged file we say one sentence, in the reader's language

ITEM = re.compile(r"\s*(?:[-–+•*]|\d{1,2}[.)]|\d{1,2}\.\d{1,2}\.?|[a-zđ][.)]|[IVX]{1,5}\.)\s")
PAGE_NUMBER = re.compile(r"\s*(?:Trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?\s*")
GAP = re.compile(r" {3,}")  # between two columns of a page as it is laid out
FULL = 0.88  # of the longest line in letters: no further word had room (letters differ in width, hence not 1)
ENDS = (".", ";", ":", "!", "?")
CUT = re.compile(r"\w[/-]$")  # a number or an address that goes on in the next line: “15/” and “CT-UBND”


def paragraphs(data: bytes) -> Iterator[Block]:
    """Paragraphs put together from the lines of all pages; empty where there are only pictures.

    Raises whatever pypdf raises on a damaged file.
    """
    reader = PdfReader(io.BytesIO(data))
    lines: list[str] = []
    for page in reader.pages:
        lines += _with_columns(_without_number(page.extract_text().splitlines()), page)
        if sum(map(len, lines)) > MOST_LETTERS:
            break  # whoever counts the letters refuses them
    yield from _join(lines)


def _with_columns(lines: list[str], page: PageObject) -> list[str]:
    """The lines of a page with tabs where its layout leaves room for a column.

    pypdf gives the lines in order, or columns, but not both: what is laid out is found again by its words.
    """
    try:
        laid_out = page.extract_text(extraction_mode="layout").splitlines()
    except Exception:  # it stumbles over more than plain extraction does, and only columns are lost
        laid_out = []
    columns = {" ".join(line.split()): GAP.sub("\t", line.strip()) for line in laid_out if GAP.search(line.strip())}
    rows = [columns.get(" ".join(line.split()), "") for line in lines]
    beside = zip(lines, ["", *rows], rows, [*rows[1:], ""], strict=False)
    return [row if row and (before or after) else line.strip() for line, before, row, after in beside]


def _without_number(lines: list[str]) -> list[str]:
    """A page without the number at its head or foot."""
    numbers = {at for at in (0, len(lines) - 1) if lines and PAGE_NUMBER.fullmatch(lines[at])}
    return [line for at, line in enumerate(lines) if at not in numbers]


def _join(lines: Iterable[str]) -> Iterator[str]:
    lines = [line for line in lines if line]
    longest = max(map(len, lines), default=0)
    text, before = "", ""
    for line in lines:
        if text and ("\t" in before + line or _had_room(before, line, longest) or ITEM.match(line)):
            yield text
            text = ""
        text, before = f"{text}{'' if CUT.search(text) else ' '}{line}".lstrip(), line
    if text:
        yield text


def _had_room(before: str, line: str, longest: int) -> bool:
    """Could the first word of `line` have stood at the end of the line before? Then a paragraph ended there."""
    needed = len(before) + 1 + len(line.split()[0])
    # A sentence that ends near the margin ends a paragraph more often than not, and a wrong pause there hurts nobody.
    return needed < (longest if before.endswith(ENDS) else FULL * longest)
