"""The console in Chromium over a real daemon: first run, tasks by taps and by keyboard, no script, small."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from harness.browser import (
    PHONE,
    WAYS,
    Stage,
    Visitor,
    axe_violations,
    new_page,
    running_stage,
    small_targets,
    some_ways,
    some_widths,
    visiting,
    write_station,
)
from harness.hands import FOCUSED
from harness.officers import PASSWORD

from loudspeaker.web.access.accounts import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sampled,
    pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning"),
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A station on the air, with an officer on duty (`duty`) and one who only looks (`view`)."""
    home = tmp_path_factory.mktemp("stage") / "dai"
    write_station(home)
    with running_stage(home) as found:
        found.add("all", *Role)
        found.add("view", Role.VIEW)
        yield found


@pytest.fixture(params=some_widths())
def visitor(request: pytest.FixtureRequest, chromium: Any, stage: Stage) -> Iterator[Visitor]:
    """Somebody with every role."""
    with visiting(chromium, stage, "all", request.param) as found:
        found.open("/")
        yield found


# The open page asks for its part anew, and has it.
RENEW = """() => new Promise(done => {
  document.addEventListener("htmx:afterRequest", () => done(), { once: true });
  htmx.trigger(document.body, "now");
})"""
TASK = pytest.mark.parametrize("visitor", some_ways(), indirect=True)


def test_the_first_person_comes_in_by_the_link_and_nobody_by_it_again(chromium: Any, tmp_path: Path) -> None:
    home = tmp_path / "dai"
    write_station(home)
    with running_stage(home, with_daemon=False) as stage, ExitStack() as opened:
        first, second = (Visitor(opened.enter_context(new_page(chromium, PHONE)), stage) for _ in range(2))
        first.open("/")
        assert first.page.url.endswith("/bat-dau")
        first.open(f"/bat-dau#{stage.first_code}")
        assert first.page.input_value("#code") == stage.first_code
        assert "#" not in first.page.url
        assert axe_violations(first.page) == []
        for field, typed in (("name", "Lò Thị Lan"), ("login", "lan"), ("password", PASSWORD), ("again", PASSWORD)):
            first.page.fill(f"#{field}", typed)
        first.tap("Bắt đầu")
        assert "Rút điện hộp máy" in first.page.inner_text("header")
        assert axe_violations(first.page) == []

        second.open(f"/bat-dau#{stage.first_code}")
        second.page.fill("#password", PASSWORD)
        second.page.fill("#again", PASSWORD)
        second.page.click("button.main")
        assert "đã được dùng" in second.page.inner_text("main")
        assert [told for told in first.seen.wrong + second.seen.wrong if "409" not in told] == []


@pytest.mark.parametrize("way", some_ways())
def test_somebody_logs_in(chromium: Any, stage: Stage, way: str) -> None:
    width, hands = WAYS[way]
    with new_page(chromium, width) as page:
        person = Visitor(page, stage, hands)
        person.log_in("all")
        assert page.locator("#board").count() == 1
        assert person.seen.wrong == []


@TASK
def test_what_comes_is_seen_without_a_tap(visitor: Visitor) -> None:
    board = visitor.page.inner_text("#board")

    assert visitor.taps == 0
    assert "Tin sáng" in board
    assert "20:30" in board


