"""Ways out of a clash: each that is offered leaves the plan that it promises, and none that would not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config.schedule_file import parse
from loudspeaker.model.airing import Airing, BulletinFacts, Restrictions, SessionWords, StandingPause
from loudspeaker.model.box import Box
from loudspeaker.model.broadcast import VillageSchedule
from loudspeaker.model.commune import Commune, Policy
from loudspeaker.model.contents import PlanInput
from loudspeaker.model.enums import Expected, Level
from loudspeaker.model.schedule_change import Adjustment, adjust_schedules
from loudspeaker.schedule.another_time import minutes_from
from loudspeaker.schedule.choices import Choice, ChoiceKind, find_choices
from loudspeaker.schedule.comparison import changed_entries, compare_plans
from loudspeaker.schedule.plan import plan
from loudspeaker.schedule.trial import Trial

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 11, 24)  # a Tuesday
HOURS = ((6 * 3600, 6 * 3600 + 1800), (17 * 3600, 17 * 3600 + 1500))
POLICY = Policy(hours=HOURS, sessions_per_day=3, minutes_per_session=20)
FACTS = {
    "mot": BulletinFacts("Một", duration=60, repeats={1: 60}),
    "hai": BulletinFacts("Hai", duration=150, repeats={1: 73}),
    "bay": BulletinFacts("Bảy", duration=420, repeats={1: 208}),
    "gap": BulletinFacts("Gấp", Level.PRIORITY, duration=120, repeats={1: 120}),
}


def village(name: str, *entries: str) -> VillageSchedule:
    text = "broadcasts:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    return parse(f"schedules/{name}.yaml", text.encode() if entries else b"broadcasts: []\n")


def trial(
    before: Sequence[VillageSchedule], after: Sequence[VillageSchedule], days: int = 14, **given: object
) -> Trial:
    """Of villages that share one output, unless `plays` says otherwise."""
    names = tuple(schedule.id for schedule in after)
    commune = Commune("xa", "Xã", policy=given.pop("policy", POLICY), villages=names)  # type: ignore[arg-type]
    box = Box(plays=given.pop("plays", dict.fromkeys(names, "loa")))  # type: ignore[arg-type]
    planned = PlanInput(commune, box, after, FACTS, **given)  # type: ignore[arg-type]
    window = [FIRST + timedelta(days=number) for number in range(days)]
    return Trial(planned, replace(planned, schedules=before), changed_entries(before, after), window)


def choices(trial: Trial) -> dict[ChoiceKind, Choice]:
    return {choice.kind: choice for choice in find_choices(trial, trial.compare())}


def plan_days(given: PlanInput, first: date, days: int) -> list[Airing]:
    begins = datetime(first.year, first.month, first.day, tzinfo=ZONE)
    return plan(given, begins, begins + timedelta(days=days))


BUSY = "bulletin: bay, at: 17:10"


def test_a_change_that_hurts_nobody_needs_no_way_out() -> None:
    found = trial([village("na-hoa", BUSY)], [village("na-hoa", BUSY, "bulletin: mot, at: 17:00")])

    assert found.compare().clean
    assert not choices(found)


def test_what_would_wait_is_moved_behind_or_may_be_late() -> None:
    found = choices(trial([village("na-hoa", BUSY)], [village("na-hoa", BUSY, "bulletin: mot, at: 17:12")]))

    assert [(kind, str(choice.message)) for kind, choice in found.items()] == [
        (ChoiceKind.MOVE, "move it to 17:17"),
        (ChoiceKind.LATE, "save it all the same: 14 airings wait, 5 min at most"),
    ]
    assert found[ChoiceKind.MOVE].adjustments == (Adjustment("na-hoa", "mot", times=(17 * 3600 + 17 * 60,)),)


def test_others_are_left_out_on_the_days_of_the_clash_only() -> None:
    after = [village("na-hoa", BUSY, "bulletin: mot, at: 17:12, from: 2026-11-25, until: 2026-11-27")]
    found = choices(trial([village("na-hoa", BUSY)], after))

    days = frozenset(date(2026, 11, day) for day in (25, 26, 27))
    assert found[ChoiceKind.INSTEAD].adjustments == (Adjustment("na-hoa", "bay", left_out=days),)
    assert str(found[ChoiceKind.INSTEAD].message) == "air it instead: 3 airings of “Bảy” are left out"


def test_what_is_met_for_ever_ends_on_the_day_before() -> None:
    after = [village("na-hoa", BUSY, "bulletin: mot, at: 17:12, from: 2026-11-30")]
    found = choices(trial([village("na-hoa", BUSY)], after))

    assert found[ChoiceKind.INSTEAD].adjustments == (Adjustment("na-hoa", "bay", until=date(2026, 11, 29)),)
    assert str(found[ChoiceKind.INSTEAD].message) == "air it instead: “Bảy” is not aired any more from 30/11/2026 on"


def test_a_higher_level_is_never_left_out() -> None:
    before = [village("na-hoa", "bulletin: gap, at: 17:10")]
    after = [village("na-hoa", "bulletin: gap, at: 17:10", "bulletin: mot, at: 17:11, until: 2026-11-27")]

    assert ChoiceKind.INSTEAD not in choices(trial(before, after))


def test_reading_once_is_offered_where_that_is_enough() -> None:
    before = [village("na-hoa", "bulletin: mot, at: 17:02")]

    found = choices(trial(before, [village("na-hoa", "bulletin: mot, at: 17:02", "bulletin: hai, at: 17:00")]))
    assert found[ChoiceKind.ONCE].adjustments == (Adjustment("na-hoa", "hai", repeat=1),)
    assert str(found[ChoiceKind.ONCE].message) == "read it only once (1:13)"
    assert ChoiceKind.ONCE not in choices(
        trial(before, [village("na-hoa", "bulletin: mot, at: 17:02", "bulletin: bay, at: 17:00")])
    )


def test_what_breaks_the_policy_may_only_be_moved() -> None:
    found = trial([village("na-hoa", BUSY)], [village("na-hoa", BUSY, "bulletin: hai, at: 21:30")])

    assert len(found.compare().breaches) == 14
    assert list(choices(found)) == [ChoiceKind.MOVE]
    assert choices(found)[ChoiceKind.MOVE].adjustments[0].times == (6 * 3600,)


def test_entries_of_several_villages_move_together() -> None:
    before = [village("na-hoa", BUSY), village("ban-lim"), village("cho-may", "bulletin: bay, at: 17:17")]
    new = "bulletin: mot, at: 17:12"
    after = [village("na-hoa", BUSY, new), village("ban-lim", new), village("cho-may", "bulletin: bay, at: 17:17", new)]
    plays = {"na-hoa": "a", "ban-lim": "b", "cho-may": "c"}

    (move, *_) = choices(trial(before, after, plays=plays)).values()

    assert {adjustment.times for adjustment in move.adjustments} == {(17 * 3600 + 24 * 60,)}
    assert {adjustment.village for adjustment in move.adjustments} == {"na-hoa", "ban-lim", "cho-may"}


def test_the_same_bulletin_of_a_neighbour_at_the_same_instant_is_no_clash() -> None:
    before = [village("na-hoa", BUSY), village("ban-lim", "bulletin: mot, at: 17:18")]
    after = [village("na-hoa", BUSY, "bulletin: mot, at: 17:16"), before[1]]

    move = choices(trial(before, after))[ChoiceKind.MOVE]

    assert move.adjustments == (Adjustment("na-hoa", "mot", times=(17 * 3600 + 17 * 60,)),)


def test_it_is_moved_to_where_a_neighbour_has_it_read_fewer_times_if_only_that_fits() -> None:
    others = ["bulletin: mot, at: 17:02, lunar: [16, 17]", "bulletin: hai, at: 17:21"]
    before = [village("na-hoa", "bulletin: bay, at: 17:15, repeat: 1"), village("cho-may", *others)]
    after = [before[0], village("cho-may", *others, "name: moi, bulletin: bay, at: 17:01")]
    move = choices(trial(before, after, 3, words=SessionWords(tune=8.0)))[ChoiceKind.MOVE]

    assert move.adjustments == (Adjustment("cho-may", "moi", times=(17 * 3600 + 15 * 60,)),)


def test_an_entry_that_only_ends_earlier_is_not_to_blame_for_what_was_before() -> None:
    before = [village("na-hoa", BUSY, "bulletin: mot, at: 17:12, wait: 1m")]
    after = [village("na-hoa", BUSY, "bulletin: mot, at: 17:12, wait: 1m, until: 2026-11-27")]

    assert trial(before, after).compare().clean


def test_minutes_are_looked_through_from_the_wanted_one_on() -> None:
    assert [minute // 60 for minute in minutes_from(17 * 3600 + 1380, HOURS)][:3] == [
        17 * 60 + 24,
        17 * 60 + 22,
        17 * 60 + 21,
    ]
    assert next(minutes_from(21 * 3600, HOURS)) == 6 * 3600
    assert next(minutes_from(12 * 3600, HOURS)) == 17 * 3600


# Whatever stands in the schedules.

NAMES = ("na-hoa", "ban-lim", "cho-may")
AT = st.builds(lambda session, minute: HOURS[session][0] + 60 * minute, st.integers(0, 1), st.integers(0, 24))
LIMITS = st.sampled_from(["", "", ", days: [3, 5]", ", until: 2026-11-25", ", from: 2026-11-25", ", lunar: [16, 17]"])
MORE = st.sampled_from(["", "", "", ", wait: 1m", ", level: priority", ", repeat: 1"])


def clock(at: int) -> str:
    return f"{at // 3600}:{at // 60 % 60:02}"


@st.composite
def entries(draw: st.DrawFn, names: Iterable[str], most: int) -> list[str]:
    written = []
    for name in names:
        if len(written) == most or not draw(st.integers(0, 3)):
            break
        times = sorted(draw(st.lists(AT, min_size=1, max_size=2, unique=True)))
        at = f"[{', '.join(map(clock, times))}]" if len(times) > 1 else clock(times[0])
        bulletin = draw(st.sampled_from(sorted(FACTS)))
        written.append(f"name: {name}, bulletin: {bulletin}, at: {at}{draw(LIMITS)}{draw(MORE)}")
    return written


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    old = {name: draw(entries([f"cu-{number}" for number in range(4)], 4)) for name in NAMES}
    new = draw(entries(["moi"], 1)) or ["name: moi, bulletin: mot, at: 17:05"]
    hearers = draw(st.sets(st.sampled_from(NAMES), min_size=1))
    before = [village(name, *old[name]) for name in NAMES]
    after = [village(name, *old[name], *(new if name in hearers else ())) for name in NAMES]
    words = SessionWords(
        draw(st.sampled_from([0.0, 8.0])), draw(st.sampled_from([0.0, 5.5])), draw(st.sampled_from([0.0, 4.0]))
    )
    plays = draw(st.sampled_from([dict.fromkeys(NAMES, "loa"), {"na-hoa": "a", "ban-lim": "a", "cho-may": "b"}]))
    return trial(before, after, 3, plays=plays, words=words)


def fortnight(drawn: Trial, paused: int, last: int) -> Trial:
    """The same in fourteen days, in which a bulletin is valid until the `last` and a village is quiet on one."""
    decided = Restrictions()
    if paused >= 0:
        begins = datetime(2026, 11, 24, 17, tzinfo=ZONE) + timedelta(days=paused)
        decided = Restrictions(pauses=(StandingPause("na-hoa", begins, begins + timedelta(hours=2), "tang"),))
    facts = {**FACTS, "mot": replace(FACTS["mot"], valid_until=FIRST + timedelta(days=last))}
    after, before = (replace(one, restrictions=decided, facts=facts) for one in (drawn.given, drawn.old))
    return Trial(after, before, drawn.changed, [FIRST + timedelta(days=number) for number in range(14)])


def heard(airings: Sequence[Airing]) -> Mapping[str, datetime | None]:
    return {airing.id: airing.starts_at for airing in airings if airing.expected is Expected.AIR}


@given(trials())
def test_every_choice_leaves_the_plan_that_it_promises(trial: Trial) -> None:
    mine = trial.mine
    before = plan_days(trial.old, FIRST, 3)
    for choice in find_choices(trial, trial.compare()):
        schedules = adjust_schedules(trial.given.schedules, choice.adjustments)
        after = plan_days(replace(trial.given, schedules=schedules), FIRST, 3)
        left_out = {
            airing.id
            for airing in before
            for adjustment in choice.adjustments
            if (airing.village, airing.broadcast) == adjustment.key and adjustment.key not in mine
            if airing.scheduled_at.date() in adjustment.left_out
            or (adjustment.until and airing.scheduled_at.date() > adjustment.until)
        }
        others, now = heard([one for one in before if (one.village, one.broadcast) not in mine]), heard(after)
        own = [airing for airing in after if (airing.village, airing.broadcast) in mine]
        assert {airing.expected for airing in own} <= {Expected.AIR}
        assert left_out.isdisjoint(now)
        assert others.keys() - left_out <= now.keys()
        if choice.kind is ChoiceKind.LATE:
            delays = [(one.starts_at - one.scheduled_at, one.wait) for one in after if one.starts_at]
            assert any(delay for delay, _ in delays)
            assert all(delay <= timedelta(seconds=wait) for delay, wait in delays)
        else:
            assert all(airing.starts_at == airing.scheduled_at for airing in own)
            assert all(now[name] <= starts for name, starts in others.items() if name not in left_out and starts)  # type: ignore[operator]
        assert bool(left_out) <= (choice.kind is ChoiceKind.INSTEAD)
        lowest = min(airing.level.rank for airing in own) if own else 0
        assert all(airing.level.rank <= lowest for airing in before if airing.id in left_out)


@given(trials())
def test_the_time_that_is_offered_is_the_first_that_hurts_nobody(trial: Trial) -> None:
    mine = trial.mine
    times = {entry.times for entry in mine.values()}
    if trial.compare().clean or len(times) != 1 or len(wanted := times.pop()) != 1:
        return

    def is_clean(at: int) -> bool:
        return trial.is_clean([Adjustment(*key, times=(at,)) for key in mine])

    first = next((at for at in minutes_from(wanted[0], HOURS) if is_clean(at)), None)
    move = choices(trial).get(ChoiceKind.MOVE)
    assert (move.adjustments[0].times if move else None) == (None if first is None else (first,))


@given(trials())
def test_to_read_it_once_is_offered_wherever_that_hurts_nobody(trial: Trial) -> None:
    lengths = {key: FACTS[entry.bulletin or ""] for key, entry in trial.mine.items() if entry.repeat is None}
    shorter = [Adjustment(*key, repeat=1) for key, facts in lengths.items() if facts.repeats[1] < facts.duration]

    offered = choices(trial).get(ChoiceKind.ONCE)

    is_clean = bool(shorter) and not trial.compare().clean and trial.is_clean(shorter)
    assert (offered.adjustments if offered else ()) == (tuple(shorter) if is_clean else ())


@given(trials(), st.sampled_from(range(HOURS[1][0], HOURS[1][1], 60)), st.integers(-1, 9), st.integers(0, 13))
def test_days_that_are_alike_are_looked_at_once_and_none_is_forgotten(
    drawn: Trial, at: int, paused: int, last: int
) -> None:
    trial = fortnight(drawn, paused, last)
    adjustments = [Adjustment(*key, times=(at,)) for key in trial.mine]

    each = [
        compare_plans(trial.plan_before(day), trial.plan_adjusted(adjustments, day), trial.changed).clean
        for day in trial.window
    ]

    assert trial.is_clean(adjustments) is all(each)


@given(trials(), st.integers(-1, 9), st.integers(0, 13))
def test_what_a_change_does_on_days_that_are_alike_is_told_of_each_of_them(
    drawn: Trial, paused: int, last: int
) -> None:
    trial = fortnight(drawn, paused, last)
    before, after = (
        [airing for day in trial.window for airing in plan_days(given, day, 1)] for given in (trial.old, trial.given)
    )

    found, whole = trial.compare(), compare_plans(before, after, trial.changed)

    assert replace(found, planned=()) == replace(whole, planned=())
    assert {airing.id for airing in found.planned} <= {airing.id for airing in after}


@given(
    trials(), st.sampled_from([replace(POLICY, sessions_per_day=1), replace(POLICY, hours=HOURS[:1])]), st.booleans()
)
def test_what_another_policy_does_is_told_with_and_without_other_entries(
    drawn: Trial, policy: Policy, entries_too: bool
) -> None:
    schedules, changed = (drawn.given.schedules, drawn.changed) if entries_too else (drawn.old.schedules, frozenset())
    given = replace(drawn.given, commune=replace(drawn.given.commune, policy=policy), schedules=schedules)
    trial = Trial(given, drawn.old, changed, drawn.window)
    before, after = (
        [airing for day in trial.window for airing in plan_days(side, day, 1)] for side in (trial.old, trial.given)
    )

    found, whole = trial.compare(), compare_plans(before, after, trial.changed)

    assert replace(found, planned=()) == replace(whole, planned=())


@pytest.mark.parametrize("kind", list(ChoiceKind))
def test_each_kind_of_choice_comes_up_in_what_is_tried(kind: ChoiceKind) -> None:
    """The properties above would hold for nothing at all, too."""
    before = [village("na-hoa", "bulletin: mot, at: 17:02")]
    after = [village("na-hoa", "bulletin: mot, at: 17:02", "bulletin: hai, at: 17:00, until: 2026-11-27")]

    assert kind in choices(trial(before, after, 3))
