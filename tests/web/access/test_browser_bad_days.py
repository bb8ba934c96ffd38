"""Every page for everybody when there is nothing in it, and when files are broken and the daemon is away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness.browser import Stage, visiting
from harness.every_page import PAGES, STATES, look_at_all, page_stage
from harness.hands import SHOWN
from harness.scoring import some_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with page_stage(tmp_path_factory.mktemp("truy-cap")) as stage:
        yield stage


@pytest.mark.sampled
@pytest.mark.parametrize("state", sorted(STATES.keys() - {"full"}))
def test_no_page_shuts_anybody_out_on_a_bad_day(chromium: Any, stage: Stage, state: str) -> None:
    assert "\n".join(look_at_all(chromium, stage, state, some_of(PAGES))) == ""


HELD = f"""() => {{
  const held = document.activeElement;
  const wrong = held === document.body ? "" : ({SHOWN})(held);
  return wrong && held.outerHTML.slice(0, 80) + " " + wrong;
}}"""


@pytest.mark.parametrize("path", ["/lich/moi", "/cai-dat/quy-che"])
def test_what_the_keyboard_comes_to_is_not_hidden_behind_a_band(chromium: Any, stage: Stage, path: str) -> None:
    with visiting(chromium, stage, "lan", "phone") as visitor:
        visitor.open(path)
        visitor.page.locator(".band:visible").first.wait_for()  # the daemon does not run
        wrong = []
        for key in ["Tab"] * 40 + ["Shift+Tab"] * 40:
            visitor.page.keyboard.press(key)
            wrong.append(visitor.page.evaluate(HELD))

    assert [one for one in wrong if one] == []
