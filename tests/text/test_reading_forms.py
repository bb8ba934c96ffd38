"""Days, hours, telephones and amounts in every form that people write, between the words around them: right or marked.

What is expected is built from plain numbers here, apart from every rule of reading; sentences stand in reading/.
"""

from __future__ import annotations

import re

from harness.scoring import canonical
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loudspeaker.text.numerals import Numerals, spell_digits
from loudspeaker.text.reading import read

say = Numerals().cardinal
month_name = Numerals().month

many = settings(max_examples=3 * settings.default.max_examples, deadline=None)
_SILENT = re.compile(f"{canonical('ngày').rstrip()}(?= )|{canonical('mùng').rstrip()}(?= )")


def any_of(*rows: str) -> st.SearchStrategy[str]:
    """One of what stands between the bars."""
    return st.sampled_from("|".join(rows).split("|"))


def heard(text: str) -> str:
    """What is said, without “ngày” and “mùng”, which may be there or not."""
    return _SILENT.sub("", canonical(text))


def right_or_marked(written: str, *expected: str) -> bool:
    """Whether one of `expected` is heard where `written` is read, or something of it is marked."""
    reading = read(written)
    return bool(reading.doubts) or any(heard(one) in heard(reading.spoken) for one in expected)


BEFORE_DAYS = any_of(
    "Ngày |ngày |Sáng |chiều |tối |từ ngày |đến hết ngày |trước ngày |lúc 8h ngày |7h30, |họp vào |Từ |hạn chót ",
    "Thứ Sáu, |thứ 6 (|sáng mai |tối nay (|kể từ |dịp |kỷ niệm |Thời gian: |Hạn nộp: |bắt đầu từ |chậm nhất ",
    "Chủ nhật ngày |phiên họp ngày |tính đến ",
)
BEHIND_DAYS = any_of(
    "| tại UBND xã|,|.|)| bà con đến họp|; |: phát thuốc| và báo cáo| (thứ Hai)| âm lịch| hằng năm| các thôn họp",
)
DAYS = {
    "{d}/{m}": "{D} tháng {M}",
    "{d:02}/{m:02}": "{D} tháng {M}",
    "{d}-{m}": "{D} tháng {M}",
    "{d}.{m}": "{D} tháng {M}",
    "{d}/ {m}": "{D} tháng {M}",
    "{d}/{m}/{y}": "{D} tháng {M} năm {Y}",
    "{d:02}/{m:02}/{y}": "{D} tháng {M} năm {Y}",
    "{d}-{m}-{y}": "{D} tháng {M} năm {Y}",
    "{d:02}-{m:02}-{y}": "{D} tháng {M} năm {Y}",
    "{d}.{m}.{y}": "{D} tháng {M} năm {Y}",
    "{d} - {m} - {y}": "{D} tháng {M} năm {Y}",
    "{d}/{m}-{y}": "{D} tháng {M} năm {Y}",
    "{d} tháng {m}": "{D} tháng {M}",
    "{d} tháng {m}/{y}": "{D} tháng {M} năm {Y}",
    "{d} tháng {m} năm {y}": "{D} tháng {M} năm {Y}",
}
years = st.integers(1945, 2035)


@many
@given(BEFORE_DAYS, st.sampled_from(sorted(DAYS)), BEHIND_DAYS, st.integers(1, 28), st.integers(1, 12), years)
def test_a_day_is_read_as_a_day(before: str, form: str, behind: str, d: int, m: int, y: int) -> None:
    words = DAYS[form].format(D=say(d), M=month_name(m), Y=say(y))

    assert right_or_marked(before + form.format(d=d, m=m, y=y) + behind, words)


