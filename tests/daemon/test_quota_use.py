"""What an office above the commune has had heard of a day, by the log: whatever its manifests said since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from harness.office import NOW

from loudspeaker.daemon.quota_use import heard_for_origin
from loudspeaker.model.airing import Airing, Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Expected, Level, Verdict
from loudspeaker.playout.memory_log import MemoryLog

MIDNIGHT = NOW.replace(hour=0, minute=0)
MINUTE = timedelta(minutes=1)


def sent(hour: int, name: str = "bao-so-5@lao-cai", output: str = "san-kho") -> Airing:
    at = MIDNIGHT + timedelta(hours=hour)
    occurrence = Occurrence(f"na-hoa/{name}/{at:%Y-%m-%dT%H:%M}", "na-hoa", output, name, name, Level.PRIORITY, at)
    return Airing(
        occurrence,
        at,
        at + MINUTE,
        60.0,
        "prepared",
        Expected.AIR,
        None,
        origin="lao-cai",
        quota_origin="lao-cai",
    )


def minutes(heard: Sequence[tuple[Airing, int]], planned: Sequence[Airing] = ()) -> float:
    """What was heard before noon, where each of these was heard so many minutes."""
    log = MemoryLog()
    for airing, lasted in heard:
        began: datetime = airing.scheduled_at
        log.verdict(AsRunRecord(airing.occurrence, Verdict.AIRED, "", began, began + lasted * MINUTE))
    return heard_for_origin(log, planned, sent(12), MIDNIGHT) / MINUTE


def test_what_has_left_its_manifest_since_counts() -> None:
    assert minutes([(sent(6), 7), (sent(8, "gia-heo@lao-cai"), 4)]) == 11


@pytest.mark.parametrize(
    "other",
    [
        sent(6, "tin-sang"),
        sent(6, "tin@trung-uong"),
        sent(6, output="truong"),
        sent(-1),
        sent(12),
        replace(sent(6), occurrence=replace(sent(6).occurrence, level=Level.EMERGENCY)),
    ],
    ids=["own", "another office's", "another output", "yesterday", "itself", "an alarm"],
)
def test_other_things_do_not(other: Airing) -> None:
    assert minutes([(other, 7), (sent(8), 4)]) == 4


def test_what_two_villages_hear_together_counts_once() -> None:
    here = sent(6)
    there = replace(here, occurrence=replace(here.occurrence, id="suoi-trat/bao", village="suoi-trat"))

    assert minutes([(here, 7), (there, 7)]) == 7


def test_nor_does_what_the_commune_has_scheduled_of_it_itself_or_asks_for_at_the_same_instant() -> None:
    own = replace(sent(6), origin="", quota_origin="")
    together = replace(sent(7, "gia-heo@lao-cai"), quota_origin="")

    assert minutes([(own, 7), (together, 2), (sent(8), 4)], planned=[own, together, sent(8)]) == 4


def test_what_the_commune_asks_for_has_no_such_limit() -> None:
    log = MemoryLog()
    log.verdict(AsRunRecord(sent(6).occurrence, Verdict.AIRED, "", NOW, NOW + MINUTE))

    assert heard_for_origin(log, [], replace(sent(12), origin="", quota_origin=""), MIDNIGHT) == timedelta(0)
