"""From a Word file to an approved, planned airing: the console walked through in Chromium as on a first visit.

    python bench/first_visit.py [FOLDER]

A real daemon and console, the dispatch of tests/data/letters as a .docx, an editor at a desk and an approver with a
telephone. Each step tells the seconds that the machine took, and those that a person needs by the keystroke-level
model (Card, Moran and Newell 1980: 1.35 s to make up one's mind, 1.1 s to point, 0.2 s to press, 0.28 s a letter), for
reading (238 words a minute, Brysbaert 2019) and for skimming (600, Carver 1992). Writer and approver read all of it;
how long each listens, where they do, stands beside. A model is no officer: it does not get lost. Pictures of each step
go to FOLDER.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness import office_files
from harness.browser import CHROMIUM, DESK, FILES, PHONE, Stage, Visitor, running_stage, write_station
from harness.officers import PASSWORD
from harness.paths import DATA
from playwright.sync_api import sync_playwright

from loudspeaker.web.access.accounts import Role

MIND, POINT, PRESS, LETTER = 1.35, 1.1, 0.2, 0.28  # s
WORDS_A_MINUTE, SKIMMED = 238.0, 600.0
FILE_DIALOGUE = 8.0  # s to find a file in the dialogue of an operating system
MUST = 600.0  # s
LENGTH = """() => new Promise(done => {
  const audio = document.querySelector("audio"), tell = () => done(audio.duration);
  if (audio.readyState) tell(); else audio.onloadedmetadata = tell;
})"""
DISPATCH = (DATA / "letters" / "cong-van-bluezone-lao-cai-2021.txt").read_text("utf-8").strip().split("\n\n")
COMMUNE = FILES["commune.yaml"].replace("voices: [tone:low]", "voices: [espeak:vi]")
STATION = FILES | {"commune.yaml": COMMUNE.replace("policy: {{", "policy: {{approval: two, ")}


@dataclass
class Step:
    """One thing that is done: seconds of the machine, of a person, and of the sound that they could listen to."""

    name: str
    machine: float = 0.0
    person: float = 0.0
    sound: float = 0.0
    taps: int = 0


@dataclass
class Walk:
    """Somebody who does one step after the other."""

    visitor: Visitor
    folder: Path
    steps: list[Step] = field(default_factory=list)

    @property
    def page(self) -> Any:
        return self.visitor.page

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        self.steps.append(Step(name))
        begun = time.monotonic()
        yield self.steps[-1]
        self.steps[-1].machine += time.monotonic() - begun
        number = len(list(self.folder.glob("*.png"))) + 1
        self.page.screenshot(path=self.folder / f"{number:02d}.png")

    def tap(self, locator: Any) -> None:
        self.steps[-1].person += MIND + POINT + PRESS
        self.steps[-1].taps += 1
        locator.click()

    def press(self, name: str, role: str = "button") -> None:
        self.tap(self.page.get_by_role(role, name=name).first)

    def type(self, selector: str, words: str) -> None:
        self.steps[-1].person += POINT + PRESS + LETTER * len(words)
        self.page.fill(selector, words)

    def read(self, selector: str, speed: float = WORDS_A_MINUTE) -> None:
        """Everything that stands there."""
        self.steps[-1].person += 60 * len(self.page.inner_text(selector).split()) / speed

    def have_sound(self) -> None:
        """That of the page is there to be listened to; nobody waits for it here."""
        self.page.locator("audio").wait_for(timeout=120_000)
        length = self.page.evaluate(LENGTH)
        self.steps[-1].sound += float(length)

    def log_in(self, login: str, path: str) -> None:
        self.visitor.open(path)
        self.type("#login", login)
        self.type("#password", PASSWORD)
        self.press("Đăng nhập")


def write_bulletin(walk: Walk, document: Path) -> str:
    """From the file to the approver's list; the bulletin's id."""
    with walk.step("log in"):
        walk.log_in("hoa", "/vao")
    with walk.step("choose the Word file"):
        walk.press("Bản tin", "link")
        walk.press("Tải tệp Word", "link")
        walk.steps[-1].person += FILE_DIALOGUE
        walk.page.locator("#document").set_input_files(document)
        walk.page.get_by_text("Phần bỏ đi").wait_for()
    with walk.step("look at what was taken out of it"):
        walk.read("main", SKIMMED)
        walk.press("Tạo bản nháp")
        walk.page.wait_for_url("**/ban-tin/*")
    with walk.step("read how it will be said, accept what is marked"):
        walk.read("#spoken .words")
        while walk.page.locator(".doubt.at").count():
            left = walk.page.locator("#doubts").inner_text()
            walk.read(".doubt.at")
            walk.tap(walk.page.locator(".doubt.at").get_by_role("button", name="Đọc đúng"))
            walk.page.wait_for_function(
                "left => !document.querySelector('#doubts') || document.querySelector('#doubts').innerText !== left",
                arg=left,
            )
    with walk.step("have its sound made"):
        walk.press("Nghe thử")
        walk.have_sound()
    with walk.step("send it for approval"):
        walk.press("Gửi duyệt")
        walk.page.get_by_text("Đã gửi duyệt").wait_for()
    bulletin: str = walk.page.url.rpartition("/")[2].partition("?")[0]
    return bulletin


def plan_bulletin(walk: Walk, bulletin: str, day: datetime) -> None:
    """An airing each day of a week in two villages."""
    with walk.step("schedule it"):
        walk.page.reload()
        walk.press("Xếp lịch", "link")
        walk.read("main", SKIMMED)
        for village in ("Thôn Nà Hoa", "Bản Lìm"):
            walk.tap(walk.page.get_by_label(village))
        walk.type("#at", "17h15")
        walk.type("#first", f"{day:%d/%m/%Y}")
        walk.type("#last", f"{day + timedelta(days=6):%d/%m/%Y}")
        walk.page.get_by_text("14 lượt").first.wait_for()
        walk.press("Lưu lịch")
        walk.page.wait_for_url("**/lich?*")
        walk.page.get_by_text("Bluezone").first.wait_for()


def approve(walk: Walk, bulletin: str) -> None:
    with walk.step("the approver logs in by the link from Zalo"):
        walk.log_in("pao", f"/duyet/{bulletin}")
        walk.page.wait_for_url(f"**/duyet/{bulletin}")
    with walk.step("reads and approves"):
        walk.read(".words")
        walk.have_sound()
        walk.press("Duyệt phát")
        walk.page.get_by_text("đã duyệt").first.wait_for()


def walk_through(stage: Stage, browser: Any, folder: Path) -> list[Step]:
    document = folder / "cong-van.docx"
    document.write_bytes(office_files.docx([block for block in DISPATCH if block]))
    hoa = Walk(Visitor(browser.new_context(viewport=DESK, locale="vi-VN").new_page(), stage), folder)
    bulletin = write_bulletin(hoa, document)
    pao = Walk(Visitor(browser.new_context(viewport=PHONE, locale="vi-VN").new_page(), stage), folder)
    approve(pao, bulletin)
    plan_bulletin(hoa, bulletin, datetime.now() + timedelta(days=1))
    return [*hoa.steps[:-1], *pao.steps, hoa.steps[-1]]


def main() -> int:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(home)
        folder.mkdir(parents=True, exist_ok=True)
        write_station(Path(home) / "dai", STATION)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with running_stage(Path(home) / "dai") as stage:
            stage.add("hoa", Role.EDIT)
            stage.add("pao", Role.APPROVE)
            steps = walk_through(stage, browser, folder)
        browser.close()
    for step in steps:
        print(line(step.name, step.machine, step.person, step.sound, f"{step.taps} taps"))
    machine, person, sound = (sum(getattr(step, part) for step in steps) for part in ("machine", "person", "sound"))
    print(line("together", machine, person, sound, f"must: {MUST:.0f} s without the sound"))
    return int(machine + person > MUST)


def line(name: str, machine: float, person: float, sound: float, more: str) -> str:
    return f"{name:50} machine {machine:5.1f} s  person {person:6.1f} s  sound {sound:6.1f} s  {more}"


if __name__ == "__main__":
    sys.exit(main())
