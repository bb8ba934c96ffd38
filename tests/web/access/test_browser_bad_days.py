"""Every page for everybody when there is nothing in it, and when files are broken and the daemon is away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness.browser import Stage
from harness.every_page import STATES, look_at_all, page_stage

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with page_stage(tmp_path_factory.mktemp("truy-cap")) as stage:
        yield stage


@pytest.mark.parametrize("state", sorted(STATES.keys() - {"full"}))
def test_no_page_shuts_anybody_out_on_a_bad_day(chromium: Any, stage: Stage, state: str) -> None:
    assert "\n".join(look_at_all(chromium, stage, state)) == ""
