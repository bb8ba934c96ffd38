"""A writer and an approver at browsers of their own, over a station whose bulletins two people have to agree on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.browser import DESK, FILES, Stage, Visitor, running_stage, write_station
from harness.hands import Hands, Pointer
from loudspeaker.web.access.accounts import Role

HEALTH = "Kính thưa bà con! Khám sức khỏe lúc 7h30.\n\nHạn nộp là 13.8, gọi 0912 345 67. Mời bà con cài Bluezone.\n"
MINE = {
    "commune.yaml": FILES["commune.yaml"].replace("policy: {{", "policy: {{approval: two, "),
    "bulletins/kham.md": f"---\ntitle: Khám sức khỏe\n---\n{HEALTH}",
}


@contextmanager
def bulletin_stage(folder: Path) -> Iterator[Stage]:
    """The station on the air; Hoa writes, Páo approves."""
    home = folder / "dai"
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
        options |= {"viewport": size, "locale": "vi-VN", "reduced_motion": "reduce"}
        page = self._chromium.new_context(**options).new_page()
        found = Visitor(page, self._stage, hands)
        found.log_in(login)
        self.visitors.append(found)
        return found


@contextmanager
def people_at(chromium: Any, stage: Stage) -> Iterator[People]:
    """Whatever goes wrong at one of their browsers fails the test."""
    found = People(chromium, stage)
    yield found
    for visitor in found.visitors:
        wrong = [told for told in visitor.seen.wrong if "the server responded with a status" not in told]
        visitor.page.context.close()
        assert wrong == []


def is_narrow(visitor: Visitor) -> bool:
    """Nobody has to scroll sideways."""
    wide: int = visitor.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    return wide <= 0
