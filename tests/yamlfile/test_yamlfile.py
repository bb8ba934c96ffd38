"""People's YAML files: values know their line, mistakes are told all at once, other people's lines survive."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config import commune_file, schedule_file, values
from loudspeaker.config.keywords import KEYWORDS
from loudspeaker.errors import BadFile
from loudspeaker.model.broadcast import VillageSchedule
from loudspeaker.yamlfile import Mistake, append, decode_text, document, quote, replace

PATH = "schedules/x.yaml"


def problems(text: str, keys: tuple[str, ...] = ("at", "days", "bulletin")) -> list[str]:
    with pytest.raises(BadFile) as told:
        judge(text, keys)
    return [problem.say() for problem in told.value.problems]


def judge(text: str, keys: tuple[str, ...]) -> None:
    section = document(PATH, text, KEYWORDS, keys)
    section.get("at", values.clock_time, 0)
    section.get_list("days", values.weekday)
    section.get("bulletin", values.ident, "")
    section.raise_problems()


def test_a_key_may_be_written_in_either_language_and_any_case() -> None:
    section = document(PATH, "Giờ: 17h30\nTHỨ: [2, CN]\nbulletin: a\n", KEYWORDS, ("at", "days", "bulletin"))

    assert section.get("at", values.clock_time, 0) == 17 * 3600 + 30 * 60
    assert section.get_list("days", values.weekday) == (0, 6)
    assert section.get("bulletin", values.ident, "") == "a"


def test_all_mistakes_are_told_in_the_order_of_their_lines() -> None:
    assert problems("days: [mon, wedd]\nat: 1050\nbulletin: Họp thôn\n") == [
        "schedules/x.yaml:1: “wedd” is no weekday; did you mean “wed”?",
        "schedules/x.yaml:2: “1050” is not a time; write 10:50",
        "schedules/x.yaml:3: “Họp thôn” is not an id (a–z, 0–9, -); did you mean “hop-thon”?",
    ]


def test_an_unknown_key_is_told_once_with_the_nearest_and_its_value_is_judged_too() -> None:
    assert problems("buletin: Họp\nzzz: 1\n") == [
        "schedules/x.yaml:1: unknown key “buletin”; did you mean “bulletin”?",
        "schedules/x.yaml:1: “Họp” is not an id (a–z, 0–9, -); did you mean “hop”?",
        "schedules/x.yaml:2: unknown key “zzz”; what may stand here: at, days, bulletin",
    ]


def test_a_misspelt_key_does_not_hide_the_right_one() -> None:
    assert problems("buletin: a\nbulletin: b\n") == [
        "schedules/x.yaml:1: unknown key “buletin”; did you mean “bulletin”?"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("at: 6:05\nat: 7:00\n", "2: “at” stands here a second time"),
        ("giờ: 6:05\nat: 7:00\n", "2: “at” stands here a second time"),
        ("days: []\n", "1: the list “days” is empty; write what belongs in it, or remove it"),
        ("days: {a: b}\n", "1: “days” needs values, such as days: [a, b]"),
        ("at: [6:05]\n", "1: “[6:05]” should be a single value; write 6:05"),
        ("at: [6:05, 7:00]\n", "1: “[6:05, 7:00]” should be a single value"),
        ("days: 2, 4 và 6\n", "1: “days” has several values; write days: [2, 4, 6]"),
        ("days: [2-6]\n", "1: “2-6” is several values; write 2, 3, 4, 5, 6"),
        ("at:\n", "1: a value is missing here; write it, or remove the key"),
        ("days:\n", "1: a value is missing here; write it, or remove the key"),
        ("a" * 900 + ": b\n", "1: unknown key “" + "a" * 199 + "…”"),
        ("- at\n", ": the file should hold lines such as “key: value”"),
        ("", ": the file should hold lines such as “key: value”"),
        ("at: &a 6:05\n", "1: anchors and aliases"),
        ("at: *a\n", "1: anchors and aliases"),
        ("at: !!python/object:os.system 6:05\n", "1: tags (!)"),
        ("at: 6:05\n---\nat: 7:00\n", "2: a second document"),
        ("at: 6:05\n\tbulletin: a\n", "2: a tab stands here"),
        ("bulletin: Họp: thôn\n", "1: a “:” stands inside words"),
        ('bulletin: "a\n', "1: a quotation mark"),
        ("days: [mon\nat: 6:05\n", "1: a list opened with “[”"),
        ("bulletin: `a`\n", "1: a value cannot begin with this sign"),
        ("? [a]\n: b\n", "1: a key must be a word"),
    ],
)
def test_what_is_not_meant_this_way_is_refused_with_a_sentence(text: str, told: str) -> None:
    assert any(
        problem.removeprefix("schedules/x.yaml:").lstrip().startswith(told.lstrip(": ")) for problem in problems(text)
    )


def test_a_file_of_windows_notepad_is_read() -> None:
    assert decode_text(PATH, "\ufeffat: 6:05\r\ndays: [mon]\r\n".encode()) == "at: 6:05\ndays: [mon]\n"


TIMES = {"17:30": 63000, "17h30": 63000, "5h": 18000, "5 giờ 45": 20700, "6h05 phút": 21900, "00:00": 0, "23:59": 86340}


@pytest.mark.parametrize(("text", "seconds"), TIMES.items())
def test_a_time_is_a_time(text: str, seconds: int) -> None:
    assert values.clock_time(text) == seconds


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from([":", "h", "g", " giờ "]))
def test_every_minute_of_the_day_can_be_written(hour: int, minute: int, between: str) -> None:
    assert values.clock_time(f"{hour}{between}{minute:02}") == hour * 3600 + minute * 60


LENGTHS = {"30m": 1800, "3s": 3, "10 phút": 600, "1h30m": 5400, "45 giây": 45, "1 giờ": 3600, "1,5s": 1.5}


@pytest.mark.parametrize(("text", "seconds"), LENGTHS.items())
def test_a_length_has_a_unit(text: str, seconds: float) -> None:
    assert values.length(text) == seconds


def test_dates_are_written_in_two_ways_and_ranges_hold_both_ends() -> None:
    assert values.day("2021-07-05") == values.day("5/7/2021") == values.day("05/07/2021") == date(2021, 7, 5)
    assert values.days("2021-07-05..2021-09-30") == (date(2021, 7, 5), date(2021, 9, 30))
    assert values.validity("2021-07-05..") == (date(2021, 7, 5), None)
    assert values.validity("..30/9/2021") == (None, date(2021, 9, 30))


def test_other_values() -> None:
    assert values.hours("16:30-18:30") == values.hours("16h30 – 18h30") == (59400, 66600)
    assert values.hours("22:00-24:00") == (79200, 86400)
    assert (values.gain("-3dB"), values.gain("+1,5 dB"), values.gain("−6dB")) == (-3.0, 1.5, -6.0)
    assert (values.flag("không"), values.flag("no"), values.flag("Có")) == (False, False, True)
    assert values.weekday("chủ nhật") == values.weekday("CN") == values.weekday("sun") == 6
    assert values.relative_path("recordings/a.mp3") == "recordings/a.mp3"


WRONG: list[tuple[Callable[[str], object], str]] = [
    *((values.clock_time, text) for text in ("1050", "24:00", "25:00", "6:5", "17:60", "6", "", "6:05:30")),
    *((values.length, text) for text in ("30", "", "m", "-3s", "25h", "3 bao")),
    *((values.day, text) for text in ("30/2/2021", "2021-13-01", "5/7", "5/7/0021", "mai", "20210705")),
    *((values.days, text) for text in ("2021-09-30..2021-07-05", "2021-07-05..", "..")),
    *((values.hours, text) for text in ("18:30-16:30", "16:30", "16:30-16:30", "a-b", "22:00-02:00")),
    *((values.gain, text) for text in ("3", "90dB", "loud")),
    *((values.weekday, text) for text in ("1", "8", "thứ", "0")),
    *((values.relative_path, text) for text in ("/etc/passwd", "../a.mp3", "a/../../b", "C:\\a.mp3", "a//b", "")),
    *((values.ident, text) for text in ("Nà Hoa", "a_b", "", "…")),
    *((values.stream, text) for text in ("ftp://x/y", "file:///etc/passwd", "vov1", "https://", "http://[vov")),
    *((values.whole(1, 10), text) for text in ("0", "11", "x", "1.5", "٣")),
]


@pytest.mark.parametrize(("read", "text"), WRONG)
def test_a_wrong_value_is_a_sentence_that_shows_it(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(Mistake) as told:
        read(text)

    assert text in told.value.message.say()


@given(st.text(max_size=20))
def test_no_words_make_a_reader_stumble(text: str) -> None:
    for read in (values.clock_time, values.length, values.day, values.hours, values.gain, values.weekday, values.ident):
        with contextlib.suppress(Mistake):
            read(text)


FILE = """\
# Thôn Nà Hoa
thôn: Thôn Nà Hoa   # tên
lịch phát:
  - {bản tin: a, giờ: 6:05}   # sáng
  # mục sau do xã gửi
  - bản tin: b
    giờ: [17:30]              # chiều

