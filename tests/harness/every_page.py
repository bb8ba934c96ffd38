"""Every page of the console, and what shuts somebody out of one: looked at in a browser, at every width.

A page is opened once, and looked at in both widths. Colours are judged wherever they may be others: in the pages that
are full at every width and in the dark, in the others once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from harness.browser import (
    COLOURS,
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
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.guard import NEEDS

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


@contextmanager
def page_stage(folder: Path) -> Iterator[Stage]:
    """A station without a daemon, and its console; Lan has every role."""
    home = folder / "dai"
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


def look(visitor: Visitor, paths: Sequence[str], *, is_full: bool) -> list[str]:
    """What shuts somebody out, page by page, at every width; where they are full, also in the dark."""
    found = []
    for path in paths:
        visitor.page.emulate_media(color_scheme="light")
        visitor.open(path)
        for number, (width, viewport) in enumerate(WIDTHS.items()):
            visitor.page.set_viewport_size(viewport)
            known = () if is_full or not number else COLOURS
            wrong = axe_violations(visitor.page, without=known) + small_targets(visitor.page)
            if not visitor.page.evaluate(SIDEWAYS):
                wrong.append("has to be scrolled sideways")
            found += [f"{path}, {width}: {one}" for one in wrong]
        if is_full:
            visitor.page.emulate_media(color_scheme="dark")
            found += [f"{path}, dark: {one}" for one in axe_violations(visitor.page, *COLOURS)]
    return found


def look_at_all(chromium: Any, stage: Stage, state: str, pages: Sequence[str] = PAGES) -> list[str]:
    """What shuts somebody out of any page of a station in one of `STATES`."""
    files, is_on_air = STATES[state]
    fill_station(stage, FILES)
    with visiting(chromium, stage, "lan", "desk") as visitor:
        visitor.open("/lich")  # what is good is known as such
        fill_station(stage, files)
        with running_daemon(stage.home, stage.home / "daemon.log") if is_on_air else nullcontext():
            found = look(visitor, pages, is_full=state == "full")
        # The browser tells itself of pages that are not there, or are opened without the fields of their form.
        visitor.seen.wrong = [told for told in visitor.seen.wrong if "404" not in told and "422" not in told]
    return found
