"""The reading: every table of examples, doubts, places, the commune's words, and that any text is safe."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from harness.lexicon_lines import unreachable_lines
from harness.paths import DATA
from harness.scoring import some_of
from hypothesis import given, settings
from hypothesis import strategies as st

import loudspeaker.text
from loudspeaker.model.spoken_text import Reading, ReadingSettings
from loudspeaker.text.abbreviations import fits
from loudspeaker.text.casing import lower_headings
from loudspeaker.text.context import Context
from loudspeaker.text.lexicon import Lexicon, Meaning, cue_lists
from loudspeaker.text.lexicon import rows as rows_of
from loudspeaker.text.lost_marks import legacy_encoding
from loudspeaker.text.numerals import Numerals
from loudspeaker.text.own_words import OwnWords
from loudspeaker.text.reading import read
from loudspeaker.text.unwrapping import unwrap_lines


def spoken(text: str, own: ReadingSettings | None = None) -> str:
    return read(text, own).spoken


def rows(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines if line and not line.startswith("#")]


TABLES = {path.stem: rows(path) for path in sorted((DATA / "tables").glob("*.tsv"))}
EXAMPLES = [written for table in TABLES.values() for written, _expected in table]
SOME_EXAMPLES = some_of(EXAMPLES, 12)


@cache
def read_example(written: str) -> Reading:
    """Several tests go through all examples: each is read once."""
    return read(written)


def words(text: str) -> str:
    """What is heard: no punctuation, no case."""
    return " ".join("".join(c if c.isalnum() or c == "-" else " " for c in text.lower()).split())


@pytest.mark.parametrize("table", TABLES)
def test_an_example_is_read_as_its_table_says(table: str) -> None:
    heard = [(written, words(read_example(written).spoken)) for written, _expected in TABLES[table]]

    assert heard == [(written, words(expected)) for written, expected in TABLES[table]]


@pytest.mark.parametrize("table", TABLES)
def test_what_is_spoken_already_stays_as_it_is(table: str) -> None:
    heard = [words(spoken(expected)) for _written, expected in TABLES[table]]

    assert heard == [words(expected) for _written, expected in TABLES[table]]


@pytest.mark.sampled
@pytest.mark.parametrize("tail", [".", ";", ", mời bà con", ". Kính báo bà con."])
def test_what_stands_behind_an_example_changes_nothing_unless_it_says_so(tail: str) -> None:
    changed = []
    for written in SOME_EXAMPLES:
        if written[-1].isalnum() and not written.isupper():  # in a heading the tail would be no heading
            reading = read(written + tail)
            heard = words(reading.spoken).removesuffix(words(tail)).strip()
            if not reading.doubts and heard != words(read_example(written).spoken):
                changed.append(written)
    assert changed == []


@pytest.mark.sampled
@pytest.mark.parametrize(
    "lines", ["Kính gửi:\n{}", "Kính gửi bà con.\n{}\nXin cảm ơn.", "Họp lúc 7h ngày 5/7/2026\n{}"]
)
def test_an_example_on_a_line_of_its_own_is_read_like_one_alone(lines: str) -> None:
    changed = []
    for written in SOME_EXAMPLES:
        alone, among = read_example(written), read(lines.format(written))
        heard = among.spoken.split("\n")[1:2]
        doubted = {doubt.written for doubt in among.doubts} - {doubt.written for doubt in alone.doubts}
        goes_on = written[0].islower() and not lines.startswith("Kính")
        if not goes_on and (list(map(words, heard)) != [words(alone.spoken)] or doubted):
            changed.append(written)
    assert changed == []


def test_the_cells_of_a_table_are_set_apart() -> None:
    assert spoken("Sáng\t10h00\t3\tTê Quả 1 - Tê Quả 2") == "Sáng, mười giờ, ba, Tê Quả một, Tê Quả hai"


def whys(text: str, readings: ReadingSettings | None = None) -> dict[str, str]:
    return {doubt.written: doubt.why.template for doubt in read(text, readings).doubts}


@pytest.mark.parametrize(
    ("written", "doubtful"),
    [
        ("Số: /STTTT-TTBCXB", "Số:"),
        ("Lào Cai, ngày   tháng 7 năm 2021", "ngày"),
        ("Hạn nộp: ngày ..../..../2026", "..../...."),
        ("họp ngày 31/2/2026", "31/2/2026"),
        ("họp lúc 25h30", "25h30"),
        ("Kinh phí do ĐT hỗ trợ", "ĐT"),
        ("giống lúa XQZ", "XQZ"),
        ("cài ứng dụng Bluezone, mở Bluezone; quét Bluzone", "Bluzone"),
        ("giá ☂ tăng", "☂"),
        ("hồi 4 giờ ngày 207", "207"),
        ("từ 4mđến 6m3", "4"),
        ("Long An 1-2 Hải Phòng", "1-2"),
        ("phun kế hoạch 24/7", "24/7"),
        ("mức thu 50.00đồng", "50.00đồng"),
        ("vào lớp 1.3. Hồ sơ gồm đơn", "1.3."),
        ("tăng 6,7%[1] trong quý", "[1]"),
        ("mã vận đơn dài 12345678901", "12345678901"),
        ("mang theo 5/7", "5/7"),
        ("danh sách 25-12", "25-12"),
        ("rắc vôi từ 7g đến 11g", "7g"),
        ("phun thuốc sau 16g", "16g"),
        ("CCB đại đội D7, E9 họp ở C2", "C2"),
        ("lúc 6h5", "6h5"),
        ("đủ 50K", "50K"),
        ("chở 12T", "12T"),
        ("nuôi bò 3B", "3B"),
        ("từ 10.3-25.3", "10.3-25.3"),
        ("số liệu 01-03/2026", "01-03/2026"),
    ],
)
def test_a_guess_is_marked(written: str, doubtful: str) -> None:
    assert doubtful in whys(written)


@pytest.mark.parametrize(
    "written",
    [
        "Chỉ thị số 15/CT-UBND ngày 01/7/2021 của UBND tỉnh",
        "Họp lúc 8h30, thứ 4, tại TP. Lào Cai; gọi 0214.3840.001",
        "Bà con cài Bluezone và khai báo y tế",
        "Đặt cọc về TK 5209 2052 41786 trước 17h",
        "Ngày tháng năm sinh của trẻ",
    ],
)
def test_a_sure_reading_is_not_marked(written: str) -> None:
    assert read(written).doubts == ()


@pytest.mark.parametrize("unit", ["1/", "a-", "x@", "12.", "A&", "😀", "{a"])
def test_a_run_of_signs_that_is_no_text_is_left_out_and_marked(unit: str) -> None:
    reading = read(f"Họp thôn. {unit * 3000} Mời bà con.")

    assert " ".join(reading.spoken.split()) == "Họp thôn. Mời bà con."
    assert reading.doubts


def test_a_doubt_tells_its_line_and_column() -> None:
    doubt = read("Kính gửi bà con\nSố: /STTTT và XQZ").doubts[-1]

    assert (doubt.written, doubt.line, doubt.column) == ("XQZ", 2, 15)


def test_places_count_code_points_of_the_text_as_given() -> None:
    given_text = unicodedata.normalize("NFD", "Hộp thư: họp ") + "8h30"
    span = read(given_text).spans[-1]

    assert given_text[slice(*span.written)] == "8h30"
    assert read(given_text).spoken[slice(*span.spoken)] == "tám giờ ba mươi phút"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("UBND a. Hùng", "Ủy ban nhân dân anh Hùng"),
        ("1.500 a. Hùng", "Một nghìn năm trăm anh Hùng"),
        ("% a. Hùng", "Phần trăm anh Hùng"),
        ("họp XÃ a. Hùng", "họp xã anh Hùng"),
        ("GIÁM ĐỐC a. Hùng", "Giám đốc anh Hùng"),
        ("Hùng a. Hùng", "Hùng a. Hùng"),
        ("UBND a. XÃ", "Ủy ban nhân dân a. xã"),
        ("15, a. ĐỐC", "Mười lăm, a. đốc"),
    ],
)
def test_who_is_called_is_decided_by_the_word_before_as_it_is_said(text: str, said: str) -> None:
    assert spoken(text) == spoken(said) == said


def test_two_numbers_of_which_a_price_is_made_are_no_list() -> None:
    assert spoken("mức 24,25 ng.đ") == "mức hai mươi tư phẩy hai mươi lăm nghìn đồng"
    assert spoken("mức 24,25 tỉ") == "mức hai mươi tư phẩy hai mươi lăm tỷ"


def test_no_line_of_the_lexicon_stands_where_nothing_can_reach_it() -> None:
    taken: dict[str, set[tuple[int, str]]] = {}
    unreachable = []
    for written, reading, *columns in rows_of("abbreviations.tsv"):
        cues = {(side, cue.rstrip(" ,&.")) for side, column in enumerate(columns) for cue in column.split("|")}
        cues = {cue for cue in cues if cue[1] not in ("", "#", "?")} or {(0, "whatever")}
        earlier = taken.setdefault(written, set())
        if cues <= earlier or (0, "whatever") in earlier:
            unreachable.append((written, reading))
        earlier |= cues

    assert unreachable == []


def test_a_subject_stands_once_and_its_words_are_compared_as_they_are_written() -> None:
    subjects = list(rows_of("subjects.tsv"))
    words = [word for _, _, column in subjects for word in column.split("|")]

    assert len({(written, reading) for written, reading, _ in subjects}) == len(subjects)
    assert [word for word in words if word != re.sub(r"[\W_]+", " ", word.lower()).strip() or not word] == []


def test_every_list_of_cues_is_asked_for_by_a_rule() -> None:
    sources = (path.read_text("utf-8") for path in Path(loudspeaker.text.__path__[0]).rglob("*.py"))
    asked = {name for source in sources for name in re.findall(r"""cue_list\(["'](\w+)""", source)}

    assert set(cue_lists()) == asked


