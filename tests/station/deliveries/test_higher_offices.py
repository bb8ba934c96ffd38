"""A province's bulletins on a commune's box: heard in the words that were signed, when the commune schedules them."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.office import NOW, Office, deliveries, join
from harness.small_commune import ZONE

from loudspeaker.clock import FakeClock
from loudspeaker.config.spoken_bulletin import format_signed_words
from loudspeaker.errors import BadFile, BadUsage, Refused
from loudspeaker.maintenance.check import check_files
from loudspeaker.model.enums import Expected
from loudspeaker.model.spoken_text import Utterance
from loudspeaker.reports.explain import explain_airing
from loudspeaker.station import approvals
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.deliveries.offers import list_offers
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.opening import read_unverified, seal
from loudspeaker.trust.signed_documents import SignedFile, SignedManifest

PROVINCE = "tinh-thu"
OFFICIALS = ("tu", "binh", "mai")
STORM = "---\ntitle: Bão số 5\n---\nBão số 5 cách bờ 200 km.\n"


@pytest.fixture
def box(home: Path) -> StationPaths:
    return StationPaths(home, home / ".state")


@pytest.fixture
def commune(home: Path, tmp_path: Path) -> Office:
    """A commune below the province; its own words would read the province's text otherwise."""
    office = Office(tmp_path / "commune", tmp_path / "stick")
    shutil.copytree(home, office.home, ignore=shutil.ignore_patterns(".state", "box.yaml", "audio_cache"))
    with (office.home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("say: {km: cây số}\n")
    office.trust("hoa", "pao", parent=PROVINCE)
    office.publish("hoa", "pao")
    return office


@pytest.fixture
def province(commune: Office, tmp_path: Path) -> Office:
    """Its files on the same stick."""
    office = Office(tmp_path / "province", commune.stick, PROVINCE)
    (office.home / "bulletins").mkdir(parents=True)
    office.write("commune.yaml", "commune: Tỉnh Thử\nid: tinh-thu\n")
    office.write("bulletins/bao-so-5.md", STORM)
    office.trust("tu", "binh", people=OFFICIALS)
    office.publish("tu", "binh", spoken=True)
    return office


@pytest.fixture
def joined(box: StationPaths, commune: Office, province: Office) -> StationPaths:
    join(box, commune)
    join(box, province)
    return box


def spoken(box: StationPaths, bulletin: str) -> str:
    station = Station.open(box.home, box.state)
    try:
        return station.planner.bulletin_spec(station.files.bulletin(bulletin)).spoken_text
    finally:
        station.close()


def test_a_provinces_bulletin_is_heard_in_the_words_that_were_signed(joined: StationPaths) -> None:
    assert spoken(joined, "bao-so-5@tinh-thu") == "Bão số năm cách bờ hai trăm ki lô mét."


def test_the_words_are_not_read_again_whatever_they_are(joined: StationPaths, province: Office) -> None:
    words = format_signed_words([[Utterance("Bão số 5 cách bờ 200 km.", 0.5)]])
    republish(province, words)

    deliveries(joined).take(province.stick, PROVINCE)

    assert spoken(joined, "bao-so-5@tinh-thu") == "Bão số 5 cách bờ 200 km."


def republish(province: Office, words: bytes | None, **changed: object) -> None:
    """The next version with other words for the same text (None: with none), signed by one officer."""
    path = province.own / "manifest.json"
    before = read_unverified(parse_envelope(path.read_bytes()))
    assert isinstance(before, SignedManifest)
    files = dict(before.files)
    if words is None:
        files["bulletins/bao-so-5.md"] = replace(files["bulletins/bao-so-5.md"], speech=None)
    else:
        sha256 = hashlib.sha256(words).hexdigest()
        (province.stick / "v1" / "blob" / sha256).write_bytes(words)
        files["speech/bao-so-5.json"] = SignedFile(sha256, len(words))
    after = replace(before, version=before.version + 1, files=files, **changed)  # type: ignore[arg-type]
    path.write_bytes(format_envelope(seal(after)))
    province.sign(path, "tu")


def planned(box: StationPaths, days: int = 0) -> list[tuple[str, Expected]]:
    """What of other offices is planned, so many days later."""
    now = NOW + timedelta(days=days)
    station = Station.open(box.home, box.state, clock=FakeClock(now))
    try:
        airings = station.planner.plan(now, now + timedelta(days=1), station.log)
        return [(one.id, one.expected) for one in airings if "@" in one.id]
    finally:
        station.close()


def schedule(commune: Office, box: StationPaths) -> str:
    """Have the commune schedule the province's bulletin; the village."""
    file = next((commune.home / "schedules").glob("*.yaml"))
    entry = "  - bulletin: bao-so-5@tinh-thu\n    at: [06:15]\n"
    file.write_text(file.read_text(encoding="utf-8").rstrip() + "\n" + entry, encoding="utf-8")
    commune.publish("hoa")
    deliveries(box).take(commune.stick)
    return file.stem


def test_only_the_commune_decides_when_it_is_heard(
    joined: StationPaths, commune: Office, province: Office, tmp_path: Path
) -> None:
    (province.home / "schedules").mkdir()
    province.write("schedules/na-hoa.yaml", "village: Nà Hoa\nbroadcasts:\n  - {bulletin: bao-so-5, at: [06:00]}\n")
    province.publish("tu", spoken=True)
    deliveries(joined).take(province.stick, PROVINCE)
    assert planned(joined) == []

    village = schedule(commune, joined)

    assert planned(joined) == [(f"{village}/bao-so-5@tinh-thu/2026-11-24T06:15", Expected.AIR)]


def schedule_by_province(province: Office, *entries: str, to: str = PROVINCE) -> None:
    """Have the province schedule these entries for all of its communes, or for one."""
    (province.home / "schedules").mkdir(exist_ok=True)
    lines = "".join(f"  - {{{entry}}}\n" for entry in entries)
    province.write(f"schedules/{to}.yaml", f"broadcasts:\n{lines}")
    province.publish("tu", spoken=True)


def test_its_priority_is_heard_without_the_commune_and_its_routine_is_offered(
    joined: StationPaths, province: Office
) -> None:
    urgent = "bulletin: bao-so-5, name: gap, level: priority, at: [05:40, 12:00]"
    schedule_by_province(province, urgent, "bulletin: bao-so-5, at: 06:20")
    schedule_by_province(province, "bulletin: bao-so-5, level: priority, at: 06:10", to="xa-khac")
    deliveries(joined).take(province.stick, PROVINCE)

    days = [(one.partition("/")[2], expected) for one, expected in planned(joined)]
    assert days == [
        ("gap@tinh-thu/2026-11-24T05:40", Expected.AIR),
        ("gap@tinh-thu/2026-11-24T05:40", Expected.AIR),
        ("gap@tinh-thu/2026-11-24T12:00", Expected.REFUSED),
        ("gap@tinh-thu/2026-11-24T12:00", Expected.REFUSED),
    ]
    accepted = read_membership(joined)
    assert accepted
    assert "schedules/xa-khac.yaml" not in accepted.higher[0].accepted.files

    station = Station.open(joined.home, joined.state, clock=FakeClock(NOW))
    found = list(check_files(station, 2))
    name, airing, record = station.airings.look_up(f"na-hoa/gap@tinh-thu/{NOW.date()}T05:40")
    story = explain_airing(name, airing, record, station.log, NOW, ZONE, offices=station.files.contents.offices)
    [offer] = list_offers(station.files)
    station.close()

    assert [str(one.problem) for one in found if "tinh-thu" in one.problem.path] == [
        "received/tinh-thu/schedules/tinh-thu.yaml:2: 12:00 24/11/2026, and 3 more times in these days: "
        "it lies outside the hours of policy (05:30–06:30, 10:45–11:30, 16:30–18:30)"
    ]
    assert "Tỉnh Thử has scheduled it; the commune’s rules hold for it." in map(str, story)
    assert (offer.origin, offer.line) == (PROVINCE, '{bulletin: "bao-so-5@tinh-thu", at: 06:20}')


def test_an_offer_is_taken_up_by_the_line_that_is_shown(
    joined: StationPaths, commune: Office, province: Office
) -> None:
    schedule_by_province(province, "bulletin: bao-so-5, at: 06:20, days: [tue]")
    deliveries(joined).take(province.stick, PROVINCE)
    assert planned(joined) == []
    station = Station.open(joined.home, joined.state)
    [offer] = list_offers(station.files)
    station.close()

    file = commune.home / "schedules" / "na-hoa.yaml"
    file.write_text(f"{file.read_text(encoding='utf-8').rstrip()}\n  - {offer.line}\n", encoding="utf-8")
    commune.publish("hoa")
    deliveries(joined).take(commune.stick)

    assert planned(joined) == [("na-hoa/bao-so-5@tinh-thu/2026-11-24T06:20", Expected.AIR)]


def test_its_schedule_ends_with_its_manifest(joined: StationPaths, province: Office) -> None:
    schedule_by_province(province, "bulletin: bao-so-5, level: priority, at: 05:40")
    deliveries(joined).take(province.stick, PROVINCE)

    assert {expected for _, expected in planned(joined, 89)} == {Expected.AIR}
    assert planned(joined, 91) == []


def test_a_province_that_has_vanished_does_not_speak_for_ever(joined: StationPaths, commune: Office) -> None:
    schedule(commune, joined)

    assert [expected for _, expected in planned(joined, 89)] == [Expected.AIR]
    assert [expected for _, expected in planned(joined, 91)] == [Expected.REFUSED]


def test_what_ended_is_not_taken(joined: StationPaths, province: Office) -> None:
    province.publish("tu", spoken=True)

    with pytest.raises(UntrustedDocument, match="it ended at"):
        deliveries(joined, NOW + timedelta(days=100)).take(province.stick, PROVINCE)


def test_a_manifest_for_others_names_its_end_and_brings_its_words(joined: StationPaths, province: Office) -> None:
    before = joined.membership.read_bytes()
    republish(province, None)
    with pytest.raises(Refused, match=r"bulletins/bao-so-5\.md comes without its words"):
        deliveries(joined).take(province.stick, PROVINCE)
    republish(province, format_signed_words([[Utterance("Bão.", 0.5)]]), expires=None)
    with pytest.raises(Refused, match="names no day on which it ends"):
        deliveries(joined).take(province.stick, PROVINCE)

    assert joined.membership.read_bytes() == before
    assert spoken(joined, "bao-so-5@tinh-thu").startswith("Bão số năm")


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"{}",
        b"[]",
        b'[[["a", 0.5]], [["b", 0.5]]]',
        b'[[["a\\u0000", 0.5]]]',
        b'[[["a", -1.0]]]',
        b'[[["a", NaN]]]',
        b'[[["a", 1e9]]]',
        b"[" * 100_000,
    ],
)
def test_words_that_cannot_be_cost_their_bulletin_alone(joined: StationPaths, province: Office, words: bytes) -> None:
    republish(province, words)
    deliveries(joined).take(province.stick, PROVINCE)

    with pytest.raises(BadFile, match="signed words"):
        spoken(joined, "bao-so-5@tinh-thu")
    assert spoken(joined, "tin-sang")


