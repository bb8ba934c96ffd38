"""Nothing comes back, whatever the clock says and in whatever order things arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from harness.signing import ISSUED, make_alert, make_manifest, make_trust
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.floors import (
    WINDOW,
    BoxTime,
    Floors,
    accept_alert,
    accept_bell,
    accept_manifest,
    accept_trust,
)
from loudspeaker.trust.signed_documents import Bell

DAY = timedelta(days=1)
OURS = "0.3"
THEN = BoxTime(ISSUED, trusted=True)
NOBODY_KNOWS = BoxTime(ISSUED.replace(year=1970), trusted=False)


def test_versions_of_a_manifest_only_rise_and_the_same_again_changes_nothing() -> None:
    floors = accept_manifest(Floors(), make_manifest(9), "a", THEN, OURS)
    assert accept_manifest(floors, make_manifest(9), "a", THEN, OURS) == floors
    assert accept_manifest(floors, make_manifest(12), "b", THEN, OURS).manifest == 12
    with pytest.raises(UntrustedDocument) as refused:
        accept_manifest(floors, make_manifest(2), "c", THEN, OURS)
    assert refused.value.fault is Fault.STALE


def test_the_same_version_with_another_content_is_two_centres() -> None:
    floors = accept_manifest(Floors(), make_manifest(9), "a", THEN, OURS)
    with pytest.raises(UntrustedDocument) as refused:
        accept_manifest(floors, make_manifest(9), "b", THEN, OURS)
    assert refused.value.fault is Fault.FORKED


def test_a_manifest_for_a_later_program_waits_for_it() -> None:
    assert accept_manifest(Floors(), make_manifest(needs="0.3"), "a", THEN, OURS)
    for needs in ("0.3.1", "0.10", "1.0"):
        with pytest.raises(UntrustedDocument) as refused:
            accept_manifest(Floors(), make_manifest(needs=needs), "a", THEN, OURS)
        assert refused.value.fault is Fault.TOO_NEW


def test_trust_documents_come_one_after_the_other() -> None:
    floors = accept_trust(Floors(), make_trust(), THEN)
    assert floors.trust == 1
    for version in (1, 3):
        with pytest.raises(UntrustedDocument):
            accept_trust(floors, make_trust(version=version), THEN)


@given(st.permutations(range(1, WINDOW + 1)))
def test_alerts_that_overtake_each_other_all_arrive(order: list[int]) -> None:
    floors = Floors()
    for seq in order:
        floors = accept_alert(floors, make_alert(seq), THEN)
    assert floors.alert == WINDOW


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_an_alert_older_than_the_window_never_comes_back(newest: int, seq: int) -> None:
    floors = accept_alert(Floors(), make_alert(newest), THEN)
    if seq > newest - WINDOW:
        assert accept_alert(floors, make_alert(seq), THEN).alert == max(newest, seq)
        return
    with pytest.raises(UntrustedDocument) as refused:
        accept_alert(floors, make_alert(seq), THEN)
    assert refused.value.fault is Fault.STALE


def test_a_clock_that_nobody_trusts_revives_nothing_that_has_ended() -> None:
    floors = accept_bell(Floors(), Bell("ban-may", ISSUED + DAY, {}), NOBODY_KNOWS)
    for machine in (ISSUED.replace(year=1970), ISSUED.replace(year=2036)):
        with pytest.raises(UntrustedDocument) as refused:
            accept_alert(floors, make_alert(), BoxTime(machine, trusted=False))
        assert refused.value.fault is Fault.EXPIRED


def test_a_clock_that_nobody_trusts_ends_nothing_too_early() -> None:
    floors = Floors(instant=ISSUED)
    assert accept_alert(floors, make_alert(), BoxTime(ISSUED.replace(year=2036), trusted=False))


@given(st.datetimes(timezones=st.just(UTC)), st.booleans())
def test_it_is_never_earlier_than_what_a_document_has_named(machine: datetime, trusted: bool) -> None:
    assert BoxTime(machine, trusted).least_now(Floors(instant=ISSUED)) >= ISSUED


def test_an_older_bell_does_not_turn_the_time_back() -> None:
    floors = accept_bell(Floors(), Bell("ban-may", ISSUED + DAY, {}), NOBODY_KNOWS)
    assert accept_bell(floors, Bell("ban-may", ISSUED, {}), NOBODY_KNOWS) == floors


def test_a_manifest_that_has_ended_is_not_taken() -> None:
    ended = make_manifest(expires=ISSUED + DAY)
    assert accept_manifest(Floors(), ended, "a", THEN, OURS)
    with pytest.raises(UntrustedDocument) as refused:
        accept_manifest(Floors(), ended, "a", BoxTime(ISSUED + DAY, trusted=True), OURS)
    assert refused.value.fault is Fault.EXPIRED


def test_an_office_whose_clock_is_years_ahead_ends_no_alarm_on_a_box_whose_clock_is_right() -> None:
    ahead = make_manifest(9, issued=ISSUED.replace(year=2099))
    floors = accept_manifest(Floors(instant=ISSUED), ahead, "a", THEN, OURS)
    assert accept_alert(floors, make_alert(), THEN)
    unknown = accept_manifest(Floors(instant=ISSUED), ahead, "a", NOBODY_KNOWS, OURS)
    with pytest.raises(UntrustedDocument):
        accept_alert(unknown, make_alert(), NOBODY_KNOWS)
