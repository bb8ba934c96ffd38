"""Xếp lịch in a real browser, at a telephone's width and a desk's: taps counted, each way out, the lunar calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from harness.browser import (
    FILES,
    Stage,
    Visitor,
    axe_violations,
    noon_zone,
    running_stage,
    small_targets,
    some_ways,
    some_widths,
    visiting,
    write_station,
)

from loudspeaker.web.access.accounts import Role

pytestmark = [pytest.mark.browser, pytest.mark.sampled]
BUSY = "# lịch\nvillage: Bản Lìm\nbroadcasts:\n  - {{bulletin: tin-dai, at: '15:00'}}  # chiều\n# hết\n"
MORE = {
    "bulletins/hop.md": "---\ntitle: Họp thôn\nrepeat: 2\n---\nMời bà con họp thôn tối nay.\n",
    "schedules/ban-lim.yaml": BUSY,
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("lich") / "dai"
    write_station(home, FILES | MORE)
    with running_stage(home, with_daemon=False) as stage:
        stage.add("hoa", Role.EDIT, Role.APPROVE)
        yield stage


@pytest.fixture(params=some_widths())
def visitor(request: pytest.FixtureRequest, stage: Stage, chromium: Any) -> Iterator[Visitor]:
    """An editor who begins with the same schedules each time."""
    write_station(stage.home, FILES | MORE)
    with visiting(chromium, stage, "hoa", request.param) as visitor:
        yield visitor


TASK = pytest.mark.parametrize("visitor", some_ways(), indirect=True)


def schedule(home: Path, village: str) -> str:
    return (home / "schedules" / f"{village}.yaml").read_text(encoding="utf-8")


def fill(visitor: Visitor, field: str, words: str) -> None:
    """Tap a field and type."""
    visitor.hands.write(visitor.page.locator(field), words)
    visitor.taps += 1


def ask_for(visitor: Visitor, bulletin: str, time: str, village: str = "Bản Lìm") -> None:
    """Fill in the form, as far as it is tried by itself."""
    visitor.open("/lich/moi")
    visitor.tap(village, "checkbox")
    visitor.hands.choose(visitor.page.locator("#bulletin-1"), bulletin)
    fill(visitor, "#at", time)
    visitor.page.wait_for_selector("#effect .card")


def test_what_the_form_tries_by_itself_leaves_the_focus_where_it_is(visitor: Visitor) -> None:
    visitor.open("/lich/moi")
    bulletin = visitor.page.locator("#bulletin-1")
    visitor.page.get_by_label("Bản Lìm").check()
    bulletin.focus()
    visitor.page.locator("#effect [role=alert]").wait_for()  # no bulletin is chosen yet

    assert bulletin.evaluate("one => one === document.activeElement")


@TASK
def test_a_bulletin_is_scheduled_in_every_village_in_seven_taps(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.tap("Lịch tuần", "link")
    visitor.tap("+ Xếp lịch", "link")
    visitor.tap("Cả xã")
    visitor.hands.choose(visitor.page.locator("#bulletin-1"), "hop")
    visitor.taps += 1
    fill(visitor, "#at", "17h33")
    fill(visitor, "#last", "31/12/2099")
    visitor.page.get_by_text("đến hết ngày 31/12/2099").wait_for()
    visitor.tap("Lưu lịch")
    visitor.page.get_by_text("Đã lưu lịch").wait_for()

    assert visitor.taps == 7
    for village in ("na-hoa", "suoi-trat", "ban-lim"):
        assert "- {bulletin: hop, at: 17:33, until: 31/12/2099}" in schedule(visitor.stage.home, village)


@TASK
@pytest.mark.parametrize(
    ("choice", "written"),
    [
        ("Chuyển sang", "bulletin: hop, at: 15:0"),
        ("Vẫn lưu, chấp nhận muộn", "bulletin: hop, at: 15:00}"),
    ],
)
def test_a_clash_is_solved_in_one_tap_and_every_comment_stays(visitor: Visitor, choice: str, written: str) -> None:
    before = schedule(visitor.stage.home, "ban-lim")
    ask_for(visitor, "hop", "15h00")
    assert axe_violations(visitor.page) == []
    assert small_targets(visitor.page) == []
    visitor.taps = 0
    visitor.press(visitor.page.locator(".choices button", has_text=choice))
    visitor.page.get_by_text("Đã lưu lịch").wait_for()
    after = schedule(visitor.stage.home, "ban-lim")

    assert visitor.taps == 1
    assert written in after
    assert [line for line in after.splitlines() if "hop" not in line] == before.splitlines()


def test_what_is_aired_instead_leaves_the_others_out_and_their_comments_in(visitor: Visitor) -> None:
    before = schedule(visitor.stage.home, "ban-lim")
    today = datetime.now(ZoneInfo(noon_zone(datetime.now(UTC)))).date()
    first, last = today + timedelta(days=1), today + timedelta(days=2)
    ask_for(visitor, "hop", "15h01")
    fill(visitor, "#first", f"{first:%d/%m/%Y}")
    fill(visitor, "#last", f"{last:%d/%m/%Y}")
    visitor.page.get_by_role("button", name="Phát thay: bỏ 2 lượt “Cài đặt ứng dụng Bluezone”").click()
    visitor.page.get_by_text("Đã lưu lịch").wait_for()

    left_out = before.replace("'15:00'}", f"'15:00', except: [{first}, {last}]}}")
    assert [
        line for line in schedule(visitor.stage.home, "ban-lim").splitlines() if "hop" not in line
    ] == left_out.splitlines()


def test_the_calendar_tells_the_lunar_days_giao_thua_and_a_month_without_a_thirtieth(visitor: Visitor) -> None:
    ask_for(visitor, "hop", "16h30")
    visitor.page.get_by_label("Chọn ngày").check()
    for _month in range(14):
        if "Giao thừa" in visitor.page.inner_text(".picker"):
            break
        visitor.page.get_by_role("button", name="Tháng sau").click()
    eve = visitor.page.locator(".picker label", has_text="Giao thừa").first
    following = visitor.page.locator(".picker label", has_text="1/1").first
    assert eve.count() == following.count() == 1
    assert axe_violations(visitor.page) == []
    assert small_targets(visitor.page) == []

    visitor.page.get_by_label("Âm lịch").check()
    visitor.page.get_by_label("rằm").check()
    visitor.page.get_by_text("Ngày 15 âm lịch, lúc 16h30").wait_for()
    visitor.page.get_by_label("30", exact=True).check()
    visitor.page.get_by_role("button", name="Xem trước").or_(
        visitor.page.get_by_role("button", name="Lưu lịch")
    ).first.wait_for()
    visitor.page.get_by_role("button", name="Cả xã").click()
    assert "âm thiếu, không có ngày 30" in visitor.page.inner_text("main")


def test_a_time_that_may_be_meant_otherwise_is_asked_back(visitor: Visitor) -> None:
    visitor.open("/lich/moi")
    visitor.page.get_by_label("Bản Lìm").check()
    visitor.page.select_option("#bulletin-1", "hop")
    fill(visitor, "#at", "530")
    visitor.page.get_by_role("button", name="17h30 (5 giờ 30 chiều)").click()

    assert visitor.page.input_value("#at") == "17:30"
    assert "hằng ngày, lúc 17h30".casefold() in visitor.page.inner_text("#effect").casefold()


def open_tab(visitor: Visitor, path: str) -> Visitor:
    """Another tab of the same browser."""
    tab = Visitor(visitor.page.context.new_page(), visitor.stage)
    tab.open(path)
    return tab


def test_an_entry_in_two_tabs_is_lost_in_neither_and_the_second_is_told(visitor: Visitor) -> None:
    path = "/lich/muc/suoi-trat/tin-sang"
    visitor.open(path)
    second = open_tab(visitor, path)
    fill(visitor, "#at", "20:45")
    visitor.page.locator("#effect").get_by_text("20h45").first.wait_for()
    visitor.tap("Lưu lịch")
    visitor.page.get_by_text("Đã lưu lịch").wait_for()
    fill(second, "#at", "20:50")
    second.page.locator("#notice").get_by_text("suoi-trat").wait_for()  # told already when it is tried
    second.tap("Lưu lịch")
    told = second.page.get_by_role("alert").filter(has_text="20h45")
    told.wait_for()

    assert "20:45" in schedule(visitor.stage.home, "suoi-trat")
    assert "20h50" in told.inner_text()
    assert second.page.input_value("#at") == "20:50"
    assert second.page.evaluate("document.activeElement.className") == "wrong"
    assert axe_violations(second.page) == []
    second.tap("Lưu lịch")
    second.page.get_by_text("Đã lưu lịch").wait_for()
    assert "20:50" in schedule(visitor.stage.home, "suoi-trat")
    visitor.page.go_back()
    assert visitor.page.input_value("#at") == "20:50"  # not what this tab had typed: it would be saved over the other's


def test_two_new_entries_of_two_tabs_stand_both(visitor: Visitor) -> None:
    ask_for(visitor, "hop", "16h30")
    second = open_tab(visitor, "/")
    ask_for(second, "hop", "17h33")
    for tab in (visitor, second):
        tab.tap("Lưu lịch")
        tab.page.get_by_text("Đã lưu lịch").wait_for()
    written = schedule(visitor.stage.home, "ban-lim")

    assert "{bulletin: hop, at: 16:30}" in written
    assert "{bulletin: hop, name: hop-2, at: 17:33}" in written


def test_going_back_after_saving_saves_nothing_twice(visitor: Visitor) -> None:
    ask_for(visitor, "hop", "17h33")
    visitor.tap("Lưu lịch")
    visitor.page.get_by_text("Đã lưu lịch").wait_for()
    once = schedule(visitor.stage.home, "ban-lim")
    visitor.page.go_back()
    visitor.page.get_by_role("heading", name="Xếp lịch").wait_for()
    visitor.page.reload()
    visitor.page.go_forward()
    visitor.page.get_by_text("Đã lưu lịch").wait_for()

    assert once.count("bulletin: hop") == 1
    assert schedule(visitor.stage.home, "ban-lim") == once


def test_without_scripts_an_entry_is_tried_and_saved(chromium: Any, stage: Stage) -> None:
    write_station(stage.home, FILES | MORE)
    with visiting(chromium, stage, "hoa", "phone", java_script_enabled=False) as visitor:
        visitor.open("/lich/moi")
        visitor.page.get_by_label("Bản Lìm").check()
        visitor.page.select_option("#bulletin-1", "hop")
        visitor.page.fill("#at", "17h33")
        visitor.page.get_by_role("button", name="Xem trước").last.click()
        visitor.page.get_by_role("button", name="Lưu lịch").click()

        assert "Đã lưu lịch" in visitor.page.inner_text("main")
        assert "bulletin: hop, at: 17:33" in schedule(stage.home, "ban-lim")