BEFORE_SPANS = any_of(
    "từ ngày |Từ |trong các ngày |Thời gian: từ ngày |Thời gian: |(từ |diễn ra vào các ngày |trong 2 ngày |sáng ",
    "- Từ ngày |đợt 2 từ |vào ngày |Lịch nghỉ từ |các tối |từ 8h ngày ",
)
SPANS = {
    "{d}-{e}/{m}": "{D} đến {E} tháng {M}",
    "{d} - {e}/{m}": "{D} đến {E} tháng {M}",
    "{d}-{e}/{m}/{y}": "{D} đến {E} tháng {M} năm {Y}",
    "{d}-{e}.{m}": "{D} đến {E} tháng {M}",
    "{d}/{m}-{e}/{n}": "{D} tháng {M} đến {E} tháng {N}",
    "{d}/{m} – {e}/{n}": "{D} tháng {M} đến {E} tháng {N}",
    "{d}/{m}- {e}/{n}/{y}": "{D} tháng {M} đến {E} tháng {N} năm {Y}",
    "{d:02}/{m:02}/{y}-{e:02}/{n:02}/{y}": "{D} tháng {M} năm {Y} đến {E} tháng {N} năm {Y}",
    "{d}/{m} đến hết {e}/{n}": "{D} tháng {M} đến hết {E} tháng {N}",
    "{d}/{m} → {e}/{n}": "{D} tháng {M} đến {E} tháng {N}",
    "{d} đến {e}/{m}": "{D} đến {E} tháng {M}",
    "{d} và {e}/{m}": "{D} và {E} tháng {M}",
    "{d}, {e}/{m}": "{D} {E} tháng {M}",
    "{d},{e}/{m}": "{D} {E} tháng {M}",
    "{d}&{e}/{m}": "{D} và {E} tháng {M}",
    "{d}/{m} và {e}/{n}": "{D} tháng {M} và {E} tháng {N}",
    "{d}.{m} - {e}.{n}": "{D} tháng {M} đến {E} tháng {N}",
    "{d}.{m} và {e}.{n}": "{D} tháng {M} và {E} tháng {N}",
    "{d}-{m} đến {e}-{n}": "{D} tháng {M} đến {E} tháng {N}",
    "{d} đến {e}-{m}-{y}": "{D} đến {E} tháng {M} năm {Y}",
    "{d}-{e} tháng {m}": "{D} đến {E} tháng {M}",
    "{d}, {e} tháng {m}": "{D} {E} tháng {M}",
}


@many
@given(BEFORE_SPANS, st.sampled_from(sorted(SPANS)), BEHIND_DAYS, st.integers(1, 20), st.integers(1, 11), st.data())
def test_days_in_a_row_are_read_as_days(
    before: str, form: str, behind: str, d: int, m: int, data: st.DataObject
) -> None:
    e, n, y = data.draw(st.integers(d + 1, 28)), data.draw(st.integers(m + 1, 12)), data.draw(years)
    words = SPANS[form].format(D=say(d), E=say(e), M=month_name(m), N=month_name(n), Y=say(y))

    assert right_or_marked(before + form.format(d=d, e=e, m=m, n=n, y=y) + behind, words)


HOURS_AND_DAYS = any_of(
    "{hour} - {day}|{hour}, {day}|{day} - {hour}|{day}, {hour}|{hour} ngày {day}|{hour}, ngày {day}",
)


@many
@given(any_of("|Thứ tư, |Cập nhật: |Ngày đăng: |Lúc |("), HOURS_AND_DAYS, st.integers(5, 20), st.integers(1, 28), years)
def test_an_hour_and_a_day_are_two_things(before: str, form: str, h: int, d: int, y: int) -> None:
    for hour in (f"{h}h15", f"{h:02}:15", f"{h} giờ 15 phút"):
        written = before + form.format(hour=hour, day=f"{d:02}/07/{y}")
        words = heard(read(written).spoken)

        assert heard(f"{say(h)} giờ mười lăm phút") in words
        assert heard(f"{say(d)} tháng bảy năm {say(y)}") in words
        assert not {heard("đến"), heard("ngày ngày")} & {word for word in words.split(" ")}


@many
@given(
    any_of("|Kinh tế |Dịp giải phóng (|tính tại thời điểm |, |Tết "),
    st.integers(1, 28),
    st.integers(1, 12),
    any_of("|,|: họp| vượt| âm lịch| từ 7h"),
)
def test_a_padded_day_with_a_point_is_no_decimal(before: str, d: int, m: int, behind: str) -> None:
    assert right_or_marked(f"{before}{d:02}.{m:02}{behind}", f"{say(d)} tháng {month_name(m)}")


