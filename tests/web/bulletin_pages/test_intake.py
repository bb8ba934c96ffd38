"""Bản tin mới: nothing is written before it was seen; what cannot be used is refused in words."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import soundfile
from harness import office_files
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers
from harness.paths import DATA
from harness.sounds import voice_like

from loudspeaker.config.bulletin_file import parse
from loudspeaker.sound.clip import Clip
from loudspeaker.sound.wav import wav_bytes
from loudspeaker.web.access.accounts import Role

pytestmark = pytest.mark.waits

DISPATCH = (DATA / "letters" / "cong-van-bluezone-lao-cai-2021.txt").read_text("utf-8")
LINES = [block for block in DISPATCH.strip().split("\n\n") if block]
TITLE = "Tiếp tục tuyên truyền, hướng dẫn sử dụng ứng dụng Bluezone"
PAGES = [part for line in LINES for text in line.split("\n") for part in textwrap.wrap(text, 90)]
FORMS = {
    "cong-van.pdf": lambda: office_files.pdf([PAGES[at : at + 40] for at in range(0, len(PAGES), 40)]),
    "cong-van.txt": lambda: DISPATCH.encode(),
    "cong-van.docx": lambda: office_files.docx(LINES),
    "cong-van.odt": lambda: office_files.odt(office_files.odt_lines(LINES)),
}


@pytest.fixture
def editor(officers: Officers, daemon: FakeDaemon) -> Officer:
    daemon.answers |= {"note_edit": None}
    return officers.officer(Role.EDIT)


def bulletins(home: Path) -> set[str]:
    return {path.name for path in (home / "bulletins").iterdir()}


@pytest.mark.parametrize("name", FORMS)
def test_a_dispatch_is_shown_before_anything_is_written(home: Path, editor: Officer, name: str) -> None:
    before = bulletins(home)
    page = editor.upload("/tep", name, FORMS[name]())

    assert page.status_code == 200
    assert TITLE in page.text
    assert "Số: /STTTT-TTBCXB" in page.text
    assert page.text.index("Phần bỏ đi") > page.text.index(TITLE)
    assert bulletins(home) == before

    kept = editor.post(f"{page.url.path}/giu", title=TITLE, source="CV 15")
    text = (home / f"bulletins/{kept.headers['location'].rpartition('/')[2]}.md").read_text("utf-8")
    assert text.startswith(f'---\ntitle: "{TITLE}"\nsource: "CV 15"\n---\n')
    assert "Nơi nhận" not in text


LETTER = """ỦY BAN NHÂN DÂN\nXÃ THỬ\nSố: 12/TB-UBND\nBản Mây, ngày {day} tháng {month} năm 2026

THÔNG BÁO\nVề việc khám sức khỏe người cao tuổi

