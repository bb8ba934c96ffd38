"""What a commune would hear of a province’s files, before anybody has signed them: planned as its boxes plan it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from harness.office import NOW, SCOPE, Office, open_office, open_province
from harness.small_commune import at

from loudspeaker.model.enums import Level
from loudspeaker.station.deliveries.commune_outlook import (
    BulletinOutlook,
    CommuneFiles,
    CommuneOutlook,
    OfficeFiles,
    TextOutlines,
    find_outlook,
)
from loudspeaker.station.deliveries.delivered_changes import DeliveredFiles
from loudspeaker.trust.dsse import parse_envelope
from loudspeaker.trust.opening import read_unverified_as
from loudspeaker.trust.signed_documents import SignedManifest

BOX = "plays: {na-hoa: san-kho, suoi-trat: san-kho}\noutputs: {san-kho: {device: file}}\n"
PRIORITY = "{bulletin: bao-so-5, level: priority, at: ['05:40']}"
Ask = Callable[..., CommuneOutlook]


def files_of(office: Office) -> DeliveredFiles:
    manifest = read_unverified_as(SignedManifest, parse_envelope((office.own / "manifest.json").read_bytes()))
    return DeliveredFiles(office.stick / "v1" / "blob", manifest, NOW)


@pytest.fixture
def ask(home: Path, tmp_path: Path) -> Ask:
    """What the small commune would hear, with these entries of the province and lines more in its commune.yaml."""
    office, numbers = open_office(home, tmp_path), count()

    def outlook(entries: str, *boxes: str, rules: str = "") -> CommuneOutlook:
        folder = tmp_path / str(next(numbers))
        province = open_province(folder, folder / "stick", entries)
        if rules:
            with (office.home / "commune.yaml").open("a") as file:
                file.write(rules)
            office.publish("hoa", "pao")
        commune = CommuneFiles(files_of(office), boxes)
        return find_outlook(OfficeFiles(files_of(province)), commune, NOW, 1, TextOutlines())

    return outlook


def of(outlook: CommuneOutlook) -> BulletinOutlook:
    return outlook.bulletins["bao-so-5"]


def test_priority_is_heard_in_every_village_at_its_first_time(ask: Ask) -> None:
    found = ask(PRIORITY, BOX)

    assert found == CommuneOutlook(2, 0, {"bao-so-5": of(found)})
    assert of(found) == BulletinOutlook("Bão số 5", Level.PRIORITY, at("2026-11-24T05:40"), 2, None)


def test_what_the_policy_does_not_allow_is_told_with_the_reason(ask: Ask) -> None:
    found = of(ask(PRIORITY.replace("05:40", "22:00"), BOX))

    assert (found.begins, found.villages) == (None, 0)
    assert "at night" in str(found.reason)


def test_a_quota_that_is_used_up_silences_it(ask: Ask) -> None:
    found = of(ask(PRIORITY, BOX, rules="received: {tinh-thu: {minutes_per_day: 0}}\n"))

    assert (found.begins, found.villages) == (None, 0)
    assert "minutes" in str(found.reason)


def test_a_village_that_no_box_plays_hears_nothing_once_boxes_have_told_what_they_play(ask: Ask) -> None:
    one_of_two = "plays: {na-hoa: loa}\noutputs: {loa: {device: file}}\n"

    known, unknown = ask(PRIORITY, one_of_two), ask(PRIORITY)

    assert (of(known).villages, str(of(known).reason), known.assumed) == (1, "no box plays this village", 0)
    assert (of(unknown).villages, of(unknown).reason, unknown.assumed) == (2, None, 2)


def test_several_boxes_play_their_own_villages_and_one_with_mistakes_none(ask: Ask) -> None:
    north, south = (f"plays: {{{village}: loa}}\noutputs: {{loa: {{}}}}\n" for village in ("na-hoa", "suoi-trat"))

    assert of(ask(PRIORITY, north, south, "plays: [")).villages == 2


def test_routine_is_only_offered_unless_the_commune_takes_it_over(ask: Ask) -> None:
    routine = "{bulletin: bao-so-5, at: ['06:10']}"

    assert of(ask(routine, BOX)) == BulletinOutlook("Bão số 5", Level.ROUTINE, None, 0, None, offered=True)
    taken = of(ask(routine, BOX, rules="received: {tinh-thu: {routine: scheduled}}\n"))
    assert (taken.offered, taken.villages) == (False, 2)


def test_what_begins_later_is_told_with_its_first_day(ask: Ask) -> None:
    found = of(ask("{bulletin: bao-so-5, level: priority, from: 2026-12-03, at: ['05:40']}", BOX))

    assert (found.later, found.is_planned) == (date(2026, 12, 3), False)


def test_where_approval_is_demanded_an_unapproved_bulletin_is_refused(ask: Ask) -> None:
    found = of(ask(PRIORITY, BOX, rules="policy: {approval: required}\n"))

    assert (found.villages, "approve" in str(found.reason)) == (0, True)


def test_a_commune_whose_files_cannot_be_used_is_told_as_that(ask: Ask, tmp_path: Path) -> None:
    found = ask(PRIORITY, BOX)
    assert found.fault is None

    office = Office(tmp_path / "office", tmp_path / "stick", SCOPE)
    manifest = files_of(office).manifest
    nothing = DeliveredFiles(tmp_path / "nowhere", manifest, NOW)
    province = Office(tmp_path, tmp_path / "0" / "stick", "tinh-thu")
    broken = find_outlook(OfficeFiles(files_of(province)), CommuneFiles(nothing), NOW, 1, TextOutlines())

    assert broken.fault is not None
    assert broken.bulletins == {}
