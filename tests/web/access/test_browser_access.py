"""Every page for everybody: axe, targets, dark, zoom, forced colours, print; forms that are refused.

One browser and one station for all; pages with nothing and with mistakes in them are in test_browser_bad_days.py.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from harness.browser import FILES, Stage, axe_violations, small_targets, visiting
from harness.every_page import PAGES, fill_station, look_at_all, page_stage
from pypdf import PdfReader

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with page_stage(tmp_path_factory.mktemp("truy-cap")) as stage:
        yield stage


@pytest.mark.sampled
def test_no_page_shuts_anybody_out(chromium: Any, stage: Stage) -> None:
    assert len(PAGES) > 50
    assert "\n".join(look_at_all(chromium, stage, "full")) == ""


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


def test_the_week_is_printed_across_and_its_menus_are_not(chromium: Any, stage: Stage) -> None:
    fill_station(stage, FILES)
    with visiting(chromium, stage, "lan", "desk") as visitor:
        visitor.open("/lich/in")
        (first, *_rest) = PdfReader(io.BytesIO(visitor.page.pdf(prefer_css_page_size=True))).pages

    words = " ".join(first.extract_text().split())
    assert "Tin sáng" in words
    assert "Khẩn cấp" not in words
    assert first.mediabox.width > first.mediabox.height
