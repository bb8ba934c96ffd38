"""English pages: no word of Vietnamese on any of them but what people wrote, in good days and in bad ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.office import Office, follow, open_province
from harness.officers import PASSWORD, Officer, Officers, board_of, officers_of
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.codec import encode
from loudspeaker.errors import Message
from loudspeaker.i18n import set_language
from loudspeaker.model.airing import StandingPause
from loudspeaker.model.board import BoardAiring, StandingAlarm, VoiceInstallation
from loudspeaker.model.enums import Level
from loudspeaker.station.paths import StationPaths
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.bulletin_pages.intake import LANGUAGES
from loudspeaker.web.guard import NEEDS

pytestmark = pytest.mark.waits

NOW = at("2026-11-24T05:00:00")
AIRING = "na-hoa/morning/2026-11-24T06:05"
FILES = {
    "commune.yaml": """
commune: Test
id: xa-thu
voices: [tone:low]
villages: [na-hoa, suoi-trat]
days: {holiday: {dates: [2027-02-06]}}
say: {km: kilo}
streams: {Radio: http://127.0.0.1/radio}
technician: {name: Tom, phone: 0912345678}
policy: {approval: two, approval_on_paper: yes, emergency: two}
""",
    "box.yaml": """
plays: {na-hoa: hall, suoi-trat: school}
outputs: {hall: {device: file}, school: {device: file}}
clock: trusted
""",
    "bulletins/morning.md": "---\ntitle: Morning\n---\nHop luc 7h30 ngay 2.05 tai UBND xa.\n",
    "bulletins/flood.md": "---\ntitle: Flood\nlevel: emergency\nall_clear: over\n---\nNuoc len [river]!\n",
    "bulletins/over.md": "---\ntitle: Flood over\nlevel: emergency\n---\nAn toan.\n",
    "schedules/na-hoa.yaml": "village: Upper\nbroadcasts:\n  - {bulletin: morning, at: [06:05, '23:30']}\n",
    "schedules/suoi-trat.yaml": "village: Lower\nbroadcasts:\n  - {bulletin: morning, at: 17:30, lunar: [15]}\n",
}
# What stands in the place of a part of an address, by the route's beginning; others are of nothing that is there.
PARTS = {"GET /luot": AIRING, "GET /ban-tin": "morning", "GET /duyet": "morning", "GET /tin-cap-tren": "bao@tinh-thu"}
MORE = [
    *("/khong-co", "/lich?xem=loi&tuan=2026-11-23", "/lich?thon=na-hoa&tuan=2027-02-01", "/lich/moi?tin=bao@tinh-thu"),
    *("/lich/moi?ban-tin=morning&buoi=21600", "/im-lang?thon=na-hoa", "/ban-tin?loc=draft", "/ban-tin?tim=nothing"),
    *("/ban-tin/morning?xong=gui", "/ban-tin/morning?nghe=1", "/cai-dat/quy-che/tam-thoi?mau=bau-cu"),
    *("/cai-dat/ngay?mau=quoc-tang", "/cai-dat/ngay?mau=tet", "/nhat-ky/thao-tac?kiem=1", "/nhat-ky?ket-qua=xau"),
    *("/ban-tin/morning/cho?place=8-12", "/nhat-ky?tu=x", "/dung/ly-do?luot=a", "/thiet-bi?xong=don"),
    *("/lich/chep?tuan=2026-12-07", "/cai-dat/nghe?giong=tone:low&chu=alo"),
]
# Of nothing that is there, or only answered with more than an address.
REFUSED = {
    *("/khong-co", "/ca.crt", "/cai-dat/nghe", "/cai-dat/nghe/tieng", "/khan-cap/ket-thuc", "/khan-cap/tieng"),
    *(
        "/bao-cao.xlsx",
        "/lich/chep",
        "/lich/chep?tuan=2026-12-07",
        "/ban-tin/morning/cho",
        "/ban-tin/morning/tieng",
        "/ban-tin/morning/nghe-chu",
    ),
    *("/ban-tin/morning/tieng-chu", "/nhat-ky?tu=x"),
}
PAGES = [route for route, task in NEEDS.items() if route.startswith("GET") and route not in ("GET /song", "GET /phien")]
ANSWERED = (200, 303, 404, 409, 422, 503)
VIETNAMESE = re.compile(r"\b\w*[ăâđêôơưĂÂĐÊÔƠƯáàãéèíìóòõúùýÁÀÃÉÈÍÌÓÒÕÚÙÝ\u1ea0-\u1ef9]\w*")
QUOTED = re.compile("“[^”]*”")  # what is said or written, in the middle of a sentence
# The feast and the word that is typed have no other name; languages are called as their people call them.
THEIRS = {"Tết", "PHÁT", "Chị", *" ".join(LANGUAGES).split()}  # the tests call everybody Chị
SAID = ("aria-label", "placeholder", "title", "alt", "data-words", "label")  # attributes that are read or heard
VOID = {"input", "br", "meta", "link", "hr", "img", "option", "source"}


class WordsOfPage(HTMLParser):
    """The words of a page that are not people's: theirs stand within `lang="vi"`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        theirs = given.get("lang") == "vi" or self._is_theirs
        if not theirs:
            self.words += [given[name] or "" for name in SAID if name in given]
        if tag not in VOID:
            self._open.append((tag, theirs))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_theirs:
            self.words.append(data)

    @property
    def _is_theirs(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def vietnamese(page: str) -> set[str]:
    words = QUOTED.sub("", " ".join(WordsOfPage(page).words))
    return set(VIETNAMESE.findall(words)) - THEIRS


def busy_board() -> object:
    """Something is on the air, an alarm and a drill stand, a village is quiet, the clock is doubted."""
    heard = ("na-hoa", ("na-hoa",), "hall", "morning", "Morning")
    on = BoardAiring("a", *heard, Level.ROUTINE, True, NOW, 60.0, begun=NOW)
    alarms = [StandingAlarm(name, "na-hoa", None, "Flood", name == "b", NOW, True) for name in ("a", "b")]
    pause = StandingPause("suoi-trat", NOW, at("2026-11-24T18:00:00"), "meeting")
    doubt = Message("the clock was set back")
    return board_of(NOW, on, alarms=tuple(alarms), pauses=(pause,), trusted=False, clock=doubt)


@pytest.fixture(scope="module", params=["good", "bad"])
def officers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officers]:
    """In good days a daemon answers and a province offers something; in bad ones there is neither, and files break."""
    set_language("en")
    folder = tmp_path_factory.mktemp("en")
    home, clock = folder / "station", FakeClock(NOW)
    is_good = request.param == "good"
    broken = {"schedules/suoi-trat.yaml": "broadcasts:\n  - {bulletin: none, at: 25:00}\n"}
    files = FILES if is_good else FILES | broken
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    (home / ".state").mkdir()
    if is_good:
        follow(StationPaths(home, home / ".state"), english_province(folder))
    with officers_of(home, clock, "en") as found:
        found.clock = clock  # type: ignore[attr-defined]
        daemon = FakeDaemon(home / ".state" / "control.sock") if is_good else None
        if daemon:
            installation = VoiceInstallation("vi_VN-vais1000-medium", True, 1, 2)
            daemon.answers = {"board": busy_board(), "health": {"rows": [], "looked_at": None}}
            daemon.answers["installation"] = encode(installation)
        try:
            yield found
        finally:
            if daemon:
                daemon.close()


def english_province(folder: Path) -> Office:
    province = open_province(folder, folder / "stick", "{bulletin: bao-so-5, name: bao, at: 06:06}")
    province.write("commune.yaml", "commune: Test Province\nid: tinh-thu\n")
    province.write("bulletins/bao-so-5.md", "---\ntitle: Storm\n---\nBao cach bo 200 km.\n")
    province.publish("tu", "binh", spoken=True)
    return province


def address(route: str) -> str:
    part = next((part for begin, part in PARTS.items() if route.startswith(begin)), "na-hoa")
    path = route.partition(" ")[2].replace("{ten}", "morning")
    return re.sub(r"\{(?:job|recipe|sha256)\}", "0" * 16, re.sub(r"\{(?:id(?::path)?|name|thon)\}", part, path))


def faults(officers: Officers, person: Officer, path: str) -> set[object]:
    """What is wrong with a page: words of Vietnamese, another language, an answer that is none."""
    officers.clock.advance(0.2)  # type: ignore[attr-defined]  # nobody asks for so many at once
    answer = person.get(path)
    found: set[object] = set() if answer.status_code in ANSWERED else {answer.status_code}
    if officers.console.shared_station.air().running:  # good days
        is_refused = path in REFUSED or "/000" in path
        found |= {answer.status_code} if (answer.status_code >= 400) != is_refused else set()
    if "html" in answer.headers.get("content-type", ""):
        is_other = "<html" in answer.text and '<html lang="en">' not in answer.text
        found |= vietnamese(answer.text) | ({"another language"} if is_other else set())
    return found


def test_no_word_of_a_page_is_vietnamese(officers: Officers) -> None:
    set_language("en")
    person = officers.officer(*Role)
    person.post("/xac-nhan", password=PASSWORD)  # some pages ask for it anew
    wrong = {path: faults(officers, person, path) for path in (*map(address, PAGES), *MORE)}

    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize("path", ["/", "/khan-cap", "/cai-dat/nguoi", "/lich/moi"])
def test_nor_of_what_somebody_may_not_see(officers: Officers, path: str) -> None:
    person = officers.officer(Role.VIEW)
    officers.clock.advance(60)  # type: ignore[attr-defined]

    assert vietnamese(person.get(path).text) == set()
    assert vietnamese(officers.stranger().get("/vao").text) == set()


FORMS = [
    ("/lich/thu", {}),
    ("/lich/thu", {"village": "na-hoa", "bulletin": "morning", "at": "530"}),
    ("/lich/thu", {"village": "na-hoa", "bulletin": "morning", "at": "2330", "sure": "2330"}),
    ("/lich/thu", {"village": "na-hoa", "bulletin": "morning", "at": "06:05", "sure": "06:05", "days": "lunar"}),
    ("/lich/thu", {"village": "na-hoa", "bulletin": "morning", "at": "06:05", "sure": "06:05", "last": "1/1/2020"}),
    ("/lich/thu", {"village": "na-hoa", "bulletin": "morning", "at": "06:06", "sure": "06:06"}),
    ("/ban-tin/morning/gui", {}),
    ("/ban-tin/moi", {"title": "", "text": ""}),
    ("/khan-cap/xem-lai", {"template": "flood", "village": "na-hoa"}),
    ("/khan-cap/xem-lai", {}),
    ("/cai-dat/quy-che?thu=1", {"hours": "x"}),
    ("/cai-dat/nguoi", {"login": "", "name": ""}),
    ("/cai-dat/cach-doc?thu=1", {"written": "UBND", "spoken": "uy ban"}),
    ("/duyet/morning/tra", {"digest": "0" * 64}),
    ("/im-lang", {"thon": "na-hoa", "den": "ngay"}),
    ("/chep-usb", {"stick": "used"}),
    ("/cai-dat/giong", {"voice": "tone"}),
]


@pytest.mark.parametrize(("path", "fields"), FORMS, ids=lambda part: part if isinstance(part, str) else "")
def test_nor_of_what_is_answered_to_a_form(officers: Officers, path: str, fields: dict[str, str]) -> None:
    person = officers.officer(*Role)
    for post in (person.post, person.post_by_htmx):
        officers.clock.advance(60)  # type: ignore[attr-defined]
        answer = post(path, **fields)

        assert answer.status_code < 500 or answer.status_code == 503
        assert vietnamese(answer.text) == set()
