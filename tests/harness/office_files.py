"""Office documents made of lines, as small as their formats allow: .docx, .odt and .pdf for the tests of importers/."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
O = "urn:oasis:names:tc:opendocument:xmlns"  # noqa: E741


@dataclass
class Grid:
    """A table: rows of cells, each of which is one text or several paragraphs."""

    rows: list[list[str | list[str]]]


Line = str | tuple[str, str] | list[list[str]] | Grid


def packed(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def docx(lines: Iterable[Line], numbering: str = "", styles: str = "") -> bytes:
    """A Word file; a tuple is a paragraph with its properties, a list a table of one row, a `Grid` one of many."""
    rels = "".join(
        f'<Relationship Id="r{at}" Type="{REL}/{kind}" Target="{kind}.xml"/>'
        for at, kind in enumerate(("numbering", "styles"))
    )
    body = "".join(map(_word, lines))
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
            'ContentType="application/xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{REL}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{rels}</Relationships>',
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/numbering.xml": f"<w:numbering {W}>{numbering}</w:numbering>",
            "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        }
    )


def _word(line: Line) -> str:
    if isinstance(line, list):
        cells = "".join(f"<w:tc>{''.join(map(_word, cell))}</w:tc>" for cell in line)
        return f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    if isinstance(line, Grid):
        return f"<w:tbl>{''.join(_word_row(row) for row in line.rows)}</w:tbl>"
    line, properties = (line, "") if isinstance(line, str) else line
    text = "</w:t><w:br/><w:t>".join(escape(part) for part in line.split("\n"))
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _word_row(row: list[str | list[str]]) -> str:
    cells = ("".join(map(_word, [cell] if isinstance(cell, str) else cell)) for cell in row)
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def numbered(text: str, number: int, level: int) -> tuple[str, str]:
    return text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def styled(text: str, style: str) -> tuple[str, str]:
    return text, f'<w:pStyle w:val="{style}"/>'


def word_list(number: int, levels: Sequence[tuple[str, str]], start: int | None = None, of: int | None = None) -> str:
    """A list of numbering.xml with (format, pattern) for each level; `of` shares another's definition."""
    again = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>' if start else ""
    num = f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of or number}"/>{again}</w:num>'
    if of:
        return num
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(levels)
    )
    return f'<w:abstractNum w:abstractNumId="{number}">{inner}</w:abstractNum>{num}'


def odt(body: str, styles: str = "") -> bytes:
    """An OpenDocument text of ready-made XML; `odt_lines` makes such of lines."""
    spaces = " ".join(f'xmlns:{name}="{O}:{name}:1.0"' for name in ("office", "text", "style", "table"))
    manifest = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    kind = "application/vnd.oasis.opendocument.text"
    return packed(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{O}:manifest:1.0">'
            f"{manifest.format('/', kind)}{manifest.format('content.xml', 'text/xml')}</manifest:manifest>",
            "content.xml": f"<office:document-content {spaces}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
        }
    )


def odt_table(grid: Grid, head: int = 1) -> str:
    """A table whose first `head` rows are marked as its head."""
    rows = []
    for row in grid.rows:
        cells = (odt_lines([cell] if isinstance(cell, str) else cell) for cell in row)
        inner = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
        rows.append(f"<table:table-row>{inner}</table:table-row>")
    above = f"<table:table-header-rows>{''.join(rows[:head])}</table:table-header-rows>" if head else ""
    return f"<table:table><table:table-column/>{above}{''.join(rows[head:])}</table:table>"


def odt_lines(lines: Iterable[str]) -> str:
    return "".join(f"<text:p>{escape(line).replace(chr(10), '<text:line-break/>')}</text:p>" for line in lines)


Placed = tuple[int, str]  # points from the left margin, text
TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
    "3 beginbfrange <0000> <024F> <0000> <1E00> <1EFF> <1E00> <2000> <20CF> <2000> endbfrange endcmap end"
)


def pdf(pages: Sequence[Sequence[str | Sequence[Placed]]]) -> bytes:
    """A PDF of lines of text, with a font that has no glyphs but knows its letters; a line may be texts at places."""
    return document([stream(_page(lines)) for lines in pages])


def _page(lines: Sequence[str | Sequence[Placed]]) -> str:
    shown = []
    for at, line in enumerate(lines):
        for place, text in [(0, line)] if isinstance(line, str) else line:
            shown.append(f"1 0 0 1 {50 + place} {800 - 14 * at} Tm <{text.encode('utf-16-be').hex()}> Tj")
    return f"BT /F 12 Tf {' '.join(shown)} ET"


def document(contents: Sequence[str]) -> bytes:
    """A PDF with a page for each of these content streams."""
    kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(len(contents)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(contents)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
        "/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 500 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        stream(TO_UNICODE),
    ]
    for at, content in enumerate(contents):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {7 + 2 * at} 0 R >>"
        )
        objects.append(content)
    return _file(objects)


def stream(text: str, more: str = "") -> str:
    """`text` as the bytes of a stream (latin-1), with `more` in its dictionary."""
    return f"<< /Length {len(text)} {more} >>\nstream\n{text}\nendstream"


def _file(objects: Sequence[str]) -> bytes:
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}"
    return out.encode("latin-1")


def zip_bomb() -> bytes:
    """A small file that says that it is a Word file of 64 MB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (64 << 20))
    return file.getvalue()