def test_a_press_is_not_lost_when_the_page_would_renew_itself_during_it(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("summary.airing").first.hover()
    page.mouse.down()
    page.evaluate(RENEW)
    page.mouse.up()
    assert page.locator("details[open]").count() == 1

    before = page.locator("summary.airing").first.element_handle()
    page.locator("summary.airing").first.focus()
    page.keyboard.down("Space")
    page.evaluate(RENEW)
    page.keyboard.up("Space")
    assert page.locator("details[open]").count() == 0
    before.wait_for_element_state("hidden")  # it is renewed once the key is let go


def test_the_keyboard_stays_where_it_is_in_the_bar_when_the_page_renews_itself(visitor: Visitor) -> None:
    link = visitor.page.locator("#top a").first
    link.focus()
    before = link.element_handle()
    visitor.page.evaluate(RENEW)
    before.wait_for_element_state("hidden")

    assert link.evaluate(FOCUSED)


@TASK
def test_an_airing_is_left_out_in_three_taps_and_taken_back_in_one(visitor: Visitor) -> None:
    visitor.press(visitor.page.locator("summary.airing", has_text="20:40").first)
    visitor.tap("Bỏ lượt này: Thôn Suối Trát…", "link")
    visitor.tap("Đám tang")

    assert visitor.taps == 3
    assert "Sẽ bỏ lượt 20:40 Thôn Suối Trát" in visitor.page.inner_text("#board")
    visitor.tap("Hoàn tác")
    assert "Sẽ bỏ lượt" not in visitor.page.inner_text("#board")


@TASK
def test_a_bulletin_to_come_is_listened_to_in_two_taps(visitor: Visitor) -> None:
    visitor.press(visitor.page.locator("summary.airing", has_text="20:40").first)
    visitor.tap("Nghe trước", "link")
    visitor.page.locator("audio").wait_for()
    visitor.page.wait_for_function("() => document.querySelector('audio').currentTime > 0")

    assert visitor.taps == 2


def test_a_bulletin_is_heard_now_after_a_second_page(visitor: Visitor) -> None:
    visitor.page.locator("summary.airing", has_text="20:40").first.click()
    visitor.tap("Phát ngay bây giờ: Thôn Suối Trát…", "link")
    assert axe_violations(visitor.page) == []
    assert small_targets(visitor.page) == []
    visitor.tap("Phát ở Thôn Suối Trát")
    visitor.page.wait_for_url("**/luot/suoi-trat/play/**")
    airing = visitor.page.url.partition("/luot/")[2]

    assert visitor.stage.verdict_of(airing) == "to-file"


@TASK
def test_a_village_is_quiet_in_four_taps_after_it_was_shown_what_that_costs(visitor: Visitor) -> None:
    visitor.tap("Thêm", "link")
    visitor.tap("Tạm ngừng phát một thôn", "link")
    visitor.press(visitor.page.get_by_label("Bản Lìm"))
    visitor.page.get_by_text("sẽ không phát 1 lượt").wait_for()
    visitor.tap("Đám tang")

    assert visitor.taps == 4
    assert "TẠM NGỪNG Bản Lìm đến hết ngày" in visitor.page.inner_text("#board")
    visitor.tap("Phát trở lại")
    assert "TẠM NGỪNG" not in visitor.page.inner_text("#board")


@TASK
def test_everything_is_stopped_in_two_taps_from_any_page(visitor: Visitor) -> None:
    visitor.open("/them")
    (airing,) = visitor.stage.play("tin-dai", "na-hoa")
    visitor.page.get_by_role("link", name="■ Dừng").wait_for()  # it comes by itself: the page is open
    visitor.tap("■ Dừng", "link")
    visitor.tap("■ Mọi loa")

    assert visitor.taps == 2
    assert visitor.stage.verdict_of(airing) == "stopped"
    visitor.tap("Sai nội dung")
    assert "sai nội dung" in visitor.stage.reasons(airing)


def test_a_form_in_error_says_what_is_wrong_where_the_focus_is(visitor: Visitor) -> None:
    visitor.open("/mat-khau")
    for field in ("old", "password", "again"):
        visitor.page.fill(f"#{field}", "khong phai mat khau")
    visitor.page.click("button.main")

    visitor.page.locator(".wrong:focus").wait_for()  # on the page that comes
    assert axe_violations(visitor.page) == []
    visitor.seen.wrong = [told for told in visitor.seen.wrong if "422" not in told]


def test_the_first_tab_of_a_page_leads_past_its_menus(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/them")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_without_scripts_the_forms_work(chromium: Any, stage: Stage) -> None:
    with new_page(chromium, PHONE, java_script_enabled=False) as page:
        person = Visitor(page, stage)
        person.log_in("all")
        page.locator("summary.airing", has_text="20:40").first.click()
        person.tap("Bỏ lượt này: Thôn Suối Trát…", "link")
        person.tap("Đám tang")
        assert "Sẽ bỏ lượt" in page.inner_text("#board")
        person.tap("Hoàn tác")

        person.open("/im-lang")
        page.get_by_label("Bản Lìm").check()
        person.tap("Đám tang")
        assert "sẽ không phát 1 lượt" in page.inner_text("main")  # shown first, as nothing was shown before
        person.tap("Đám tang")
        assert "TẠM NGỪNG" in page.inner_text("#board")
        person.tap("Phát trở lại")
        assert person.seen.wrong == []


def test_whoever_only_looks_finds_no_button_that_changes_anything(chromium: Any, stage: Stage) -> None:
    with visiting(chromium, stage, "view", "phone") as person:
        person.open("/")

        assert person.page.locator("#board button").count() == 0
        assert "Bỏ lượt" not in person.page.content()


def test_a_page_that_loses_the_machine_says_so_and_finds_it_again(chromium: Any, tmp_path: Path) -> None:
    home = tmp_path / "dai"
    write_station(home)
    with running_stage(home, with_daemon=False) as stage:
        stage.add("all", *Role)
        with new_page(chromium, PHONE) as page:
            person = Visitor(page, stage)
            person.sign_in("all")
            person.open("/")
            page.get_by_role("heading", name="Sắp tới").wait_for()
            stage.stop_console()
            page.get_by_text("Mất liên lạc với máy").wait_for()
            stage.start_console()
            page.locator("#lost").wait_for(state="hidden")


TRANSFERRED = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
.reduce((sum, one) => sum + one.transferSize, 0)"""


def test_what_is_loaded_is_small(chromium: Any, stage: Stage) -> None:
    with new_page(chromium, PHONE) as page:
        person = Visitor(page, stage)
        person.open("/vao")
        at_the_door = page.evaluate(TRANSFERRED)
        person.log_in("all")
        page.wait_for_load_state("load")
        assert 0 < at_the_door + page.evaluate(TRANSFERRED) <= 45_000

        person.open("/them")
        page.wait_for_load_state("load")
        assert 0 < page.evaluate(TRANSFERRED) <= 12_000
