"""An alert with a cadence is said again at each of its instants, once each, until its end, an update or its `until`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from harness.alert_box import AlertBox, flood, open_alert_office, order
from harness.office import NOW, SCOPE

from loudspeaker.i18n import translator
from loudspeaker.maintenance.cache import sweep_cache
from loudspeaker.model.alert_answer import AlertAnswer, AlertState
from loudspeaker.playout.item import request_from_facts
from loudspeaker.reports.audit_trail import explain_alert
from loudspeaker.station.emergency.alarms import standing
from loudspeaker.station.emergency.alert_receipts import read_receipts
from loudspeaker.trust.signed_documents import Alert, AlertKind, Cadence

TWO = ("hoa", "pao")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = NOW + 20 * HOUR
URGENT = f"urgent@{SCOPE}"
LONG_NAP = timedelta(minutes=10)  # half a day in small steps takes long, and whatever is due must wake it by itself


@pytest.fixture
def box(home: Path, tmp_path: Path) -> Iterator[AlertBox]:
    plan_nothing(home)
    open_alert_office(home, tmp_path)
    with closing(AlertBox(home, nap=LONG_NAP)) as box:
        yield box


def plan_nothing(home: Path) -> None:
    """What is planned and has no sound would be tried again each second."""
    for path in (home / "schedules").iterdir():
        path.unlink()


def storm(seq: int = 17, every: timedelta = 2 * HOUR, last: datetime = NOW + 8 * HOUR, **changed: object) -> Alert:
    return flood(seq, **{"again": Cadence(every.total_seconds(), last), "until": DAY, **changed})


def begun(box: AlertBox, village: str = "na-hoa") -> list[timedelta]:
    """How long behind `NOW` each reading began that was heard whole."""
    box.heard()
    mine = [at for name, at, whole in box.played if whole and name.startswith(f"{village}/urgent")]
    return [timedelta(seconds=round((at - NOW).total_seconds())) for at in mine]


def names(box: AlertBox, village: str = "na-hoa") -> list[str]:
    return [event.airing for event in box.disk.events("asked") if event.airing.startswith(f"{village}/urgent")]


def test_it_is_said_again_at_each_instant_up_to_the_last(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(20 * 3600)

    assert begun(box) == [2 * number * HOUR for number in range(5)] == begun(box, "suoi-trat")
    assert names(box) == [f"na-hoa/{URGENT}/2026-11-24T{5 + 2 * number:02}:00:00" for number in range(5)]
    assert {str(box.disk.verdict_of(name)) for name in names(box)} == {"aired"}


def test_at_night_too_with_its_repeats_and_between_them_others_are_heard(box: AlertBox) -> None:
    issued = NOW + 13 * HOUR  # 18:00; the policy is quiet from 21:00 on
    box.run(13 * 3600)
    box.deliver(storm(last=issued + 8 * HOUR, issued=issued, until=issued + 20 * HOUR, repeat=2, gap=30.0), *TWO)
    box.run(600)
    box.deliver(order("play", 18, bulletin="tin-sang", issued=issued, until=issued + HOUR), "hoa")
    box.run(9 * 3600)

    assert [at - 13 * HOUR for at in begun(box)][::2] == [2 * number * HOUR for number in range(5)]
    assert (len(begun(box)), box.heard().count(f"play@{SCOPE}")) == (10, 1)


def test_one_that_takes_longer_than_the_time_between_is_not_in_its_own_way(box: AlertBox) -> None:
    box.deliver(storm(every=MINUTE, last=NOW + 4 * MINUTE, repeat=3, gap=25.0), *TWO)
    box.run(900)

    assert len(names(box)) == 5
    assert {at // MINUTE for at in begun(box)} >= {0, 1, 2, 3, 4}


# Off, late, twice.


def test_a_box_that_was_off_says_the_next_and_none_that_it_has_missed(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(60)
    box.clock.advance_to(NOW + 5 * HOUR)
    box.restart()
    box.run(20 * 3600)

    assert begun(box) == [0 * HOUR, 6 * HOUR, 8 * HOUR]


def test_a_machine_that_starts_anew_just_then_loses_none(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(2 * 3600 - 20)
    box.clock.advance_to(NOW + 2 * HOUR + 2 * MINUTE)
    box.restart()
    box.run(3 * 3600)

    assert begun(box) == [0 * HOUR, 2 * HOUR + 2 * MINUTE, 4 * HOUR]
    assert names(box)[1] == f"na-hoa/{URGENT}/2026-11-24T07:00:00"


def test_a_box_that_hears_of_it_late_says_it_at_once_under_the_number_that_is_due(box: AlertBox) -> None:
    box.run(3 * 3600)
    box.deliver(storm(), *TWO)
    box.run(3.5 * 3600)

    assert begun(box) == [3 * HOUR, 4 * HOUR, 6 * HOUR]
    assert names(box)[0] == f"na-hoa/{URGENT}/2026-11-24T07:00:00"


def test_its_sound_is_kept_through_the_night(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(60)
    (sound,) = {request_from_facts(event.facts).programmes[0].path for event in box.disk.events("asked")}
    other = sound.with_stem("0" * 64)
    other.write_bytes(b"RIFF")
    sweep_cache(box.station, budget=0)

    assert (sound.exists(), other.exists()) == (True, False)


# A clock that nobody trusts.


def test_without_a_clock_its_time_is_counted_from_when_it_came(home: Path, tmp_path: Path) -> None:
    plan_nothing(home)
    open_alert_office(home, tmp_path)
    with closing(AlertBox(home, datetime(1970, 1, 1, tzinfo=NOW.tzinfo))) as box:
        box.vouchers = frozenset()
        box.restart()
        box.deliver(storm(), *TWO)
        box.run(3 * 3600)
        box.restart()
        box.run(2 * 3600 + 60)

        assert names(box) == [f"na-hoa/{URGENT}/2026-11-24T{hour:02}:00:00" for hour in (5, 7, 9)]


# Its end.


@pytest.mark.parametrize("form", ["clear", "stop", "mistake"])
def test_its_end_between_two_is_the_last_of_it(box: AlertBox, form: str) -> None:
    box.deliver(storm(), *TWO)
    box.run(3600)
    assert all(alarm.repeats for alarm in box.requests.board(None, "").alarms)  # type: ignore[arg-type]
    box.deliver(order("end", 18, 17, form=form, issued=NOW + HOUR), "hoa")
    box.run(6 * 3600)

    assert begun(box) == [0 * HOUR]
    assert not any(alarm.repeats for alarm in box.requests.board(None, "").alarms)  # type: ignore[arg-type]


def test_an_update_takes_its_place_with_a_cadence_of_its_own_or_none(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(3600)
    box.deliver(storm(18, every=3 * HOUR, last=NOW + 12 * HOUR, issued=NOW + HOUR, **replacing(17)), *TWO)
    box.run(8 * 3600)
    assert begun(box) == [0 * HOUR, HOUR, 4 * HOUR, 7 * HOUR]

    box.deliver(flood(19, issued=NOW + 9 * HOUR, until=DAY, **replacing(18)), *TWO)
    box.run(6 * 3600)
    assert begun(box)[4:] == [9 * HOUR]


def replacing(number: int) -> dict[str, object]:
    return {"kind": AlertKind.UPDATE, "references": (f"{SCOPE}/{number}",)}


def test_somebody_at_the_box_ends_it_in_one_village(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(3600)
    stands = standing(box.disk, box.clock.now())
    box.ask("end_urgent", form="stop", alarms=[one.id for one in stands if one.village == "na-hoa"], by="Lý")
    box.run(4 * 3600)

    assert (begun(box), begun(box, "suoi-trat")) == ([0 * HOUR], [0 * HOUR, 2 * HOUR, 4 * HOUR])


def test_a_stop_silences_it_now_and_the_danger_is_told_again(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(1)
    box.deliver(order("stop", 18, issued=NOW + timedelta(seconds=1)), "hoa")
    box.run(3 * 3600)

    assert begun(box) == [2 * HOUR]


# What is told of it.


def test_one_alarm_stands_however_often_it_was_said(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(4.5 * 3600)

    stands = sorted(one.id for one in standing(box.disk, box.clock.now()))
    assert stands == [f"{village}/{URGENT}/2026-11-24T09:00:00" for village in ("na-hoa", "suoi-trat")]


def test_the_answer_counts_how_often_it_was_heard_and_says_when_it_comes_again(box: AlertBox) -> None:
    def answer() -> AlertAnswer:
        return box.deliver(storm(), *TWO)

    first = answer()
    assert (first.state, first.times, first.again_in) == (AlertState.GIVEN, 0, 7200)
    box.run(2.5 * 3600)
    second = answer()
    assert (second.state, second.times, second.again_in, len(second.airings)) == (AlertState.AIRED, 2, 5400, 4)
    (receipt,) = read_receipts(box.disk)
    assert "2 lần" in receipt.message().say(translator("vi"))
    told = [line.say(translator("vi")) for line in explain_alert(box.disk, f"{SCOPE}/17", NOW.tzinfo)]  # type: ignore[arg-type]
    assert any("lần thứ 2" in line for line in told), told
    box.run(12 * 3600)
    assert answer().again_in is None


def test_one_that_has_none_is_said_once_and_its_answer_names_no_other(box: AlertBox) -> None:
    answers = [box.deliver(flood(), *TWO)]
    box.run(60)
    answers.append(box.deliver(flood(), *TWO))

    assert [(one.times, one.again_in) for one in answers] == [(0, None), (1, None)]


def test_two_alarms_whose_instants_meet_have_names_of_their_own(box: AlertBox) -> None:
    box.deliver(storm(), *TWO)
    box.run(2 * 3600 - 1)
    box.deliver(flood(18, text="Cháy!", spoken="Cháy!", issued=NOW + 2 * HOUR, until=DAY), *TWO)
    box.run(60)

    assert sorted(names(box)) == [f"na-hoa/{URGENT}/2026-11-24T{at}" for at in ("05:00:00", "07:00:00", "07:00:01")]
    assert len(begun(box)) == 3