SHAPES = {
    "<số>": "7", "<ngày>": "5/7", "<năm>": "2024", "<máy>": "0912345678", "<Tên>": "Lan", "<chữ>": "xem",
    "<Họ tên>": "Hồ Thị Lan", "<số/năm>": "9/2025",
}  # fmt: skip


def test_every_neighbour_in_the_lexicon_decides_where_it_stands() -> None:
    lexicon, numerals, dead = Lexicon(), Numerals(), []
    for written, reading, *columns in rows_of("abbreviations.tsv"):
        for side, cue in ((side, cue) for side, column in enumerate(columns) for cue in column.split("|")):
            if cue in ("", "#", "?"):
                continue
            neighbour = re.sub("<[^>]+>", lambda shape: SHAPES[shape[0]], cue)
            text = f"{written} {neighbour}" if side else f"{neighbour} {written}"
            start = 0 if side else len(neighbour) + 1
            alone = Meaning.of(written, reading, *(("", cue) if side else (cue,)))
            if not fits(alone, Context(text, numerals, lexicon, {}), start, start + len(written)):
                dead.append((written, cue))

    assert dead == []


def test_an_abbreviation_defined_in_brackets_is_learnt() -> None:
    text = "Bệnh viêm da nổi cục trâu bò (VDNCTB) lây nhanh. Tiêm phòng VDNCTB."

    assert spoken(text).endswith("Tiêm phòng viêm da nổi cục trâu bò.")