def test_words_that_were_changed_on_the_disk_are_not_used(joined: StationPaths) -> None:
    membership = read_membership(joined)
    assert membership
    file = joined.received / PROVINCE / "v000001" / "speech" / "bao-so-5.json"
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace("hai trăm".encode(), "ba trăm".encode()))

    with pytest.raises(BadFile, match="not the file that was signed"):
        spoken(joined, "bao-so-5@tinh-thu")


def test_an_approval_of_it_stands_whatever_words_the_commune_has_of_its_own(
    joined: StationPaths, commune: Office
) -> None:
    def digest() -> str:
        station = Station.open(joined.home, joined.state)
        try:
            found = station.files.bulletin("bao-so-5@tinh-thu")
            return approvals.digest(found, station.planner.bulletin_spec(found))
        finally:
            station.close()

    before = digest()
    with (commune.home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("names: {Bão: Cơn bão}\n")
    commune.publish("hoa", "pao")
    deliveries(joined).take(commune.stick)

    assert digest() == before


def test_one_office_that_is_refused_does_not_keep_the_other_from_being_taken(
    joined: StationPaths, commune: Office, province: Office
) -> None:
    province.publish(spoken=True)  # nobody has signed
    commune.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    commune.publish("hoa")
    taker = deliveries(joined)

    assert taker.scopes(commune.stick) == [commune.scope, PROVINCE]
    with pytest.raises(UntrustedDocument):
        taker.take(commune.stick, PROVINCE)
    assert taker.take(commune.stick, commune.scope).version == 2


def test_a_box_listens_to_its_own_offices_only(box: StationPaths, commune: Office, province: Office) -> None:
    join(box, commune)
    stranger = Office(province.home, commune.stick, "tinh-khac")
    stranger.trust("hoa", "pao")
    stranger.publish("hoa", "pao", spoken=True)

    with pytest.raises(BadUsage, match="already"):
        join(box, stranger)
    join(box, province)
    with pytest.raises(BadUsage, match="already"):
        join(box, province)  # its own office above is none


def test_it_leaves_with_its_commune(joined: StationPaths) -> None:
    deliveries(joined).leave()

    station = Station.open(joined.home, joined.state)
    assert not [name for name in station.files.contents.bulletins if "@" in name]
    station.close()


def test_a_commune_that_has_lost_all_keys_is_reset_by_its_province(
    joined: StationPaths, commune: Office, province: Office
) -> None:
    commune.trust("tu", "binh", people=("sua", "vang"), parent=PROVINCE, reset=True)
    commune.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    commune.publish("sua", "vang")
    taken = deliveries(joined).take(commune.stick)
    assert (taken.trust, taken.persons) == (2, ("sua", "vang"))

    # Later the province has other people; what was signed by the ones before stands.
    province.trust("tu", "binh", "mai", "ly", people=("mai", "ly"))
    province.publish("mai", "ly", spoken=True)
    deliveries(joined).take(province.stick, PROVINCE)
    assert not deliveries(joined).take(commune.stick).is_new


def test_a_later_trust_document_keeps_the_parent(joined: StationPaths, commune: Office, province: Office) -> None:
    commune.trust("hoa", "pao", people=("hoa", "pao"))
    commune.trust("tu", "binh", people=("sua", "vang"), reset=True)
    commune.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    commune.publish("sua", "vang")

    assert deliveries(joined).take(commune.stick).trust == 3


@pytest.mark.parametrize("signers", [("tu",), ("hoa", "tu"), ("sua", "vang"), ()])
def test_no_reset_without_two_of_the_province(joined: StationPaths, commune: Office, signers: tuple[str, ...]) -> None:
    before = joined.membership.read_bytes()
    commune.trust(*signers, people=("sua", "vang"), parent=PROVINCE, reset=True)

    with pytest.raises(UntrustedDocument):
        deliveries(joined).take(commune.stick)

    assert joined.membership.read_bytes() == before


def test_a_box_that_has_not_joined_the_province_takes_no_reset_from_it(
    box: StationPaths, commune: Office, province: Office
) -> None:
    join(box, commune)
    commune.trust("tu", "binh", people=("sua", "vang"), parent=PROVINCE, reset=True)

    with pytest.raises(UntrustedDocument):
        deliveries(box).take(commune.stick)
