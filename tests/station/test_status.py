"""`status`, what `plan` says of what is on the air, what the daemon says first, and what a shell completes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.fake_daemon import FakeDaemon
from harness.made_sound import save_rendering
from harness.small_commune import at

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.daemon.service import open_service
from loudspeaker.i18n import set_language
from loudspeaker.model.requests import AskStatus
from loudspeaker.station import Station
from loudspeaker.station.preparation import Progress

ON = {
    **{"id": "na-hoa/play/2026-11-24T06:00:00", "at": "2026-11-24T06:00:00+07:00", "phase": "on air"},
    **{"on": True, "village": "na-hoa", "output": "loa", "title": "Họp thôn", "level": "routine", "drill": False},
    **{"started_at": "2026-11-24T06:00:00+07:00", "ends_at": "2026-11-24T06:01:00+07:00"},
}


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    set_language("vi")


@pytest.fixture
def house(home: Path) -> Iterator[FakeDaemon]:
    (home / ".state").mkdir()
    house = FakeDaemon(home / ".state" / "control.sock")
    house.answers |= {"status": [ON, ON | {"on": False, "id": "later"}], "pins": {}}
    yield house
    house.close()


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments])


def test_status_without_a_daemon_tells_what_files_and_log_know_and_ends_with_3(home: Path) -> None:
    result = run(home, "status")

    lines = result.stdout.splitlines()
    assert (result.exit_code, lines[0]) == (3, "Hiện không phát gì.")
    assert lines[1].startswith("Tiếp theo: ")
    assert "chưa chạy" in result.stdout
    assert len(lines) <= 5


def test_status_tells_what_is_on_the_air(home: Path, house: FakeDaemon) -> None:
    house.answers["status"] = [ON, ON | {"village": "suoi-trat"}, ON | {"village": "ban-lim", "title": "Tin sáng"}]

    result = run(home, "status")

    first = "Đang phát: na-hoa, suoi-trat: Họp thôn; ban-lim: Tin sáng"
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, first)


def test_status_as_json_has_the_agreed_keys(home: Path, house: FakeDaemon) -> None:
    found: dict[str, Any] = json.loads(run(home, "status", "--json").stdout)

    assert list(found) == ["on", "next", "problems"]
    keys = {"id", "village", "output", "title", "level", "drill", "started_at", "ends_at"}
    assert [set(row) for row in found["on"]] == [keys]
    planned = json.loads(run(home, "plan", "--days", "2", "--json").stdout)
    assert found["next"]
    assert all(row in planned for row in found["next"])
    assert all(isinstance(text, str) for text in found["problems"])


def test_status_counts_a_broken_file_as_a_problem(home: Path, house: FakeDaemon) -> None:
    (home / "schedules" / "na-hoa.yaml").write_text("broadcasts: 7\n", encoding="utf-8")

    assert any("loudspeaker check" in text for text in json.loads(run(home, "status", "--json").stdout)["problems"])


def test_what_nobody_has_approved_is_a_problem_before_it_is_due(home: Path, house: FakeDaemon) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {approval: required}\n", encoding="utf-8")

    told = json.loads(run(home, "status", "--json").stdout)["problems"]

    assert [problem for problem in told if "phê duyệt" in problem and "tin-sang" in problem]


def test_plan_says_of_what_is_on_the_air_that_it_is(home: Path, house: FakeDaemon) -> None:
    planned = json.loads(run(home, "plan", "--days", "2", "--json").stdout)
    one = next(row for row in planned if row["expected"] == "air" and row["starts_at"] > datetime.now().isoformat())
    house.answers["status"] = [ON | {"id": one["id"]}]

    lines = run(home, "plan", "--days", "2").stdout.splitlines()

    assert [line.endswith("đang phát") for line in lines].count(True) == 1


def test_what_is_on_the_air_is_told_with_its_place_and_its_end(home: Path, clock: FakeClock, quiet: Progress) -> None:
    from loudspeaker.daemon.on_air import OnAir
    from loudspeaker.daemon.requests import Requests
    from loudspeaker.speakers.memory import MemorySpeaker

    with closing(Station.open(home, clock=clock)) as station:
        clock.advance_to(at("2026-11-24T06:00:00"))
        save_rendering(station)
        station.preparation.prepare(None, 1, quiet)
        speakers = {output: MemorySpeaker(clock) for output in station.files.outputs()}
        live = Requests(OnAir(station, speakers, clock, station.log, lambda now, trusted: frozenset({"network"})))
        on: list[dict[str, object]] = []
        while not on and clock.now() < at("2026-11-24T06:10:00"):
            live.on_air.look()
            live.on_air.step()
            on = [turn for turn in live.status(AskStatus(), "") if turn["on"]]
            clock.advance_to(clock.now() + timedelta(seconds=1))

    assert on
    assert {"id", "at", "phase", "title"} < set(on[0])
    began, ends = (datetime.fromisoformat(str(on[0][key])) for key in ("started_at", "ends_at"))
    assert began < ends
    assert on[0]["village"] in str(on[0]["id"])


# What the daemon says


def test_a_verdict_names_its_bulletin_and_the_backlog_is_one_line(
    home: Path, clock: FakeClock, quiet: Progress, capfd: pytest.CaptureFixture[str]
) -> None:
    box = "plays: {na-hoa: loa}\noutputs: {loa: {device: memory}}\nclock: trusted\n"
    (home / "box.yaml").write_text(box, encoding="utf-8")
    with closing(Station.open(home, clock=clock)) as station:
        save_rendering(station)
        station.preparation.prepare(None, 1, quiet)
        live = open_service(station, lambda: None)
        while clock.now() < at("2026-11-24T12:00:00"):
            live.look()
            clock.advance_to(min(live.step(), at("2026-11-24T12:00:00")))
        live.close()
        clock.advance_to(at("2026-11-26T12:00:00"))
        live = open_service(station, lambda: None)
        live.look()
        live.step()
        live.close()
    told = capfd.readouterr().err.splitlines()

    aired = [line for line in told if "na-hoa/" in line]
    assert aired
    assert all("“" in line for line in aired)
    assert sum("trước lúc khởi động" in line for line in told) == 1


# What a shell completes


def question(home: Path, line: str) -> dict[str, str]:
    """What bash sets to ask what could follow on a line."""
    words = ["loudspeaker", "--home", str(home), *line.split(" ")]
    place = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    return place | {"_LOUDSPEAKER_COMPLETE": "bash_complete"}


def completed(home: Path, line: str) -> list[str]:
    return CliRunner().invoke(cli, [], prog_name="loudspeaker", env=question(home, line)).stdout.split()


def test_the_program_answers_a_shell(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from loudspeaker.cli import cli; cli(prog_name='loudspeaker')"],
        env=os.environ | question(home, "play nh"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["plain,nhac"]


def test_a_shell_is_offered_bulletins_villages_airings_outputs_and_files(home: Path) -> None:
    assert "plain,nhac" in completed(home, "play ")
    assert completed(home, "play nh") == ["plain,nhac"]
    assert "plain,na-hoa" in completed(home, "pause --village ")
    assert "plain,na-hoa" in completed(home, "stop --village ")
    assert all("/" in word for word in completed(home, "why ") + completed(home, "skip "))
    assert completed(home, "why ")
    assert completed(home, "read ba") == ["file,ba"]
    assert completed(home, "import ba") == ["file,ba"]


def test_a_shell_is_offered_nothing_where_there_is_no_station(tmp_path: Path) -> None:
    assert completed(tmp_path, "play ") == completed(tmp_path, "why ") == completed(tmp_path, "test ") == []


def test_status_says_of_a_drill_that_it_is_one(home: Path, house: FakeDaemon) -> None:
    house.answers["status"] = [ON | {"drill": True, "title": "Lũ quét"}]

    assert run(home, "status").stdout.splitlines()[0] == "Đang phát: na-hoa: Lũ quét (diễn tập)"


def test_the_sizes_of_the_cache_have_names_that_people_read(home: Path) -> None:
    told = run(home, "cache", "show").stdout

    assert "số chương trình: 0" in told
    assert "_mb" not in told


def test_the_clock_names_whoever_vouches_for_it(home: Path) -> None:
    assert "clock: trusted" in (home / "box.yaml").read_text(encoding="utf-8")
    assert "box.yaml" in run(home, "clock", "show").stdout
