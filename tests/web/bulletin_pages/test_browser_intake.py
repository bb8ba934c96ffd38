"""What becomes a bulletin from outside, in a browser: files, what a microphone hears, what a telephone has recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from harness import office_files
from harness.browser import PHONE, Stage, axe_violations, some_ways
from harness.bulletin_people import People, bulletin_stage, is_narrow, people_at
from harness.hands import Hands
from harness.paths import DATA
from harness.sounds import amr_noise

pytestmark = [pytest.mark.browser, pytest.mark.sampled]
LETTER = (DATA / "letters" / "cong-van-bluezone-lao-cai-2021.txt").read_text("utf-8").strip().split("\n\n")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with bulletin_stage(tmp_path_factory.mktemp("browser"), with_daemon=False) as running:
        yield running


@pytest.fixture
def people(chromium: Any, stage: Stage) -> Iterator[People]:
    with people_at(chromium, stage) as found:
        yield found


@pytest.mark.parametrize(("size", "hands"), some_ways().values(), ids=some_ways())
def test_a_word_file_becomes_a_draft_that_can_be_read_in_three_taps(
    people: People, tmp_path: Path, size: dict[str, int], hands: type[Hands]
) -> None:
    path = tmp_path / "cong-van.docx"
    path.write_bytes(office_files.docx([block for block in LETTER if block]))
    hoa = people.visitor("hoa", size, hands)
    hoa.open("/ban-tin")
    hoa.tap("Tải tệp Word", "link")
    with hoa.page.expect_file_chooser() as chooser:
        hoa.press(hoa.page.locator("#document"))
    chooser.value.set_files(path)
    hoa.page.get_by_text("Phần bỏ đi").wait_for()
    assert axe_violations(hoa.page) == []
    assert is_narrow(hoa)
    hoa.tap("Tạo bản nháp")
    hoa.page.wait_for_url("**/ban-tin/tiep-tuc-*")

    assert hoa.taps == 3
    assert "Bluezone" in hoa.page.locator("#text").input_value()
    assert axe_violations(hoa.page) == []


def test_what_the_microphone_hears_becomes_a_bulletin_in_three_taps(people: People, stage: Stage) -> None:
    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/moi")
    hoa.tap("Thu tại đây")
    hoa.page.get_by_text("Vừa").first.wait_for()  # the level bar hears the voice
    hoa.page.get_by_role("button", name="Tạm dừng").click()
    hoa.page.get_by_role("button", name="Tạm dừng").click()
    hoa.page.wait_for_timeout(3_000)  # somebody speaks
    hoa.tap("Xong")
    hoa.page.locator("audio").wait_for()
    assert axe_violations(hoa.page) == []
    hoa.page.locator("#title").fill("Lời trưởng thôn")
    hoa.tap("Dùng")
    hoa.page.wait_for_url("**/ban-tin/loi-truong-thon*")

    assert hoa.taps == 3
    heard, rate = soundfile.read(stage.home / "recordings" / "loi-truong-thon.flac")
    assert len(heard) / rate > 2
    assert np.abs(heard).max() > 0.05


def test_where_the_browser_lends_no_microphone_the_telephones_own_recorder_is_taken(
    people: People, stage: Stage, tmp_path: Path
) -> None:
    (tmp_path / "ghi.amr").write_bytes(amr_noise())
    hoa = people.visitor("hoa", PHONE)
    hoa.page.add_init_script("delete Navigator.prototype.mediaDevices")  # as over plain http on a network
    hoa.open("/ban-tin/moi")
    assert hoa.page.get_by_role("button", name="Thu tại đây").count() == 0
    assert hoa.page.locator("#recording").get_attribute("capture") is not None
    hoa.page.locator("#recording").set_input_files(tmp_path / "ghi.amr")
    hoa.page.locator("audio").wait_for()
    hoa.page.locator("#title").fill("Ghi bằng điện thoại")
    hoa.tap("Dùng")
    hoa.page.wait_for_url("**/ban-tin/ghi-bang-dien-thoai*")

    heard, rate = soundfile.read(stage.home / "recordings" / "ghi-bang-dien-thoai.flac")
    assert len(heard) / rate > 2
    assert np.abs(heard).max() > 0.05


TAKEN = {
    "cong-van.docx": (lambda: office_files.docx([block for block in LETTER if block]), "Phần bỏ đi"),
    "cong-van.odt": (lambda: office_files.odt(office_files.odt_lines([one for one in LETTER if one])), "Phần bỏ đi"),
    "cong-van.pdf": (lambda: office_files.pdf([LETTER[-1].split("\n") * 3]), "Bản tin rút ra từ tệp"),
    "quet.pdf": (lambda: office_files.pdf([[]]), "Google Lens"),
    "bom.docx": (office_files.zip_bomb, "quá lớn"),
    "doi-ten.docx": (lambda: b"MZ" + bytes(2000), "được đổi tên"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_is_taken_or_refused_in_words(people: People, stage: Stage, tmp_path: Path, name: str) -> None:
    make, told = TAKEN[name]
    (tmp_path / name).write_bytes(make())
    before = sorted((stage.home / "bulletins").iterdir())
    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/moi")
    hoa.page.locator("#document").set_input_files(tmp_path / name)
    hoa.page.locator("main").get_by_text(told).first.wait_for()

    assert axe_violations(hoa.page) == []
    assert sorted((stage.home / "bulletins").iterdir()) == before
