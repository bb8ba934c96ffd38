"""The console against whoever means ill: what people wrote is never markup, no path leads out, nothing is told of us.

docs/security.md lists every line of the standard that applies, with its tests.
"""

from __future__ import annotations

import re
import ssl
import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import FROM_HERE, PASSWORD, Officer, Officers, board_of
from harness.site_client import SiteClient
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.board import BoardAiring, StandingAlarm
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.station import Station
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.access.passwords import PasswordHashes
from loudspeaker.web.app import create_app
from loudspeaker.web.certificate import CertificateFiles, make_certificate
from loudspeaker.web.guard import FEEDS, MOST_FIELDS, NEEDS
from loudspeaker.web.http_server import tls_context

MARKUP = "<script>alert(1)</script>"
PRODUCT = "10806252407"  # too long to stand in a token by chance
HOSTILE = (
    f"""{MARKUP} ]]><b onmouseover=alert(1)> {{{{ 104729*103183 }}}}{{% raw %}} "><img src=x onerror=alert(1)>"""
    " &lt;i&gt;"
)
RAW = re.compile(f"<script>alert|<b onmouseover|<img src=x|{PRODUCT}")
# Something for each part of an address that a route names.
PARTS = {
    "id:path": "na-hoa/tin-sang/2026-11-24T17:30",
    "id": "tin-sang",
    "thon": "na-hoa",
    "ten": "tin-sang",
    "login": "hoa",
    "job": "x",
    "recipe": "x",
    "name": "x@y",
    "sha256": "0" * 64,
}
ENDLESS = {"GET /song"}
PAGES = [route.removeprefix("GET ") for route in NEEDS if route.startswith("GET ") and route not in ENDLESS]


def fill(path: str) -> str:
    return re.sub(r"\{([^}]+)\}", lambda part: PARTS[part[1]], path)


@pytest.fixture
def officer(home: Path, station: Station, officers: Officers, daemon: FakeDaemon) -> Officer:
    """Somebody with every role at a station in which every word is hostile."""
    words, quoted = HOSTILE, f"'{HOSTILE}'"
    for name in ("tin-sang", "nhac"):
        text = f"---\ntitle: {quoted}\nsource: {quoted}\n---\n{words} Kính thưa bà con!\n"
        (home / "bulletins" / f"{name}.md").write_text(text, encoding="utf-8")
    schedule = home / "schedules" / "na-hoa.yaml"
    schedule.write_text(schedule.read_text("utf-8").replace("Thôn Nà Hoa", quoted), encoding="utf-8")
    now = station.clock.now()
    scheduled = at("2026-11-24T04:00:00")
    airing = Occurrence(
        "na-hoa/tin-sang/2026-11-24T04:00", "na-hoa", "x", "x", "tin-sang", Level.ROUTINE, scheduled, words
    )
    station.log.verdict(AsRunRecord(airing, Verdict.STOPPED, words, scheduled, scheduled, by=words))
    station.log.event("skip", "na-hoa/nhac/2026-11-24T11:00", now, why=words, by=words)
    station.log.event("edit", "", now, path="bulletins/tin-sang.md", before="x", after="y", by=words, account="x")
    on = BoardAiring(
        "x", "na-hoa", ("na-hoa",), "san-kho", "tin-sang", words, Level.ROUTINE, False, now, 9.0, begun=now
    )
    alarm = StandingAlarm("na-hoa/urgent/x", "na-hoa", None, words, False, now, True)
    daemon.answers["board"] = board_of(now, on, alarms=(alarm,))
    rows = [{"what": words, "wrong": words, "serious": True}]
    daemon.answers["health"] = {"rows": rows, "looked_at": now.isoformat()}
    code = officers.console.site.accounts.add("hoa", words, [Role.EDIT])
    officers.console.site.accounts.use_link(code, PASSWORD, "127.0.0.1")
    officers.stranger().client.post("/vao", data={"login": words, "password": "sai hoàn toàn"})
    officers.console.site.tokens.make(MARKUP, 30, words)
    return officers.officer(*Role)


def test_words_of_people_are_no_markup_on_any_page(officer: Officer, clock: FakeClock) -> None:
    wrong = []
    for page in (page for page in PAGES if page != "/bao-cao.xlsx"):
        clock.advance(1)  # nobody looks at so many at once
        answer = officer.get(fill(page))
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        wrong += [page] if answer.status_code >= 500 or (is_page and RAW.search(answer.text)) else []

    assert wrong == []


