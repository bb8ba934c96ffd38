"""A bulletin is changed from a form: its text, a key of its head, and not a byte more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config import bulletin_file
from loudspeaker.config.bulletin_edit import alter_head, new_bulletin, replace_text, text_of
from loudspeaker.errors import BadFile
from loudspeaker.model.bulletin import Bulletin

PATH = "bulletins/x.md"
FILE = """---
# của xã
tiêu đề: Khám sức khỏe   # tạm
hiệu lực: 2026-11-25..
---

Kính thưa bà con!
Mời đi khám.

"""


def parsed(data: bytes) -> Bulletin:
    return bulletin_file.parse(PATH, data)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_another_text_leaves_head_and_line_ends_as_they_are(newline: str, mark: str) -> None:
    data = (mark + FILE).replace("\n", newline).encode()
    after = replace_text(PATH, data, "Một.\nHai.")

    assert after.decode() == (mark + FILE.replace("Kính thưa bà con!\nMời đi khám.", "Một.\nHai.")).replace(
        "\n", newline
    )
    assert text_of(PATH, after) == "Một.\nHai."


def test_a_key_is_changed_added_and_taken_out_in_the_language_of_the_file() -> None:
    after = alter_head(PATH, FILE.encode(), {"title": "Họp: thôn", "repeat": "2", "valid": "", "source": ""})

    assert after.decode() == FILE.replace("Khám sức khỏe ", '"Họp: thôn" ').replace("hiệu lực: 2026-11-25..", "lặp: 2")
    assert (parsed(after).title, parsed(after).repeat, parsed(after).valid_from) == ("Họp: thôn", 2, None)


@pytest.mark.parametrize("head", ["", "# chưa có gì\n"])
def test_a_key_is_taken_out_of_a_head_without_keys(head: str) -> None:
    data = f"---\n{head}---\nMời họp.\n".encode()

    assert alter_head(PATH, data, {"source": ""}) == data


def test_a_new_bulletin_is_sound() -> None:
    bulletin = parsed(new_bulletin('“Họp” \\ "thôn"', "\nMời họp.\n", "CV 214/UBND: số 1"))

    assert (bulletin.title, bulletin.text, bulletin.source) == ('“Họp” \\ "thôn"', "Mời họp.", "CV 214/UBND: số 1")


@pytest.mark.parametrize("data", ["Mời họp.", "---\ntitle: x\nMời họp.", "\n---\ntitle: x\n---\nMời"])
def test_a_file_without_a_head_is_refused(data: str) -> None:
    with pytest.raises(BadFile):
        replace_text(PATH, data.encode(), "x")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=200))
def test_any_text_is_found_as_it_was_written(text: str) -> None:
    text = text.strip("\n").rstrip()
    after = replace_text(PATH, FILE.encode(), text)

    assert text_of(PATH, after) == text
    assert replace_text(PATH, after, text_of(PATH, FILE.encode())) == FILE.encode() or not text
