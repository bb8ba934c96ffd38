"""Keys and items that are put into people's files and taken out of them: the rest survives to the byte."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from loudspeaker.config.keywords import KEYWORDS
from loudspeaker.errors import BadFile
from loudspeaker.yamlfile import put, put_word, quote, remove

PATH = "commune.yaml"
FILE = """\
# Xã của ta
xã: Bản Mây  # tên
đọc là:
  # tiếng Anh
  Bluezone: bờ lu dôn   # ứng dụng
  # cuối
giọng: [tone:low, "tone:high"]
quy chế: {khung giờ: [05:30-06:30], phê duyệt: không}

# lịch
broadcasts:
  - name: sang  # buổi sáng
    at: 6:05
    # nghỉ
    except: tết
  - {name: trua, at: 11:00}  # trưa
  # chiều
  - name: chieu
    text: |
      Họp.
      Hết.
"""


@pytest.mark.parametrize(
    ("file", "word", "expected"),
    [
        ("say:\n  Bluezone: bờ\n", "Zalo", 'say:\n  Bluezone: bờ\n  "Zalo": "da lô"\n'),
        ("say:\n  Bluezone: bờ  # ứng dụng\n", "Bluezone", 'say:\n  Bluezone: "da lô"  # ứng dụng\n'),
        ("đọc là: {bluezone: bờ}\n", "Bluezone", 'đọc là: {bluezone: bờ, "Bluezone": "da lô"}\n'),
        ("đọc là:\n  mức độ: mức\n", "level", 'đọc là:\n  mức độ: mức\n  level: "da lô"\n'),
        ("say: {}\n", "a: b", 'say: {"a: b": "da lô"}\n'),
        ("say:\nid: x\n", "Zalo", 'say: {"Zalo": "da lô"}\nid: x\n'),
        ("xã: Bản Mây\n", "Zalo", 'xã: Bản Mây\nđọc là: {"Zalo": "da lô"}\n'),
        ("commune: Bản Mây\n", "Zalo", 'commune: Bản Mây\nsay: {"Zalo": "da lô"}\n'),
    ],
)
def test_a_word_of_peoples_own_is_put_as_it_is_written(file: str, word: str, expected: str) -> None:
    after = put_word(PATH, file.encode(), ["say"], word, quote("da lô"), KEYWORDS).after.decode()

    assert after == expected


@pytest.mark.parametrize(
    ("where", "key", "value", "old", "new"),
    [
        ([], "commune", "Bản Lìm", "xã: Bản Mây  # tên", "xã: Bản Lìm  # tên"),
        (["say"], "GPS", '"gi pi ét"', "# ứng dụng\n", '# ứng dụng\n  GPS: "gi pi ét"\n'),
        (["policy"], "approval", "có", "phê duyệt: không", "phê duyệt: có"),
        (["policy"], "minutes_per_session", "30", "duyệt: không}", "duyệt: không, minutes_per_session: 30}"),
        (["broadcasts", 0], "until", "2026-12-31", "except: tết\n", "except: tết\n    until: 2026-12-31\n"),
        (["broadcasts", 1], "repeat", "2", "at: 11:00}", "at: 11:00, repeat: 2}"),
        (["broadcasts", 2], "at", "17:00", "Hết.\n", "Hết.\n    at: 17:00\n"),
        ([], "voices", "[tone:low]", '[tone:low, "tone:high"]', "[tone:low]"),
    ],
)
def test_a_key_is_put_into_its_mapping(where: list[str | int], key: str, value: str, old: str, new: str) -> None:
    after = put(PATH, FILE.encode(), where, key, value, KEYWORDS).after.decode()

    assert FILE.count(old) == 1
    assert after == FILE.replace(old, new)


def test_a_key_is_added_in_the_language_of_the_file() -> None:
    after = put(PATH, "xã: Bản Mây\ngiọng: [tone:low]\n".encode(), [], "id", "ban-may", KEYWORDS).after.decode()

    assert after == "xã: Bản Mây\ngiọng: [tone:low]\nmã: ban-may\n"


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        (
            ["say", "Bluezone"],  # the only one
            "đọc là:\n  # tiếng Anh\n  Bluezone: bờ lu dôn   # ứng dụng\n",
            "đọc là: {}\n  # tiếng Anh\n",
        ),
        (["policy", "hours"], "khung giờ: [05:30-06:30], ", ""),
        (["policy", "approval"], ", phê duyệt: không", ""),
        (["voices", 0], "tone:low, ", ""),
        (["voices", 1], ', "tone:high"', ""),
        (["broadcasts", 0, "at"], "    at: 6:05\n", ""),
        (["broadcasts", 0, "name"], "name: sang  # buổi sáng\n    ", ""),
        (["broadcasts", 0, "except"], "    except: tết\n", ""),
        (["broadcasts", 1], "  - {name: trua, at: 11:00}  # trưa\n", ""),
        (["broadcasts", 2], "  - name: chieu\n    text: |\n      Họp.\n      Hết.\n", ""),
        (["broadcasts", 2, "text"], "    text: |\n      Họp.\n      Hết.\n", ""),
    ],
)
def test_a_key_or_item_is_taken_out(where: list[str | int], old: str, new: str) -> None:
    after = remove(PATH, FILE.encode(), where, KEYWORDS).after.decode()

    assert FILE.count(old) == 1
    assert after == FILE.replace(old, new)


@pytest.mark.parametrize("where", [["none"], ["voices", 2], ["broadcasts", 0, "none"], ["commune", "x"]])
def test_what_is_not_there_cannot_be_taken_out(where: list[str | int]) -> None:
    with pytest.raises(BadFile):
        remove(PATH, FILE.encode(), where, KEYWORDS)


@pytest.mark.parametrize("where", [["commune"], ["voices"], ["broadcasts"]])
def test_a_key_is_put_into_no_word_and_no_list(where: list[str | int]) -> None:
    with pytest.raises(BadFile):
        put(PATH, FILE.encode(), where, "at", "x", KEYWORDS)


@pytest.mark.parametrize(
    ("text", "after"), [("", "id: x\n"), ("# chỉ có thế", "# chỉ có thế\nid: x\n"), ("{}", "{id: x}")]
)
def test_a_file_without_keys_gets_its_first(text: str, after: str) -> None:
    assert put(PATH, text.encode(), [], "id", "x", KEYWORDS).after.decode() == after


# Whatever is in a file: what is read back is what was wanted, and the rest is there to the byte.

WORDS = st.text("abcdeé: #-'\"", min_size=1, max_size=6)
VALUES = st.recursive(
    WORDS | st.integers(0, 99),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4) | st.dictionaries(st.sampled_from("pqrstuvw"), inner, min_size=1)
    ),
    max_leaves=12,
)
FILES = st.dictionaries(st.sampled_from("pqrstuvw"), VALUES, min_size=1, max_size=5)


def written(value: Any, flow: bool | None, ends: str, marks: bytes) -> str:
    """A file with comments and blank lines between its lines."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, sort_keys=False, width=1000)
    lines = []
    for number, line in enumerate(text.splitlines()):
        mark = marks[number % len(marks)] % 4 if marks else 0
        lines += [f"# {number}"] if mark == 1 else [""] if mark == 2 else []
        lines.append(f"{line}  # {number}" if mark == 3 and not line.endswith(("|", ">", "|-", ">-")) else line)
    return ends.join([*lines, ""])


