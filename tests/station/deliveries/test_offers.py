"""What a province offers, at an office that follows it and edits its own files: taken up, declined, offered anew."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.office import Office, deliveries, follow, join, open_office, open_province, open_station, speak

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound, OutOfDate
from loudspeaker.i18n import set_language
from loudspeaker.model.envelope import Envelope
from loudspeaker.model.office_requests import DeclineOffer
from loudspeaker.reports.audit_trail import audit_trail
from loudspeaker.station import Station
from loudspeaker.station.decisions import Decisions
from loudspeaker.station.deliveries.membership import must_be_edited_here
from loudspeaker.station.deliveries.offers import find_offer, list_offers, sort_offers
from loudspeaker.station.editing.schedule_editing import EntryEdit
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.packing import read_packed
from loudspeaker.station.signing.sound_packing import sound_path

NAME = "bao-so-5@tinh-thu"
ENTRY = "{bulletin: bao-so-5, at: 06:06, days: [tue]}"
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def paths(home: Path) -> StationPaths:
    return StationPaths(home, home / ".state")


@pytest.fixture
def province(paths: StationPaths, tmp_path: Path) -> Office:
    """The station in `home` follows it."""
    province = open_province(tmp_path, tmp_path / "stick", ENTRY)
    follow(paths, province)
    return province


@pytest.fixture
def station(paths: StationPaths, province: Office, clock: FakeClock) -> Iterator[Station]:
    with closing(Station.open(paths.home, clock=clock)) as station:
        yield station


def waiting(station: Station) -> list[str]:
    return [offer.name for offer in sort_offers(station.files, station.log)[0]]


def decide(station: Station, why: str = "xã không có sông", *, undo: bool = False, digest: str | None = None) -> None:
    request = DeclineOffer(NAME, digest or find_offer(station.files, NAME).digest, why, undo)
    Decisions(station).decline_offer(request, Envelope(request, "Hoa"))


def test_an_office_that_follows_edits_its_own_files_and_is_offered_the_provinces(station: Station) -> None:
    must_be_edited_here(station.paths)
    offer = find_offer(station.files, NAME)

    assert {"tin-sang", NAME} <= station.files.contents.bulletins.keys()
    assert (offer.origin, offer.title, offer.line) == (
        "tinh-thu",
        "Bão số 5",
        '{bulletin: "bao-so-5@tinh-thu", at: 06:06, days: [tue]}',
    )
    assert station.planner.bulletin_spec(station.files.bulletin(NAME)).spoken_text.startswith("Bão số năm")


def test_what_is_scheduled_waits_no_more(station: Station) -> None:
    schedules, offer = station.editing.schedules, find_offer(station.files, NAME)
    schedules.save(schedules.suppose(schedules.change([EntryEdit("na-hoa", "", offer.entry)])), "Hoa")
    station.reload()

    assert waiting(station) == []
    planned = station.airings.plan(datetime(2026, 11, 24).date(), 1)
    assert f"na-hoa/{NAME}/2026-11-24T06:06" in [one.id for one in planned]
    with pytest.raises(NotFound):
        find_offer(station.files, NAME)


def test_what_is_declined_waits_no_more_until_that_is_taken_back(station: Station) -> None:
    decide(station)
    [(offer, event)] = sort_offers(station.files, station.log)[1]
    assert (waiting(station), offer.name, event.facts["why"]) == ([], NAME, "xã không có sông")

    decide(station, "", undo=True)
    assert waiting(station) == [NAME]
    assert [str(entry.what) for entry in audit_trail(station.log, *ALWAYS)] == [
        f"does not air “Bão số 5” ({NAME}), which was offered: xã không có sông",
        f"leaves open again whether “Bão số 5” ({NAME}) is aired",
    ]


@pytest.mark.parametrize("changed", ["words", "time"])
def test_something_else_is_offered_anew(station: Station, province: Office, changed: str) -> None:
    decide(station)
    if changed == "words":
        province.write("bulletins/bao-so-5.md", "---\ntitle: Bão số 5\n---\nBão số 5 đổi hướng.\n")
    else:
        province.write("schedules/tinh-thu.yaml", "broadcasts: [{bulletin: bao-so-5, at: 17:20}]\n")
    province.publish("tu", spoken=True)
    deliveries(station.paths).take(province.stick)
    station.reload()

    assert waiting(station) == [NAME]


def test_only_what_was_shown_is_declined_and_never_without_a_reason(station: Station) -> None:
    with pytest.raises(OutOfDate):
        decide(station, digest="0" * 64)
    with pytest.raises(BadUsage):
        decide(station, " ")

    assert waiting(station) == [NAME]


def test_it_follows_one_office_and_never_itself(
    paths: StationPaths, province: Office, home: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadUsage, match="tinh-thu already"):
        follow(paths, province)
    assert deliveries(paths).leave() == "tinh-thu"
    own = home / "bulletins" / "tin-sang.md"
    before = own.read_bytes()
    with pytest.raises(BadUsage, match="this commune itself"):
        follow(paths, province, commune="tinh-thu")

    assert not paths.membership.exists()
    assert own.read_bytes() == before
    join(paths, open_office(home, tmp_path))
    with pytest.raises(BadUsage, match="xa-thu already"):
        follow(paths, province)


def test_the_commune_gives_the_provinces_priority_another_time(
    paths: StationPaths, tmp_path: Path, clock: FakeClock
) -> None:
    follow(paths, open_province(tmp_path, tmp_path / "stick", "{bulletin: bao-so-5, level: priority, at: 06:15}"))
    with closing(Station.open(paths.home, clock=clock)) as station:
        schedules = station.editing.schedules
        effect = schedules.suppose(schedules.change([EntryEdit("na-hoa", "", {"bulletin": [NAME], "at": ["06:06"]})]))
        schedules.save(effect, "Hoa")

    assert effect.comparison.lost == ()
    assert f"na-hoa/{NAME}/2026-11-24T06:15" in {airing.id for airing in effect.comparison.withdrawn}
    assert {airing.village for airing in effect.comparison.withdrawn} == {"na-hoa"}


@pytest.fixture
def speaking(paths: StationPaths, tmp_path: Path) -> Office:
    """A province that has its bulletin spoken, before the station in `home` follows it."""
    province = open_province(tmp_path, tmp_path / "stick", ENTRY)
    rules = (province.home / "commune.yaml").read_text(encoding="utf-8")
    province.write("commune.yaml", rules + "voices: [tone:low]\n")
    province.publish("tu", "binh", spoken=True)
    speak(province, "tu")
    return province


def blob_of_sound(province: Office) -> Path:
    sha256 = read_packed(province.stick, province.scope).files[sound_path("bao-so-5")].sha256
    return province.stick / "v1" / "blob" / sha256


def test_whoever_accepts_or_approves_sees_whether_its_sound_is_here(
    paths: StationPaths, speaking: Office, clock: FakeClock
) -> None:
    blob = blob_of_sound(speaking)
    content = blob.read_bytes()
    blob.unlink()
    follow(paths, speaking)
    with closing(Station.open(paths.home, clock=clock)) as station:
        assert "not here yet" in str(find_offer(station.files, NAME).sound)
        assert "not here yet" in "; ".join(map(str, station.preparation.preview(NAME).facts()))

    blob.write_bytes(content)
    deliveries(paths).take(speaking.stick, speaking.scope)
    with closing(Station.open(paths.home, clock=clock)) as station:
        offer, shown = find_offer(station.files, NAME), station.preparation.preview(NAME)
        assert str(offer.sound) == "it came spoken in the voice tone:low; that sound is here"
        assert offer.sound in shown.facts()


def test_a_sound_in_a_voice_that_is_none_of_the_communes_is_told_not_to_be_heard(
    paths: StationPaths, speaking: Office, clock: FakeClock
) -> None:
    rules = paths.home / "commune.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("tone:low", "tone:high"), encoding="utf-8")
    follow(paths, speaking)
    with closing(Station.open(paths.home, clock=clock)) as station:
        assert "tone:low, which is none of those of this box" in str(find_offer(station.files, NAME).sound)


def test_where_nothing_was_spoken_nothing_is_said_of_it(station: Station) -> None:
    assert find_offer(station.files, NAME).sound is None
    assert station.preparation.preview("tin-sang").sound is None


def run(home: Path, *words: str) -> str:
    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *words])
    assert result.exit_code == 0, result.stderr
    return result.stdout + result.stderr


def test_officers_at_a_terminal_follow_look_and_decline(home: Path, tmp_path: Path) -> None:
    set_language("en")
    stick = open_province(tmp_path, tmp_path / "stick", ENTRY).stick
    words = ("fleet", "join", str(stick), "--scope", "tinh-thu", "--above", "--by", "Lý", "--yes")
    assert "signed by binh, tu" in run(home, *words)
    assert "Tỉnh Thử offers “Bão số 5”" in (told := run(home, "fleet", "offers"))
    assert "\n  about " in told
    assert "will not be aired" in run(home, "fleet", "decline", NAME, "--why", "đã phát", "--by", "Hoa")

    assert "Nothing is offered" in run(home, "fleet", "offers")
    assert "open again" in run(home, "fleet", "decline", NAME, "--undo", "--by", "Hoa")
    assert '"name": "bao-so-5@tinh-thu"' in run(home, "fleet", "offers", "--json")
    shutil.rmtree(stick)


def test_an_officer_at_a_terminal_reads_of_the_sound(home: Path, paths: StationPaths, speaking: Office) -> None:
    set_language("en")
    follow(paths, speaking)

    told = run(home, "fleet", "offers")

    assert re.search(r"\n  about \d+ s; it came spoken in the voice tone:low; that sound is here\n", told)
    assert "that sound is here" in run(home, "fleet", "offers", "--json")


def test_an_office_is_called_by_its_name_or_by_its_id_where_its_rules_cannot_be_read(
    paths: StationPaths, tmp_path: Path
) -> None:
    province = open_province(tmp_path, tmp_path / "stick", ENTRY)
    follow(paths, province)
    with open_station(paths.home, paths.state) as station:
        assert [offer.office for offer in list_offers(station.files)] == ["Tỉnh Thử"]

    damaged = next((paths.received / "tinh-thu").glob("v*/commune.yaml"))
    damaged.unlink()
    damaged.write_text("commune: Giả\n", encoding="utf-8")

    with open_station(paths.home, paths.state) as station:
        assert [offer.office for offer in list_offers(station.files)] == ["tinh-thu"]
        assert not station.files.problems
