"""Every page of the console, and what shuts somebody out of one: looked at in a browser, at every width.

A page is opened once. What has to be scrolled sideways and what a thumb would miss is judged at every width. What axe
finds takes most of the time: in `make fault` by light and in the dark, each on a telephone and on a PC; in `make test`
by one of these four, the next page by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from hypothesis import settings

from harness.browser import (
    DESK,
    FILES,
    WIDTHS,
    Stage,
    Visitor,
    axe_script,
    axe_violations,
    new_page,
    running_stage,
    small_targets,
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
LOOKS = (("phone", "light"), ("desk", "dark"), ("phone", "dark"), ("desk", "light"))
HALF = {side: length // 2 for side, length in DESK.items()}
SIDEWAYS = "document.documentElement.scrollWidth <= innerWidth"


EDGELESS = """() => Array.from(document.querySelectorAll("main button, main .button"))
  .filter(one => one.offsetParent && getComputedStyle(one).borderStyle === "none").map(one => one.outerHTML)"""


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


def some_looks(number: int) -> Sequence[tuple[str, str]]:
    """At which widths and by which colours axe looks at a page of this number, for tests with the marker `sampled`."""
    return LOOKS if settings.get_current_profile_name() == "full" else (LOOKS[number % len(LOOKS)],)


def look(visitor: Visitor, paths: Sequence[str]) -> list[str]:
    """What shuts somebody out, page by page."""
    found = []
    for number, path in enumerate(paths):
        visitor.open(path)
        found += [f"{path}, {one}" for one in [*_axe(visitor.page, some_looks(number)), *_layout(visitor.page)]]
    return found


def _axe(page: Any, looks: Sequence[tuple[str, str]]) -> Iterator[str]:
    for width, scheme in looks:
        page.set_viewport_size(WIDTHS[width])
        page.emulate_media(color_scheme=scheme)
        yield from (f"{width}, {scheme}: {one}" for one in axe_violations(page))
    page.emulate_media(color_scheme="light")


def _layout(page: Any) -> Iterator[str]:
    """At every width, and on a PC at twice the size; in colours of the browser's own a button keeps its edge."""
    for width, viewport in (WIDTHS | {"twice": HALF}).items():
        page.set_viewport_size(viewport)
        if not page.evaluate(SIDEWAYS):
            yield f"{width}: has to be scrolled sideways"
        if width in WIDTHS:
            yield from (f"{width}: {one}" for one in small_targets(page))
    page.emulate_media(forced_colors="active")
    yield from (f"in forced colours without an edge: {one}" for one in page.evaluate(EDGELESS))
    page.emulate_media(forced_colors="none")


@contextmanager
def looking(chromium: Any, stage: Stage, login: str) -> Iterator[Visitor]:
    """Somebody who has logged in, in whose pages axe is there from the beginning; what goes wrong fails the test."""
    with new_page(chromium, DESK) as page:
        page.add_init_script(axe_script())
        visitor = Visitor(page, stage)
        visitor.sign_in(login)
        yield visitor
    assert visitor.seen.wrong == [], visitor.seen.wrong


def look_at_all(chromium: Any, stage: Stage, state: str, pages: Sequence[str] = PAGES) -> list[str]:
    """What shuts somebody out of any page of a station in one of `STATES`."""
    files, is_on_air = STATES[state]
    fill_station(stage, FILES)
    with looking(chromium, stage, "lan") as visitor:
        visitor.open("/lich")  # what is good is known as such
        fill_station(stage, files)
        with running_daemon(stage.home, stage.home / "daemon.log") if is_on_air else nullcontext():
            found = look(visitor, pages)
        # The browser tells itself of pages that are not there, or are opened without the fields of their form.
        visitor.seen.wrong = [told for told in visitor.seen.wrong if "404" not in told and "422" not in told]
    return found