def test_the_communes_words_go_over_everything() -> None:
    own = ReadingSettings(
        say={"Bluezone": "bờ-lu-dôn", "cà phê": "ca phê"}, abbrev={"VT": "văn thể"}, names={"Na Cồ Sa": "Na Cồ Xa"}
    )

    assert spoken("Cài Bluezone ở Na Cồ Sa, cà phê, VT.", own) == "Cài bờ-lu-dôn ở Na Cồ Xa, ca phê, văn thể."


def test_the_longest_of_the_communes_words_wins() -> None:
    own = ReadingSettings(say={"A": "sai", "A Mú": "A Mú Sung"})

    assert spoken("xã A Mú", own) == "xã A Mú Sung"


def test_a_word_in_small_letters_never_touches_a_name() -> None:
    own = ReadingSettings(say={"ca": "ca trực"})

    assert spoken("anh Ca Văn Lan nhận ca", own) == "anh Ca Văn Lan nhận ca trực"


def test_among_thousands_of_the_communes_words_each_is_found() -> None:
    own = OwnWords([(f"từ lạ {number}", f"chữ {number}") for number in range(5_000)])
    text = "Nghe từ lạ 77, Từ lạ 4999 và từ lạ 5000."

    found = [(text[said.start : said.end], said.spoken) for said in own.find(text * 100)]

    assert found[:2] == [("từ lạ 77", "chữ 77"), ("Từ lạ 4999", "chữ 4999")]
    assert len(found) == 200


