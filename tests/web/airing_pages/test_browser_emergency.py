"""Alarms and the log in a real browser, at a telephone's width and a desk's, with a real daemon and its sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import soundfile
from harness.browser import (
    FILES,
    Stage,
    Visitor,
    axe_violations,
    running_stage,
    some_ways,
    some_widths,
    visiting,
    write_station,
)
from harness.waiting import wait_for

from loudspeaker.daemon.board_client import BoardClient
from loudspeaker.model.board import Board
from loudspeaker.model.enums import Ending
from loudspeaker.model.requests import PreviewEnd, Stop
from loudspeaker.web.access.accounts import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sampled,
]
LOUD = 0.01  # of full scale: somebody speaks
TEMPLATES = {
    "bulletins/lu-quet.md": "---\ntitle: Lũ quét\nlevel: emergency\nall_clear: het-lu\n---\n"
    "Thông báo khẩn! Nước suối đang dâng nhanh. Bà con lên ngay chỗ cao.\n",
    "bulletins/het-lu.md": "---\ntitle: Hết lũ\nlevel: emergency\n---\nNguy cơ lũ quét đã qua.\n",
    "bulletins/sat-lo.md": "---\ntitle: Sạt lở đất\nlevel: emergency\n---\nĐất sạt ở [nơi]. Bà con đến [nơi đến].\n",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("xa") / "dai"
    write_station(home, FILES | TEMPLATES)
    with running_stage(home) as stage:
        stage.add("lan", Role.DUTY, Role.EDIT)
        stage.add("pao", Role.DUTY)
        stage.play("tin-sang", "na-hoa")
        yield stage


@pytest.fixture(autouse=True)
def silence(stage: Stage) -> Iterator[None]:
    """Behind each test nothing sounds, and behind one that failed no alarm stands."""
    yield
    asked = client(stage)
    for drill in {alarm.drill for alarm in board(stage).alarms}:
        asked.end_urgent(asked.preview_end(PreviewEnd(Ending.CLEAR, (), False, drill)), "test")
    asked.ask(Stop((), "hết thử"), "test")
    wait_for(lambda: not board(stage).on)


@pytest.fixture(params=some_widths())
def visitor(request: pytest.FixtureRequest, stage: Stage, chromium: Any) -> Iterator[Visitor]:
    with visiting(chromium, stage, "lan", request.param) as visitor:
        yield visitor


TASK = pytest.mark.parametrize("visitor", some_ways(), indirect=True)


def client(stage: Stage) -> BoardClient:
    return BoardClient(stage.home, stage.home / ".state", lambda: pytest.fail("the station is not opened"))


def board(stage: Stage) -> Board:
    return client(stage).board()


def heard(stage: Stage) -> float:
    """Seconds of sound that somebody could hear, in all files of the outputs."""
    loud = 0.0
    for path in (stage.home / ".state" / "aired").glob("**/*.flac"):
        samples, rate = soundfile.read(path, dtype="float32")
        loud += float(np.count_nonzero(np.abs(samples) > LOUD)) / rate
    return loud


def give_by_template(visitor: Visitor, title: str = "Lũ quét", drill: bool = False) -> None:
    """From any page, which is "Thêm" here, to the first sound."""
    visitor.open("/them")
    visitor.tap("Khẩn cấp", "link")
    visitor.tap(title, "radio")
    if drill:
        visitor.tap("Đây là DIỄN TẬP", "checkbox")
    visitor.tap("Xem lại")
    if not drill:
        visitor.hands.write(visitor.page.get_by_label("Gõ PHÁT"), "phat")
    visitor.tap("Bắt đầu diễn tập" if drill else "PHÁT RA")
    visitor.page.wait_for_url("**/khan-cap")


def clear(visitor: Visitor, link: str) -> None:
    visitor.tap(link, "link")
    visitor.tap("Phát ngay")
    visitor.page.wait_for_url("**/khan-cap")


@TASK
def test_task_10_an_alarm_by_a_template_is_on_the_air_after_four_taps_and_task_11_two_stop_it(
    visitor: Visitor, stage: Stage
) -> None:
    before = heard(stage)
    give_by_template(visitor)
    assert visitor.taps == 4
    wait_for(lambda: len(board(stage).on) >= 2)
    assert {row.title for row in board(stage).on} == {"Lũ quét"}

    visitor.open("/")
    visitor.taps = 0
    visitor.tap("Dừng", "link")
    visitor.tap("Mọi loa")
    assert visitor.taps == 2
    wait_for(lambda: not board(stage).on)
    wait_for(lambda: heard(stage) > before)

    visitor.open("/khan-cap")
    clear(visitor, "Thông báo hết nguy hiểm")
    wait_for(lambda: not board(stage).alarms)


def test_a_drill_is_blue_and_ends_as_one(visitor: Visitor, stage: Stage) -> None:
    give_by_template(visitor, drill=True)
    assert visitor.taps == 5
    wait_for(lambda: board(stage).on)
    assert all(row.drill for row in board(stage).on)
    visitor.page.get_by_role("heading", name="ĐANG DIỄN TẬP").wait_for()

    clear(visitor, "Thông báo hết diễn tập")
    wait_for(lambda: not board(stage).alarms)


def test_what_the_keyboard_is_at_stays_so_when_the_page_renews_itself(visitor: Visitor, stage: Stage) -> None:
    give_by_template(visitor, drill=True)
    wait_for(lambda: board(stage).on)
    ending = visitor.page.get_by_role("link", name="Thông báo hết diễn tập")
    ending.focus()
    for _ in range(2):
        before = ending.element_handle()
        before.wait_for_element_state("hidden")  # it was exchanged for another
        visitor.page.wait_for_function("() => document.activeElement.textContent.startsWith('Thông báo hết')")

    ending.press("Enter")
    visitor.tap("Phát ngay")
    wait_for(lambda: not board(stage).alarms)


def test_going_back_and_sending_the_page_again_is_no_second_alarm(visitor: Visitor, stage: Stage) -> None:
    give_by_template(visitor)
    wait_for(lambda: board(stage).alarms)
    given = {alarm.id for alarm in board(stage).alarms}
    visitor.page.go_back()
    visitor.page.get_by_label("Gõ PHÁT").fill("phat")
    visitor.tap("PHÁT RA")
    visitor.page.wait_for_url("**/khan-cap")

    assert {alarm.id for alarm in board(stage).alarms} == given
    clear(visitor, "Đính chính")
    wait_for(lambda: not board(stage).alarms)


def test_a_wrong_word_keeps_the_page_and_airs_nothing(visitor: Visitor, stage: Stage) -> None:
    visitor.open("/khan-cap")
    visitor.tap("Lũ quét", "radio")
    visitor.tap("Xem lại")
    visitor.page.get_by_label("Gõ PHÁT").fill("phá")
    visitor.tap("PHÁT RA")
    visitor.page.get_by_text("chưa phát gì").wait_for()
    visitor.seen.wrong.clear()  # the browser tells of the 422 itself

    assert board(stage).alarms == ()


def test_without_javascript_an_alarm_is_given_all_the_same(stage: Stage, chromium: Any) -> None:
    with visiting(chromium, stage, "lan", "phone", java_script_enabled=False) as visitor:
        give_by_template(visitor)
        wait_for(lambda: board(stage).on)
        clear(visitor, "Thông báo hết nguy hiểm")
        wait_for(lambda: not board(stage).alarms)


@TASK
def test_task_12_why_something_was_not_heard_is_two_taps_away(visitor: Visitor, stage: Stage) -> None:
    visitor.open("/")
    visitor.taps = 0
    visitor.tap("Thêm", "link")
    visitor.tap("Nhật ký", "link")
    assert visitor.taps == 2
    assert visitor.page.get_by_role("link", name="Vì sao").count() > 0
    visitor.tap("Vì sao", "link")
    visitor.page.get_by_role("heading", level=1).wait_for()


def test_the_second_page_of_an_alarm_and_its_ending_have_no_fault_that_axe_can_find(
    visitor: Visitor, stage: Stage
) -> None:
    for drill in (False, True):
        visitor.open("/khan-cap")
        visitor.tap("Lũ quét", "radio")
        if drill:
            visitor.tap("Đây là DIỄN TẬP", "checkbox")
        visitor.tap("Xem lại")
        visitor.page.get_by_text("Đã có tiếng").wait_for()
        assert axe_violations(visitor.page) == []
    visitor.tap("Bắt đầu diễn tập")
    visitor.page.wait_for_url("**/khan-cap")
    for path in ("/khan-cap", "/khan-cap/ket-thuc?cach=clear&dien-tap=1", "/khan-cap/ket-thuc?cach=stop&dien-tap=1"):
        visitor.open(path)
        assert axe_violations(visitor.page) == []
    visitor.open("/khan-cap")
    clear(visitor, "Thông báo hết diễn tập")
    wait_for(lambda: not board(stage).alarms)