BEFORE_HOURS = any_of(
    "lúc |từ |Từ |vào lúc |hồi |đúng |trước |khoảng |Thời gian: |- Sáng: |đến |bắt đầu |Khung giờ |cắt điện từ ",
    "chậm nhất ",
)
BEHIND_HOURS = any_of("| ngày 5/7| sáng| chiều mai|,|.|)| tại UBND xã| hằng ngày| thứ Bảy|: họp|;")
HOURS = any_of(
    "{h}h {m:02}|{h} h {m:02}|{h} giờ{m:02}|{h:02}:{m:02}|{h}h:{m:02}|{h}H{m:02}|{h}.{m:02}h",
    "{h}h{m:02}|{h:02}h{m:02}|{h}h{m:02}p|{h}h{m:02}'|{h}h{m:02} phút|{h:02}h:{m:02}|{h}:{m:02}|{h:02}:{m:02}:00",
    "{h}g{m:02}|{h}g {m:02}|{h} giờ {m:02}|{h} giờ{m:02}|{h:02} giờ {m:02} phút",
)


@many
@given(BEFORE_HOURS, HOURS, any_of(" - |-|- | đến | tới "), HOURS, BEHIND_HOURS, st.integers(4, 21), st.data())
def test_hours_are_read_as_hours(
    before: str, form: str, link: str, other: str, behind: str, h: int, data: st.DataObject
) -> None:
    m, until = data.draw(st.sampled_from([0, 5, 15, 30, 45])), data.draw(st.integers(h + 1, 23))
    begins = f"{say(h)} giờ" + (f" {say(m)}" if m else "")
    ends = [f"{word} {say(until)} giờ ba mươi" for word in ("đến", "tới")]
    span = before + form.format(h=h, m=m) + link + other.format(h=until, m=30) + behind

    assert right_or_marked(before + form.format(h=h, m=m) + behind, begins)
    assert right_or_marked(span, *(f"{begins}{minutes} {end}" for minutes in ("", " phút") for end in ends))


BEFORE_PHONES = any_of(
    "|SĐT: |ĐT |điện thoại: |Hotline: |đường dây nóng |Liên hệ ông Lê Văn Hùng, |đ/c Nam - |số |anh Tuấn (|gọi ",
    "qua số |- Công an xã: |Zalo |Trưởng trạm: BS. Hà – |bà Hoa ",
)
BEHIND_PHONES = any_of(
    "|.|)|;| để được hỗ trợ| (gặp đ/c Nam)| - UBND xã| trước ngày 15/7| (24/7)|; 0912.345.678| hoặc 0987654321",
    " - 0912 345 678|/0912345678",
)
MOBILE = [(10,), (4, 3, 3), (3, 3, 4), (4, 2, 2, 2), (4, 6), (5, 5), (3, 3, 2, 2), (3, 7)]
LINE = [(11,), (4, 7), (4, 4, 3), (4, 1, 3, 3)]


@many
@given(BEFORE_PHONES, st.sampled_from(MOBILE + LINE), any_of(".| |-"), BEHIND_PHONES, st.integers(0, 10**9 - 1))
def test_a_telephone_number_is_read_digit_by_digit(
    before: str, sizes: tuple[int, ...], gap: str, behind: str, number: int
) -> None:
    digits = f"09{number:08}"[:10] if sum(sizes) == 10 else f"02{number:09}"
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    written = gap.join(digits[end - size : end] for size, end in zip(sizes, ends, strict=True))

    assert right_or_marked(before + written + behind, spell_digits(digits))


AREAS = any_of("({area})|({area}) |{area}.|{area} |{area}-|({area}).|{area} - |{area}")
SUBSCRIBERS = [(7,), (4, 3), (1, 3, 3), (3, 4)]


@many
@given(
    any_of("|SĐT: |ĐT |điện thoại: |Liên hệ |Công an xã: |Fax: |đường dây nóng "),
    *(AREAS, st.sampled_from(SUBSCRIBERS), st.sampled_from(SUBSCRIBERS)),
    *(any_of(".| "), any_of(" - |-|/| / |, | hoặc |; "), any_of("|.|)| để được hỗ trợ"), st.integers(0, 10**12 - 1)),
)
def test_two_lines_of_one_area_are_two_numbers(
    before: str, area: str, one: tuple[int, ...], other: tuple[int, ...], gap: str, link: str, behind: str, number: int
) -> None:
    code = f"02{number % 90 + 10}"
    lines = f"3{number // 100 % 10**6:06}", f"3{number // 10**6 % 10**6:06}"

    def grouped(line: str, sizes: tuple[int, ...]) -> str:
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
        return gap.join(line[end - size : end] for size, end in zip(sizes, ends, strict=True))

    first = before + area.format(area=code) + grouped(lines[0], one)
    said = spell_digits(code + lines[0]), spell_digits(lines[1])

    assert right_or_marked(
        first + link + grouped(lines[1], other) + behind, *(f"{said[0]}{word}{said[1]}" for word in (" ", " hoặc "))
    )