def test_a_number_beside_one_of_the_communes_words_is_still_read() -> None:
    own = ReadingSettings(say={"kg": "cân"})

    assert spoken("bón 5kg và 6 kg", own) == "bón năm cân và sáu cân"


def test_the_communes_words_are_read_once() -> None:
    own = ReadingSettings(say={"Bluezone": "ứng dụng Bluezone"})
    once = spoken("Cài Bluezone", own)

    assert once == spoken(once, own)


def test_the_south_says_ngan_and_le() -> None:
    assert spoken("1.005 hộ", ReadingSettings(region="south")).lower() == "một ngàn không trăm lẻ năm hộ"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("sign", "plain"), [("–", "-"), ("\u00a0", " "), ("７", "7"), ("\u00ad", ""), ("С", "C")])
def test_letters_from_word_and_pdf_are_put_right(form: str, sign: str, plain: str) -> None:
    written = f"Họp {sign} TT. Phố Lu, cấp {sign}7"

    assert spoken(written.replace(sign, plain)) == spoken(unicodedata.normalize(form, written))


@pytest.mark.parametrize("written", ["7giờ30", "ngày 31tháng12", "14giờ30phút", "họp lúc7giờ"])
def test_a_word_without_blanks_between_numbers_keeps_all_its_marks(written: str) -> None:
    assert spoken(unicodedata.normalize("NFD", written)) == spoken(written)


def test_an_old_encoding_is_told() -> None:
    assert legacy_encoding("Céng hoµ x· héi chñ nghÜa ViÖt Nam, ®éc lËp tù do h¹nh phóc") == "TCVN3"
    assert legacy_encoding("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, ñoäc laäp töï do haïnh phuùc") == "VNI"
    assert legacy_encoding("Cộng hòa xã hội chủ nghĩa Việt Nam") is None
    assert legacy_encoding("café, naïve") is None


def test_the_dispatch_is_read_as_the_golden_file_says() -> None:
    reading = read((DATA / "letters" / "cong-van-bluezone-lao-cai-2021.txt").read_text(encoding="utf-8"))
    golden = (DATA / "letters" / "cong-van-bluezone-lao-cai-2021.spoken.txt").read_text(encoding="utf-8")

    assert golden == reading.spoken
    assert [(doubt.written, doubt.line, doubt.column) for doubt in reading.doubts] == [
        ("Số:", 3, 1),
        ("ngày", 5, 10),
        ("Bluzone", 45, 114),
    ]


@pytest.mark.parametrize("unit", re.findall(r"\S+", "kg ha m2 m3 đ mmHg mm m km lít ml mg l g kV kVA % °C"))
def test_half_of_every_unit_can_be_said(unit: str) -> None:
    assert spoken(f"còn 1/2 {unit}").startswith("còn một ")


WRITTEN = (
    "UBND TP. Q. CT TT 1/5 13-15/4 8h30 ngày tháng số / - + . , ( ) đ/c V/v % °C m2 xã XÃ GIÁM ĐỐC Covid-19 1.500 "
    "0214.38 XIV II a) thứ KH 100k T7 & v.v. ./. @ x A/H5N1 H'leo điểm b * • ² ½ đồng/người 24/7 ' CA 111 TỔ7 A B Đ "
    "KBang bOPV QL1A P. M. www.a.vn a@b.vn 31/2 25h 7g 5A NPK tỉ ÷ T2,4 K2 Đ12 c10 gió a. Hùng 45t 12T 16,5N-112,3E "
    "VI PHẠM CM KM2 TƯ ĐH.92 H1 2-0 0977.xxx.123 TN Y 1/2 lít 12/TB-UBND số 45HS đv thg Ng. Q.3 B1: 05.10 12g"
)
BITS = WRITTEN.split()
UNBRACKETED = [bit for bit in BITS if bit not in "()"]  # a bracket is not spoken, yet parts what stands beside it
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(BITS), max_size=12).map(" ".join),
    st.lists(st.one_of(st.sampled_from(BITS), st.text(max_size=3)), max_size=12).map("".join),
)


