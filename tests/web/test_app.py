"""What stands before every page: who may ask for it, from where, how much, and what an answer always carries."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import HTMX, PASSWORD, Officer, Officers, officers_of
from harness.scoring import some_of
from harness.small_commune import at, write_small_commune

from loudspeaker.clock import FakeClock
from loudspeaker.web import app
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.guard import FEEDS, MAY, NEEDS
from loudspeaker.web.middleware import MOST_PEOPLE, MOST_REQUESTS, SPAN, RequestRate
from loudspeaker.web.origin_checks import HEADERS

ENDLESS = {"GET /song"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def address(route: str) -> tuple[str, str]:
    """Method and an address of a route, with something in the place of each of its parts."""
    method, path = route.split(" ")
    return method, re.sub(r"\{[^}]*\}", "x", path)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officers]:
    """One console for all questions of who may do what: they change nothing."""
    home = tmp_path_factory.mktemp("everybody") / "dai"
    write_small_commune(home)
    clock = FakeClock(at("2026-11-24T05:00:00"))
    with officers_of(home, clock) as found:
        found.clock = clock  # type: ignore[attr-defined]
        yield found


def test_every_route_has_its_row_in_the_table_and_every_row_its_route() -> None:
    assert app.handlers().keys() == NEEDS.keys()
    assert app.feeds().keys() == FEEDS.keys()
    assert not NEEDS.keys() & FEEDS.keys()
    assert {route for route, use in FEEDS.items() if use is None} == {"GET /api/v1/openapi.json"}
    assert all(route.startswith("GET ") for route in FEEDS)


def changes_nothing(route: str, role: Role) -> bool:
    """Whether a role's asking for a route changes nothing here, and ends; else the page's own test does it."""
    return role not in MAY[NEEDS[route]] or not (route.startswith("POST") or route in ENDLESS)  # type: ignore[index]


ASKED = [(route, role) for route, task in NEEDS.items() if task for role in Role if changes_nothing(route, role)]
ONE_EACH = {(NEEDS[route], role): (route, role) for route, role in ASKED}  # of each task for each role
SOME_ASKED = dict.fromkeys([*some_of(ASKED, 3), *ONE_EACH.values()])


def refuses_rightly(person: Officer, route: str, role: Role) -> bool:
    """Whether somebody of a role is refused, in words, exactly where the role may not do what is asked."""
    method, path = address(route)
    allowed = role in MAY[NEEDS[route]]  # type: ignore[index]
    answer = person.get(path) if method == "GET" else person.post(path)
    return (answer.status_code == 403) == ("không thuộc quyền" in answer.text) == (not allowed)


@pytest.mark.sampled
@pytest.mark.parametrize("role", Role)
def test_whoever_lacks_the_right_is_refused_and_told_who_has_it(everybody: Officers, role: Role) -> None:
    person = everybody.officer(role)
    wrong = []
    for route in (route for route, one in SOME_ASKED if one is role):
        everybody.clock.advance(0.5)  # type: ignore[attr-defined]  # nobody asks for so many at once
        wrong += [] if refuses_rightly(person, route, role) else [route]

    assert wrong == []


def test_nobody_gets_in_without_logging_in(everybody: Officers) -> None:
    everybody.officer(Role.VIEW)
    wrong = []
    for route in (route for route, task in NEEDS.items() if task):
        everybody.clock.advance(0.5)  # type: ignore[attr-defined]  # nobody asks for so many at once
        method, path = address(route)
        answer = everybody.stranger().client.request(method, path)
        door = (303, True) if method == "GET" else (401, False)
        found = answer.status_code, answer.headers.get("location", "").startswith("/vao")
        wrong += [] if found == door else [(route, found)]

    assert wrong == []


POSTS = [route for route in NEEDS if route.startswith("POST")]


@pytest.mark.sampled
def test_a_form_without_the_sessions_token_changes_nothing(everybody: Officers) -> None:
    person = everybody.officer(*Role)
    wrong = []
    tried = list(product((route for route in POSTS if NEEDS[route]), ("", "0" * 64, "ắ")))
    for route, token in some_of(tried, 2):  # of each route one token or two
        everybody.clock.advance(0.5)  # type: ignore[attr-defined]  # nobody asks for so many at once
        answer = person.client.post(address(route)[1], data={"form_token": token})
        is_told = "trang này đã cũ" in answer.text.lower()
        wrong += [] if answer.status_code == 403 and is_told else [(route, token, answer.status_code)]

    assert wrong == []


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}],
    ids=str,
)
def test_a_form_of_another_page_changes_nothing(everybody: Officers, headers: dict[str, str]) -> None:
    person = everybody.officer(*Role)
    asked = {"data": {"form_token": person.token}, "headers": headers}
    answers = {route: person.client.post(address(route)[1], **asked).status_code for route in POSTS}  # type: ignore[arg-type]

    assert {route: status for route, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.20:8080", "127.0.0.1.evil.example", ""])
def test_another_host_name_is_not_answered(officers: Officers, host: str) -> None:
    answer = officers.stranger().get("/vao", host=host)

    assert answer.status_code == 421
    assert "Bản Mây" not in answer.text


def test_a_stream_of_somebody_who_has_logged_out_is_refused_not_sent_to_a_page(officers: Officers) -> None:
    assert officers.stranger().get("/song", accept="text/event-stream").status_code == 401


@pytest.mark.parametrize("path", ["/vao", "/", "/nowhere", "/static/console.css", "/static/nowhere", "/../box.yaml"])
def test_every_answer_carries_the_headers_and_names_no_server(officers: Officers, path: str) -> None:
    answer = officers.officer(Role.VIEW).get(path)

    for name, value in HEADERS.items():
        assert answer.headers[name] == value or name == "Cache-Control"
    assert "server" not in answer.headers


def test_an_unknown_address_and_a_wrong_method_are_told_with_a_number(officers: Officers) -> None:
    person = officers.officer(Role.VIEW)
    for answer, status in ((person.get("/khong-co"), 404), (person.post("/them"), 405)):
        assert answer.status_code == status
        assert re.search(r"Số để báo kỹ thuật: [0-9a-f]{6}", answer.text)


def test_a_mistake_of_the_program_is_told_with_a_number_and_without_a_traceback(
    officers: Officers, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(page: object) -> None:
        raise RuntimeError("secret of the program")

    monkeypatch.setitem(app.entrance.ROUTES, "GET /them", fail)  # type: ignore[arg-type]
    answer = officers.officer(Role.VIEW).get("/them")

    assert answer.status_code == 500
    number = re.search(r"Số để báo kỹ thuật: ([0-9a-f]{6})", answer.text)
    assert number
    assert "secret" not in answer.text
    assert any(number[1] in record.getMessage() and record.exc_info for record in caplog.records)


def test_too_large_a_form_is_refused_and_the_page_says_so(officers: Officers) -> None:
    answer = officers.officer(*Role).post("/mat-khau", old="x" * 300_000)

    assert answer.status_code == 413
    assert "lớn hơn" in answer.text


def test_too_many_requests_are_asked_to_wait(officers: Officers, clock: FakeClock) -> None:
    person = officers.officer(Role.VIEW)
    found = [person.get("/them").status_code for _ in range(MOST_REQUESTS + 1)]
    assert found == [200] * MOST_REQUESTS + [429]

    clock.advance(SPAN)
    assert person.get("/them").status_code == 200


def test_two_computers_of_one_account_have_a_rate_each(officers: Officers) -> None:
    here, there = officers.officer(Role.VIEW), officers.stranger()
    session = officers.console.site.accounts.log_in(Role.VIEW.value, PASSWORD, "127.0.0.1", "test")
    there.client.cookies.set(officers.console.site.cookie, session.token, "127.0.0.1")
    for _ in range(MOST_REQUESTS):
        here.get("/them")

    assert here.get("/them").status_code == 429
    assert there.get("/them").status_code == 200


def test_the_rate_is_that_of_each_key() -> None:
    clock = FakeClock(at("2026-11-24T05:00:00"))
    rate = RequestRate(clock, most=2)

    assert [rate.wait("lan"), rate.wait("lan"), rate.wait("pao")] == [0, 0, 0]
    clock.advance(4)
    assert rate.wait("lan") == SPAN - 4


def test_threads_that_count_requests_at_once_do_not_disturb_each_other() -> None:
    rate = RequestRate(FakeClock(at("2026-11-24T05:00:00")))
    for number in range(MOST_PEOPLE):
        rate.wait(str(number))
    other = Thread(target=rate.wait, args=("pao",))

    class Disturbed(str):
        """A key during whose counting, while old ones are swept out, another thread counts, too."""

        lookups = 0

        def __hash__(self) -> int:
            self.lookups += 1
            if self.lookups == 2:
                other.start()
                other.join(0.05)
            return super().__hash__()

    assert rate.wait(Disturbed("lan")) == 0
    other.join()


def test_a_session_that_ended_leaves_the_form_in_its_page(officers: Officers) -> None:
    person = officers.officer(*Role)
    person.client.cookies.clear()
    answer = person.client.post("/dung", data={"form_token": "x"}, headers=HTMX)

    assert answer.status_code == 401
    assert answer.headers["hx-retarget"] == "#notice"
    assert "Đăng nhập" in answer.text


@pytest.fixture
def typed() -> dict[str, object]:
    return {
        "title": "Tin <mới>",
        "text": "\nDòng đầu\nDòng hai “{{ 7*7 }}”",
        "revision": "x",
        "village": ["na-hoa", "suoi-trat"],
    }


def send_kept(person: Officer, page: str) -> Any:
    """Press the button of the page that has kept a form."""
    form = re.search(r'<form method="post" action="([^"]*)">(.*?)</form>', page, re.S)
    assert form
    fields = [(html.unescape(name), html.unescape(value)) for name, value in HIDDEN.findall(form[2])]
    body = urlencode(fields)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return person.client.post(html.unescape(form[1]), content=body, headers=kind)


def test_a_form_of_before_the_last_log_in_is_sent_again_by_one_button(
    officers: Officers, daemon: FakeDaemon, typed: dict[str, object]
) -> None:
    person = officers.officer(*Role)
    answer = person.client.post("/ban-tin/tin-sang/nhap", data={"form_token": "0" * 64, **typed})

    assert answer.status_code == 403
    assert "Tin &lt;mới&gt;" in answer.text
    assert send_kept(person, answer.text).status_code == 204
    draft = officers.console.drafts.find("".join(Role), "tin-sang")
    assert draft
    assert draft.text.split() == ["Dòng", "đầu", "Dòng", "hai", "“{{", "7*7", "}}”"]
    assert draft.head["title"] == "Tin <mới>"


def test_a_form_of_an_ended_session_is_kept_until_somebody_has_logged_in_again(
    officers: Officers, typed: dict[str, object]
) -> None:
    person = officers.officer(*Role)
    cookie = person.client.cookies.get(officers.console.site.cookie)
    person.client.cookies.clear()
    answer = person.client.post("/ban-tin/tin-sang/nhap", data={"form_token": "x", **typed})
    assert answer.status_code == 401
    assert 'target="_blank"' in answer.text

    still_out = send_kept(person, answer.text)
    assert still_out.status_code == 401
    person.client.cookies.set(officers.console.site.cookie, cookie, "127.0.0.1")
    logged_in = send_kept(person, still_out.text)
    assert logged_in.status_code == 403
    assert send_kept(person, logged_in.text).status_code == 204


@pytest.mark.parametrize("path", ["/khan-cap/phat", "/mat-khau", "/tep"])
def test_neither_an_alarm_nor_a_password_nor_a_file_is_kept(officers: Officers, path: str) -> None:
    person = officers.officer(*Role)
    fields = {"form_token": "x", "word": "PHÁT", "old": "mật khẩu cũ"}
    files = {"file": ("a.txt", b"x")} if path == "/tep" else None
    answer = person.client.post(path, data=fields, files=files)

    assert answer.status_code == 403
    assert "mật khẩu cũ" not in answer.text
    assert "Gửi lại" not in answer.text


def test_a_page_that_is_open_learns_the_token_of_the_session_that_took_its_place(officers: Officers) -> None:
    person, stranger = officers.officer(Role.EDIT), officers.stranger()

    assert person.get("/phien").json() == {"form_token": person.token}
    assert stranger.get("/phien").json() == {"form_token": ""}
    assert person.get("/phien").headers["cache-control"] == "no-store"


def test_static_files_are_kept_for_a_year_under_their_own_version_only(officers: Officers) -> None:
    person = officers.stranger()
    asset = officers.console.site.assets["console.css"]
    kept = person.get(f"/static/console.css?v={asset.version}")

    assert "immutable" in kept.headers["cache-control"]
    assert kept.content == asset.plain
    assert person.get("/static/console.css?v=other").headers["cache-control"] == "no-store"
    assert person.get("/static/VENDOR").status_code == 404


@pytest.mark.parametrize("name", ["console.css", "console.js", "passkeys.js"])
def test_our_own_style_and_script_are_small(officers: Officers, name: str) -> None:
    assert len(officers.console.site.assets[name].packed) <= 6_000


def test_what_comes_from_elsewhere_is_what_the_list_says() -> None:
    folder = Path(app.__file__).parent / "static"
    rows = [line.split() for line in (folder / "VENDOR").read_text().splitlines() if line and not line.startswith("#")]
    vendored = {row[0]: row[-1] for row in rows}

    assert vendored.keys() == {path.name for path in folder.iterdir()} - {
        "VENDOR",
        "console.css",
        "console.js",
        "icon.svg",
        "passkeys.js",
    }
    for name, digest in vendored.items():
        import hashlib

        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
