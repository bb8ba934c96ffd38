"""What the commune decides for all boxes comes signed with its manifest, and each box does it once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.alert_box import BOX
from harness.office import NOW, SCOPE, deliveries, join, open_office

from loudspeaker.clock import FakeClock
from loudspeaker.errors import NotFound, Refused
from loudspeaker.model.envelope import Envelope
from loudspeaker.model.requests import Resume
from loudspeaker.station.decisions import Decisions
from loudspeaker.station.deliveries.carried_decisions import carry_out_decisions
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.restrictions import skips, standing_pauses
from loudspeaker.station.signing.packing import carry_decision, decision_lines, pack_files
from loudspeaker.station.station import Station
from loudspeaker.trust.signed_documents import ManifestDecision

PAUSE = ManifestDecision("-", "pause", "Chị Hoa", "na-hoa", until=NOW + timedelta(hours=6), why="đám tang")
AIRING = "na-hoa/tin-sang/2026-11-24T06:00"


class PausedBox:
    """A box that has joined, and the office that decides for it."""

    def __init__(self, home: Path, folder: Path) -> None:
        (home / "box.yaml").write_text(BOX, encoding="utf-8")
        self.home, self.clock, self.office = home, FakeClock(NOW), open_office(home, folder)
        self.paths = StationPaths(home, home / ".state")
        join(self.paths, self.office)
        self.station = Station.open(home, clock=self.clock)

    def restart(self) -> None:
        self.station.close()
        self.station = Station.open(self.home, clock=self.clock)

    def decide(self, *decisions: ManifestDecision) -> None:
        """At the office, signed by one, taken by the box."""
        for decision in decisions:
            carry_decision(self.office.stick, SCOPE, decision, self.clock.now())
        self.office.sign(self.office.own / "manifest.json", "hoa")
        deliveries(self.paths, self.clock.now()).take(self.office.stick)

    def pauses(self) -> list[str]:
        return [pause.village for pause in standing_pauses(self.station.log, self.clock.now())]


@pytest.fixture
def box(home: Path, tmp_path: Path) -> Iterator[PausedBox]:
    box = PausedBox(home, tmp_path)
    yield box
    box.station.close()


def test_a_pause_is_made_once_and_says_whose_it_is(box: PausedBox) -> None:
    box.decide(PAUSE)
    for _ in range(2):
        assert carry_out_decisions(box.station) == {}
        box.restart()

    [event] = box.station.log.events("pause")
    assert (event.facts["by"], event.facts["via"], event.facts["why"]) == ("Chị Hoa", f"{SCOPE}/d-2", "đám tang")
    assert box.pauses() == ["na-hoa"]


def test_what_somebody_at_the_box_decides_behind_it_stays(box: PausedBox) -> None:
    box.decide(PAUSE)
    carry_out_decisions(box.station)
    Decisions(box.station).resume(Resume("na-hoa"), Envelope(Resume("na-hoa"), "Lý"))
    box.decide(replace(PAUSE, village="suoi-trat"))  # the next manifest has the first one, too
    carry_out_decisions(box.station)

    assert box.pauses() == ["suoi-trat"]


def test_a_power_cut_between_doing_and_remembering_does_it_no_second_time(box: PausedBox) -> None:
    box.decide(PAUSE)
    carry_out_decisions(box.station)
    box.station.log.remember(f"decisions of {SCOPE}", [])
    carry_out_decisions(box.station)

    assert len(box.station.log.events("pause")) == 1


def test_an_airing_is_skipped_and_one_that_is_not_planned_yet_is_tried_again(box: PausedBox) -> None:
    later, planned = "na-hoa/khac/2026-11-24T07:00", box.station.airings.between(NOW, NOW + timedelta(days=1))
    first = next(airing.id for airing in planned if airing.village == "na-hoa")
    box.decide(*(ManifestDecision("-", "skip", "Chị Hoa", airing=airing) for airing in (first, later)))
    failures = carry_out_decisions(box.station)

    assert list(skips(box.station.log, NOW - timedelta(days=1))) == [first]
    assert [type(error) for error in failures.values()] == [NotFound]
    assert list(carry_out_decisions(box.station)) == list(failures)


def test_the_end_of_a_pause_that_there_is_not_ends_no_later_one(box: PausedBox) -> None:
    box.decide(ManifestDecision("-", "resume", "Chị Hoa", "na-hoa"))
    assert [type(error) for error in carry_out_decisions(box.station).values()] == [Refused]
    box.station.log.event("pause", "", NOW, village="na-hoa", until=(NOW + timedelta(hours=2)).isoformat(), why="")

    assert carry_out_decisions(box.station) == {}
    assert box.pauses() == ["na-hoa"]


@pytest.mark.parametrize(
    "decision", [replace(PAUSE, village="thon-khac"), replace(PAUSE, until=NOW)], ids=["elsewhere", "over"]
)
def test_what_is_for_others_or_over_is_passed_over(box: PausedBox, decision: ManifestDecision) -> None:
    box.decide(decision)

    assert carry_out_decisions(box.station) == {}
    assert box.pauses() == []


def test_a_decision_stays_in_the_next_versions_until_it_is_over_or_another_is_made(box: PausedBox) -> None:
    stick = box.office.stick
    carry_decision(stick, SCOPE, PAUSE, NOW)
    box.office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    packed = pack_files(box.office.home, stick, SCOPE, NOW)
    ended = carry_decision(stick, SCOPE, ManifestDecision("-", "resume", "Chị Hoa", "na-hoa"), NOW)
    box.office.write("bulletins/tin-sang.md", "---\ntitle: Tin khác\n---\nHọp xã.\n")
    skipped = carry_decision(stick, SCOPE, ManifestDecision("-", "skip", "Chị Hoa", airing=AIRING), NOW)
    later = pack_files(box.office.home, stick, SCOPE, NOW + timedelta(days=3))

    assert [(one.do, one.id) for one in packed.decisions] == [("pause", "d-2")]
    assert [one.do for one in ended.decisions] == ["resume"]
    assert [one.do for one in skipped.decisions] == ["resume", "skip"]
    assert [one.do for one in later.decisions] == ["resume"]
    assert "đám tang" in next(decision_lines(packed)).say()


def test_a_box_that_has_not_joined_has_none(home: Path) -> None:
    with closing(Station.open(home, clock=FakeClock(NOW))) as station:
        assert carry_out_decisions(station) == {}
        assert read_membership(station.paths) is None