Trạm y tế xã khám từ 7h30 đến 11h ngày {until}. Mời các cụ đến đông đủ."""


def test_a_validity_is_proposed_by_the_days_of_the_letter(home: Path, editor: Officer) -> None:
    page = editor.upload("/tep", "moi.txt", LETTER.format(day=20, month=11, until="02/12").encode())
    assert 'name="valid_from" value="20/11/2026"' in page.text
    assert 'name="valid_until" value="02/12/2026"' in page.text

    fields = {"title": "Khám sức khỏe", "source": ""}
    wrong = editor.post(f"{page.url.path}/giu", **fields, valid_from="20/11/2026", valid_until="32/12/2026")
    assert wrong.status_code == 422
    assert 'name="valid_until" value="32/12/2026"' in wrong.text
    assert "kham-suc-khoe.md" not in bulletins(home)

    kept = editor.post(f"{page.url.path}/giu", **fields, valid_from="20/11/2026", valid_until="5/12/2026")
    assert kept.headers["location"] == "/ban-tin/kham-suc-khoe"
    bulletin = parse("bulletins/kham-suc-khoe.md", (home / "bulletins/kham-suc-khoe.md").read_bytes())
    assert (bulletin.valid_from, bulletin.valid_until) == (date(2026, 11, 20), date(2026, 12, 5))


def test_a_validity_that_is_past_is_not_proposed_but_told(editor: Officer) -> None:
    page = editor.upload("/tep", "cu.txt", LETTER.format(day=1, month=3, until="15/3").encode())

    assert 'name="valid_until" value=""' in page.text
    assert "15/03/2026, đã qua" in page.text


@pytest.mark.parametrize(
    ("name", "make", "told"),
    [
        ("quet.pdf", lambda: office_files.pdf([[]]), "ảnh"),
        ("anh.jpg", lambda: b"\xff\xd8", "ảnh"),
        ("cu.doc", lambda: b"\xd0\xcf\x11\xe0", "Lưu thành (Save As)"),
        ("exe.docx", lambda: b"MZ" + bytes(2000), "hỏng"),
        ("bom.docx", office_files.zip_bomb, "quá lớn"),
        ("rong.txt", lambda: b"  \n", "không có chữ"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    home: Path, editor: Officer, name: str, make: Callable[[], bytes], told: str
) -> None:
    before = bulletins(home)
    page = editor.upload("/tep", name, make())

    assert page.status_code == 422
    assert told in page.text
    assert ("Google Lens" in page.text) == (name in ("quet.pdf", "anh.jpg")), "how their words are copied"
    assert bulletins(home) == before


@pytest.mark.parametrize("name", ["virus.exe", "anh.gif", "khong-duoi", "a.docx.sh", ""])
def test_a_file_of_another_kind_is_not_even_read(editor: Officer, name: str) -> None:
    answer = editor.upload("/tep", name or "x", b"MZ")

    assert answer.status_code == 422
    assert ".docx" in answer.text


def test_what_is_sent_leads_nowhere_is_nobody_elses_and_leaves_nothing_where_it_is_not_wanted(
    home: Path, editor: Officer, officers: Officers
) -> None:
    page = editor.upload("/tep", "../../../commune.yaml/..\\..\\x.txt", DISPATCH.encode())
    assert page.status_code == 200
    assert "Xã Thử" in (home / "commune.yaml").read_text("utf-8")
    assert officers.officer(Role.APPROVE).get(page.url.path).status_code == 404
    assert editor.get(page.url.path).status_code == 200

    editor.post(f"{page.url.path}/bo")
    assert editor.get(page.url.path).status_code == 404
    assert not list(editor.console.site.own.glob("in/*/*"))


def test_an_old_encoding_is_told(editor: Officer) -> None:
    old = "KÝnh mêi bµ con ®Õn dù häp t¹i nhµ v¨n hãa th«n, ®óng giê. Néi dung: c«ng t¸c phßng chèng lò quÐt."

    assert "TCVN3" in editor.upload("/tep", "cu.txt", old.encode("cp1252")).text


def test_pasted_words_become_a_draft(home: Path, editor: Officer) -> None:
    answer = editor.post("/ban-tin/moi", title="", text="Mời bà con họp thôn. Đúng 8h.\r\nXin hết.")

    assert answer.headers["location"] == "/ban-tin/moi-ba-con-hop-thon"
    assert (home / "bulletins/moi-ba-con-hop-thon.md").read_text("utf-8").endswith("Đúng 8h.\nXin hết.\n")


def test_an_old_one_is_copied_under_another_id(home: Path, editor: Officer) -> None:
    answer = editor.post("/ban-tin/moi", copy="nhac", title="Nhắc lần hai")

    assert "họp thôn" in (home / f"bulletins/{answer.headers['location'].rpartition('/')[2]}.md").read_text("utf-8")
    assert "nhac.md" in bulletins(home)


def test_nothing_at_all_is_no_bulletin(editor: Officer) -> None:
    answer = editor.post("/ban-tin/moi", title="Trống", text=" ")

    assert answer.status_code == 422
    assert 'value="Trống"' in answer.text
    assert "Chưa có lời nào" in answer.text


def test_a_recording_is_heard_before_it_is_used(home: Path, editor: Officer) -> None:
    page = editor.upload("/ghi-am", "ghi am.wav", voice_like())
    assert "<audio" in page.text
    assert not list(home.glob("recordings/*"))
    assert editor.get(f"{page.url.path}/nghe").content[:4] == b"fLaC"

    answer = editor.post(f"{page.url.path}/dung", title="Lời trưởng thôn")
    assert answer.headers["location"] == "/ban-tin/loi-truong-thon"
    assert (home / "recordings/loi-truong-thon.flac").is_file()
    assert "parts: [{audio:" in (home / "bulletins/loi-truong-thon.md").read_text("utf-8")


@pytest.mark.parametrize(("suffix", "codec"), [(".m4a", "aac"), (".3gp", "aac"), (".opus", "libopus")])
def test_what_a_phone_records_becomes_a_bulletin(
    home: Path, editor: Officer, tmp_path: Path, suffix: str, codec: str
) -> None:
    wav, path = tmp_path / "ghi.wav", tmp_path / f"ghi{suffix}"
    wav.write_bytes(voice_like())
    subprocess.run(["ffmpeg", "-v", "error", "-i", wav, "-ar", "16000", "-c:a", codec, path], check=True)
    page = editor.upload("/ghi-am", f"Ghi âm của tôi{suffix}", path.read_bytes())
    editor.post(f"{page.url.path}/dung", title="Lời trưởng thôn")

    assert soundfile.info(home / "recordings/loi-truong-thon.flac").duration > 2
    assert "parts: [{audio:" in (home / "bulletins/loi-truong-thon.md").read_text("utf-8")


def test_a_recording_in_another_language_says_what_it_says_and_is_sent_with_other_words_only_when_it_fits_them(
    home: Path, editor: Officer, daemon: FakeDaemon
) -> None:
    daemon.answers["submit"] = None
    page = editor.upload("/ghi-am", "hmong.wav", voice_like())
    again = editor.post(f"{page.url.path}/dung", title="Họp", language="Hmông")
    assert again.status_code == 422

    editor.post(f"{page.url.path}/dung", title="Họp", language="Hmông", text="Mời họp.", checker="anh Vàng")
    path = home / "bulletins/hop.md"
    text = path.read_text("utf-8")
    assert "parts: [text, {audio:" in text
    assert "anh Vàng" in text

    path.write_text(text.replace("Mời họp.", "Hoãn họp."), encoding="utf-8")
    asked = editor.post("/ban-tin/hop/gui")
    assert "Bản ghi âm còn đúng không?" in asked.text
    assert not [verb for verb, *_ in daemon.asked if verb == "submit"]
    assert editor.post("/ban-tin/hop/gui", recording_fits="1").headers["location"] == "/ban-tin/hop?xong=gui"
    assert editor.post("/ban-tin/hop/gui").headers["location"] == "/ban-tin/hop?xong=gui"


def test_a_recording_in_another_language_comes_beside_the_text_of_a_bulletin_and_is_made_anew(
    home: Path, editor: Officer
) -> None:
    path = home / "bulletins/tin-sang.md"
    path.write_text(path.read_text("utf-8").replace("title: Tin sáng", "title: Tin sáng  # của xã"), encoding="utf-8")
    assert "Thu âm cho “Tin sáng”" in editor.get("/ban-tin/moi?cho=tin-sang").text
    for file in ("tin-sang-hmong.flac", "tin-sang-hmong-2.flac"):
        answer = editor.client.post(
            "/ghi-am",
            data={"form_token": editor.token, "cho": "tin-sang"},
            files={"file": ("hmong.wav", voice_like())},
        )
        page = editor.get(answer.headers["location"])
        while "refresh" in page.headers:
            editor.console.jobs.wait(1)
            page = editor.get(answer.headers["location"])
        assert "Cho bản tin “Tin sáng”" in page.text
        keep = f"{page.url.path}/dung"
        assert editor.post(keep, cho="tin-sang", language="Hmông").status_code == 422
        done = editor.post(keep, cho="tin-sang", language="Hmông", checker="anh Vàng")
        assert done.headers["location"] == "/ban-tin/tin-sang?xong=luu"
        assert (home / "recordings" / file).is_file()
        text = path.read_text("utf-8")
        assert f'parts: [text, {{audio: "recordings/{file}", language: "Hmông"}}]' in text
        assert "# của xã" in text
    assert text.count("anh Vàng") == 1


def test_in_zalos_own_browser_the_pages_say_how_to_leave_it(editor: Officer) -> None:
    for path in ("/ban-tin/moi", "/khong-co"):
        assert "Mở bằng trình duyệt" in editor.get(path, **{"user-agent": "Mozilla/5.0 (Linux) Zalo android/12"}).text
        assert "Mở bằng trình duyệt" not in editor.get(path).text


def test_a_silent_recording_is_refused(editor: Officer) -> None:
    data, _ = wav_bytes(Clip(16_000, np.zeros(48_000, np.float32)))

    assert editor.upload("/ghi-am", "im.wav", bytes(data)).status_code == 422
