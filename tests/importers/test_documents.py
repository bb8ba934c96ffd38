"""Office documents become drafts: what is for the ear stays, what is for the file is left out and said to be."""

from __future__ import annotations

import io
import textwrap
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import office_files
from harness.paths import DATA
from viparse.normalize.encodings import get_charmap

from loudspeaker.config import bulletin_file
from loudspeaker.errors import BadFile
from loudspeaker.importers import docx, odt, pdf
from loudspeaker.importers.documents import import_document, read_document
from loudspeaker.importers.import_result import BulletinDraft, LeftOut
from loudspeaker.importers.imports import write_files
from loudspeaker.importers.list_numbering import format_number
from loudspeaker.model.spoken_text import ReadingSettings
from loudspeaker.text.reading import read

DISPATCH = DATA / "letters" / "cong-van-bluezone-lao-cai-2021.txt"
TEXT = DISPATCH.read_text(encoding="utf-8")
LINES = [block for block in TEXT.strip().split("\n\n") if block]
TITLE = "Tiếp tục tuyên truyền, hướng dẫn sử dụng ứng dụng Bluezone"
SOURCE = "Công văn của Sở Thông tin và Truyền thông tỉnh Lào Cai, tháng 7/2021"


def wrapped(lines: list[str]) -> list[list[str]]:
    """Pages of lines as a printer would break them."""
    short = [part for line in lines for text in line.split("\n") for part in textwrap.wrap(text, 90)]
    return [[*short[at : at + 40], str(at // 40 + 1)] for at in range(0, len(short), 40)]


def drafted(name: str, data: bytes) -> BulletinDraft:
    return read_document(name, data)


FORMS: dict[str, Callable[[], bytes]] = {
    "cong-van.txt": TEXT.encode,
    "cong-van.docx": lambda: office_files.docx(LINES),
    "cong-van.odt": lambda: office_files.odt(office_files.odt_lines(LINES)),
    "cong-van.pdf": lambda: office_files.pdf(wrapped(LINES)),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_dispatch_of_lao_cai_is_told_from_its_letterhead_in_every_format(name: str) -> None:
    draft = drafted(name, FORMS[name]())

    assert draft.title == TITLE
    assert draft.source == SOURCE
    assert draft.text.startswith("Thực hiện Chỉ thị số 15/CT-UBND ngày 01/7/2021")
    assert draft.text.endswith("triển khai tuyên truyền.")
    for left_out in ("Kính gửi", "Nơi nhận", "Vũ Hùng Dũng", "STTTT", "V/v", "Lưu VT"):
        assert left_out not in draft.text
    said = "\n".join(map(str, draft.notes))
    for what in ("letterhead", "to whom", "distribution list", "signature", "number is blank", "day is blank"):
        assert what in said


@pytest.mark.parametrize("name", FORMS)
def test_every_format_gives_the_same_text(name: str) -> None:
    draft = drafted(name, FORMS[name]())

    assert draft.text.split() == drafted("cong-van.txt", TEXT.encode()).text.split()
    assert "\n\n- Tiếp tục tuyên truyền nội dung: Cài đặt" in draft.text
    assert "\n\n2. Đề nghị các cơ quan thông tin đại chúng\n\n" in draft.text


def test_a_paragraph_that_a_page_cut_in_two_is_whole_again() -> None:
    assert "qua mạng xã hội và các hình thức cô đọng" in drafted("cong-van.txt", TEXT.encode()).text


def legacy(text: str, name: str) -> bytes:
    """Text as an old machine would have stored it; letters that the font lacks become small ones first."""
    charmap = get_charmap(name)
    assert charmap is not None
    codes = {unicodedata.normalize("NFC", letter): code for code, letter in reversed(charmap.pairs)}
    return "".join(codes.get(letter, codes.get(letter.lower(), letter)) for letter in text).encode("cp1252", "ignore")


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_text_of_the_last_century_is_read(encoding: str) -> None:
    draft = drafted("cong-van.txt", legacy(TEXT, encoding))

    assert draft.title.lower() == TITLE.lower()
    assert "Đề nghị các cơ quan thông tin đại chúng".lower() in draft.text.lower()
    assert str(draft.notes[0]).startswith(f"it was in the old encoding {encoding.upper()}, now in Unicode")


def test_what_is_left_out_of_a_letter_is_there_whole_to_be_shown() -> None:
    draft = drafted("cong-van.txt", TEXT.encode())
    left = {part.what: part.lines for part in draft.left}

    assert [part.what.value for part in draft.left] == ["letterhead", "addressees", "distribution", "signature"]
    assert "Số: /STTTT-TTBCXB" in left[LeftOut.LETTERHEAD]
    assert not any(line in draft.text for lines in left.values() for line in lines if len(line) > 20)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_text_in_any_unicode_is_read(encoding: str) -> None:
    assert drafted("cong-van.txt", unicodedata.normalize("NFD", TEXT).encode(encoding)).title == TITLE


def test_a_word_file_in_an_old_font_is_read() -> None:
    lines = legacy(TEXT, "tcvn3").decode("cp1252").split("\n\n")

    assert drafted("cong-van.docx", office_files.docx(lines)).title.lower() == TITLE.lower()


LETTER = [
    [
        ["UBND XÃ BẢN MÂY", "TRẠM Y TẾ", "Số: 12/TB-TYT"],
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Bản Mây, ngày 05 tháng 7 năm 2021"],
    ],
    "THÔNG BÁO",
    "Về việc tiêm phòng cho trẻ em\ndưới 5 tuổi",
    "Trạm Y tế xã Bản Mây thông báo lịch tiêm:",
    office_files.numbered("Thôn Nà Hoa: ngày 10/7/2021.", 1, 0),
    office_files.numbered("sáng: trẻ dưới 1 tuổi;", 1, 1),
    office_files.numbered("chiều: trẻ trên 1 tuổi.", 1, 1),
    "Mang theo sổ tiêm.",
    office_files.numbered("Thôn Suối Trát: ngày 11/7/2021./.", 1, 0),
    [["Nơi nhận:", "- Như trên;", "- Lưu VT."], ["TRẠM TRƯỞNG", "(Đã ký)", "Nguyễn Văn A"]],
]


def test_a_notice_with_its_letterhead_in_a_table_and_automatic_numbers() -> None:
    lists = office_files.word_list(1, [("decimal", "%1."), ("lowerLetter", "%2)")])
    draft = drafted("tb.docx", office_files.docx(LETTER, lists))

    assert draft.title == "Tiêm phòng cho trẻ em dưới 5 tuổi"
    assert draft.source == "Thông báo số 12/TB-TYT của Trạm Y tế xã Bản Mây, ngày 05/7/2021"
    assert draft.text.split("\n\n") == [
        "Trạm Y tế xã Bản Mây thông báo lịch tiêm:",
        "1. Thôn Nà Hoa: ngày 10/7/2021.",
        "a) sáng: trẻ dưới 1 tuổi;",
        "b) chiều: trẻ trên 1 tuổi.",
        "Mang theo sổ tiêm.",
        "2. Thôn Suối Trát: ngày 11/7/2021.",
    ]
    assert not [note for note in draft.notes if "blank" in str(note)]


def test_word_counts_as_it_shows() -> None:
    lists = (
        office_files.word_list(1, [("upperRoman", "%1."), ("decimal", "%1.%2."), ("bullet", "·")])
        + office_files.word_list(2, [], of=1)
        + office_files.word_list(3, [], start=1, of=1)
    )
    style = (
        '<w:style w:type="paragraph" w:styleId="Muc"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="MucCon"><w:basedOn w:val="Muc"/></w:style>'
    )
    shown = [("một", 1, 0), ("con", 1, 1), ("con", 1, 1), ("cháu", 1, 2), ("hai", 2, 0), ("con", 1, 1)]
    lines = [office_files.numbered(*line) for line in shown]
    more = [
        office_files.styled("theo kiểu", "MucCon"),
        office_files.numbered("lại", 3, 0),
        office_files.numbered("không", 0, 0),
    ]
    document = office_files.docx([*lines, *more], lists, style)

    assert list(docx.paragraphs(document)) == [
        "I. một", "I.1. con", "I.2. con", "- cháu", "II. hai", "II.1. con", "III. theo kiểu", "I. lại", "không",
    ]  # fmt: skip


def test_an_open_document_counts_as_it_shows() -> None:
    level = '<text:list-level-style-{} text:level="{}" {}/>'
    styles = (
        '<text:list-style style:name="L">'
        + level.format("number", 1, 'style:num-format="1" style:num-suffix="."')
        + level.format("number", 2, 'style:num-format="a" style:num-suffix=")" text:start-value="2"')
        + level.format("bullet", 3, 'text:bullet-char="•"')
        + "</text:list-style>"
    )
    item, p = "<text:list-item>{}</text:list-item>", "<text:p>{}</text:p>"
    inner = item.format(p.format("con")) + item.format(p.format("con"))
    deepest = f"<text:list>{item.format('<text:list>' + item.format(p.format('cháu')) + '</text:list>')}</text:list>"
    body = (
        '<text:tracked-changes><text:p>đã xóa</text:p></text:tracked-changes><text:list text:style-name="L">'
        + item.format(p.format("một") + p.format("tiếp") + f"<text:list>{inner}</text:list>")
        + "</text:list><text:p>xen<text:s/>giữa</text:p>"
        + '<text:list text:style-name="L" text:continue-numbering="true">'
        + f"{item.format(p.format('hai') + deepest)}</text:list>"
        + f'<text:list text:style-name="L">{item.format(p.format("lại"))}</text:list>'
    )

    assert list(odt.paragraphs(office_files.odt(body, styles))) == [
        "1. một", "tiếp", "b) con", "c) con", "xen giữa", "2. hai", "- cháu", "1. lại",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [(1, "1", "1"), (4, "I", "IV"), (49, "i", "xlix"), (26, "a", "z"), (27, "A", "AA"), (3, "", "")],
)
def test_numbers_look_as_in_word(value: int, style: str, text: str) -> None:
    assert format_number(value, style) == text


def test_lines_that_a_printer_broke_are_paragraphs_again() -> None:
    lines = ["Một dòng dài tới lề phải của trang giấy", "thì còn tiếp. Ngắn.", "Đoạn khác:", "- mục một", "- mục hai"]

    assert list(pdf.paragraphs(office_files.pdf([[*lines, "1"], ["2", "Trang sau."]]))) == [
        "Một dòng dài tới lề phải của trang giấy thì còn tiếp. Ngắn.", "Đoạn khác:", "- mục một", "- mục hai",
        "Trang sau.",
    ]  # fmt: skip


def test_a_number_that_a_printer_broke_behind_its_bar_is_whole_again() -> None:
    lines = ["Thực hiện đầy đủ và nghiêm túc Chỉ thị số 15/", "CT-UBND, tài liệu tại bluezone.gov.vn/", "tai-lieu."]

    assert list(pdf.paragraphs(office_files.pdf([lines]))) == [
        "Thực hiện đầy đủ và nghiêm túc Chỉ thị số 15/CT-UBND, tài liệu tại bluezone.gov.vn/tai-lieu.",
    ]  # fmt: skip


def test_a_plain_notice_has_a_title_to_check() -> None:
    draft = drafted("tb.txt", "Kính thưa bà con!\n\nChiều mai họp thôn lúc 17 giờ. Mời bà con đến dự.".encode())

    assert draft.title == "Chiều mai họp thôn lúc 17 giờ"
    assert draft.source == ""
    assert "Kính thưa bà con!" in draft.text
    assert "check the title" in str(draft.notes[0])


def test_a_plan_with_headings_in_capitals_keeps_them() -> None:
    text = """UỶ BAN NHÂN DÂN
XÃ BẢN MÂY
Số: 7/KH-UBND
Bản Mây, ngày 1 tháng 8 năm 2026

KẾ HOẠCH
Tổng vệ sinh môi trường tháng 8

I. MỤC ĐÍCH
Làm sạch đường thôn.
Nơi nhận rác: nhà văn hóa.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH"""
    draft = drafted("kh.txt", text.encode())

    assert draft.title == "Tổng vệ sinh môi trường tháng 8"
    assert draft.source == "Kế hoạch số 7/KH-UBND của Uỷ ban nhân dân xã Bản Mây, ngày 1/8/2026"
    assert draft.text.split("\n\n") == ["I. MỤC ĐÍCH", "Làm sạch đường thôn.", "Nơi nhận rác: nhà văn hóa."]


def test_a_letterhead_whose_lines_were_broken_by_narrow_cells_is_known() -> None:
    cells = [
        ["UBND TỈNH LÀO CAI", "SỞ THÔNG TIN VÀ TRUYỀN", "THÔNG", "Số: /STTTT", "V/v hướng dẫn", "sử dụng"],
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT", "NAM", "Độc lập - Tự do -", "Hạnh phúc", "Lào Cai, ngày 5 tháng 7 năm 2021"],
    ]  # fmt: skip
    draft = drafted("cv.docx", office_files.docx([cells, *LINES[3:]]))

    assert draft.title == "Hướng dẫn sử dụng"
    assert draft.source == "Công văn của Sở Thông tin và Truyền thông tỉnh Lào Cai, ngày 5/7/2021"
    assert draft.text.startswith("Thực hiện Chỉ thị")


def test_an_appendix_has_something_to_tell_again() -> None:
    text = "Số: 1/TB\nV/v tiêm phòng\n\nCó lịch kèm theo./.\n\nCHỦ TỊCH\nNguyễn Văn A\n\nPHỤ LỤC\nThôn Nà Hoa: thứ hai."

    assert drafted("tb.txt", text.encode()).text.split("\n\n") == [
        "Có lịch kèm theo.", "PHỤ LỤC", "Thôn Nà Hoa: thứ hai.",
    ]  # fmt: skip


TABLE = office_files.Grid(
    [
        ["STT", "Thôn", "Thời gian", "Địa điểm"],
        ["1", "Nà Hoa", ["7h30 ngày 10/7/2021", "14h ngày 11/7/2021"], "Nhà văn hóa"],
        ["2", "Suối Trát", "8h ngày 12/7/2021", ""],
        ["3", "Bản Lìm", "", "Trạm Y tế"],
    ]
)
ROWS = (
    "STT\tThôn\tThời gian\tĐịa điểm\n"
    "1\tNà Hoa\t7h30 ngày 10/7/2021, 14h ngày 11/7/2021\tNhà văn hóa\n"
    "2\tSuối Trát\t8h ngày 12/7/2021\n"
    "3\tBản Lìm\t\tTrạm Y tế"
)
AROUND = ["Số: 12/TB-TYT", "V/v tiêm phòng", "Lịch tiêm như sau:", "Mời bà con đến đúng giờ./."]


def typed(blanks: str) -> list[str]:
    """The same table with blanks between its columns, as it is written on a typewriter."""
    return [
        *AROUND[:3],
        *(blanks.join(row) for row in (["Thôn", "Ngày", "Nơi tiêm"], ["Nà Hoa", "10/7/2021", "nhà văn hóa"])),
        blanks.join(["suối Trát", "11/7/2021", "trạm y tế"]),
        AROUND[3],
    ]


TYPED = "Thôn\tNgày\tNơi tiêm\nNà Hoa\t10/7/2021\tnhà văn hóa\nsuối Trát\t11/7/2021\ttrạm y tế"
PLACED = [
    *AROUND[:3],
    [(0, "Thôn"), (120, "Ngày"), (260, "Nơi tiêm")],
    [(0, "Nà Hoa"), (120, "10/7/2021"), (260, "nhà văn hóa")],
    [(0, "suối Trát"), (120, "11/7/2021"), (260, "trạm y tế")],
    AROUND[3],
]


@pytest.mark.parametrize(
    ("name", "data", "table"),
    [
        ("bang.docx", office_files.docx([*AROUND[:3], TABLE, AROUND[3]]), ROWS),
        (
            "bang.odt",
            office_files.odt(
                office_files.odt_lines(AROUND[:3]) + office_files.odt_table(TABLE) + office_files.odt_lines(AROUND[3:])
            ),
            ROWS,
        ),
        ("tab.docx", office_files.docx(typed("\t")), TYPED),
        ("cach.docx", office_files.docx(typed("     ")), TYPED),
        ("cach.txt", "\n".join(typed("    ")).encode(), TYPED),
        ("cach.pdf", office_files.pdf([PLACED]), TYPED),
    ],
)
def test_a_table_keeps_its_rows_and_columns(name: str, data: bytes, table: str) -> None:
    draft = drafted(name, data)

    assert draft.text == f"Lịch tiêm như sau:\n\n{table}\n\nMời bà con đến đúng giờ."
    heard = read(draft.text, ReadingSettings()).spoken.split("\n")
    rows = [line.casefold() for line in heard if "uối Trát" in line or "Nà Hoa" in line]
    assert [row.startswith(("thôn nà hoa, ", "thôn suối trát, ", "suối trát, ")) for row in rows] == [True, True]
    assert ("nơi tiêm nhà văn hóa." in rows[0]) or ("địa điểm nhà văn hóa." in rows[0])
    assert not [line for line in heard if line.endswith(("Thời gian", "Nơi tiêm"))]


def test_a_table_that_frames_a_signature_or_one_text_is_no_table() -> None:
    frame = office_files.Grid([[["Nơi nhận:", "- Như trên;"], "TM. ỦY BAN NHÂN DÂN"], ["- Lưu: VT.", "CHỦ TỊCH"]])
    box = office_files.Grid([["Kính thưa bà con, ngày mai họp thôn."], ["Mời bà con đến dự."]])
    draft = drafted("tb.docx", office_files.docx([*AROUND[:2], box, frame]))

    assert draft.text == "Kính thưa bà con, ngày mai họp thôn.\n\nMời bà con đến dự."
    assert "CHỦ TỊCH" in "".join(map(str, draft.notes))


def test_a_number_and_its_text_with_a_tab_between_are_no_table() -> None:
    lines = [*AROUND[:2], "1.\tVệ sinh đường thôn;", "2.\tKhơi thông cống rãnh.", "Thời gian:\t7h", "Nơi:\tsân kho"]

    assert drafted("tb.docx", office_files.docx(lines)).text == (
        "1. Vệ sinh đường thôn;\n\n2. Khơi thông cống rãnh.\n\nThời gian: 7h\n\nNơi: sân kho"
    )


def test_the_text_of_a_word_file_may_lie_anywhere_in_it() -> None:
    with zipfile.ZipFile(io.BytesIO(office_files.docx(AROUND))) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    moved = {
        name.replace("document.xml", "document2.xml"): content.replace("document.xml", "document2.xml")
        for name, content in parts.items()
    }

    assert drafted("tb.docx", office_files.packed(moved)).title == "Tiêm phòng"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("scan.pdf", office_files.pdf([[], []]), "only pictures"),
        ("x.pdf", b"%PDF-1.4 broken", "cannot be read"),
        ("x.pdf", b"\xb8q\xb6\x06\xd9" * 900, "cannot be read"),
        ("x.docx", b"PK\x03\x04 broken", "cannot be read"),
        ("x.docx", office_files.packed({"readme.txt": "no"}), "cannot be read"),
        ("x.odt", office_files.docx(["a word file"]), "cannot be read"),
        ("x.odt", b"", "cannot be read"),
        ("x.txt", b"", "no text"),
        ("x.docx", office_files.docx([]), "no text"),
        ("x.docx", lambda: office_files.docx(["x" * (50 << 20)]), "too big"),
    ],
)
def test_what_cannot_be_used_is_refused_politely(
    name: str, data: bytes | Callable[[], bytes], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    made = data() if callable(data) else data

    with pytest.raises(BadFile, match=said):
        read_document(name, made)

    assert caplog.messages == [], "a library's own words would stand beside ours"


def test_a_draft_is_a_sound_bulletin_and_never_takes_anothers_place(tmp_path: Path) -> None:
    draft = drafted("cong-van.txt", TEXT.encode())
    dispatch = tmp_path / "Công văn 15.txt"
    dispatch.write_text(TEXT, encoding="utf-8")
    write_files(tmp_path, import_document(dispatch, tmp_path, ReadingSettings()))
    path = "bulletins/cong-van-15.md"
    parsed = bulletin_file.parse(path, (tmp_path / path).read_bytes())

    assert (parsed.title, parsed.source, parsed.text) == (TITLE, SOURCE, draft.text)
    with pytest.raises(BadFile, match="there already"):
        import_document(dispatch, tmp_path, ReadingSettings())
