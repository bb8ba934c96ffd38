"""/api/v1: the rows of `--json`, each as its schema promises, for whoever has a token; nothing can be changed by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers, board_of
from harness.small_commune import at
from jsonschema import Draft202012Validator

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.i18n import set_language
from loudspeaker.model.airing import Occurrence, StandingPause
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.board import StandingAlarm
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.station import Station
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.feeds.api import ENDPOINTS
from loudspeaker.web.middleware import MOST_REQUESTS

DAY = "date=2026-11-24"
QUESTIONS = [
    "/api/v1/now",
    f"/api/v1/plan?{DAY}&days=2",
    f"/api/v1/plan?{DAY}&village=na-hoa",
    f"/api/v1/log?{DAY}",
    "/api/v1/why/na-hoa/tin-sang/2026-11-24T17:30",
    "/api/v1/why/na-hoa/tin-sang/2026-11-23T17:30",
    "/api/v1/bulletins",
]


class Program:
    """Another program with a token."""

    def __init__(self, officer: Officer) -> None:
        self.officer = officer
        self.secret = officer.console.site.tokens.make("Phần mềm huyện", 30, "Lan")

    def get(self, path: str, **headers: str) -> Any:
        return self.officer.client.get(path, headers={"authorization": f"Bearer {self.secret}", **headers})


@pytest.fixture
def program(home: Path, station: Station, officers: Officers) -> Program:
    """… of a station that has aired something yesterday and this morning, and was told to leave something out."""
    for day, verdict in (("23", Verdict.AIRED), ("24", Verdict.STOPPED)):
        scheduled = at(f"2026-11-{day}T17:30:00" if day == "23" else "2026-11-24T04:00:00")
        airing = f"na-hoa/tin-sang/{scheduled:%Y-%m-%dT%H:%M}"
        occurrence = Occurrence(
            airing, "na-hoa", "san-kho", "tin-sang", "tin-sang", Level.ROUTINE, scheduled, "Tin sáng"
        )
        record = AsRunRecord(
            occurrence, verdict, "dừng từ trang", scheduled, scheduled, 480, via="file", voice="tone:low"
        )
        station.log.verdict(record)
    station.log.event("skip", "na-hoa/nhac/2026-11-24T11:00", station.clock.now(), why="đám tang", by="Lan")
    return Program(officers.stranger())


@pytest.fixture
def document(program: Program) -> Any:
    return program.officer.get("/api/v1/openapi.json").json()


def test_the_document_is_openapi_3_1_and_needs_no_token(document: Any) -> None:
    from openapi_spec_validator import validate  # loads pydantic, in every worker

    validate(document)

    assert document["openapi"] == "3.1.0"
    assert {f"GET {path}" for path in document["paths"]} == {route.replace(":path", "") for route in ENDPOINTS}
    assert all(set(operations) == {"get"} for operations in document["paths"].values())


@pytest.mark.parametrize("path", QUESTIONS)
def test_every_answer_is_as_its_schema_says(daemon: FakeDaemon, program: Program, document: Any, path: str) -> None:
    now = at("2026-11-24T05:00:00")
    alarm = StandingAlarm("na-hoa/urgent/2026-11-24T04:00:00", "na-hoa", None, "Lũ!", False, now, True)
    pause = StandingPause("suoi-trat", now, now, "đám tang")
    daemon.answers["board"] = board_of(now, alarms=(alarm,), pauses=(pause,))
    on = {"id": "na-hoa/play/2026-11-24T04:59:00", "village": "na-hoa", "output": "san-kho", "title": "Tin sáng"}
    on |= {"level": "routine", "drill": False, "started_at": now.isoformat(), "ends_at": None, "on": True}
    daemon.answers["status"] = [on]
    daemon.answers["health"] = {"rows": [{"what": "đĩa", "wrong": "đầy", "serious": False}], "looked_at": None}
    answer = program.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()
    operation = next(
        one["get"]
        for route, one in document["paths"].items()
        if path.partition("?")[0].startswith(route.partition("{")[0])
    )
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())


def test_without_a_daemon_the_program_is_told_what_files_and_log_tell(program: Program) -> None:
    row = program.get("/api/v1/now").json()

    assert (row["running"], row["trusted"], row["on"]) == (False, None, [])
    assert [one["id"] for one in row["next"]][:1] == ["na-hoa/tin-sang/2026-11-24T06:05"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/api/v1/plan?{DAY}&days=2", ("plan", "--date", "2026-11-24", "--days", "2", "--json")),
        (f"/api/v1/plan?{DAY}&village=na-hoa", ("plan", "--date", "2026-11-24", "--village", "na-hoa", "--json")),
        (f"/api/v1/log?{DAY}", ("log", "--date", "2026-11-24", "--json")),
        ("/api/v1/why/na-hoa/tin-sang/2026-11-23T17:30", ("why", "na-hoa/tin-sang/2026-11-23T17:30", "--json")),
    ],
)
def test_the_rows_are_those_of_the_command_line(
    home: Path, program: Program, path: str, words: tuple[str, ...]
) -> None:
    set_language("vi")
    told = CliRunner().invoke(cli, ["--home", str(home), "--lang", "vi", *words])

    assert told.exit_code == 0, told.output
    assert program.get(path).json() == json.loads(told.stdout)


@pytest.mark.parametrize("path", [*QUESTIONS, "/api/v1/nowhere", "/api/v1/why/x"])
def test_who_has_no_token_is_told_so_as_json(program: Program, path: str) -> None:
    for header in ("", "Bearer", "Bearer ls_wrong", f"Basic {program.secret}", program.secret):
        answer = program.officer.client.get(path, headers={"authorization": header})
        assert answer.status_code == (404 if path == "/api/v1/nowhere" else 401)
        assert list(answer.json()) == ["error"]
        assert answer.status_code == 404 or answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_of_a_calendar_opens_no_log(program: Program) -> None:
    program.secret = program.officer.console.site.tokens.make("Ông Páo", 30, "Lan", "na-hoa")
    answer = program.get("/api/v1/log")

    assert answer.status_code == 403
    assert "Ông Páo" in answer.json()["error"]


def test_an_officers_session_is_no_token(officers: Officers) -> None:
    assert officers.officer(*Role).get("/api/v1/plan").status_code == 401


@pytest.mark.parametrize("route", ENDPOINTS)
def test_nothing_can_be_sent(program: Program, route: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        path = route.partition(" ")[2].replace("{id:path}", "x")
        headers = {"authorization": f"Bearer {program.secret}"}
        answer = program.officer.client.request(method, path, headers=headers)
        assert answer.status_code == 405
        assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/api/v1/plan?date=28/11/2026", 422, "2026-11-28"),
        ("/api/v1/plan?date=9999-12-31", 422, "2026-11-28"),
        ("/api/v1/plan?days=x", 422, "days"),
        ("/api/v1/plan?days=0", 422, "31"),
        ("/api/v1/log?days=32", 422, "31"),
        ("/api/v1/log?day=2026-11-28", 422, "“day”"),
        ("/api/v1/plan?village=nowhere", 404, "nowhere"),
        ("/api/v1/log?village=nowhere", 404, "nowhere"),
        ("/api/v1/why/nothing", 404, "nothing"),
    ],
)
def test_what_is_asked_wrongly_is_told(program: Program, path: str, status: int, told: str) -> None:
    answer = program.get(path)

    assert answer.status_code == status
    assert told in answer.json()["error"]


def test_too_many_questions_are_asked_to_wait(program: Program) -> None:
    for _ in range(MOST_REQUESTS):
        program.officer.client.get("/api/v1/now")
    answer = program.get("/api/v1/now")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 11
    assert list(answer.json()) == ["error"]


def test_a_mistake_of_the_program_has_a_number_and_no_traceback(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("secret of the program")

    monkeypatch.setattr(program.officer.console.shared_station, "health", fail)
    answer = program.get("/api/v1/now")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert any(record.exc_info for record in caplog.records)
    assert program.secret not in caplog.text


def test_neither_token_nor_address_with_one_comes_into_the_log(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    program.officer.get(f"/lich/nowhere.ics?k={program.secret}")
    program.officer.get(f"/lich/nowhere?k={program.secret}")
    program.get("/api/v1/log?days=99")

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("loudspeaker")]
    assert ours
    assert program.secret not in "".join(ours)


def test_the_clock_of_a_station_is_its_communes(program: Program, clock: FakeClock) -> None:
    assert program.get("/api/v1/now").json()["at"] == clock.now().isoformat()