BEFORE_MONEY = any_of(
    "giá |mức |hỗ trợ |nộp |phạt từ |khoảng |trị giá |kinh phí: |(|- Mức thu: |mỗi suất ",
)
BEHIND_MONEY = any_of("|,|.|)| cho| đối với hộ nghèo| năm 2026| từ ngày 1/7")
PER = {
    "": "",
    "/kg": "một ki lô gam",
    "/con": "một con",
    "/người/tháng": "một người một tháng",
    "/ha": "một héc ta",
    "/m2": "một mét vuông",
    "/HS/tháng": "một học sinh một tháng",
    "/01 hộ": "một hộ",
    "/ 1 sào": "một sào",
    "/lượt": "một lượt",
    "/kWh": "một ki lô oát giờ",
}
SCALES = {
    "tr": "triệu",
    " triệu": "triệu",
    " triệu đồng": "triệu đồng",
    "tr.đ": "triệu đồng",
    " tỷ đồng": "tỷ đồng",
    " tỉ": "tỷ",
    " triệu VNĐ": "triệu đồng",
    " nghìn đồng": "nghìn đồng",
    " ng.đ": "nghìn đồng",
    "k": "nghìn",
}
per = st.sampled_from(sorted(PER))


def rates(words: str, each: str) -> list[str]:
    """“… đồng một ki lô gam”, with trên or mỗi in the place of một, or trên before it."""
    return [f"{words} {PER[each].replace('một', word, 1)}".strip() for word in ("một", "trên", "mỗi", "trên một")]


@many
@given(
    BEFORE_MONEY,
    st.integers(2, 9_999).map(lambda n: n * 500),
    any_of("|-| - | đến "),
    any_of("đ| đồng|đồng| VNĐ|vnđ|Đ|₫"),
    per,
    BEHIND_MONEY,
)
def test_an_amount_is_read_with_its_currency(
    before: str, amount: int, link: str, currency: str, each: str, behind: str
) -> None:
    more = amount + 50_000
    written, words = f"{amount:,}", say(amount)
    if link:
        written, words = f"{written}{link}{more:,}", f"{words} đến {say(more)}"

    assert right_or_marked(before + written.replace(",", ".") + currency + each + behind, *rates(f"{words} đồng", each))


@many
@given(BEFORE_MONEY, st.integers(1, 900), any_of("|,5|,25"), st.sampled_from(sorted(SCALES)), per, BEHIND_MONEY)
def test_an_amount_is_read_with_its_scale(
    before: str, whole: int, part: str, scale: str, each: str, behind: str
) -> None:
    fraction = {"": "", ",5": " phẩy năm", ",25": " phẩy hai mươi lăm"}[part]

    assert right_or_marked(
        f"{before}{whole}{part}{scale}{each}{behind}", *rates(f"{say(whole)}{fraction} {SCALES[scale]}", each)
    )


BEFORE_QUANTITIES = any_of(
    "khoảng |đạt |từ |trên |dưới |(|cao |rộng |bón |gần |tối đa |là |tăng |chiếm |sâu |nặng |với |có nơi |: ",
)
BEHIND_QUANTITIES = any_of("|,| tại xã|)|.| so với| và| trở lên|;| mỗi vụ|/.")
UNITS = {
    "kg": "ki lô gam",
    "tấn": "tấn",
    "ha": "héc ta",
    "m2": "mét vuông",
    "m³": "mét khối",
    "km": "ki lô mét",
    "mm": "mi li mét",
    "lít": "lít",
    "%": "phần trăm",
    "‰": "phần nghìn",
    "°C": "độ xê",
    "oC": "độ xê",
    "kWh": "ki lô oát giờ",
    "tuổi": "tuổi",
    "tạ/ha": "tạ trên héc ta",
    "kg/sào": "ki lô gam một sào",
    "km/h": "ki lô mét trên giờ",
    "m3/s": "mét khối trên giây",
    "viên/ngày": "viên một ngày",
}


