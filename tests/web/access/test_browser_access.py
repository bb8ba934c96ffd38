"""Every page for everybody: axe, targets, zoom, forced colours, print, keyboard; with much, nothing, mistakes in it.

One browser for all; a page is looked at once in each state. What needs a daemon is in test_browser.py.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from harness.browser import (
    DESK,
    FILES,
    WIDTHS,
    Stage,
    Visitor,
    axe_violations,
    running_stage,
    small_targets,
    visiting,
    write_station,
)
from pypdf import PdfReader

from loudspeaker.web.access.accounts import Role
from loudspeaker.web.guard import NEEDS

pytestmark = pytest.mark.browser
# No pages of somebody who has logged in, or sound, a file, a stream.
OTHER = {
    *("/vao", "/bat-dau", "/ca.crt", "/song", "/dau-trang", "/bao-cao.xlsx", "/phien", "/khan-cap/tieng"),
    "/cai-dat/nghe/tieng",
}
PLAIN = sorted(route[4:] for route, task in NEEDS.items() if route.startswith("GET ") and task and "{" not in route)
PAGES = [path for path in PLAIN if path not in OTHER] + [
    "/ban-tin/tin-sang",
    "/ban-tin/tin-sang/in",
    "/duyet/tin-sang",
    "/lich/muc/na-hoa/tin-sang",
    "/lich?xem=loi",
    "/thiet-bi?thu=ban-lim",
]
FEW = ["/", "/lich", "/lich/moi", "/ban-tin", "/duyet", "/nhat-ky", "/thiet-bi", "/tep-loi", "/khan-cap"]
NOTHING = {name: text for name, text in FILES.items() if name.endswith("e.yaml") or name == "box.yaml"}
BROKEN = {
    "schedules/na-hoa.yaml": "broadcasts:\n  - {{bulletin: tin-sang, at: 99:00}}\n",
    "bulletins/tin-dai.md": "---\ntitle: [a\n---\nLời.\n",
}
SIDEWAYS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("truy-cap") / "dai"
    write_station(home)
    with running_stage(home, with_daemon=False) as stage:
        stage.add("lan", *Role)
        yield stage


def fill_station(stage: Stage, files: dict[str, str]) -> None:
    """Nothing but these files."""
    for folder in ("schedules", "bulletins"):
        for path in (stage.home / folder).iterdir():
            path.unlink()
    write_station(stage.home, files)


@pytest.fixture(params=WIDTHS)
def visitor(request: pytest.FixtureRequest, stage: Stage, chromium: Any) -> Iterator[Visitor]:
    fill_station(stage, FILES)
    with visiting(chromium, stage, "lan", request.param) as visitor:
        yield visitor


def look(visitor: Visitor, paths: list[str]) -> list[str]:
    """What shuts somebody out, page by page."""
    found = []
    for path in paths:
        visitor.open(path)
        wrong = axe_violations(visitor.page) + small_targets(visitor.page)
        found += [f"{path}: {one}" for one in wrong]
        if not visitor.page.evaluate(SIDEWAYS):
            found.append(f"{path}: has to be scrolled sideways")
    return found


def test_no_page_shuts_anybody_out(visitor: Visitor) -> None:
    assert len(PAGES) > 30
    assert "\n".join(look(visitor, PAGES)) == ""
    # Three pages that are opened without the fields of their form say what is missing, with status 422.
    visitor.seen.wrong = [told for told in visitor.seen.wrong if "422" not in told]


@pytest.mark.parametrize("files", [NOTHING, FILES | BROKEN], ids=["nothing", "mistakes"])
def test_nor_with_nothing_or_with_mistakes_in_the_files(visitor: Visitor, files: dict[str, str]) -> None:
    visitor.open("/lich")  # what is good is known as such
    fill_station(visitor.stage, files)

    assert "\n".join(look(visitor, FEW)) == ""


def test_pages_of_twice_the_size_are_not_scrolled_sideways_and_keep_their_edges_in_forced_colours(
    chromium: Any, stage: Stage
) -> None:
    fill_station(stage, FILES)
    half = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}
    context = chromium.new_context(viewport=half, device_scale_factor=2, forced_colors="active")
    visitor = Visitor(context.new_page(), stage)
    visitor.log_in("lan")
    wrong = []
    for path in FEW:
        visitor.open(path)
        if not visitor.page.evaluate(SIDEWAYS):
            wrong.append(path)
        wrong += visitor.page.evaluate(
            "() => Array.from(document.querySelectorAll('main button, main .button'))"
            ".filter(one => one.offsetParent && getComputedStyle(one).borderStyle === 'none').map(one => one.outerHTML)"
        )
    context.close()

    assert "\n".join(wrong) == ""


def test_the_week_is_printed_across_and_its_menus_are_not(chromium: Any, stage: Stage) -> None:
    fill_station(stage, FILES)
    context = chromium.new_context(locale="vi-VN")
    visitor = Visitor(context.new_page(), stage)
    visitor.log_in("lan")
    visitor.open("/lich/in")
    (first, *_rest) = PdfReader(io.BytesIO(visitor.page.pdf(prefer_css_page_size=True))).pages
    context.close()

    assert first.mediabox.width > first.mediabox.height
    words = " ".join(first.extract_text().split())
    assert "Tin sáng" in words
    assert "Khẩn cấp" not in words