# hết
""".encode()


def test_a_value_is_changed_and_nothing_else() -> None:
    splice = replace(PATH, FILE, ["broadcasts", 0, "at"], "6:15", KEYWORDS)

    assert splice.after.decode() == FILE.decode().replace("6:05", "6:15")


def test_an_entry_is_added_behind_the_last_and_its_comment() -> None:
    splice = append(PATH, FILE, ["broadcasts"], "{bulletin: c, at: 7:00}", KEYWORDS)

    assert splice.after.decode() == FILE.decode().replace("# chiều\n", "# chiều\n  - {bulletin: c, at: 7:00}\n")


def test_an_item_is_added_to_a_list_in_brackets() -> None:
    assert "[17:30, 18:00] " in append(PATH, FILE, ["broadcasts", 1, "at"], "18:00", KEYWORDS).after.decode()


def test_line_ends_and_a_byte_order_mark_survive() -> None:
    data = b"\xef\xbb\xbf" + FILE.replace(b"\n", b"\r\n")

    after = append(PATH, data, ["broadcasts"], "{bulletin: c, at: 7:00}", KEYWORDS).after

    assert after == data.replace(b"u\r\n\r\n", b"u\r\n  - {bulletin: c, at: 7:00}\r\n\r\n")


def test_a_file_without_a_last_line_end_can_grow() -> None:
    assert append(PATH, b"a:\n- b", ["a"], "c", KEYWORDS).after == b"a:\n- b\n- c"


ENTRIES = [
    "- a",
    "- {a: b}   # c",
    "- a: b\n  c: d",
    "- a: |\n    x\n\n    y",
    "- a:\n  - b\n  - c  # d",
    "# e\n- 'f'",
    "- >-\n  g\n",
]
TAILS = ["", "\n", "\n# end\n", "\n\nother: 1\n", "   # f\n"]


@given(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4), st.sampled_from(TAILS), st.sampled_from(["", "  "]))
def test_an_added_item_is_the_last_and_all_others_are_what_they_were(items: list[str], tail: str, indent: str) -> None:
    lines = "\n".join(items).split("\n")
    text = "list:\n" + "\n".join(indent + line if line else "" for line in lines) + tail

    after = append(PATH, text.encode(), ["list"], "new", KEYWORDS).after.decode()

    was, now = yaml.safe_load(text + "\n"), yaml.safe_load(after)
    assert now["list"] == [*was["list"], "new"]
    assert now.get("other") == was.get("other")
    assert [line for line in after.split("\n") if line.strip() != "- new"] == text.split("\n")


def test_the_first_item_of_an_empty_list_stands_below_its_key() -> None:
    assert append(PATH, b"a: []  # x\nb: 1\n", ["a"], "c", KEYWORDS).after == b"a:  # x\n  - c\nb: 1\n"
    assert append(PATH, b"{a: [], b: 1}", ["a"], "c", KEYWORDS).after == b"{a: [c], b: 1}"


def test_there_must_be_something_to_change() -> None:
    places: list[list[str | int]] = [["broadcasts", 7], ["nothing"], ["village", "x"]]
    for where in places:
        with pytest.raises(BadFile):
            replace(PATH, FILE, where, "x", KEYWORDS)


@given(st.text())
def test_quoted_words_are_read_back(words: str) -> None:
    assert isinstance(node := yaml.compose(f"a: {quote(words)}"), yaml.MappingNode)
    assert node.value[0][1].value == words


@pytest.mark.parametrize("text", ["thứ: 2", "thứ: CN", "thứ: [CN]", "days: sun", "THỨ: Chủ nhật"])
def test_one_value_alone_is_a_list_of_one(text: str) -> None:
    days = document(PATH, text, KEYWORDS, ("days",)).get_list("days", values.weekday)

    assert days in ((0,), (6,))


def test_a_slip_is_put_right_only_in_memory_and_the_draft_is_what_was_meant() -> None:
    data = "lịch phát:\n  •\tbản tin: a\n\u00a0   giờ 6h05\n  -bản tin: b\n   giờ: 7h\n".encode()

    with pytest.raises(BadFile) as refused:
        schedule_file.parse(PATH, data)

    assert [problem.line for problem in refused.value.problems] == [2, 3, 3, 4]
    draft = refused.value.draft
    assert isinstance(draft, VillageSchedule)
    assert [(entry.bulletin, entry.times, entry.line) for entry in draft.broadcasts] == [
        ("a", (21900,), 2),
        ("b", (25200,), 4),
    ]


def test_lines_that_only_look_like_slips_are_left_alone() -> None:
    text = "lời mở đầu: |\n  • bản tin: một\n  giờ 6h\n  –\tghi âm: hai\nxã: 5\nmã: Sai Mã\n"

    with pytest.raises(BadFile) as refused:
        commune_file.parse("commune.yaml", text.encode())

    assert [problem.line for problem in refused.value.problems] == [6]
