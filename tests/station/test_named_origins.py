"""Another commune's bulletins on a box whose own rules name it, such as of one that shares an FM transmitter."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from harness.alert_box import BOX, AlertBox, flood
from harness.office import NOW, SCOPE, Office, deliveries, join, open_province

from loudspeaker.clock import FakeClock
from loudspeaker.config.commune_file import parse
from loudspeaker.errors import BadFile, BadUsage, Refused
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.signed_documents import AlertKind

OTHER, PROVINCE = "ban-lim", "tinh-thu"
MARKET = "---\ntitle: Chợ phiên\n---\nChợ phiên họp sáng thứ bảy.\n"


@pytest.fixture
def box(home: Path) -> StationPaths:
    return StationPaths(home, home / ".state")


@pytest.fixture
def commune(home: Path, tmp_path: Path) -> Office:
    office = Office(tmp_path / "commune", tmp_path / "stick")
    shutil.copytree(home, office.home, ignore=shutil.ignore_patterns(".state", "box.yaml", "audio_cache"))
    office.trust("hoa", "pao", parent=PROVINCE)
    name(office, "hoa", "pao", origins=f"[{OTHER}]")
    return office


def name(office: Office, *signers: str, origins: str) -> None:
    """Publish rules that name these communes."""
    rules = office.home / "commune.yaml"
    kept = [line for line in rules.read_text(encoding="utf-8").splitlines() if not line.startswith("origins:")]
    office.write("commune.yaml", "\n".join([*kept, *([f"origins: {origins}"] if origins else [])]) + "\n")
    office.publish(*signers)


@pytest.fixture
def other(commune: Office, tmp_path: Path) -> Office:
    """The other commune, whose files lie on the same stick."""
    office = Office(tmp_path / "other", commune.stick, OTHER)
    (office.home / "bulletins").mkdir(parents=True)
    office.write("commune.yaml", f"commune: Xã Bản Lìm\nid: {OTHER}\n")
    office.write("bulletins/cho-phien.md", MARKET)
    office.trust("sua", "vang", people=("sua", "vang", "ly"))
    office.publish("sua", "vang", spoken=True)
    return office


def scopes(box: StationPaths) -> list[str]:
    joined = read_membership(box)
    return [one.scope for one in joined.scopes] if joined else []


def bulletins(box: StationPaths) -> set[str]:
    station = Station.open(box.home, box.state, clock=FakeClock(NOW))
    try:
        return set(station.files.contents.bulletins)
    finally:
        station.close()


def test_the_bulletins_of_a_commune_that_the_rules_name_lie_beside_its_own(
    box: StationPaths, commune: Office, other: Office
) -> None:
    join(box, commune)
    join(box, other)

    assert scopes(box) == [SCOPE, OTHER]
    assert f"cho-phien@{OTHER}" in bulletins(box)


def test_one_that_the_rules_do_not_name_is_not_joined(box: StationPaths, commune: Office, other: Office) -> None:
    name(commune, "hoa", "pao", origins="[xa-vang]")
    join(box, commune)

    with pytest.raises(BadUsage, match="already"):
        join(box, other)


def test_what_one_officer_adds_to_the_rules_names_nobody(box: StationPaths, commune: Office, other: Office) -> None:
    join(box, commune)
    name(commune, "hoa", origins=f"[{OTHER}, xa-vang]")
    with pytest.raises(Exception, match="must"):
        deliveries(box).take(commune.stick)


def test_when_the_rules_name_it_no_more_its_bulletins_are_gone_and_the_province_stays(
    box: StationPaths, commune: Office, other: Office, tmp_path: Path
) -> None:
    join(box, commune)
    join(box, other)
    join(box, open_province(tmp_path, commune.stick))
    assert scopes(box) == [SCOPE, OTHER, PROVINCE]

    name(commune, "hoa", "pao", origins="")
    deliveries(box).take(commune.stick)

    assert scopes(box) == [SCOPE, PROVINCE]
    assert f"cho-phien@{OTHER}" not in bulletins(box)
    assert f"bao-so-5@{PROVINCE}" in bulletins(box)


def test_the_province_is_joined_before_it_or_behind_it_and_its_own_province_by_nobody(
    box: StationPaths, commune: Office, other: Office, tmp_path: Path
) -> None:
    other.trust("sua", "vang", people=("sua", "vang", "ly"), parent="tinh-khac")
    far = open_province(tmp_path / "far", commune.stick, scope="tinh-khac")
    join(box, commune)
    join(box, other)
    deliveries(box).take(commune.stick, OTHER)

    with pytest.raises(BadUsage, match="already"):
        join(box, far)
    join(box, open_province(tmp_path, commune.stick))
    assert scopes(box)[-1] == PROVINCE


def test_what_would_be_in_force_for_ever_is_not_taken(box: StationPaths, commune: Office, other: Office) -> None:
    other.write("bulletins/hop.md", "---\ntitle: Họp\n---\nHọp thôn.\n")
    other.publish("sua")
    join(box, commune)

    with pytest.raises(Refused, match="no day on which it ends"):
        join(box, other)


def test_its_alarms_are_heard_and_it_silences_nobody(box: StationPaths, commune: Office, other: Office) -> None:
    (box.home / "box.yaml").write_text(BOX, encoding="utf-8")
    join(box, commune)
    join(box, other)
    with closing(AlertBox(box.home)) as heard:
        heard.deliver(flood(scope=OTHER), "sua", "vang")
        heard.run(60)
        assert heard.heard() == [f"urgent@{OTHER}"]
        with pytest.raises(UntrustedDocument, match="only the commune itself"):
            heard.deliver(flood(18, scope=OTHER, kind=AlertKind.STOP, text=None, spoken=None), "sua")


def test_minutes_a_day_are_its_own() -> None:
    rules = parse(
        "commune.yaml",
        f"commune: Xã\nid: xa\norigins: [{OTHER}]\nreceived: {{{OTHER}: {{minutes_per_day: 5}}}}\n".encode(),
    )

    assert rules.origins == (OTHER,)
    assert (rules.rules_for(OTHER).minutes_per_day, rules.rules_for(PROVINCE).minutes_per_day) == (5, 15)


def test_a_group_without_a_commune_is_told() -> None:
    with pytest.raises(BadFile, match="is empty"):
        parse("commune.yaml", b"commune: Tinh\nid: tinh\ngroups: {ven song: []}\n")
    groups = parse(
        "commune.yaml", "commune: Tỉnh\nid: tinh\nnhóm xã: {ven sông: [ban-may, muong-hum]}\n".encode()
    ).groups
    assert groups == {"ven sông": ("ban-may", "muong-hum")}
