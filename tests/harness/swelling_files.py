"""Files that are small where they lie and large where they are read, for the tests of `import`.

Each is made under the name that it is given, and is refused with a sentence or taken in, within 200 MB.
"""

from __future__ import annotations

import io
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from harness import office_files

MB = 1 << 20
P, TEXT = "<text:p>a</text:p>", "<w:p><w:r><w:t>a</w:t></w:r></w:p>"
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _with_part(data: bytes, name: str, pieces: Iterable[bytes]) -> bytes:
    """A packed file with one of its parts written anew, piece by piece."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
    ):
        for other in old.namelist():
            if other != name:
                package.writestr(other, old.read(other))
        with package.open(name, "w") as part:
            for piece in pieces:
                part.write(piece)
    return file.getvalue()


def _repeated(head: str, middle: str, tail: str, size: int) -> Iterable[bytes]:
    yield head.encode()
    block = middle.encode() * (MB // len(middle.encode()))
    yield from [block] * (size // MB)
    yield tail.encode()


def _odt(size: int, middle: str = P) -> bytes:
    whole = office_files.odt("@")
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        head, tail = package.read("content.xml").decode().split("@")
    return _with_part(whole, "content.xml", _repeated(head, middle, tail, size))


def _docx(size: int, middle: str = TEXT) -> bytes:
    head, tail = f"<w:document {office_files.W}><w:body>", "</w:body></w:document>"
    return _with_part(office_files.docx(["a"]), "word/document.xml", _repeated(head, middle, tail, size))


def _xlsx(size: int, part: str = "xl/worksheets/sheet1.xml", middle: str = "<row><c><v>1</v></c></row>") -> bytes:
    from openpyxl import Workbook

    file = io.BytesIO()
    Workbook().save(file)
    head, tail = f"<worksheet {SHEET}><sheetData>", "</sheetData></worksheet>"
    if part == "xl/sharedStrings.xml":
        head, tail = f"<sst {SHEET}>", "</sst>"
    return _with_part(file.getvalue(), part, _repeated(head, middle, tail, size))


def _pdf(content: bytes, filters: str = "/FlateDecode") -> bytes:
    """A page whose content is these bytes, packed as often as `filters` says."""
    for _ in filters.split():
        content = zlib.compress(content, 1)
    stream = office_files.stream(content.decode("latin-1"), f"/Filter [{filters}]")
    return office_files.document([stream])


def _many_entries(count: int) -> bytes:
    file = io.BytesIO(office_files.docx(["Kính thưa bà con."]))
    with zipfile.ZipFile(file, "a") as package:
        for number in range(count):
            package.writestr(f"word/media/{number}.png", b"")
    return file.getvalue()


def _lying(data: bytes, size: int) -> bytes:
    """Every part says in the directory that it is `size` bytes."""
    out = bytearray(data)
    at = 0
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", out, at + 24, size)
        at += 4
    return bytes(out)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]>"
)


def _laughing_docx() -> bytes:
    text = f"{LAUGHS}<w:document {office_files.W}><w:body><w:p><w:r><w:t>&h;</w:t></w:r></w:p></w:body></w:document>"
    return _with_part(office_files.docx(["a"]), "word/document.xml", [text.encode()])


def _laughing_odt() -> bytes:
    whole = office_files.odt("<text:p>&h;</text:p>")
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        content = package.read("content.xml")
    return _with_part(whole, "content.xml", [LAUGHS.encode(), content])


def _counting_odt(levels: str) -> bytes:
    styles = (
        f'<text:list-style style:name="L"><text:list-level-style-number text:level="1" {levels}/></text:list-style>'
    )
    body = '<text:list text:style-name="L"><text:list-item><text:p>Mục một.</text:p></text:list-item></text:list>'
    return office_files.odt(body, styles)


def _deep(tag: str, depth: int) -> str:
    return f"<{tag}>" * depth + f"</{tag}>" * depth


FILES: dict[str, Callable[[], bytes]] = {
    "64-mb.odt": lambda: _odt(64 * MB),
    "mot-doan.odt": lambda: office_files.odt(f"<text:p>{'a' * 12 * MB}</text:p>"),
    "nhieu-doan.odt": lambda: _odt(19 * MB),
    "nhieu-dong.odt": lambda: office_files.odt(f"<text:p>{'<text:line-break/>' * MB}</text:p>"),
    "khoang-trang.odt": lambda: office_files.odt('<text:p>Họp<text:s text:c="2000000000"/>thôn.</text:p>'),
    "o-lap-lai.odt": lambda: office_files.odt(
        '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2000000000"><text:p>a</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    ),
    "dem.odt": lambda: _counting_odt('style:num-format="I" text:start-value="2000000000"'),
    "dem-chu.odt": lambda: _counting_odt('style:num-format="a" text:start-value="2000000000"'),
    "dem-cap.odt": lambda: _counting_odt('style:num-format="1" text:display-levels="2000000000"'),
    "long-nhau.odt": lambda: office_files.odt(_deep("text:section", 200_000)),
    "thuc-the.odt": _laughing_odt,
    "64-mb.docx": lambda: _docx(64 * MB),
    "nhieu-doan.docx": lambda: _docx(19 * MB),
    "mot-bang.docx": lambda: _docx(8 * MB, f"<w:tbl><w:tr><w:tc>{TEXT}</w:tc><w:tc>{TEXT}</w:tc></w:tr></w:tbl>"),
    "long-nhau.docx": lambda: _docx(MB, "<w:sdt>" * 8),
    "dem.docx": lambda: office_files.docx(
        [office_files.numbered("Mục một.", 1, 0)],
        office_files.word_list(1, [("lowerRoman", "%1.")]).replace('w:start w:val="1"', 'w:start w:val="2000000000"'),
    ),
    "nhieu-phan.docx": lambda: _many_entries(60_000),
    "noi-doi.docx": lambda: _lying(_docx(64 * MB), 1000),
    "thuc-the.docx": _laughing_docx,
    "64-mb.xlsx": lambda: _xlsx(64 * MB),
    "nhieu-dong.xlsx": lambda: _xlsx(19 * MB),
    "nhieu-chu.xlsx": lambda: _xlsx(19 * MB, "xl/sharedStrings.xml", "<si><t>a</t></si>"),
    "64-mb.pdf": lambda: _pdf(b" " * 64 * MB),
    "goi-hai-lan.pdf": lambda: _pdf(b" " * 256 * MB, "/FlateDecode /FlateDecode"),
    "nhieu-chu.pdf": lambda: _pdf(b"BT /F 12 Tf 14 TL 50 800 Td " + b"<0061> Tj T* " * 500_000 + b"ET"),
    "41-mb.txt": lambda: ("Kính thưa bà con. " * (41 * MB // 22)).encode(),
    "toan-dau.txt": lambda: b"/" * 199_000,
    "toan-cham.txt": lambda: b"." * 199_000,
    "gach-cach.txt": lambda: b"/a " * 66_000,
    "phay-ban.txt": lambda: (", Ban" * 39_000).encode(),
    "dau-cach.txt": lambda: b"a" + b" " * 198_000 + b"b",
    "khong.txt": lambda: bytes(190_000),
    "mot-cau.txt": lambda: ("UBND " * 7_900).encode(),
}
PIPES = ("ong.txt", "ong.docx", "ong.odt", "ong.pdf", "ong.xlsx", "ong.mp3")
DEVICES = ("zero.txt", "zero.docx", "zero.odt", "zero.pdf", "zero.xlsx", "zero.mp3")


def make(folder: Path, name: str) -> Path:
    """The file `name` in `folder`: one of `FILES`, a pipe, a link to a device, a socket or a folder."""
    path = folder / name
    if name in FILES:
        path.write_bytes(FILES[name]())
    elif name in PIPES:
        os.mkfifo(path)
    elif name in DEVICES:
        path.symlink_to("/dev/zero")
    elif name.startswith("o-cam"):
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(path))
    else:
        path.mkdir()
    return path