@settings(max_examples=2 * settings.default.max_examples, deadline=None)
@given(TEXTS)
def test_any_text_has_a_reading_without_digits_whose_places_are_right(text: str) -> None:
    reading: Reading = read(text)

    assert not any(c.isdecimal() for c in reading.spoken)
    assert all(0 <= a <= b <= len(text) for span in reading.spans for a, b in [span.written])
    ends = [end for span in reading.spans for end in span.spoken]
    assert ends == sorted(ends)
    assert not ends or ends[-1] <= len(reading.spoken)


@settings(max_examples=2 * settings.default.max_examples, deadline=None)
@given(st.lists(st.one_of(TEXTS, TEXTS.map(str.upper)), min_size=1, max_size=4).map("\n".join))
def test_headings_and_margins_move_no_letter(text: str) -> None:
    assert len(lower_headings(text)) == len(text)
    assert len(unwrap_lines(text)) == len(text)


@settings(max_examples=2 * settings.default.max_examples, deadline=None)
@given(st.lists(st.sampled_from(UNBRACKETED), max_size=12).map(" ".join))
def test_reading_twice_changes_nothing_more(text: str) -> None:
    once = spoken(text)

    assert once == spoken(once)


def test_no_line_of_the_lexicon_is_out_of_reach() -> None:
    assert [(line.number, line.written) for line in unreachable_lines()] == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Năng suất ấp Mỹ Chánh\n3,78 tấn/ha, ấp Mỹ Lợi 5,52 tấn/ha.", "ấp Mỹ Chánh ba phẩy bảy mươi tám tấn"),
        ("Mở vòi sân xả bỏ chừng\n10 phút, khoảng 50 lít.", "chừng mười phút, khoảng"),
        ("xảy ra 17 vụ sự cố, trong đó\n11 vụ do diều vướng dây.", "trong đó mười một vụ"),
        ("Thực hiện Quyết định của UBND tỉnh Gia\nLai, UBND xã thông báo.", "tỉnh Gia Lai, ủy ban"),
        ("Kính gửi: các đồng chí quê ở 3 xã: Hoằng Phú,\nHoằng Giang, Hợp Lý.", "Hoằng Phú, Hoằng Giang"),
        ("5h30: dâng cơm chư tăng\n16h: rước Đại lịch", "chư tăng\nMười sáu giờ: rước"),
        (
            "Dự báo bão đổ bộ vào đất liền từ 1h đến 5h sáng ngày mai 02/12;\nmưa 200mm, có nơi 450 mm.",
            "tháng mười hai; mưa",
        ),
        ("Kết quả bắt cá\n3,5 tạ cá trắm\n2,1 tạ cá mè", "bắt cá\nBa phẩy năm tạ"),
        ("Đơn đề nghị;\nbản sao căn cước công dân của chủ hộ.", "đề nghị;\nbản sao"),
        ("Khóa lối thoát nạn phạt 10 - 15\ntriệu; không có", "mười đến mười lăm triệu"),
        (
            "Kính mời: ông (bà) Bí thư chi bộ, trưởng thôn, trưởng ban công tác mặt trận\n14 thôn; đại diện 5 hộ.",
            "mặt trận mười bốn thôn; đại diện",
        ),
        ("Chúng tôi gồm: tổ bảo vệ\n14 thôn", "bảo vệ\nMười bốn thôn"),
        ("8h00 - 8h10: Tuyên bố lý do\n8h10 - 8h50: Thảo luận", "lý do\nTám giờ mười"),
        ("CHƯƠNG TRÌNH\n7h30 - 8h00: Đón tiếp", "Chương trình\nBảy giờ"),
        ("Hạn nộp:từ ngày 5 đến ngày 12/12", "nộp: từ ngày mùng năm"),
        ("1. Gạo ............ 15.000đ\n2. Nếp (loại 1) ... 25.000đ", "loại một, hai mươi lăm nghìn đồng"),
        ("Chị N.T.H. (quán cà phê) mất tiền", "nờ tê hát, quán cà phê, mất"),
    ],
)
def test_a_line_that_breaks_off_before_a_measure_or_behind_a_semicolon_goes_on(written: str, said: str) -> None:
    assert said in read(written).spoken