@many
@given(
    BEFORE_QUANTITIES,
    st.integers(2, 3_000),
    st.integers(1, 200),
    any_of("| "),
    any_of("-| - |- | đến "),
    st.sampled_from(sorted(UNITS)),
    BEHIND_QUANTITIES,
)
def test_a_quantity_is_read_with_its_unit(
    before: str, one: int, step: int, gap: str, link: str, unit: str, behind: str
) -> None:
    assume(one > 99 or unit not in ("m2", "m3/s") or before not in ("cao ", "rộng ", "sâu "))  # a height of 2,2 m
    first, last = (f"{number:,}".replace(",", ".") for number in (one, one + step))
    words = f"{say(one)} đến {say(one + step)} {UNITS[unit]}"
    twice = f"{say(one)} {UNITS[unit]} đến {say(one + step)} {UNITS[unit]}"

    assert right_or_marked(f"{before}{first}{gap}{unit}{behind}", f"{say(one)} {UNITS[unit]}")
    assert right_or_marked(f"{before}{first}{link}{last}{gap}{unit}{behind}", words)
    assert right_or_marked(f"{before}{first}{gap}{unit}{link}{last}{gap}{unit}{behind}", twice)


PEOPLE = any_of(
    "Nguyễn Văn Hùng|Lê Thị Hoa|Giàng A Páo|H'Bia Niê|Y Thông Ksơr|K'Brểu|Vi Thị Ngọc|Hồ Văn Chín|Thào Mí Và"
)
TITLES = {
    "ông ": "ông",
    "đ/c ": "đồng chí",
    "Đ/c ": "đồng chí",
    "Ô. ": "ông",
    "BS. ": "bác sĩ",
    "ThS.BS ": "thạc sĩ bác sĩ",
    "PGS.TS ": "phó giáo sư tiến sĩ",
    "KS. ": "kỹ sư",
    "DS. ": "dược sĩ",
    "BSCKII. ": "bác sĩ chuyên khoa hai",
    "NSƯT ": "nghệ sĩ ưu tú",
}
ROLES = {
    "": "",
    " - Chủ tịch UBND xã": "chủ tịch ủy ban nhân dân xã",
    ", PCT HĐND xã": "phó chủ tịch hội đồng nhân dân xã",
    " - UVBTV Huyện ủy": "ủy viên ban thường vụ huyện ủy",
    ", PBT Đảng ủy": "phó bí thư đảng ủy",
    " - Trưởng CA xã": "trưởng công an xã",
    " (SN 1987)": "sinh năm một nghìn chín trăm tám mươi bảy",
    " - GĐ HTX": "giám đốc hợp tác xã",
    ", SĐT 0912.345.678": "số điện thoại không chín một hai ba bốn năm sáu bảy tám",
}
AROUND = any_of(
    "Liên hệ {}.|{} phát biểu tại hội nghị.|Tham dự có {}; các đồng chí.|- {}: trực lãnh đạo|do {} làm chủ nhiệm"
)


@many
@given(st.sampled_from(sorted(TITLES)), PEOPLE, st.sampled_from(sorted(ROLES)), AROUND)
def test_a_person_is_read_with_title_and_office(title: str, name: str, role: str, around: str) -> None:
    written = around.format(title + name + role)

    assert right_or_marked(written, f"{TITLES[title]} {name} {ROLES[role]}")


PLACES = any_of("Trường mầm non|Nhà văn hóa|Sân vận động|Chợ|Đường|Khu phố|Cầu|Bệnh viện|Hội trường|Công viên")
LINKS = st.sampled_from(["\n", "\n\n", ", ", ": ", " (", " "])


@many
@given(PLACES, LINKS, st.integers(1, 28), st.integers(1, 12), years)
def test_a_day_of_a_year_is_no_street_beside_a_place(place: str, link: str, d: int, m: int, y: int) -> None:
    day = f"ngày {'mùng ' if d <= 10 else ''}{say(d)} tháng {month_name(m)} năm {say(y)}"

    assert canonical(day) in canonical(read(f"{place}{link}{d}/{m}/{y}").spoken)


@many
@given(
    any_of("Nghỉ |nghỉ làm |Sau |Từ |Ngâm |kéo dài |hết |Trước "),
    st.sampled_from([(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)]),
    any_of("ngày|tháng|tuần|giờ"),
    any_of("|, bà con chú ý|.| thì tiêm|\n2/3 diện tích"),
)
def test_a_part_of_a_time_is_no_day(before: str, part: tuple[int, int], time: str, behind: str) -> None:
    words = f"{say(part[0])} phần {month_name(part[1])} {time}"

    assert right_or_marked(f"{before}{part[0]}/{part[1]} {time}{behind}", words)


