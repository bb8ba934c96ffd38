"""A station of one's own begins empty and silent; a person's word that an output was heard lets it air its schedule."""

from __future__ import annotations

import configparser
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.daemon_thread import HurryingClock
from harness.fake_daemon import client_of
from harness.paths import ROOT
from harness.small_commune import at

from loudspeaker.cli import cli
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import NotFound, Refused
from loudspeaker.i18n import set_language
from loudspeaker.model.requests import PreviewUrgent
from loudspeaker.reports.audit_trail import audit_trail
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.restrictions import JOINED_ALONE

TEMPLATES = ("lu-quet", "sat-lo", "bao-mua-lon", "xa-lu", "chay-rung", "ret-hai", "dong-dat", "tim-nguoi")


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


DAY = timedelta(days=1)
NOON = at("2026-11-24T12:00")  # by night nothing is tested


def run(home: Path | None, *arguments: str, given: str = "") -> Result:
    """A command by a clock of its own: whoever has something heard does not wait until it is."""
    places = ("--home", str(home)) if home else ()
    clock = HurryingClock(NOON)
    return CliRunner(mix_stderr=False).invoke(cli, [*places, *arguments], input=given, obj=clock)


def begin(folder: Path) -> Path:
    """A new station as `make install` leaves it."""
    done = run(None, "init", "--empty", "--commune", "Xã Bản Mây", "--village", "Thôn Nà Hoa", str(folder))
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The same with two outputs, a bulletin and a schedule."""
    folder = begin(tmp_path / "dai")
    commune = (folder / "commune.yaml").read_text()
    (folder / "commune.yaml").write_text(commune.replace("espeak:vi", "tone:low").replace("[na-hoa]", "[na-hoa, b]"))
    (folder / "box.yaml").write_text(
        "plays: {na-hoa: na-hoa, b: b}\noutputs: {na-hoa: {device: memory}, b: {device: memory}}\nclock: trusted\n"
    )
    (folder / "bulletins/tin.md").write_text("---\ntitle: Tin\n---\nKính thưa bà con!\n")
    for village in ("na-hoa", "b"):
        (folder / f"schedules/{village}.yaml").write_text("broadcasts:\n  - {bulletin: tin, at: 11:00}\n")
    return folder


def planned(home: Path) -> dict[str, tuple[str, str | None]]:
    """Village -> what is expected of its airing of tomorrow, and why."""
    found: list[dict[str, Any]] = json.loads(run(home, "plan", "--date", "tomorrow", "--json").stdout)
    return {row["village"]: (row["expected"], row["why"]) for row in found}


def events(home: Path, kind: str) -> list[dict[str, object]]:
    with closing(Station.open(home)) as station:
        return [dict(event.facts) for event in station.log.events(kind)]


# A new station.


def test_an_empty_station_has_one_village_no_airing_and_no_mistake(tmp_path: Path) -> None:
    home = begin(tmp_path / "dai")

    checked = run(home, "check")
    assert (checked.exit_code, checked.stdout) == (0, "")
    assert json.loads(run(home, "plan", "--days", "30", "--json").stdout) == []
    assert "clock: checked" in (home / "box.yaml").read_text()
    with closing(Station.open(home)) as station:
        assert (station.files.commune.name, station.files.commune.id) == ("Xã Bản Mây", "ban-may")
        assert list(station.files.box.plays) == ["na-hoa"]


def test_it_has_a_template_for_each_emergency_with_the_words_that_end_it(tmp_path: Path) -> None:
    home = begin(tmp_path / "dai")

    with closing(Station.open(home)) as station:
        for name in TEMPLATES:
            found = station.files.template(name)
            assert (found.level, found.source) == ("emergency", "Mẫu, chưa duyệt")
            assert station.files.template(found.all_clear or "").level == "emergency"
        assert len(station.files.contents.bulletins) == 2 * len(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES[:-1])
def test_a_template_may_be_aired_at_once(tmp_path: Path, name: str) -> None:
    with closing(Station.open(begin(tmp_path / "dai"))) as station:
        call = station.alerts.preview(PreviewUrgent(None, name, ("na-hoa",), False, False, None))

    assert not call.doubts
    assert not call.mistakes


def test_blanks_in_brackets_are_refused_until_they_are_filled_in(home: Path) -> None:
    asked = ("urgent", "--bulletin", "tim-nguoi", "--village", "na-hoa", "--by", "Hoa", "--yes")

    refused = run(home, *asked)
    assert refused.exit_code == 1
    assert "[Họ và tên], [tuổi]" in refused.stderr
    assert "bulletins/tim-nguoi.md" in refused.stderr
    assert events(home, "asked") == []

    text = run(home, "urgent", "Nước ngập ở [tên thôn]!", "--all", "--by", "Hoa", "--yes")
    assert (text.exit_code, "[tên thôn]" in text.stderr) == (1, True)

    path = home / "bulletins/tim-nguoi.md"
    words = path.read_text().replace("[", "").replace("]", "")
    path.write_text(words.replace("Thông báo khẩn", "Thông báo khẩn [1]", 1))  # a footnote's mark is no blank
    with closing(Station.open(home)) as station:
        assert (
            "Họ và tên"
            in station.alerts.preview(PreviewUrgent(None, "tim-nguoi", ("na-hoa",), False, False, None)).spoken
        )


def test_the_wheel_carries_every_template() -> None:
    declared = configparser.ConfigParser(interpolation=None)
    declared.read(ROOT / "setup.cfg", encoding="utf-8")
    globs = declared["options.package_data"]["loudspeaker"].split()
    carried = {path for pattern in globs for path in (ROOT / "loudspeaker").glob(pattern)}

    assert {path for path in (ROOT / "loudspeaker/templates").rglob("*") if path.is_file()} <= carried


def test_a_name_gives_the_id_and_one_without_letters_is_refused(tmp_path: Path) -> None:
    done = run(None, "init", "--empty", "--commune", 'Phường "Sông: Đà"', "--village", "Tổ 3", str(tmp_path / "a"))
    assert done.exit_code == 0
    assert run(tmp_path / "a", "check").exit_code == 0
    with closing(Station.open(tmp_path / "a")) as station:
        assert (station.files.commune.name, station.files.commune.id) == ('Phường "Sông: Đà"', "song-da")
        assert [schedule.name for schedule in station.files.contents.schedules] == ["Tổ 3"]

    for name in ("…", "Xã\nMây"):
        refused = run(None, "init", "--empty", "--commune", name, "--village", "Thôn Một", str(tmp_path / "b"))
        assert refused.exit_code == 2
        assert not (tmp_path / "b").exists()


def test_a_station_that_is_there_is_never_made_empty(home: Path, tmp_path: Path) -> None:
    before = (home / "commune.yaml").read_text()

    assert run(None, "init", "--empty", str(home)).exit_code == 2
    assert run(None, "--state", str(home / ".state"), "init", "--empty", str(tmp_path / "b")).exit_code == 2
    assert run(None, "init", "--commune", "Xã Bản Mây", str(tmp_path / "b")).exit_code == 2

    assert (home / "commune.yaml").read_text() == before
    assert not (tmp_path / "b").exists()


# Commissioning.


def test_until_it_is_commissioned_everything_planned_is_refused_with_that_reason(home: Path) -> None:
    assert {expected for expected, _ in planned(home).values()} == {"refused"}
    assert "loudspeaker test na-hoa --by NAME" in str(planned(home)["na-hoa"][1])

    rehearsed = run(home, "rehearse", "--from", "tomorrow", "--to", "tomorrow", "--json")
    assert {row["verdict"] for row in json.loads(rehearsed.stdout)} == {"refused"}
    played = run(home, "play", "tin", "--village", "na-hoa", "--by", "Hoa")
    assert played.exit_code == 1
    assert "loudspeaker test na-hoa" in played.stderr


def test_priority_is_refused_too(home: Path) -> None:
    path = home / "bulletins/tin.md"
    path.write_text(path.read_text().replace("title: Tin", "title: Tin\nlevel: priority"))

    assert {expected for expected, _ in planned(home).values()} == {"refused"}


@pytest.fixture
def hurrying(home: Path) -> Iterator[Station]:
    with closing(Station.open(home, clock=HurryingClock(NOON))) as station:
        yield station


def test_an_emergency_sounds_all_the_same_and_commissions_nothing(hurrying: Station, home: Path) -> None:
    call = hurrying.alerts.preview(PreviewUrgent("Nước dâng!", None, ("na-hoa",), False, False, None))
    client_of(hurrying).make(call.wanted)

    rows = client_of(hurrying).urgent(call, 1, 0.0, "Hoa")

    assert [row.verdict for row in rows] == ["aired"]
    assert planned(home)["na-hoa"][0] == "refused"


def test_a_persons_yes_after_the_test_commissions_that_output_and_no_other(home: Path) -> None:
    done = run(home, "test", "na-hoa", "--by", "chị Hoa", given="có\n")

    assert done.exit_code == 0
    assert events(home, "commission") == [{"output": "na-hoa", "by": "chị Hoa"}]
    assert planned(home)["na-hoa"][0] == "air"
    assert planned(home)["b"][0] == "refused"
    rehearsed = run(home, "rehearse", "--from", "tomorrow", "--to", "tomorrow", "--json")
    assert {row["village"]: row["verdict"] for row in json.loads(rehearsed.stdout)} == {
        "na-hoa": "aired",
        "b": "refused",
    }
    assert run(home, "log", "--verify").exit_code == 0
    again = run(home, "test", "na-hoa", "--by", "chị Hoa")
    assert (again.exit_code, "[y/N]" in again.stderr) == (0, False)


@pytest.mark.parametrize("answer", ["không\n", ""])
def test_without_that_yes_it_stays_silent(home: Path, answer: str) -> None:
    assert run(home, "test", "na-hoa", "--by", "Hoa", given=answer).exit_code == 0

    assert events(home, "commission") == []
    assert planned(home)["na-hoa"][0] == "refused"


def test_errors_of_the_doctor_are_mended_first(home: Path) -> None:
    broken = home / "schedules/b.yaml"
    sound = broken.read_text()
    broken.write_text("broadcasts: [\n")

    refused = run(home, "test", "na-hoa", "--by", "Hoa", given="có\n")
    assert refused.exit_code == 1
    assert "check" in refused.stderr
    assert events(home, "commission") == []

    broken.write_text(sound)
    assert run(home, "test", "na-hoa", "--by", "Hoa", given="có\n").exit_code == 0
    assert planned(home)["na-hoa"][0] == "air"


def test_the_doctor_warns_of_what_is_not_commissioned(home: Path) -> None:
    found = {row["what"]: row for row in json.loads(run(home, "doctor", "--json").stdout)}

    for output in ("na-hoa", "b"):
        row = found[f"commissioning of output {output}"]
        assert not row["serious"]
        assert f"loudspeaker test {output}" in row["wrong"]


def test_a_station_from_before_is_commissioned_without_any_doing(home: Path) -> None:
    """Its log, empty or not, has no word that it was made empty."""
    for path in (home / ".state").iterdir():
        path.unlink()

    assert {expected for expected, _ in planned(home).values()} == {"air"}
    assert "[y/N]" not in run(home, "test", "na-hoa", "--by", "Hoa").stderr


def test_the_daemon_refuses_blanks_whatever_asks_for_them(hurrying: Station) -> None:
    outputs = {name: MemorySpeaker(hurrying.clock) for name in ("na-hoa", "b")}
    live = Requests(OnAir(hurrying, outputs, hurrying.clock, hurrying.log, lambda now, trusted: frozenset({"box"})))
    facts = {"villages": ["na-hoa"], "repeat": 1, "gap": 0.0, "until": None, "drill": True, "by": "Hoa"}
    with closing(live.on_air), pytest.raises(Refused, match="blanks"):
        live.carry_out("urgent", {"text": None, "bulletin": "tim-nguoi", **facts}, 1000)

    assert hurrying.log.events("asked") == []


def test_the_daemon_takes_it_up_at_once_and_refuses_an_output_that_is_not_there(hurrying: Station) -> None:
    outputs = {name: MemorySpeaker(hurrying.clock) for name in ("na-hoa", "b")}
    live = Requests(OnAir(hurrying, outputs, hurrying.clock, hurrying.log, lambda now, trusted: frozenset({"box"})))
    tomorrow = (
        hurrying.clock.midnight(hurrying.clock.day("tomorrow")),
        hurrying.clock.midnight(hurrying.clock.day("tomorrow")) + timedelta(1),
    )
    with closing(live.on_air):
        with pytest.raises(NotFound):
            live.carry_out("commission", {"output": "c", "by": "Hoa"}, 1000)
        assert {airing.expected for airing in hurrying.airings.between(*tomorrow)} == {"refused"}
        airing = hurrying.airings.between(*tomorrow)[0]
        assert live.on_air.permits(airing, airing.scheduled_at, airing.scheduled_at + timedelta(seconds=5))

        live.carry_out("commission", {"output": airing.output, "by": "Hoa"}, 1000)

        assert not live.on_air.permits(airing, airing.scheduled_at, airing.scheduled_at + timedelta(seconds=5))
    assert {a.output: a.expected for a in hurrying.airings.between(*tomorrow)} == {
        **{"na-hoa": "refused", "b": "refused"},
        airing.output: "air",
    }


# A box that has joined by itself.


def test_a_box_that_has_joined_by_itself_airs_nothing_planned_before_somebody_confirms_its_village(home: Path) -> None:
    with closing(Station.open(home)) as station:
        station.log.event(JOINED_ALONE, "", NOON, by="USB", commune="Xã Bản Mây")
    run(home, "test", "na-hoa", "--by", "Páo", given="y\n")
    expected, why = planned(home)["na-hoa"]
    assert (expected, "right village" in (why or "")) == ("refused", True)
    assert "right village" in run(home, "doctor").stdout

    confirmed = run(home, "fleet", "confirm-village", "--by", "Lý")

    assert confirmed.exit_code == 0, confirmed.stderr
    assert {expected for expected, _ in planned(home).values()} == {
        "air"
    }  # all outputs, the one that was not tried, too
    assert "right village" not in run(home, "doctor").stdout
    again = run(home, "fleet", "confirm-village", "--by", "Lý")
    assert (again.exit_code, "nothing is to be confirmed" in again.stderr) == (1, True)
    with closing(Station.open(home)) as station:
        acts = [str(act.what) for act in audit_trail(station.log, NOON - DAY, NOON + DAY)]
    assert "confirms that the box is in the right village" in acts
    assert "puts in a stick by which the box joins Xã Bản Mây" in acts


def test_an_alarm_is_heard_before_that(home: Path) -> None:
    with closing(Station.open(home)) as station:
        station.log.event(JOINED_ALONE, "", NOON, by="USB", commune="Xã Bản Mây")

    given = run(home, "urgent", "Lũ đang về!", "--village", "na-hoa", "--repeat", "1", "--by", "Hoa", "--yes")

    assert given.exit_code == 0, given.stderr
    assert [event["by"] for event in events(home, "asked")] == ["Hoa"]
