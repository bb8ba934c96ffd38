"""An alarm from the office's PC to a village: written, signed by two, carried on a stick, given by the box's daemon."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.alert_box import BOX
from harness.daemon_thread import DaemonThread
from harness.office import SCOPE, Office, join, open_office
from harness.waiting import wait_for

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.alert_packing import AlertDraft, write_alert
from loudspeaker.station.station import Station
from loudspeaker.trust.dsse import parse_envelope
from loudspeaker.trust.opening import read_unverified
from loudspeaker.trust.signed_documents import Alert, AlertKind

pytestmark = pytest.mark.waits  # its sound is made by another process
WORDS = "Nước suối đang dâng!"


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    """With a box that has joined it."""
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    office = open_office(home, tmp_path)
    (office.home / "box.yaml").write_text(BOX, encoding="utf-8")
    join(StationPaths(home, home / ".state"), office)
    return office


def run(home: Path, *words: str, language: str = "en") -> Result:
    set_language(language)
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *words])


def write(office: Office, *words: str) -> Path:
    """Written at the office; where it lies."""
    written = run(office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, *words)
    assert written.exit_code == 0, written.stderr
    return Path(written.stdout.splitlines()[0])


def stored(path: Path) -> Alert:
    document = read_unverified(parse_envelope(path.read_bytes()))
    assert isinstance(document, Alert)
    return document


def asked(home: Path) -> list[str]:
    station = Station.open(home)
    try:
        return [event.airing.split("/")[1] for event in station.log.events("asked")]
    finally:
        station.close()


def started(home: Path) -> set[object]:
    """The voices in which anything was heard."""
    with closing(Station.open(home)) as station:
        return {event.facts["voice"] for event in station.log.events("started")}


def test_an_alarm_on_a_stick_is_given_once_and_the_stick_is_told(home: Path, office: Office) -> None:
    office.sign(write(office, WORDS), "hoa", "pao")
    with DaemonThread(home, datetime.now(UTC)):
        first = run(home, "fleet", "take", str(office.stick), language="vi")
        again = run(home, "fleet", "take", str(office.stick))
        office.sign(write(office, "--end", "1"), "ly")
        ended = run(home, "fleet", "take", str(office.stick))

    assert (first.exit_code, again.exit_code, ended.exit_code) == (0, 0, 0), first.stderr + ended.stderr
    assert f"Lệnh khẩn {SCOPE}/1: đang phát." in first.stderr or f"Lệnh khẩn {SCOPE}/1: đã phát." in first.stderr
    assert f"Alert {SCOPE}/2: it has ended." in ended.stderr
    assert asked(home) == [f"urgent@{SCOPE}"] * 2 + [f"all-clear@{SCOPE}"] * 2
    assert f"ký lệnh khẩn {SCOPE}/2: kết thúc {SCOPE}/1" in run(home, "why", f"{SCOPE}/2", language="vi").stdout
    (result,) = office.stick.glob("out/*/KET-QUA.txt")
    assert f"Lệnh khẩn {SCOPE}/2: đã kết thúc." in result.read_text(encoding="utf-8-sig")


def test_an_alarm_that_the_office_has_spoken_is_heard_in_that_sound(home: Path, office: Office) -> None:
    path = write(office, WORDS, "--speak")
    sound = stored(path).audio
    assert sound
    assert f"its sound was made beforehand; listen to it: blob/{sound.sha256}" in run(home, "show", str(path)).stdout
    office.sign(path, "hoa", "pao")
    with DaemonThread(home, datetime.now(UTC)):
        taken = run(home, "fleet", "take", str(office.stick))
        wait_for(lambda: started(home))

    assert taken.exit_code == 0, taken.stderr
    assert started(home) == {f"signed:{sound.sha256[:12]}"}


def test_an_alarm_is_said_again_as_often_as_the_office_has_written(office: Office) -> None:
    written = run(
        office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, WORDS, "--again", "2h", "--until", "9h"
    )
    alert = stored(Path(written.stdout.splitlines()[0]))
    assert alert.again
    assert (alert.again.every, alert.again.until) == (7200.0, alert.until)
    assert alert.until - alert.issued > timedelta(hours=8)
    assert "said again every 2 hours until" in written.stdout

    for words in (
        ("--again", "2h"),
        ("--until", "9h"),
        ("--again", "2h", "--until", "30h"),
        ("--again", "5s", "--until", "1h"),
    ):
        refused = run(office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, WORDS, *words)
        assert refused.exit_code != 0, words
    assert run(
        office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, "--stop", "--again", "2h", "--until", "9h"
    ).exit_code


def test_a_bulletin_is_played_where_the_office_says_and_nothing_else_with_it(office: Office) -> None:
    alert = stored(write(office, "--play", "tin-sang", "--village", "na-hoa"))
    assert (alert.kind, alert.bulletin, alert.villages, alert.repeat) == (AlertKind.PLAY, "tin-sang", ("na-hoa",), 1)

    for words in (("--play", "khong-co"), ("--play", "tin-sang", WORDS), ("--play", "tin-sang", "--stop")):
        assert run(office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, *words).exit_code, words


def test_a_province_names_communes_and_groups_of_them(office: Office) -> None:
    rules = office.home / "commune.yaml"
    office.write("commune.yaml", rules.read_text(encoding="utf-8") + "groups: {ven-sông: [ban-may, muong-hum]}\n")
    alert = stored(write(office, WORDS, "--commune", "nam-lu", "--group", "ven-sông", "--commune", "ban-may"))
    assert alert.audience == ("nam-lu", "ban-may", "muong-hum")

    for words in (("--group", "ven-suoi"), ("--commune", "Bản Mây")):
        refused = run(office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, WORDS, *words)
        assert refused.exit_code, words
    assert (
        "ven-sông"
        in run(office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, WORDS, "--group", "x").stderr
    )


def test_the_second_person_may_stand_at_the_box(home: Path, office: Office) -> None:
    office.sign(write(office, WORDS), "hoa")
    with DaemonThread(home, datetime.now(UTC)):
        taken = run(home, "fleet", "take", str(office.stick))
        assert asked(home) == []
        same = run(home, "fleet", "confirm", f"{SCOPE}/1", "--by", "Hoa")
        other = run(home, "fleet", "confirm", f"{SCOPE}/1", "--by", "anh Lý")

    assert "nothing is heard before a second person signs" in taken.stderr
    assert (same.exit_code, other.exit_code) == (1, 0), other.stderr
    assert asked(home) == [f"urgent@{SCOPE}"] * 2


def test_without_a_daemon_the_files_are_taken_and_the_alarm_is_not(home: Path, office: Office) -> None:
    office.sign(write(office, WORDS), "hoa", "pao")
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")

    taken = run(home, "fleet", "take", str(office.stick))

    assert taken.exit_code == 3
    assert "Version 2 of" in taken.stderr
    assert "not running" in taken.stderr


def test_what_has_ended_long_ago_or_nobody_has_signed(home: Path, office: Office) -> None:
    station = Station.open(office.home)
    draft = AlertDraft(AlertKind.ALERT, WORDS)
    _, path = write_alert(station, office.stick, SCOPE, draft, datetime(2026, 11, 1, tzinfo=UTC))
    office.sign(path, "hoa", "pao")
    with DaemonThread(home, datetime.now(UTC)):
        old = run(home, "fleet", "take", str(office.stick))
        write(office, WORDS)
        unsigned = run(home, "fleet", "take", str(office.stick))
    station.close()

    assert (old.exit_code, unsigned.exit_code) == (0, 1)
    assert "Alert" not in old.stderr
    assert "signed as emergency by 0 persons" in unsigned.stderr
    assert asked(home) == []


def test_numbers_rise_and_no_two_are_of_one_second(office: Office) -> None:
    paths = [write(office, WORDS), write(office, "Cháy!", "--drill"), write(office, "--check"), write(office, "--stop")]
    alerts = [stored(path) for path in paths]

    assert [alert.seq for alert in alerts] == [1, 2, 3, 4]
    assert len({alert.issued for alert in alerts}) == 4
    assert [alert.kind for alert in alerts] == ["alert", "alert", "check", "stop"]
    assert [alert.drill for alert in alerts] == [False, True, False, False]


def test_whoever_signs_reads_what_is_wanted(office: Office) -> None:
    write(office, WORDS)
    for words, told in (
        (["--end", "1"], "the end of an alarm, with the all-clear"),
        (["--end", "1", "--form", "stop"], "the end of an alarm: it is said no more, the danger stands"),
        (["--end", "1", "--form", "mistake"], "the end of an alarm: it was given by mistake"),
        (["--check"], "a silent check"),
        (["--stop"], "silence, now"),
    ):
        assert told in run(office.home, "show", str(write(office, *words))).stdout


def test_what_is_signed_is_shown_as_it_is_spoken(office: Office) -> None:
    path = write(office, "Cách 5 km.", "--village", "na-hoa", "--repeat", "2")
    shown = run(office.home, "show", str(path))
    told = json.loads(run(office.home, "show", str(path), "--json").stdout)

    assert "an alarm\n" in shown.stdout
    assert "spoken 2 times: Cách năm ki lô mét." in shown.stdout
    assert "for na-hoa, until" in shown.stdout
    assert told["document"]["spoken"] == "Cách năm ki lô mét."


def test_a_template_is_named_and_bound_and_has_no_blanks(office: Office) -> None:
    alert = stored(write(office, "--bulletin", "lu-quet", "--update", "7"))
    assert (alert.bulletin, alert.kind, alert.references) == ("lu-quet", AlertKind.UPDATE, (f"{SCOPE}/7",))
    assert alert.approved

    (office.home / "bulletins" / "mau.md").write_text("---\ntitle: Mẫu\nlevel: emergency\n---\nTại [nơi].\n", "utf-8")
    assert run(office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, "--bulletin", "mau").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        (),
        (WORDS, "--bulletin", "lu-quet"),
        (WORDS, "--end", "1"),
        ("--end", "1", "--check"),
        ("--bulletin", "tin-sang"),
        (WORDS, "--lasts", "25h"),
        (WORDS, "--end", "0"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(office: Office, words: tuple[str, ...]) -> None:
    refused = run(office.home, "fleet", "alert", str(office.stick), "--scope", SCOPE, *words)

    assert refused.exit_code in (1, 2)
    assert not list(office.stick.glob("v1/*/alert/*"))
