"""What was refused is told by what: in the plan, in the log, in the story and in the report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from harness.small_commune import at

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.i18n import set_language, translator
from loudspeaker.model.airing import airing_facts, airing_from_facts
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Expected, Verdict
from loudspeaker.model.refusal import LABELS, Refusal, kind_of
from loudspeaker.reports.outcome_words import VERDICTS, WORDS, outcome_word
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

DAY = "2026-11-24"
MORNING = f"na-hoa/tin-sang/{DAY}T06:05"


def paused(home: Path) -> None:
    with closing(Station.open(home, clock=FakeClock(at(f"{DAY}T05:00:00")))) as station:
        station.log.event(
            "pause",
            "",
            at(f"{DAY}T05:00:00"),
            village="na-hoa",
            until=f"{DAY}T12:00:00+07:00",
            why="đám tang",
            by="Lan",
        )


def commune(home: Path, policy: str) -> None:
    path = home / "commune.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"policy: {{{policy}}}\n", encoding="utf-8")


def bulletin(home: Path, head: str) -> None:
    path = home / "bulletins/tin-sang.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title: Tin sáng\n", f"title: Tin sáng\n{head}\n"), encoding="utf-8")


def streaming(home: Path) -> None:
    (home / "schedules/na-hoa.yaml").write_text(
        'broadcasts:\n  - {name: tin-sang, stream: "https://y.vn/a", at: 06:05, for: 5m}\n', encoding="utf-8"
    )


CASES: list[tuple[str, str, Callable[[Path], None]]] = [
    ("policy", "trái quy chế", lambda home: commune(home, "hours: [10:45-11:30]")),
    ("pause", "đang tạm ngừng phát", paused),
    ("approval", "chưa được phê duyệt", lambda home: commune(home, "approval: required")),
    ("validity", "ngoài thời hạn hiệu lực", lambda home: bulletin(home, "valid: 2021-07-05..2021-09-30")),
    ("stream", "nguồn tiếp sóng không được phép", streaming),
    ("emergency", "tin khẩn cấp không đặt lịch được", lambda home: bulletin(home, "level: emergency")),
]
ALL = {words for _, words, _ in CASES}


def shown(home: Path, *arguments: str) -> str:
    set_language("vi")
    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def line_of(told: str) -> str:
    return next(line for line in told.splitlines() if "06:05" in line and "na-hoa" in line)


def aired(home: Path) -> Station:
    """The morning of a station that runs."""
    clock = FakeClock(at(f"{DAY}T05:00:01"))
    station = Station.open(home, clock=clock)
    live = Requests(
        OnAir(station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, lambda now, trusted: frozenset({"box"}))
    )
    while clock.now() < at(f"{DAY}T07:00:00"):
        clock.advance_to(min(live.on_air.step(), at(f"{DAY}T07:00:00")))
    return station


def row_of(told: str) -> Any:
    return next(row for row in json.loads(told) if row["id"] == MORNING)


@pytest.mark.parametrize(("kind", "words", "arrange"), CASES)
def test_each_refusal_has_its_own_word_everywhere(
    home: Path, tmp_path: Path, kind: str, words: str, arrange: Callable[[Path], None]
) -> None:
    arrange(home)
    planned = shown(home, "plan", "--date", DAY)
    told = row_of(shown(home, "plan", "--date", DAY, "--json"))
    with closing(aired(home)) as station:
        path = tmp_path / "a.csv"
        station.airings.report(DAY[:7], None, [], path, translator("vi"))

    logged = shown(home, "log", "--date", DAY)
    sentence = next(line for line in shown(home, "why", MORNING).splitlines() if line.startswith("Không được phép"))
    summed = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    assert (told["expected"], told["refusal"]) == ("refused", kind)
    assert row_of(shown(home, "log", "--date", DAY, "--json"))["refusal"] == kind
    assert sentence.startswith("Không được phép phát: ")
    assert sentence.count(words) == 1
    for line in (line_of(planned), line_of(logged)):
        assert line.count(words) == 1
        assert not [other for other in ALL - {words} if other in line]
    assert words in summed[0]
    column = summed[0].index(words)
    assert sum(int(row[column] or 0) for row in summed[1:] if row[0] == "Thôn Nà Hoa" or row[0] == "na-hoa") >= 1
    assert not [other for other in ALL - {words} if other in summed[0]]


def test_a_reason_keeps_its_kind_over_a_restart(station: Station) -> None:
    paused(station.paths.home)
    (morning, *_) = station.airings.between(at(f"{DAY}T06:00:00"), at(f"{DAY}T07:00:00"))

    again = airing_from_facts(json.loads(json.dumps(airing_facts(morning))))

    assert again == morning
    assert kind_of(again.why) is Refusal.PAUSE


@pytest.mark.parametrize("kind", ["", "a-kind-of-a-newer-version"])
def test_a_refusal_of_which_no_kind_is_known_is_told_without_one(home: Path, tmp_path: Path, kind: str) -> None:
    with closing(Station.open(home, clock=FakeClock(at(f"{DAY}T20:00:00")))) as station:
        (morning, *_) = station.airings.between(at(f"{DAY}T06:00:00"), at(f"{DAY}T07:00:00"))
        untitled = replace(morning.occurrence, title="")
        station.log.verdict(AsRunRecord(untitled, Verdict.REFUSED, "vì mưa", refusal=kind))
        station.airings.report(DAY[:7], None, [], tmp_path / "a.csv", translator("vi"))

    assert "không được phép phát: vì mưa" in line_of(shown(home, "log", "--date", DAY))
    assert "Không được phép phát." in shown(home, "why", MORNING).splitlines()
    assert "không được phép phát" in (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[0]


def test_every_kind_and_every_verdict_has_a_word() -> None:
    assert set(LABELS) == set(Refusal)
    assert set(VERDICTS) == {*Verdict, *Refusal}
    assert set(WORDS) == {*Verdict, *Expected, "on-air"}
    assert {outcome_word("refused", kind) for kind in Refusal} == set(LABELS.values())