def places(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every key and item."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, item in items for way in [(*at, key), *places(item, (*at, key))]]


def within(value: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        value = value[step]
    return value


def lines_of_comments(text: bytes) -> list[bytes]:
    return re.findall(rb"(?m)^ *# \d+\r?$", text)


@given(FILES, st.sampled_from([None, False, True]), st.sampled_from(["\n", "\r\n"]), st.binary(max_size=8), st.data())
def test_what_is_taken_out_is_gone_and_nothing_else(
    value: dict[str, Any], flow: bool | None, ends: str, marks: bytes, data: st.DataObject
) -> None:
    text = written(value, flow, ends, marks)
    assume(yaml.safe_load(text) == value)  # else a comment became part of a text
    way = data.draw(st.sampled_from(places(value)))
    try:
        after = remove(PATH, text.encode(), way, KEYWORDS).after
    except BadFile:  # it shares its line with what must stay
        assume(False)
    wanted = yaml.safe_load(text)
    gone = within(wanted, way[:-1]).pop(way[-1])

    assert yaml.safe_load(after) == wanted
    if not isinstance(gone, list | dict):  # they take along what stands between their lines
        assert lines_of_comments(after) == lines_of_comments(text.encode())


@given(FILES, st.sampled_from([None, False, True]), st.sampled_from(["\n", "\r\n"]), st.binary(max_size=8), st.data())
def test_what_is_put_in_is_there_and_nothing_else_has_changed(
    value: dict[str, Any], flow: bool | None, ends: str, marks: bytes, data: st.DataObject
) -> None:
    text = written(value, flow, ends, marks)
    assume(yaml.safe_load(text) == value)
    mappings = [way for way in [(), *places(value)] if isinstance(within(value, way), dict)]
    way, key, word = data.draw(st.sampled_from(mappings)), data.draw(st.sampled_from("pqxyz")), data.draw(WORDS)
    after = put(PATH, text.encode(), way, key, quote(word), KEYWORDS).after
    wanted = yaml.safe_load(text)
    within(wanted, way)[key] = word

    assert yaml.safe_load(after) == wanted
