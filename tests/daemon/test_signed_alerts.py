"""A signed alert is done once, when as many have signed it as must: whatever way it comes, and however often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.alert_box import BOX, AlertBox, PowerCut, flood, open_alert_office, order, sealed
from harness.office import NOW, SCOPE, Office, deliveries
from harness.signing import PHONE, STRANGER

from loudspeaker.errors import BadUsage, LoudspeakerError, Message, NotFound, Refused
from loudspeaker.i18n import translator
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.model.enums import Verdict
from loudspeaker.production.specifications import ALL_CLEAR, MISTAKEN
from loudspeaker.reports.audit_trail import audit_trail, explain_alert
from loudspeaker.reports.outcome_words import subject_words
from loudspeaker.reports.tally import AiringKind, kind_of
from loudspeaker.station.approvals import digest
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.signed_documents import Alert, AlertKind

ID = f"na-hoa/urgent@{SCOPE}/2026-11-24T05:00:00"
TWO = ("hoa", "pao")
HOUR = timedelta(hours=1)


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_alert_office(home, tmp_path)


@pytest.fixture
def box(home: Path, office: Office) -> Iterator[AlertBox]:
    with closing(AlertBox(home)) as box:
        yield box


def refusal(box: AlertBox, alert: Alert, *names: str, **keys: object) -> Fault:
    with pytest.raises(UntrustedDocument) as refused:
        box.deliver(alert, *names, **keys)  # type: ignore[arg-type]
    box.run(60)
    assert box.played == []
    return refused.value.fault


# Who must sign.


def test_an_alarm_that_two_have_signed_is_heard_everywhere_under_the_second_at_which_it_was_given(
    box: AlertBox,
) -> None:
    answer = box.deliver(flood(), *TWO)

    assert (answer.state, answer.alert) == (AlertState.GIVEN, f"{SCOPE}/17")
    assert answer.airings == (ID, ID.replace("na-hoa", "suoi-trat"))
    box.run(60)
    assert box.heard() == [f"urgent@{SCOPE}"] == box.heard("suoi-trat")
    assert box.disk.verdict_of(ID) is Verdict.AIRED


def test_one_signature_makes_the_sound_and_the_second_has_it_heard_at_once(box: AlertBox) -> None:
    answer = box.deliver(flood(), "hoa")
    made = list(box.jobs.made)
    box.run(60)
    assert (answer.state, box.heard()) == (AlertState.PREPARED, [])
    assert "Lũ đang về." in made

    box.ask("alert", envelope=sealed(flood(), *TWO))  # no `BeingMade`
    box.run(0.1)

    assert box.jobs.made[len(made) :] == [ALL_CLEAR, MISTAKEN]  # its ends need not wait
    assert box.deliver(flood(), *TWO).state is AlertState.AIRED


def test_what_one_person_signs_with_two_keys_or_somebody_else_is_not_heard(box: AlertBox) -> None:
    assert box.deliver(flood(), "hoa", keys=(PHONE,)).state is AlertState.PREPARED  # type: ignore[arg-type]
    assert refusal(box, flood()) is Fault.UNSIGNED
    assert refusal(box, flood(), keys=(STRANGER,)) is Fault.UNSIGNED
    assert refusal(box, flood(), "hub", "tu", "binh") is Fault.UNSIGNED
    assert refusal(box, flood(scope="xa-khac"), *TWO) is Fault.WRONG_SCOPE


def test_a_box_that_has_joined_nobody_takes_none(home: Path) -> None:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    with closing(AlertBox(home)) as box, pytest.raises(BadUsage, match="has not joined"):
        box.deliver(flood(), *TWO)


def test_who_has_lost_their_key_gives_no_alarm(box: AlertBox, office: Office) -> None:
    office.trust(*TWO, "ly", people=("pao", "ly"))
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("pao")
    deliveries(box.station.paths).take(office.stick)

    assert box.deliver(flood(), *TWO).state is AlertState.PREPARED
    assert box.deliver(flood(), "pao", "ly").state is AlertState.GIVEN


# Never twice.


def test_an_alarm_that_comes_again_is_the_same_over_a_restart_and_its_end_too(box: AlertBox) -> None:
    states = [box.deliver(flood(), *TWO).state, box.deliver(flood(), "pao", "ly").state]
    box.run(5)
    states.append(box.deliver(flood(), *TWO).state)
    box.run(60)
    box.restart()
    states.append(box.deliver(flood(), "hoa").state)
    box.run(3 * 3600)
    states.append(box.deliver(flood(), *TWO).state)
    box.run(60)

    assert states == [AlertState.GIVEN, AlertState.GIVEN, AlertState.AIRED, AlertState.AIRED, AlertState.AIRED]
    assert box.heard() == [f"urgent@{SCOPE}"]
    assert len(box.disk.events("asked")) == 2


def test_what_a_power_cut_kept_from_being_given_is_given_when_it_comes_again(box: AlertBox) -> None:
    for half_writes in range(12):
        issued = NOW + timedelta(seconds=half_writes)
        alert = flood(20 + half_writes, issued=issued, until=issued + 20 * HOUR)
        box.deliver(alert, "hoa")
        box.log.left = half_writes
        try:
            box.deliver(alert, *TWO)
        except PowerCut:
            box.restart()
        box.log.left = None
        box.deliver(alert, *TWO)
        box.run(700)

    assert box.heard() == [f"urgent@{SCOPE}"] * 12 == box.heard("suoi-trat")


def test_two_alarms_of_one_second_are_two(box: AlertBox) -> None:
    first = box.deliver(flood(17), *TWO)
    other = box.deliver(flood(18, text="Cháy!", spoken="Cháy!"), *TWO)

    assert not set(first.airings) & set(other.airings)
    assert box.deliver(flood(17), *TWO).airings == first.airings
    assert box.deliver(flood(18, text="Cháy!", spoken="Cháy!"), *TWO).airings == other.airings


def test_another_alarm_of_the_same_number_is_two_centres(box: AlertBox) -> None:
    box.deliver(flood(text="Cháy!", spoken="Cháy!"), "hoa")
    box.deliver(flood(), *TWO)
    box.run(60)

    with pytest.raises(UntrustedDocument) as refused:
        box.deliver(flood(text="Cháy!", spoken="Cháy!"), *TWO)

    assert refused.value.fault is Fault.FORKED
    assert box.heard() == [f"urgent@{SCOPE}"]


def test_what_has_ended_or_is_far_behind_is_not_given_whatever_the_clock_says(box: AlertBox) -> None:
    old = flood(89, issued=NOW - 3 * HOUR, until=NOW - HOUR)
    assert refusal(box, old, *TWO) is Fault.EXPIRED
    box.deliver(flood(90, villages=("na-hoa",)), *TWO)
    box.run(60)
    box.played.clear()
    assert refusal(box, flood(90 - 64), *TWO) is Fault.STALE
    assert box.deliver(flood(90 - 63, issued=NOW + timedelta(seconds=1)), *TWO).state is AlertState.GIVEN
    box.run(60)
    box.played.clear()

    box.vouchers = frozenset()
    for year in (1970, 2036):
        box.clock.step((NOW.replace(year=year) - box.clock.now()).total_seconds())
        box.restart()
        box.played.clear()
        assert refusal(box, old, *TWO) is Fault.EXPIRED


@pytest.mark.parametrize("year", [1970, 2036])
def test_a_clock_that_nobody_trusts_keeps_no_alarm_from_being_heard(box: AlertBox, year: int) -> None:
    box.vouchers = frozenset()
    box.clock.step((NOW.replace(year=year) - box.clock.now()).total_seconds())
    box.restart()

    box.deliver(flood(repeat=3), *TWO)
    box.run(120)

    assert box.heard() == [f"urgent@{SCOPE}"] * 3


def test_one_signature_makes_no_later_alarm_stale(box: AlertBox) -> None:
    box.deliver(flood(10_000), "hoa")
    box.deliver(order("end", 10_001, 3), "hoa")

    assert box.deliver(flood(17), *TWO).state is AlertState.GIVEN


# Its end.


def test_an_end_ends_its_own_alarm_alone_with_its_all_clear(box: AlertBox) -> None:
    box.deliver(flood(17, repeat=50, villages=("na-hoa",)), *TWO)
    box.deliver(flood(18, repeat=2, text="Cháy!", spoken="Cháy!", villages=("suoi-trat",)), *TWO)
    box.run(3)
    answer = box.deliver(order("end", 19, 17), "ly")
    box.run(60)
    again = box.deliver(order("end", 19, 17), "ly")
    other = box.deliver(order("end", 20, 17), "hoa")
    box.run(60)

    assert (answer.state, again.state, other.state) == (AlertState.ENDED,) * 3
    assert box.heard() == [f"all-clear@{SCOPE}"]
    assert box.heard("suoi-trat") == [f"urgent@{SCOPE}"] * 2
    assert box.deliver(flood(17, repeat=50, villages=("na-hoa",)), *TWO).state is AlertState.ENDED


@pytest.mark.parametrize(
    ("form", "heard"),
    [
        ("clear", ["all-clear"]),
        ("mistake", ["correction"]),
        ("stop", ["urgent"]),  # what it is saying is heard to its end
    ],
)
def test_an_alarm_is_cleared_corrected_or_only_said_no_more(box: AlertBox, form: str, heard: list[str]) -> None:
    box.deliver(flood(repeat=50), *TWO)
    box.run(3)
    box.deliver(order("end", 18, 17, form=form), "ly")
    box.run(120)

    assert box.heard() == [f"{kind}@{SCOPE}" for kind in heard]


def test_its_end_silences_before_the_words_of_the_end_are_made(box: AlertBox) -> None:
    box.deliver(flood(repeat=50), "hoa")
    box.jobs.broken = LoudspeakerError(Message("nothing in this can be said"))
    box.deliver(flood(repeat=50), *TWO)
    box.run(3)

    with pytest.raises(LoudspeakerError, match="nothing"):
        box.deliver(order("end", 18, 17), "ly")
    box.run(60)
    assert box.heard() == []

    box.jobs.broken = None
    box.deliver(order("end", 18, 17), "ly")
    box.run(60)
    assert box.heard() == [f"all-clear@{SCOPE}"]


def test_an_end_that_comes_before_its_alarm_keeps_it_silent(box: AlertBox) -> None:
    box.deliver(order("end", 18, 17), "ly")

    assert box.deliver(flood(), "hoa").state is AlertState.ENDED
    assert box.deliver(flood(), *TWO).state is AlertState.ENDED
    box.run(60)
    assert box.heard() == []


def test_people_at_the_box_end_a_signed_alarm_as_they_end_any(box: AlertBox) -> None:
    box.deliver(flood(repeat=50), *TWO)
    box.run(3)
    box.ask("stop", villages=[], why="nhầm", by="anh Páo")
    box.run(60)

    assert box.deliver(flood(repeat=50), *TWO).state is AlertState.AIRED
    box.run(60)
    assert box.heard() == []
    assert box.disk.verdict_of(ID) is Verdict.STOPPED


def test_an_update_replaces_what_it_refers_to(box: AlertBox) -> None:
    box.deliver(flood(17, repeat=50), *TWO)
    box.run(3)
    update = replace(flood(18, text="Nước rút.", spoken="Nước rút.", issued=NOW + timedelta(seconds=3)))
    update = replace(update, kind=AlertKind.UPDATE, references=(f"{SCOPE}/17",))
    box.deliver(update, "hoa")
    box.run(30)
    assert len(box.heard()) == 2  # one signature replaces nothing
    box.deliver(update, *TWO)
    box.run(120)

    assert len(box.heard()) == 4  # what it was saying to its end, and the update
    assert box.deliver(flood(17, repeat=50), *TWO).state is AlertState.ENDED
    assert [alarm.title for alarm in box.requests.board(None, "").alarms] == ["Nước rút."] * 2  # type: ignore[arg-type]


# Drills, checks, stops, plays.


def test_a_drill_is_one_in_its_words_and_the_log_and_is_not_given_at_night(box: AlertBox) -> None:
    box.deliver(flood(drill=True), *TWO)
    box.run(60)

    assert any(words.count("Đây là diễn tập.") == 2 for words in box.jobs.made)
    (record, _) = box.disk.rows(NOW, NOW + HOUR)
    assert record.drill
    box.clock.advance_to(NOW.replace(hour=22))
    night = flood(18, drill=True, issued=NOW.replace(hour=22), until=NOW.replace(hour=23))
    with pytest.raises(Refused, match="hours of the policy"):
        box.deliver(night, *TWO)


def test_a_check_makes_sound_anew_and_nobody_hears_it(box: AlertBox) -> None:
    states = [box.deliver(order("check", seq), "hoa").state for seq in (17, 17, 18)]
    box.run(60)

    assert states == [AlertState.CHECKED] * 3
    assert len(box.jobs.made) == 2
    assert box.played == []
    box.jobs.broken = LoudspeakerError(Message("nothing in this can be said"))
    with pytest.raises(LoudspeakerError, match="nothing"):
        box.deliver(order("check", 19), "hoa")
    box.jobs.broken = None
    box.speakers["b"].gone = True
    box.deliver(flood(20, villages=("suoi-trat",)), *TWO)
    box.run(3)
    with pytest.raises(LoudspeakerError, match="output b"):
        box.deliver(order("check", 21), "hoa")


def test_a_stop_silences_each_alarm_before_it_whatever_second_that_is_named_by(box: AlertBox) -> None:
    for seq in (17, 18, 19):  # of one second: the later ones are named by the next ones
        box.deliver(flood(seq, text=f"Lệnh {seq}", spoken=f"Lệnh {seq}"), *TWO)
    box.run(1)
    box.deliver(order("stop", 20, issued=NOW), "ly")
    box.run(60)

    assert box.heard() == []


def test_a_stop_silences_what_sounds_but_no_alarm_that_was_signed_after_it(box: AlertBox) -> None:
    box.deliver(flood(17, repeat=50, villages=("na-hoa",)), *TWO)
    later = flood(19, text="Cháy!", spoken="Cháy!", villages=("suoi-trat",), issued=NOW + timedelta(seconds=20))
    box.deliver(later, *TWO)
    box.run(3)
    stop = order("stop", 18, issued=NOW + timedelta(seconds=10))

    assert box.deliver(stop, "ly").state is AlertState.STOPPED
    box.run(60)
    assert (box.heard(), box.heard("suoi-trat")) == ([], [f"urgent@{SCOPE}"])
    box.deliver(flood(20, issued=NOW + timedelta(seconds=5), villages=("na-hoa",)), *TWO)
    assert box.deliver(stop, "ly").state is AlertState.STOPPED
    box.run(60)
    assert box.heard() == [f"urgent@{SCOPE}"]  # once only


def test_one_officer_has_a_bulletin_played_within_policy_and_no_template(box: AlertBox, home: Path) -> None:
    play = order("play", 17, bulletin="tin-sang", villages=("suoi-trat",))
    assert box.deliver(play, "hoa").state is AlertState.GIVEN
    box.deliver(play, "hoa")
    box.run(60)
    assert box.heard("suoi-trat") == [f"play@{SCOPE}"]
    with pytest.raises(Refused, match="signed as one"):
        box.deliver(order("play", 18, bulletin="lu-quet"), "hoa")

    box.clock.advance_to(NOW.replace(hour=22))
    late = {"issued": NOW.replace(hour=22), "until": NOW.replace(hour=23)}
    box.deliver(order("play", 19, bulletin="tin-sang", villages=("suoi-trat",), **late), "hoa")
    box.run(600)
    assert box.heard("suoi-trat") == [f"play@{SCOPE}"]
    assert box.disk.verdict_of(f"suoi-trat/play@{SCOPE}/2026-11-24T22:00:00") is Verdict.REFUSED


# Its words.


def test_the_signed_words_are_spoken_as_they_stand(box: AlertBox) -> None:
    box.deliver(flood(text="Cách 5 km.", spoken="Cách 5 km."), *TWO)

    assert "Cách 5 km." in box.jobs.made


def test_a_template_is_heard_and_its_all_clear_though_its_words_are_others_here(box: AlertBox) -> None:
    found = box.station.files.template("lu-quet")
    same = digest(found, box.station.planner.bulletin_spec(found))
    for seq, approved in ((17, same), (18, "0" * 64)):
        at = NOW + timedelta(seconds=seq)
        template = flood(seq, text=None, spoken=None, bulletin="lu-quet", approved=approved, issued=at)
        box.deliver(template, *TWO)
        box.run(60)

    assert box.heard() == [f"urgent@{SCOPE}"] * 2
    assert [step.facts.get("differs") for step in box.steps()] == [None, True]
    box.deliver(order("end", 19, 17, 18), "ly")
    assert "Nguy cơ đã qua." in box.jobs.made


def test_a_template_that_is_not_here_is_told_and_heard_when_it_has_come(box: AlertBox, office: Office) -> None:
    alert = flood(text=None, spoken=None, bulletin="chay-rung", approved="0" * 64)
    with pytest.raises(NotFound, match="chay-rung"):
        box.deliver(alert, *TWO)
    assert box.steps()[-1].facts["state"] == AlertState.FAILED

    office.write("bulletins/chay-rung.md", "---\ntitle: Cháy rừng\nlevel: emergency\n---\nCháy rừng!\n")
    office.publish("hoa")
    deliveries(box.station.paths).take(office.stick)
    assert box.deliver(alert, *TWO).state is AlertState.GIVEN


# A second person at the box.


def test_somebody_at_the_box_is_the_second_person(box: AlertBox) -> None:
    box.deliver(flood(), "hoa")
    (waiting,) = box.requests.board(None, "").prepared  # type: ignore[arg-type]
    assert (waiting.id, waiting.missing, waiting.title) == (f"{SCOPE}/17", 1, "Lũ đang về.")

    with pytest.raises(Refused, match="another"):
        box.ask("confirm_alert", alert=f"{SCOPE}/17", by="Hoa")
    assert box.ask("confirm_alert", alert=f"{SCOPE}/17", by="Trưởng thôn")["state"] == AlertState.GIVEN
    box.run(60)
    assert box.heard() == [f"urgent@{SCOPE}"]
    assert box.deliver(flood(), "hoa").state is AlertState.AIRED
    assert box.requests.board(None, "").prepared == ()  # type: ignore[arg-type]


def test_an_alert_waits_half_an_hour_for_its_second_person(box: AlertBox) -> None:
    box.deliver(flood(), "hoa")
    box.run(1000)
    box.deliver(flood(), "hoa")
    box.run(801)

    assert box.requests.board(None, "").prepared == ()  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        box.ask("confirm_alert", alert=f"{SCOPE}/17", by="Trưởng thôn")
    assert box.deliver(flood(), *TWO).state is AlertState.GIVEN


# What people read of it.


def test_the_audit_trail_tells_each_step(box: AlertBox) -> None:
    alarm = flood(villages=("na-hoa",))
    for alert, names in (
        (alarm, ("hoa",)),
        (alarm, TWO),
        (order("end", 18, 17), ("ly",)),
        (order("check", 19), ("ly",)),
    ):
        box.deliver(alert, *names)
        box.run(1)

    told = [f"{one.by}: {one.what.say(translator('vi'))}" for one in audit_trail(box.disk, NOW - HOUR, NOW + HOUR)]
    assert told == [
        f"Hoa (ký số, {SCOPE}/17): ký lệnh khẩn {SCOPE}/17, còn thiếu 1 chữ ký thì mới phát: Lũ đang về.",
        f"Hoa, Pao (ký số, {SCOPE}/17): ký lệnh khẩn {SCOPE}/17, đủ chữ ký, cho phát: Lũ đang về.",
        f"Hoa, Pao (ký số, {SCOPE}/17): báo động ở na-hoa: Lũ đang về.",
        f"Ly (ký số, {SCOPE}/18): ký lệnh khẩn {SCOPE}/18: kết thúc {SCOPE}/17",
        f"Ly (ký số, {SCOPE}/18): báo an toàn ở na-hoa",
        f"Ly (ký số, {SCOPE}/18): kết thúc báo động {ID}",
        f"Ly (ký số, {SCOPE}/19): ký lệnh khẩn {SCOPE}/19: kiểm tra thầm, mọi việc đều tốt",
    ]


def test_why_tells_an_alert_by_its_number(box: AlertBox) -> None:
    box.deliver(flood(villages=("na-hoa",)), "hoa")
    box.run(61)
    box.deliver(flood(villages=("na-hoa",)), *TWO)

    told = [sentence.say(translator("vi")) for sentence in explain_alert(box.disk, f"{SCOPE}/17", NOW.tzinfo)]
    assert told == [
        f"05:00:00 24/11/2026: Hoa (ký số, {SCOPE}/17) ký lệnh khẩn {SCOPE}/17, còn thiếu 1 chữ ký thì mới phát: "
        "Lũ đang về.",
        f"05:01:01 24/11/2026: Hoa, Pao (ký số, {SCOPE}/17) ký lệnh khẩn {SCOPE}/17, đủ chữ ký, cho phát: Lũ đang về.",
        f"Lượt phát {ID}.",
    ]
    assert explain_alert(box.disk, f"{SCOPE}/18", NOW.tzinfo) == []


def test_log_and_report_know_what_was_signed_from_what_is_scheduled(box: AlertBox) -> None:
    box.deliver(flood(17, villages=("na-hoa",)), *TWO)
    box.run(60)
    box.deliver(order("end", 18, 17, form="mistake"), "ly")
    box.run(60)
    box.deliver(flood(19, villages=("na-hoa",), drill=True, issued=NOW + timedelta(minutes=2)), *TWO)
    box.run(60)
    box.deliver(order("end", 20, 19), "ly")
    box.run(60)

    records = [record for record in box.disk.rows(NOW, NOW + HOUR) if "@" in record.id]
    assert {kind_of(record) for record in records} == {
        *(AiringKind.EMERGENCY, AiringKind.CORRECTION, AiringKind.DRILL, AiringKind.DRILL_END)
    }
    words = [subject_words(record).say(translator("vi")) for record in records]
    assert words[0] == "Lũ đang về."
    assert any("Đính chính" in one for one in words)
    assert box.requests.board(None, "").alarms == ()  # type: ignore[arg-type]
