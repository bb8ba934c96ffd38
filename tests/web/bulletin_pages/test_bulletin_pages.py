"""Bản tin and Duyệt in a browser: the tasks of an officer with their taps, at the width of a telephone and of a PC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from harness import office_files
from harness.browser import DESK, FILES, PHONE, WAYS, Stage, Visitor, axe_violations, running_stage, write_station
from harness.hands import Hands, Pointer
from harness.paths import DATA
from harness.sounds import amr_noise
from harness.waiting import wait_for

from loudspeaker.web.access.accounts import Role

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
TASK = pytest.mark.parametrize(("size", "hands"), WAYS.values(), ids=WAYS)
LETTER = (DATA / "letters" / "cong-van-bluezone-lao-cai-2021.txt").read_text("utf-8").strip().split("\n\n")
HEALTH = "Kính thưa bà con! Khám sức khỏe lúc 7h30.\n\nHạn nộp là 13.8, gọi 0912 345 67. Mời bà con cài Bluezone.\n"
MINE = {
    "commune.yaml": FILES["commune.yaml"].replace("policy: {{", "policy: {{approval: two, "),
    "bulletins/kham.md": f"---\ntitle: Khám sức khỏe\n---\n{HEALTH}",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("browser") / "dai"
    write_station(home, FILES | MINE)
    with running_stage(home) as running:
        running.add("hoa", Role.EDIT)
        running.add("pao", Role.APPROVE)
        yield running


class People:
    """Opens browsers for people, and looks at the end whether anything went wrong in them."""

    def __init__(self, chromium: Any, stage: Stage) -> None:
        self._chromium = chromium
        self._stage = stage
        self.visitors: list[Visitor] = []

    def visitor(self, login: str, size: dict[str, int] = DESK, hands: type[Hands] = Pointer, **options: Any) -> Visitor:
        page = self._chromium.new_context(viewport=size, locale="vi-VN", **options).new_page()
        found = Visitor(page, self._stage, hands)
        found.log_in(login)
        self.visitors.append(found)
        return found


@pytest.fixture
def people(chromium: Any, stage: Stage) -> Iterator[People]:
    found = People(chromium, stage)
    (stage.home / "bulletins" / "kham.md").write_text(MINE["bulletins/kham.md"], encoding="utf-8")
    yield found
    for visitor in found.visitors:
        wrong = [told for told in visitor.seen.wrong if "the server responded with a status" not in told]
        visitor.page.context.close()
        assert wrong == []


def is_narrow(visitor: Visitor) -> bool:
    """Nobody has to scroll sideways."""
    wide: int = visitor.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    return wide <= 0


def drop_draft(visitor: Visitor) -> None:
    if visitor.page.get_by_role("button", name="Bỏ, xem bản đã lưu").count():
        visitor.page.get_by_role("button", name="Bỏ, xem bản đã lưu").click()
    visitor.taps = 0


def make_sound(visitor: Visitor, bulletin: str) -> None:
    """Its page, with the sound there to be heard."""
    visitor.open(f"/ban-tin/{bulletin}")
    if visitor.page.get_by_role("button", name="Nghe thử").count():
        visitor.tap("Nghe thử")
    visitor.page.locator("audio").wait_for(timeout=60_000)


@TASK
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


@TASK
def test_a_place_is_corrected_in_two_taps(people: People, size: dict[str, int], hands: type[Hands]) -> None:
    hoa = people.visitor("hoa", size, hands)
    hoa.open("/ban-tin/kham")
    drop_draft(hoa)
    if size == PHONE:
        hoa.page.locator("[data-tab=spoken-side]").click()  # where she reads what will be said
    hoa.press(hoa.page.locator(".doubt.at").get_by_text("Sửa…"))
    hoa.page.locator("dialog[open]").wait_for()
    assert axe_violations(hoa.page) == []
    hoa.tap("ngày mười ba tháng tám")
    hoa.page.locator("dialog[open]").wait_for(state="hidden")

    assert hoa.taps == 2
    assert "Hạn nộp là ngày mười ba tháng tám, gọi" in hoa.page.locator("#text").input_value()
    assert "1 chỗ cần kiểm tra" in hoa.page.locator("#spoken").inner_text() or size == PHONE
    drop_draft(hoa)


def test_what_is_typed_is_read_again_after_a_moment_and_kept_though_the_browser_dies(people: People) -> None:
    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/kham")
    drop_draft(hoa)
    hoa.page.locator("#text").fill("Họp lúc 9h15.")
    hoa.page.locator("#spoken").get_by_text("chín giờ mười lăm phút").wait_for()
    with hoa.page.expect_response("**/nhap"):  # within five seconds
        pass
    again = people.visitor("hoa")
    again.open("/ban-tin/kham")

    assert again.page.locator("#text").input_value() == "Họp lúc 9h15."
    drop_draft(again)


def test_a_word_for_the_commune_shows_first_what_it_changes(people: People, stage: Stage) -> None:
    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/moi")
    hoa.page.locator("#title").fill("Gọi TBX")
    hoa.page.locator("#text").fill("Mời bà con gọi TBX xã.")
    hoa.page.locator("#dan button").click()
    hoa.page.locator(".doubt.at").get_by_text("Sửa…").click()
    hoa.page.get_by_text("Mọi bản tin của xã…").click()
    hoa.page.locator("#other-all").fill("trưởng ban xã")
    hoa.tap("Xem sẽ đổi những gì")
    hoa.page.get_by_text("Đổi lời đọc của 1 bản tin").wait_for()
    assert axe_violations(hoa.page) == []
    assert "TBX" not in (stage.home / "commune.yaml").read_text("utf-8")
    hoa.tap("Lưu cho cả xã")
    hoa.page.get_by_text("Từ nay cả xã đọc như vậy").wait_for()

    assert '"TBX": "trưởng ban xã"' in (stage.home / "commune.yaml").read_text("utf-8")
    assert "trưởng ban xã" in hoa.page.locator("#spoken").inner_text()


@TASK
def test_what_will_be_heard_is_heard_in_two_taps(people: People, size: dict[str, int], hands: type[Hands]) -> None:
    hoa = people.visitor("hoa", size, hands)
    make_sound(hoa, "tin-sang")
    hoa.open("/ban-tin")
    hoa.taps = 0
    hoa.tap("Tin sáng", "link")
    hoa.page.locator("audio").focus()
    hoa.page.keyboard.press("Space")  # the button of a player cannot be tapped by its name
    hoa.taps += 1
    hoa.page.locator("[data-s].heard").first.wait_for(state="attached")

    assert hoa.taps == 2


def test_by_keyboard_a_doubt_is_reached_and_accepted(people: People) -> None:
    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/kham")
    drop_draft(hoa)
    hoa.open("/ban-tin/kham")
    hoa.page.keyboard.press("Tab")
    hoa.page.keyboard.press("Enter")  # the skip link
    right = hoa.page.locator(".doubt.at").get_by_role("button", name="Đọc đúng")
    for _ in range(8):
        if right.evaluate("button => button === document.activeElement"):
            break
        hoa.page.keyboard.press("Tab")
    hoa.page.keyboard.press("Enter")

    hoa.page.get_by_text("1 chỗ cần kiểm tra").first.wait_for()


@TASK
def test_from_sending_to_approving(people: People, stage: Stage, size: dict[str, int], hands: type[Hands]) -> None:
    name = f"hop-{size['width']}-{hands.__name__.lower()}"
    (stage.home / "bulletins" / f"{name}.md").write_text(f"---\ntitle: Họp {name}\n---\nMời họp lúc 8h30.\n", "utf-8")
    hoa, pao = people.visitor("hoa", size, hands), people.visitor("pao", size, hands)
    hoa.open(f"/ban-tin/{name}")
    hoa.hands.write(hoa.page.locator("#text"), "Mời họp lúc 9h30.")
    hoa.taps = 0
    hoa.tap("Gửi duyệt")
    hoa.page.get_by_text("Đã gửi duyệt").wait_for()
    assert hoa.taps == 1
    assert axe_violations(hoa.page) == []

    pao.open("/duyet")
    assert axe_violations(pao.page) == []
    pao.tap(f"Họp {name}", "link")
    assert axe_violations(pao.page) == []
    assert is_narrow(pao)
    pao.tap("Duyệt phát")
    pao.page.get_by_text("đã duyệt,").wait_for()
    assert pao.taps == 2


def test_the_writer_cannot_approve_and_what_changed_meanwhile_is_shown_anew(people: People, stage: Stage) -> None:
    path = stage.home / "bulletins" / "hai-nguoi.md"
    path.write_text("---\ntitle: Hai người\n---\nMời họp.\n", encoding="utf-8")
    pao, ly = people.visitor("pao"), None
    pao.open("/ban-tin/hai-nguoi")
    pao.page.locator("#text").fill("Mời họp gấp.")
    pao.tap("Gửi duyệt")
    pao.page.get_by_text("Đã gửi duyệt").wait_for()
    pao.open("/duyet/hai-nguoi")
    assert "người khác phải duyệt" in pao.page.locator("main").inner_text()
    assert pao.page.get_by_role("button", name="Duyệt phát").count() == 0

    stage.add("ly", Role.APPROVE)
    ly = people.visitor("ly")
    ly.open("/duyet/hai-nguoi")
    path.write_text("---\ntitle: Hai người\n---\nLời khác hẳn.\n", encoding="utf-8")
    with ly.page.expect_response("**/duyet/hai-nguoi") as answer:
        ly.tap("Duyệt phát")
    assert answer.value.status == 409
    assert "Lời khác hẳn" in ly.page.locator("main").inner_text()


FOLLOW = """() => new Promise(done => {
  const audio = document.querySelector("audio"), late = [];
  fetch(audio.dataset.marks).then(answer => answer.json()).then(marks => {
    let next = 0;
    const look = () => {
      const heard = document.querySelector("#spoken .heard");
      while (next < marks.length && heard && Number(heard.dataset.s) === marks[next][0]
             && audio.currentTime >= marks[next][1]) {
        late.push(audio.currentTime - marks[next][1]);
        next += 1;
      }
      if (next === marks.length || audio.ended) done(late); else requestAnimationFrame(look);
    };
    audio.play();
    look();
  });
})"""


def test_the_sentence_that_is_heard_is_marked_in_both_texts_in_time(people: People) -> None:
    hoa = people.visitor("hoa")
    make_sound(hoa, "tin-sang")
    assert axe_violations(hoa.page) == []
    late = hoa.page.evaluate(FOLLOW)

    assert len(late) == 3
    assert max(late) <= 0.15
    hoa.page.locator("#spoken [data-s='0']").click()
    hoa.page.locator("#backdrop [data-s='0'].heard").wait_for(state="attached")


def test_two_tabs_lose_nothing(people: People, stage: Stage) -> None:
    hoa, pao = people.visitor("hoa"), people.visitor("pao")
    hoa.open("/ban-tin/kham")
    drop_draft(hoa)
    pao.open("/ban-tin/kham")
    pao.page.locator("#text").fill("Bản của anh Páo.")
    pao.page.locator("main button.main").click()
    pao.page.get_by_text("Đã lưu").wait_for()
    hoa.page.locator("#text").fill("Bản của chị Hoa.")
    hoa.page.locator("main button.main").click()
    hoa.page.get_by_text("Chị Pao đã lưu bản này").wait_for()
    assert axe_violations(hoa.page) == []
    hoa.tap("Giữ bản của tôi")
    hoa.page.get_by_text("Đã lưu").wait_for()

    assert "Bản của chị Hoa." in (stage.home / "bulletins/kham.md").read_text("utf-8")
    hoa.page.get_by_text("Bản giữ lại").click()
    hoa.page.get_by_text("Chị Pao,").click()
    assert hoa.page.get_by_text("Bản của anh Páo.").is_visible()


def test_two_tabs_of_one_person_lose_nothing_and_going_back_saves_nothing_twice(people: People, stage: Stage) -> None:
    path = stage.home / "bulletins/kham.md"
    first = people.visitor("hoa")
    first.open("/ban-tin/kham")
    drop_draft(first)
    second = Visitor(first.page.context.new_page(), stage)
    second.open("/ban-tin/kham")
    for tab, words, told in ((first, "Bản của tab một.", "Đã lưu"), (second, "Bản của tab hai.", "đã lưu bản này")):
        tab.page.locator("#text").fill(words)
        tab.page.locator("main button.main").click()
        tab.page.get_by_text(told).first.wait_for()
    assert "Bản của tab một." in path.read_text("utf-8")
    assert "Bản của tab hai." in second.page.locator("main").inner_text()
    second.tap("Giữ bản của tôi")
    second.page.get_by_text("Đã lưu").wait_for()
    written = path.read_text("utf-8")
    assert "Bản của tab hai." in written

    first.page.go_back()
    assert first.page.locator("#text").input_value() == "Bản của tab hai."
    first.page.go_forward()
    first.page.get_by_text("Đã lưu").wait_for()
    assert path.read_text("utf-8") == written
    second.page.get_by_text("Bản giữ lại").click()
    second.page.get_by_text("Chị Hoa,").first.click()
    assert second.page.get_by_text("Bản của tab một.").is_visible()


def test_what_was_typed_last_is_kept_when_one_leaves_the_page(people: People) -> None:
    def finds(words: str) -> bool:
        hoa.open("/ban-tin/kham")
        return bool(hoa.page.locator("#text").input_value() == words)

    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/kham")
    drop_draft(hoa)
    hoa.page.locator("#text").fill("Vừa gõ, chưa lưu.")
    hoa.open("/them")
    wait_for(lambda: finds("Vừa gõ, chưa lưu."))
    drop_draft(hoa)
    assert not finds("Vừa gõ, chưa lưu.")


def test_a_session_that_is_over_keeps_the_text_in_the_page(people: People, stage: Stage) -> None:
    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/kham")
    hoa.page.context.clear_cookies()
    hoa.page.locator("#text").fill("Vừa gõ xong.")
    hoa.page.locator("#notice").get_by_text("còn").wait_for()  # reading again finds nobody logged in

    assert hoa.page.locator("#text").input_value() == "Vừa gõ xong."


def test_without_a_script_one_saves_corrects_and_approves(people: People, stage: Stage) -> None:
    path = stage.home / "bulletins" / "khong-js.md"
    path.write_text("---\ntitle: Không JS\n---\nHạn là 13.8 nhé.\n", encoding="utf-8")
    hoa = people.visitor("hoa", PHONE, java_script_enabled=False)
    hoa.open("/ban-tin/khong-js")
    hoa.page.locator("#doubts").get_by_text("Sửa…").click()
    hoa.tap("ngày mười ba tháng tám")
    hoa.page.locator("main button.main").click()
    assert "Hạn là ngày mười ba tháng tám nhé." in path.read_text("utf-8")
    hoa.tap("Gửi duyệt")
    assert "Đã gửi duyệt" in hoa.page.locator("main").inner_text()

    pao = people.visitor("pao", PHONE, java_script_enabled=False)
    pao.open("/duyet/khong-js")
    pao.tap("Duyệt phát")
    assert "đã duyệt" in pao.page.locator("main").inner_text()


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


def test_a_reading_is_heard_before_it_is_chosen(people: People, stage: Stage) -> None:
    (stage.home / "bulletins" / "han.md").write_text("---\ntitle: Hạn nộp\n---\nHạn nộp là 13.8.\n", encoding="utf-8")
    hoa = people.visitor("hoa")
    hoa.open("/ban-tin/han")
    hoa.page.locator(".doubt.at").get_by_text("Sửa…").click()
    hoa.page.get_by_role("button", name="Nghe “ngày mười ba tháng tám”").click()
    hoa.page.locator("#heard audio").wait_for()
    hoa.page.wait_for_function("() => document.querySelector('#heard audio').currentTime > 0")

    assert hoa.page.locator("dialog[open]").count() == 1
    assert axe_violations(hoa.page) == []


@WIDTHS
@pytest.mark.parametrize("path", ["/ban-tin/kham", "/duyet/kham"])
def test_a_bulletin_with_doubts_is_accessible_and_fits(people: People, path: str, size: dict[str, int]) -> None:
    hoa = people.visitor("hoa", size)
    hoa.open(path)

    assert axe_violations(hoa.page) == []
    assert is_narrow(hoa)
