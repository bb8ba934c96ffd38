"""Every page for everybody: axe, targets, dark, zoom, forced colours, print; with much, nothing, mistakes in it.

One browser and one station for all; a page is opened once in each state, and looked at in both widths.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from harness.browser import (
    COLOURS,
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
from harness.daemon_process import running_daemon
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
    "/lich?thon=na-hoa&tuan=2027-02-01",
    "/thiet-bi?thu=ban-lim",
    "/im-lang?thon=na-hoa",
    "/khan-cap?mau=sat-lo",
    "/cai-dat/quy-che/tam-thoi?mau=bau-cu",
    "/cai-dat/ngay?mau=quoc-tang",
    "/nhat-ky/thao-tac?kiem=1",
    "/nhat-ky?ket-qua=missed&tu=2026-01-01&den=2026-01-02",
    "/ban-tin/khong-co",
    "/khong-co",
]
NOTHING = {name: text for name, text in FILES.items() if name.endswith("e.yaml") or name == "box.yaml"}
BROKEN = {
    "schedules/na-hoa.yaml": "broadcasts:\n  - {{bulletin: tin-sang, at: 99:00}}\n",
    "bulletins/tin-dai.md": "---\ntitle: [a\n---\nLời.\n",
}
ALARM = "---\ntitle: Sạt lở đất\nlevel: emergency\n---\nĐất sạt ở [nơi]. Bà con đến [nơi đến].\n"
# What stands in the station, and whether its daemon runs.
STATES = {
    "full": (FILES | {"bulletins/sat-lo.md": ALARM}, True),
    "empty": (NOTHING, True),
    "error": (FILES | BROKEN, False),
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


def look(visitor: Visitor, paths: list[str], *, dark: bool) -> list[str]:
    """What shuts somebody out, page by page, at every width; also in the dark, whose colours are others."""
    found = []
    for path in paths:
        visitor.page.emulate_media(color_scheme="light")
        visitor.open(path)
        for width, viewport in WIDTHS.items():
            visitor.page.set_viewport_size(viewport)
            wrong = axe_violations(visitor.page) + small_targets(visitor.page)
            if not visitor.page.evaluate(SIDEWAYS):
                wrong.append("has to be scrolled sideways")
            found += [f"{path}, {width}: {one}" for one in wrong]
        if dark:
            visitor.page.emulate_media(color_scheme="dark")
            found += [f"{path}, dark: {one}" for one in axe_violations(visitor.page, *COLOURS)]
    return found


@pytest.mark.parametrize("state", STATES)
def test_no_page_shuts_anybody_out(chromium: Any, stage: Stage, state: str) -> None:
    files, is_on_air = STATES[state]
    fill_station(stage, FILES)
    with visiting(chromium, stage, "lan", "desk") as visitor:
        visitor.open("/lich")  # what is good is known as such
        fill_station(stage, files)
        with running_daemon(stage.home, stage.home / "daemon.log") if is_on_air else nullcontext():
            assert len(PAGES) > 50
            assert "\n".join(look(visitor, PAGES, dark=state == "full")) == ""
        # The browser tells itself of pages that are not there, or are opened without the fields of their form.
        visitor.seen.wrong = [told for told in visitor.seen.wrong if "404" not in told and "422" not in told]


# A page, and the address to which its form is sent; emptied, it is refused.
FORMS = {
    "/ban-tin/moi": "/ban-tin/moi",
    "/cai-dat/ngay": "/cai-dat/ngay?thu=1",
    "/cai-dat/nguoi": "/cai-dat/nguoi",
    "/cai-dat/quy-che": "/cai-dat/quy-che?thu=1",
    "/cai-dat/quy-che/tam-thoi?mau=bau-cu": "/cai-dat/quy-che/tam-thoi?thu=1",
    "/khan-cap": "/khan-cap/xem-lai",
    "/lich/bang": "/lich/bang",
    "/lich/moi": "/lich/moi",
    "/mat-khau": "/mat-khau",
}
SEND_EMPTY = """action => {
  const form = document.querySelector(`main form[action="${action}"]`);
  form.noValidate = true;
  form.querySelectorAll("input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea")
    .forEach(field => { field.value = ""; });
  form.requestSubmit(form.querySelector("button.main"));
}"""


def test_what_a_refused_form_shows_shuts_nobody_out(chromium: Any, stage: Stage) -> None:
    fill_station(stage, FILES)
    wrong = []
    with visiting(chromium, stage, "lan", "phone") as visitor:
        for path, action in FORMS.items():
            visitor.open(path)
            with visitor.page.expect_navigation():
                visitor.page.evaluate(SEND_EMPTY, action)
            visitor.page.locator("[role=alert]:focus").wait_for()  # the eye is led to what is wrong
            found = axe_violations(visitor.page) + small_targets(visitor.page)
            wrong += [f"{path}: {one}" for one in found]
        visitor.seen.wrong = [told for told in visitor.seen.wrong if "422" not in told]  # told by the browser itself

    assert "\n".join(wrong) == ""


def test_pages_of_twice_the_size_are_not_scrolled_sideways_and_keep_their_edges_in_forced_colours(
    chromium: Any, stage: Stage
) -> None:
    fill_station(stage, FILES)
    half = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}
    context = chromium.new_context(viewport=half, device_scale_factor=2, forced_colors="active")
    visitor = Visitor(context.new_page(), stage)
    visitor.log_in("lan")
    wrong = []
    for path in PAGES:
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

    words = " ".join(first.extract_text().split())
    assert "Tin sáng" in words
    assert "Khẩn cấp" not in words
    assert first.mediabox.width > first.mediabox.height