@many
@given(
    any_of("từ |Từ |Cắt điện |Thời gian: "),
    st.integers(0, 23),
    st.sampled_from(["00", "30"]),
    any_of("'| phút|p||ph"),
    any_of("| ngày"),
    st.integers(11, 27),
    st.integers(2, 11),
    any_of("|, mời bà con chú ý|.|\ntại thôn 2"),
)
def test_an_hour_of_a_day_reaches_to_an_hour_of_another(
    before: str, h: int, minutes: str, sign: str, word: str, d: int, m: int, behind: str
) -> None:
    clock = f"{say(h)} giờ" + (" ba mươi phút" if minutes == "30" else "")
    words = f"{clock} {say(d)} tháng {month_name(m)} đến {clock} {say(d + 1)} tháng {month_name(m)}"
    hour = f"{h}h{minutes}{sign}{word}"

    assert right_or_marked(f"{before}{hour} {d}/{m} - {hour} {d + 1}/{m}{behind}", words)


@many
@given(
    any_of("dài |Mái hiên dài |sâu |cao |chiều rộng |tường dày |bề ngang |đường kính "),
    st.integers(1, 14),
    st.sampled_from([2, 3]),
    any_of("|.|, sâu 2m| x dài 4m5|\nchỗ ngồi"),
)
def test_a_side_is_a_length_and_no_area(side: str, metres: int, rest: int, behind: str) -> None:
    assert right_or_marked(f"{side}{metres}m{rest}{behind}", f"{side}{say(metres)} mét {say(rest)}")


COUNTED_GROUPS = st.lists(any_of("thôn|hộ|lớp|trường|chi bộ|nhóm|đội"), min_size=1, max_size=2, unique=True)


@many
@given(
    COUNTED_GROUPS,
    st.lists(st.integers(2, 999), min_size=3, max_size=3),
    any_of("người|khẩu|cháu|con"),
    any_of("|.| bị ngập|, tăng 5%"),
)
def test_counts_of_several_things_are_told_one_by_one(
    groups: list[str], numbers: list[int], last: str, behind: str
) -> None:
    things = [f"{number} {thing}" for number, thing in zip(numbers, [*groups, last], strict=False)]
    words = " ".join(f"{say(number)} {thing}" for number, thing in zip(numbers, [*groups, last], strict=False))

    hamlets = groups == ["thôn", "thôn"]
    assert hamlets or right_or_marked(f"Xã có {'/'.join(things)}{behind}", words)


@many
@given(
    st.integers(1, 5),
    any_of("viên|gói|ống|giọt|ml|thìa"),
    any_of(" x | x"),
    st.integers(2, 9),
    any_of("lần|lần/ngày|ngày"),
    any_of("|, sau ăn|.|\nsau bữa ăn"),
)
def test_how_often_a_medicine_is_taken_is_no_product(
    dose: int, form: str, sign: str, often: int, what: str, behind: str
) -> None:
    assert "nhân" not in read(f"Uống {dose} {form}{sign}{often} {what}{behind}").spoken.split()


@many
@given(any_of("loại|lớp|tổ|thôn|cấp|hạng|nhóm|khối"), st.integers(1, 8), st.integers(3, 5), any_of("|.|, họp| họp"))
def test_numbers_that_count_on_behind_slashes_are_a_list(thing: str, first: int, many_of: int, behind: str) -> None:
    numbers = range(first, first + many_of)

    assert right_or_marked(f"{thing} {'/'.join(map(str, numbers))}{behind}", f"{thing} {' '.join(map(say, numbers))}")


@many
@given(
    any_of("中国|Лаос|ລາວ|ไทย|한국|日本語|λ|Ωб|नमस्ते|العربية|Республика Лаос|Bảnчай|β-lactam|x中y"),
    any_of("Hàng {} về chợ|{}|Tiếng {}.|xã{}|({})|5 {}\ncon"),
)
def test_letters_of_other_scripts_are_marked_and_not_spoken(word: str, around: str) -> None:
    reading = read(around.format(word))

    assert reading.doubts
    assert not set(word) & set(reading.spoken) - set("Bảnx-lactmy ")


@many
@given(st.integers(41, 3000), any_of("Mã số |STK: |số |Gọi |"), any_of("| con|."))
def test_digits_without_end_are_not_spoken(length: int, before: str, behind: str) -> None:
    reading = read(f"{before}{'1' * length}{behind}")

    assert len(reading.spoken) < 60
    assert reading.doubts
