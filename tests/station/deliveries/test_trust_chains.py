"""Trust documents that a memory card has damaged: nothing that needs them is believed until a delivery mends them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness.changed_bytes import flip_bit
from harness.office import SCOPE, Office, deliveries, join_box, open_office

from loudspeaker.errors import Refused
from loudspeaker.station.deliveries.membership import must_have_joined
from loudspeaker.station.deliveries.trust_chains import TrustChains, trust_in_force
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.received import ReceivedFiles
from loudspeaker.trust.faults import UntrustedDocument

VERSIONS = (1, 2, 3)


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    """With three trust documents, by the last of which Hoa may sign no more."""
    office = open_office(home, tmp_path)
    office.trust("hoa", "pao", people=("hoa", "pao", "ly", "tu"))
    office.trust("pao", "ly", people=("pao", "ly", "tu"))
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("pao", "ly")
    return office


@pytest.fixture
def box(home: Path, office: Office) -> StationPaths:
    return join_box(home, office)


def kept(box: StationPaths, version: int) -> Path:
    return box.received / SCOPE / "trust" / f"{version}.json"


def lengths(box: StationPaths) -> int:
    return TrustChains(box, must_have_joined(box)).lengths()[SCOPE]


def test_all_are_walked(box: StationPaths) -> None:
    [(trust, floors)] = trust_in_force(box)

    assert (trust.version, floors.trust, lengths(box)) == (3, 3, 3)


@pytest.mark.parametrize("version", VERSIONS)
def test_one_that_is_damaged_ends_the_chain_and_a_delivery_with_the_same_version_mends_it(
    box: StationPaths, office: Office, version: int
) -> None:
    whole = kept(box, version).read_bytes()
    flip_bit(kept(box, version))

    assert lengths(box) == version - 1
    with pytest.raises(Refused, match="damaged"):
        trust_in_force(box)

    deliveries(box).take(office.stick)
    assert kept(box, version).read_bytes() == whole
    assert trust_in_force(box)[0][0].version == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_what_revokes_a_key_is_not_forgotten_with_a_damaged_document(
    box: StationPaths, office: Office, tmp_path: Path, version: int
) -> None:
    """Somebody who has a key that was revoked brings an older list on a stick of their own."""
    flip_bit(kept(box, version))
    shutil.copytree(office.stick, tmp_path / "theirs")
    theirs = Office(office.home, tmp_path / "theirs")
    for revoking in (2, 3):
        (theirs.own / "trust" / f"{revoking}.json").unlink()
    theirs.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
    theirs.publish("hoa")
    before = must_have_joined(box).accepted.version

    with pytest.raises((Refused, UntrustedDocument)):
        deliveries(box).take(theirs.stick)

    assert must_have_joined(box).accepted.version == before
    assert must_have_joined(box).floors["trust"] == 3


def test_another_first_list_than_the_one_that_a_person_has_compared_mends_nothing(
    box: StationPaths, office: Office, tmp_path: Path
) -> None:
    flip_bit(kept(box, 1))
    other = Office(office.home, tmp_path / "other")
    other.trust("tu", "binh", people=("tu", "binh", "mai"))
    other.publish("tu", "binh")

    with pytest.raises(Refused, match="damaged"):
        deliveries(box).take(other.stick)
    assert lengths(box) == 0


def test_looking_at_a_delivery_mends_nothing_and_what_is_mended_is_counted_again(
    box: StationPaths, office: Office
) -> None:
    flip_bit(kept(box, 2))

    deliveries(box).lacking(office.stick, SCOPE)
    assert lengths(box) == 1

    deliveries(box).take(office.stick)
    assert lengths(box) == len(ReceivedFiles(box.received, SCOPE).trust_documents()) == 3
