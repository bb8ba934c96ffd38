"""A writer and an approver at browsers of their own, over a station whose bulletins two people have to agree on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from harness.browser import DESK, FILES, Stage, Visitor, new_page, running_stage, write_station
from harness.hands import Hands, Pointer
from loudspeaker.web.access.accounts import Role

HEALTH = "Kính thưa bà con! Khám sức khỏe lúc 7h30.\n\nHạn nộp là 13.8, gọi 0912 345 67. Mời bà con cài Bluezone.\n"
MINE = {
    "commune.yaml": FILES["commune.yaml"].replace("policy: {{", "policy: {{approval: two, "),
    "bulletins/kham.md": f"---\ntitle: Khám sức khỏe\n---\n{HEALTH}",
}


@contextmanager
def bulletin_stage(folder: Path, with_daemon: bool = True) -> Iterator[Stage]:
    """The station; Hoa writes, Páo approves. A daemon notes who did, and prepares the sound of each text."""
    home = folder / "dai"
    write_station(home, FILES | MINE)
    with running_stage(home, with_daemon) as running:
        running.add("hoa", Role.EDIT)
        running.add("pao", Role.APPROVE)
        yield running


class People:
    """Opens browsers for people, and looks at the end whether anything went wrong in them."""

    def __init__(self, chromium: Any, stage: Stage, opened: ExitStack) -> None:
        self._chromium = chromium
        self._stage = stage
        self._opened = opened
        self.visitors: list[Visitor] = []

    def visitor(self, login: str, size: dict[str, int] = DESK, hands: type[Hands] = Pointer, **options: Any) -> Visitor:
        page = self._opened.enter_context(new_page(self._chromium, size, **options))
        found = Visitor(page, self._stage, hands)
        found.sign_in(login)
        self.visitors.append(found)
        return found


@contextmanager
def people_at(chromium: Any, stage: Stage) -> Iterator[People]:
    """Whatever goes wrong at one of their browsers fails the test."""
    with ExitStack() as opened:
        found = People(chromium, stage, opened)
        yield found
    for visitor in found.visitors:
        assert [told for told in visitor.seen.wrong if "the server responded with a status" not in told] == []


def is_narrow(visitor: Visitor) -> bool:
    """Nobody has to scroll sideways."""
    wide: int = visitor.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    return wide <= 0
