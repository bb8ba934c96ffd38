"""Tin cấp trên, Chép ra USB and a voice that is installed, in a browser over a real daemon, at both widths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from harness.browser import (
    Stage,
    Visitor,
    axe_violations,
    running_stage,
    small_targets,
    some_widths,
    visiting,
    write_station,
)
from harness.office import open_province

from loudspeaker.clock import SystemClock
from loudspeaker.station.deliveries.delivery import Deliveries
from loudspeaker.station.paths import StationPaths
from loudspeaker.web.access.accounts import Role

pytestmark = [pytest.mark.browser, pytest.mark.sampled]
NAMES = {"phone": "bao-so-5", "desk": "lua"}  # each width decides about one of its own


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An office on the air that follows its province, which offers two bulletins."""
    folder = tmp_path_factory.mktemp("offers")
    home, now = folder / "dai", SystemClock().now()
    write_station(home)
    follow_province(home, folder, now)
    with running_stage(home) as found:
        found.add("all", *Role)
        yield found


def follow_province(home: Path, folder: Path, now: datetime) -> None:
    entries = "{bulletin: bao-so-5, at: 06:20}, {bulletin: lua, at: 17:35, days: [mon, wed]}"
    province = open_province(folder, folder / "stick", entries)
    province.write("bulletins/lua.md", "---\ntitle: Phòng trừ rầy nâu\n---\nPhun thuốc trước ngày 05/12.\n")
    province.publish("tu", now=now, spoken=True)
    taker = Deliveries(StationPaths(home, home / ".state"), now, trusted=True)
    taker.follow(province.stick, taker.first_trust(province.stick, "tinh-thu"), "ban-may", "Lý")


@pytest.fixture(params=some_widths())
def visitor(request: pytest.FixtureRequest, chromium: Any, stage: Stage) -> Iterator[Visitor]:
    with visiting(chromium, stage, "all", request.param) as found:
        found.offer = f"{NAMES[request.param]}@tinh-thu"  # type: ignore[attr-defined]
        yield found


def must_be_usable(page: Any) -> None:
    assert axe_violations(page) == []
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_the_province_offers_is_declined_and_then_scheduled(visitor: Visitor) -> None:
    page, offer = visitor.page, visitor.offer  # type: ignore[attr-defined]
    visitor.open("/")
    assert "xã có phát không?" in page.inner_text("#board")
    visitor.tap("Chọn", "link")
    must_be_usable(page)
    page.click(f'a[href="/tin-cap-tren/{offer}/khong-phat"]')
    must_be_usable(page)
    visitor.tap("Không liên quan đến xã")
    assert visitor.taps == 2  # and the link that was clicked between
    declined = page.locator("li", has=page.locator(f'form[action="/tin-cap-tren/{offer}/chon-lai"]'))
    assert "không liên quan đến xã" in declined.inner_text()

    declined.get_by_role("button").click()
    page.click(f'a[href="/lich/moi?tin={offer}"]')
    must_be_usable(page)
    visitor.tap("Lưu lịch")
    assert "Đã lưu lịch" in page.inner_text("main") or "luu=1" in page.url
    visitor.open("/tin-cap-tren")
    assert offer not in page.content()


def test_the_stations_files_are_downloaded_for_a_stick(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("/chep-usb")
    must_be_usable(visitor.page)
    with visitor.page.expect_download() as download:
        visitor.tap("Tải tệp .zip")
    download.value.save_as(tmp_path / "x.zip")

    with ZipFile(tmp_path / "x.zip") as packed:
        assert "v1/ban-may/manifest.json" in packed.namelist()
        assert packed.testzip() is None


def test_a_voice_whose_files_are_not_there_is_told_by_the_page_that_is_open(visitor: Visitor) -> None:
    visitor.open("/cai-dat/giong")
    visitor.tap("Cài từ tệp đã chép vào máy")
    visitor.page.get_by_text("Chưa cài được giọng vi_VN-vais1000-medium").wait_for()

    must_be_usable(visitor.page)
