"""bulletins/*.md: a YAML head, then the text."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from loudspeaker.config.bulletin_file import parse
from loudspeaker.errors import BadFile
from loudspeaker.model.bulletin import Bulletin, Part, alarm_templates
from loudspeaker.model.enums import Level


def read(text: str, path: str = "bulletins/hop-thon.md") -> Bulletin:
    return parse(path, text.encode())


def told(text: str, path: str = "bulletins/hop-thon.md") -> list[str]:
    with pytest.raises(BadFile) as refused:
        read(text, path)
    return [problem.say().removeprefix(path + ":") for problem in refused.value.problems]


def test_a_title_and_a_text_are_enough() -> None:
    bulletin = read("---\ntitle: Họp thôn\n---\n\nKính thưa bà con!\nTối nay họp.\n\n")

    text = "Kính thưa bà con!\nTối nay họp."
    assert (bulletin.id, bulletin.title, bulletin.level, bulletin.repeat) == ("hop-thon", "Họp thôn", Level.ROUTINE, 1)
    assert (bulletin.text, bulletin.text_line) == (text, 5)
    assert bulletin.parts == (Part(text=text, line=5),)


def test_everything_that_may_stand_in_the_head() -> None:
    bulletin = read(
        "---\n"
        "tiêu đề: Lũ quét\n"
        "mức độ: khẩn cấp\n"
        "hiệu lực: 5/7/2021..30/9/2021\n"
        "nguồn: Công văn số 15\n"
        "lặp: 3\n"
        "nghỉ giữa: 5s\n"
        "giọng: [espeak:vi]\n"
        "báo yên: lu-quet-het\n"
        "các phần: [text, {âm thanh: recordings/hmong.m4a, tiếng: hmn}, {nội dung: Hết., voices: [gtts:vi]}]\n"
        "---\n"
        "Nước suối dâng.\n"
    )

    assert bulletin == Bulletin(
        id="hop-thon",
        title="Lũ quét",
        level=Level.EMERGENCY,
        valid_from=date(2021, 7, 5),
        valid_until=date(2021, 9, 30),
        source="Công văn số 15",
        repeat=3,
        gap=5.0,
        parts=(
            Part(text="Nước suối dâng.", line=12),
            Part(audio="recordings/hmong.m4a", language="hmn", line=10),
            Part(text="Hết.", voices=("gtts:vi",), line=10),
        ),
        voices=("espeak:vi",),
        all_clear="lu-quet-het",
        text="Nước suối dâng.",
        text_line=12,
        path="bulletins/hop-thon.md",
    )


def test_letters_put_together_from_parts_become_whole() -> None:
    text = "Bản tin tiếng Việt"

    assert read(unicodedata.normalize("NFD", f"---\ntitle: {text}\n---\n{text}\n")).text == text
    assert read(unicodedata.normalize("NFD", f"---\ntitle: {text}\n---\n{text}\n")).title == text


def test_a_line_of_hyphens_in_the_text_is_text() -> None:
    assert read("---\ntitle: A\n---\nMột.\n---\nHai.\n").text == "Một.\n---\nHai."


def test_a_bulletin_from_windows_notepad_is_read() -> None:
    assert read("\ufeff---\r\ntitle: A\r\n---\r\nMột.\r\n").text == "Một."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Kính thưa bà con!\n", "1: a bulletin begins with a line “---”, then “title: …”"),
        ("---\ntitle: A\nKính thưa\n", "1: a second line “---” is missing between the head and the text"),
        ("---\nlevel: routine\n---\nA\n", "2: “title” is missing"),
        ("---\ntitle: A\n---\n\n", "2: there is no text below the second “---”"),
        ("---\ntitle: A\nlevl: routine\n---\nA\n", "3: unknown key “levl”; did you mean “level”?"),
        (
            "---\ntitle: A\nlevel: urgent\n---\nA\n",
            "3: “urgent” does not fit; choose one of: routine (thông thường), priority (ưu tiên), emergency (khẩn cấp)",
        ),
        ("---\ntitle: A\nvalid: 31/9/2021\n---\nA\n", "3: there is no such day as “31/9/2021”"),
        ("---\ntitle: A\nrepeat: 0\n---\nA\n", "3: “0” must be a whole number from 1 to 10"),
        ("---\ntitle: A\nall_clear: b\n---\nA\n", "3: only an emergency can have “all_clear”"),
        ("---\ntitle: A\nparts: [txt]\n---\nA\n", "3: “txt” does not fit; did you mean “text”?"),
        (
            "---\ntitle: A\nparts: [{audio: a.mp3}]\n---\nA\n",
            "3: the text below the head would never be said; add “text” (bài) to “parts”",
        ),
        ("---\ntitle: A\nparts: [text]\n---\n", "3: there is no text below the second “---”"),
        ("---\ntitle: A\nparts: [text, {language: hmn}]\n---\nA\n", "3: a part needs either “audio” or “text”"),
        (
            "---\ntitle: A\nparts: [text, {audio: ../a.mp3}]\n---\nA\n",
            "3: “../a.mp3” must be a file inside the station's folder, such as recordings/a.mp3",
        ),
        ("---\n---\nA\n", " the file should hold lines such as “key: value”"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, sentence: str) -> None:
    assert sentence in told(text)


def test_the_file_name_is_the_id() -> None:
    assert told("---\ntitle: A\n---\nA\n", "bulletins/Họp thôn.md") == [
        "2: the file's name must be an id, such as hop-thon"
    ]


def test_an_alarm_is_begun_from_emergencies_by_title_and_not_from_what_ends_one() -> None:
    flood = Bulletin("lu", "Lũ quét", Level.EMERGENCY, all_clear="het-lu")
    over = Bulletin("het-lu", "Hết lũ", Level.EMERGENCY)
    fire = Bulletin("chay", "Cháy rừng", Level.EMERGENCY)

    assert alarm_templates([flood, over, Bulletin("hop", "Họp thôn"), fire]) == [fire, flood]