def test_words_of_people_are_no_markup_in_errors_and_forms(officers: Officers) -> None:
    person = officers.officer(*Role)
    for answer in (
        person.get(f"/{MARKUP}"),
        person.get(f"/luot/{MARKUP}"),
        person.get(f"/nhat-ky?tu={MARKUP}"),
        person.get(f"/ban-tin/{MARKUP}"),
        person.get(f"/vao?den=/{MARKUP}"),
        person.post("/im-lang", village=MARKUP, until=MARKUP, why=MARKUP),
        person.post("/cai-dat/nguoi", name=MARKUP, login=MARKUP),
        person.post("/cai-dat/ma", name=MARKUP, use=MARKUP, village=MARKUP),
        person.post_by_htmx("/lich/thu", at=MARKUP, village=MARKUP, bulletin=MARKUP),
    ):
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/.state/asrun.db",
            "/.web/console.db",
            "/box.yaml",
            "/commune.yaml",
            "/static/../guard.py",
            "/static/..%2fguard.py",
        ),
        *("/static/%2e%2e/guard.py", "/static/VENDOR", "/static//etc/passwd", "/ban-tin/..%2f..%2fbox", "/ban-tin/%00"),
        *(
            "/tep/..%2f..%2f.web",
            "/lich/..%2fbox.ics",
            "/lich/muc/..%2f/x",
            "/khan-cap/nghe/..%2f..%2fbox",
            "/.git/config",
        ),
        *("/ban-tin/..%2fbox/tieng", "/luot/../../box.yaml", "/api/v1/../../box.yaml"),
    ],
)
def test_no_address_leads_to_a_file(officers: Officers, home: Path, path: str) -> None:
    (home / ".state").mkdir(exist_ok=True)
    (home / ".state" / "asrun.db").write_text("secret")
    answer = officers.officer(*Role).get(path)

    assert answer.status_code in (303, 401, 404, 422)
    assert not [found for found in ("secret", "san-kho", "SQLite", "root:", "NEEDS:") if found in answer.text]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "application/xml", ""])
def test_a_form_of_another_kind_is_no_form(officers: Officers, daemon: FakeDaemon, kind: str) -> None:
    person = officers.officer(*Role)
    content = f"form_token={person.token}&everything=1".encode()
    answer = person.client.post("/dung", content=content, headers={"content-type": kind})

    assert answer.status_code in (400, 403)
    assert not [asked for asked in daemon.asked if asked[0] == "stop"]


def test_more_fields_than_a_page_has_are_refused(officers: Officers) -> None:
    person = officers.officer(*Role)
    fields = {f"field{number}": "x" for number in range(MOST_FIELDS + 1)}

    assert person.post("/im-lang", **fields).status_code in (400, 413)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "X"])
def test_a_method_that_no_page_has_is_refused(officers: Officers, method: str) -> None:
    answer = officers.officer(*Role).client.request(method, "/")

    assert answer.status_code in (403, 405)
    assert "access-control-allow-origin" not in answer.headers


def test_nobody_elses_page_may_read_an_answer(officers: Officers) -> None:
    answer = officers.officer(*Role).get("/", origin="https://evil.example")

    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_who_is_unknown_takes_as_long_as_who_mistypes() -> None:
    """By the time of this thread's processor, which a busy machine does not change."""
    hashes = PasswordHashes()
    known = hashes.hash(PASSWORD)

    def seconds(hashed: str | None) -> float:
        began = time.thread_time()
        assert not hashes.verify("sai hoàn toàn", hashed)
        return time.thread_time() - began

    seconds(None)  # what is kept from then on
    each = {hashed: statistics.median(seconds(hashed) for _ in range(5)) for hashed in (known, None)}
    assert 0.5 < each[known] / each[None] < 2


def test_over_https_the_cookie_goes_nowhere_else(officers: Officers) -> None:
    officers.officer(Role.EDIT)
    secure = Officers(replace(officers.console, site=replace(officers.console.site, secure=True)))
    client = SiteClient(create_app(secure.console), "https://127.0.0.1:8443", officers.portal, headers=FROM_HERE)
    answer = client.post("/vao", data={"login": "edit", "password": PASSWORD})
    name, *facts = answer.headers["set-cookie"].lower().split("; ")

    assert name.startswith("__host-s=")
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= set(facts)
    assert not [fact for fact in facts if fact.startswith("domain")]


def test_every_secret_has_256_bits_or_dies_soon(officers: Officers) -> None:
    session = officers.officer(Role.EDIT)
    tokens = {officers.console.site.accounts.log_in("edit", PASSWORD, "a", "b").token for _ in range(3)}

    assert len({*tokens, session.token}) == 4
    assert all(len(token) == 43 for token in tokens)  # 32 bytes in base 64
    assert len(session.token) == 64


def test_what_needs_the_password_again_is_what_lets_others_in(officers: Officers) -> None:
    """Every route that makes or gives away access asks for it; tests of people and tokens try each."""
    forms = {route for route in NEEDS if route.startswith("POST /cai-dat/") and ("nguoi" in route or "/ma" in route)}

    assert len(forms) == 7


def test_tls_before_1_2_is_not_spoken(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path / "tls")
    make_certificate(files, ["a.local"])
    context = tls_context(files.certificate, files.key)

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    weak = ("RC4", "3DES", "MD5", "NULL", "EXP", "ADH")
    assert not [cipher["name"] for cipher in context.get_ciphers() if any(word in cipher["name"] for word in weak)]


def test_no_page_is_kept_by_a_browser_or_a_proxy(officers: Officers) -> None:
    person = officers.officer(*Role)

    assert {person.get(path).headers["cache-control"] for path in ("/", "/nhat-ky", "/vao", "/khong-co")} == {
        "no-store"
    }


def test_addresses_name_nobody_and_hold_no_secret() -> None:
    """Logins stand in addresses of the administrator's forms alone; a secret only behind an .ics, which phones need."""
    named = {route for route in (*NEEDS, *FEEDS) if "{login}" in route}

    assert all(route.startswith("POST ") for route in named)
    assert not [route for route in (*NEEDS, *FEEDS) if "token" in route or "{k" in route]
