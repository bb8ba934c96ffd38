"""The plan: levels, clashes, policy, sessions, streams; and what holds for every plan whatever is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config.schedule_file import parse
from loudspeaker.errors import Message
from loudspeaker.model.airing import Airing, BulletinFacts, Occurrence, Restrictions, SessionWords, StandingPause
from loudspeaker.model.box import Box
from loudspeaker.model.broadcast import Broadcast, VillageSchedule
from loudspeaker.model.commune import Commune, Policy
from loudspeaker.model.contents import PlanInput
from loudspeaker.model.day_set import DaySet, NamedDay
from loudspeaker.model.enums import ApprovalRule, Expected, Level
from loudspeaker.schedule.open_hours import strictest_policy
from loudspeaker.schedule.plan import DayPlans, plan
from loudspeaker.schedule.recheck import recheck

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = datetime(2026, 11, 24, tzinfo=ZONE)  # a Tuesday
WIDE = Policy(hours=((0, 86400),), sessions_per_day=99, minutes_per_session=1440, allow_night=True)
OPEN = Policy(hours=((5 * 3600, 21 * 3600),), sessions_per_day=99, minutes_per_session=1440)
FACTS = {
    "mot": BulletinFacts("Một", duration=60),
    "ba": BulletinFacts("Ba", duration=180),
    "muoi": BulletinFacts("Mười", duration=600),
    "le": BulletinFacts("Lẻ", duration=47.313),
    "gap": BulletinFacts("Gấp", Level.PRIORITY, duration=120),
}


def village(name: str, *entries: str, named: dict[str, NamedDay] | None = None) -> VillageSchedule:
    text = "broadcasts:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    return parse(f"schedules/{name}.yaml", text.encode(), named)


def planned(*schedules: VillageSchedule, days: int = 1, **given: Any) -> list[Airing]:
    """The plan of 24 November 2026 (and days after it); all villages share one output unless a box is given."""
    names = tuple(schedule.id for schedule in schedules)
    commune = given.pop("commune", None) or Commune(
        "xa", "Xã", policy=given.pop("policy", OPEN), villages=names, streams=("x.vn",)
    )
    box = given.pop("box", Box(plays=dict.fromkeys(names, "loa")))
    facts = given.pop("facts", FACTS)
    return plan(PlanInput(commune, box, schedules, facts, **given), DAY, DAY + timedelta(days=days))


def told(airing: Airing) -> tuple[str, str, str]:
    starts = f"{airing.starts_at:%H:%M:%S}" if airing.starts_at else "-"
    return airing.id.split("/", 1)[1].split("/2026")[0], starts, airing.expected.value


def test_an_airing_says_all_about_itself() -> None:
    (airing,) = planned(village("na-hoa", "bulletin: ba, at: 6:05, gain: -3dB, wait: 5m"))

    at = DAY + timedelta(hours=6, minutes=5)
    assert airing == Airing(
        Occurrence(
            id="na-hoa/ba/2026-11-24T06:05",
            village="na-hoa",
            output="loa",
            broadcast="ba",
            bulletin="ba",
            level=Level.ROUTINE,
            scheduled_at=at,
            title="Ba",
        ),
        starts_at=at,
        ends_at=at + timedelta(minutes=3),
        duration=180,
        duration_source="estimated",
        expected=Expected.AIR,
        why=None,
        opens=True,
        closes=True,
        gain=-3.0,
        wait=300.0,
    )


def test_the_later_one_waits_for_the_earlier() -> None:
    waiting, _ = reversed(planned(village("na-hoa", "bulletin: ba, at: 6:00", "bulletin: mot, at: 6:02")))

    assert told(waiting) == ("mot", "06:03:00", "air")
    assert waiting.why == Message("it waits until {time}: “{other}” is on the air", time="06:03", other="Ba")


def test_who_waits_begins_on_a_whole_second() -> None:
    airings = planned(village("na-hoa", "bulletin: le, at: 6:00", "bulletin: mot, at: 6:00"))

    assert [airing.starts_at for airing in airings] == [DAY + timedelta(hours=6), DAY + timedelta(hours=6, seconds=48)]


def test_who_would_wait_too_long_is_displaced_and_the_choices_are_named() -> None:
    *_, displaced = planned(village("na-hoa", "bulletin: muoi, at: 6:00", "bulletin: mot, at: 6:02, wait: 5m"))

    assert (displaced.expected, displaced.starts_at, displaced.ends_at) == (Expected.DISPLACED, None, None)
    assert str(displaced.why) == (
        "“Mười” is on the air until 06:10, an overlap of 480 s; choose: follow on (at: 06:10, or wait: 8m), "
        "override (level: priority), or shorten one of the two"
    )


def test_the_time_that_is_proposed_instead_is_free() -> None:
    *_, displaced = planned(village("na-hoa", "bulletin: le, at: 6:00", "bulletin: mot, at: 6:00, wait: 10s"))

    assert displaced.why is not None
    assert (displaced.why.facts["time"], displaced.why.facts["seconds"]) == ("06:00:48", 48)
    after = planned(village("na-hoa", "bulletin: le, at: 6:00", f"bulletin: mot, at: {displaced.why.facts['at']}"))
    assert [airing.expected for airing in after] == [Expected.AIR, Expected.AIR]


def test_how_far_an_airing_leaves_the_hours_is_told_to_the_second() -> None:
    facts = {"a": BulletinFacts("A", duration=90)}
    (late,) = planned(village("na-hoa", "bulletin: a, at: 6:29"), facts=facts, policy=Policy())

    assert late.why is not None
    assert late.why.facts["time"] == "06:30:30"


def test_priority_goes_first_even_where_it_comes_later() -> None:
    airings = planned(village("na-hoa", "bulletin: ba, at: 6:00", "bulletin: gap, at: 6:01"))

    assert [told(airing) for airing in airings] == [("ba", "06:03:00", "air"), ("gap", "06:01:00", "air")]


def test_an_entry_may_raise_the_level() -> None:
    airings = planned(village("na-hoa", "bulletin: ba, at: 6:00", "bulletin: mot, at: 6:00, level: priority"))

    assert [told(airing) for airing in airings] == [("ba", "06:01:00", "air"), ("mot", "06:00:00", "air")]


def test_between_equals_the_order_of_villages_decides_then_the_file() -> None:
    airings = planned(
        village("suoi-trat", "bulletin: ba, at: 6:00", "bulletin: mot, at: 6:00"),
        village("na-hoa", "name: x, bulletin: muoi, at: 6:00"),
    )

    assert [(airing.village, *told(airing)[:2]) for airing in airings] == [
        ("suoi-trat", "ba", "06:00:00"),
        ("suoi-trat", "mot", "06:03:00"),
        ("na-hoa", "x", "06:04:00"),
    ]


def test_two_schedules_of_one_village_may_ask_for_the_same_minute() -> None:
    both = planned(village("na-hoa", "bulletin: mot, at: 6:05"), village("na-hoa", "bulletin: ba, at: 6:05"))

    assert [told(airing) for airing in both] == [("mot", "06:05:00", "air"), ("ba", "06:06:00", "air")]


def test_the_same_bulletin_at_the_same_instant_is_one_playback_and_two_airings() -> None:
    one, other = planned(village("na-hoa", "bulletin: ba, at: 6:00"), village("suoi-trat", "bulletin: ba, at: 6:00"))

    assert (one.starts_at, one.ends_at, one.expected) == (other.starts_at, other.ends_at, other.expected)
    assert (one.village, other.village, one.opens, other.opens) == ("na-hoa", "suoi-trat", True, True)


def test_one_playback_goes_by_the_highest_level_that_asks_for_it() -> None:
    one, other = planned(
        village("na-hoa", "bulletin: ba, at: 6:00, gain: -6dB"),
        village("suoi-trat", "bulletin: ba, at: 6:00, level: priority, gain: -3dB"),
    )

    assert (one.starts_at, one.gain, one.level) == (other.starts_at, -3.0, Level.ROUTINE)
    assert (other.gain, other.level) == (-3.0, Level.PRIORITY)


def test_villages_with_outputs_of_their_own_do_not_disturb_one_another() -> None:
    schedules = village("na-hoa", "bulletin: ba, at: 6:00"), village("suoi-trat", "bulletin: mot, at: 6:00")

    for box in (Box(plays={"na-hoa": "a", "suoi-trat": "b"}), Box()):
        assert [told(airing)[1] for airing in planned(*schedules, box=box)] == ["06:00:00", "06:00:00"]


@pytest.mark.parametrize(
    ("entry", "policy", "why"),
    [
        ("at: 5:00", Policy(), "it lies outside the hours of policy (05:30–06:30, 10:45–11:30, 16:30–18:30)"),
        (
            "at: 6:25",
            Policy(),
            "it would last until 06:35, beyond the hours of policy (05:30–06:30, 10:45–11:30, 16:30–18:30)",
        ),
        (
            "at: 4:30",
            Policy(hours=((14400, 25200),)),
            "at night, before 05:00 and after 21:00, policy has no broadcasts",
        ),
        ("at: 6:00", Policy(weekdays=frozenset({0, 2})), "policy has no broadcasts on this day"),
        ("at: 6:00", Policy(minutes_per_session=9), "the session would be longer than 9 minutes"),
        (
            "at: 6:00",
            Policy(approval=ApprovalRule.REQUIRED),
            "the bulletin is not approved; approve it with “approve muoi”",
        ),
    ],
)
def test_policy_refuses_with_a_reason(entry: str, policy: Policy, why: str) -> None:
    (airing,) = planned(village("na-hoa", f"bulletin: muoi, {entry}"), policy=policy)

    assert (airing.expected, str(airing.why), airing.starts_at) == (Expected.REFUSED, why, None)


def test_night_hours_need_to_be_allowed_and_only_then_are() -> None:
    night = Policy(hours=((14400, 25200),), allow_night=True)

    assert [told(airing)[1] for airing in planned(village("na-hoa", "bulletin: mot, at: 4:30"), policy=night)] == [
        "04:30:00"
    ]


def test_sessions_are_counted_and_items_close_together_are_one() -> None:
    policy = Policy(hours=OPEN.hours, sessions_per_day=2)
    airings = planned(village("na-hoa", "bulletin: mot, at: [6:00, 6:05, 6:12, 18:00]"), policy=policy)

    assert [(told(airing)[2], airing.opens, airing.closes) for airing in airings] == [
        ("air", True, False),
        ("air", False, True),
        ("air", True, True),
        ("refused", False, False),
    ]
    assert str(airings[-1].why) == "policy allows 2 sessions a day"


def test_a_late_priority_gets_its_session_before_routine() -> None:
    policy = Policy(hours=OPEN.hours, sessions_per_day=1)
    airings = planned(village("na-hoa", "bulletin: mot, at: 6:00", "bulletin: gap, at: 18:00"), policy=policy)

    assert [told(airing)[2] for airing in airings] == ["refused", "air"]


def test_of_villages_that_share_an_output_the_strictest_wins() -> None:
    strict = Policy(hours=((6 * 3600, 7 * 3600),))
    schedules = village("na-hoa", "bulletin: mot, at: [6:00, 17:00]"), village("suoi-trat", "bulletin: ba, at: 17:10")
    commune = Commune("xa", "Xã", policy=OPEN, policies={"suoi-trat": strict}, villages=("na-hoa", "suoi-trat"))

    shared = planned(*schedules, commune=commune)
    apart = planned(*schedules, commune=commune, box=Box())

    assert [told(airing)[2] for airing in shared] == ["air", "refused", "refused"]
    assert [told(airing)[2] for airing in apart] == ["air", "air", "refused"]


def test_a_village_without_a_schedule_hears_and_counts_too() -> None:
    strict = Policy(hours=((6 * 3600, 7 * 3600),))
    commune = Commune("xa", "Xã", policy=OPEN, policies={"suoi-trat": strict}, villages=("na-hoa", "suoi-trat"))
    box = Box(plays={"na-hoa": "loa", "suoi-trat": "loa"})

    airings = planned(village("na-hoa", "bulletin: mot, at: [6:00, 17:00]"), commune=commune, box=box)

    assert [told(airing)[2] for airing in airings] == ["air", "refused"]


def test_quiet_named_days_and_days_without_music() -> None:
    mourning = NamedDay("quoc-tang", DaySet(dates=frozenset({DAY.date()})), chime=False, music=False)
    village_ = village("na-hoa", "bulletin: mot, at: 6:00")
    quiet = Policy(hours=OPEN.hours, quiet=("quoc-tang",))

    (dressed,) = planned(village_, commune=Commune("xa", "Xã", policy=OPEN, days={"quoc-tang": mourning}))
    (silent,) = planned(village_, commune=Commune("xa", "Xã", policy=quiet, days={"quoc-tang": mourning}))

    assert (dressed.chime, dressed.music, dressed.expected) == (False, False, Expected.AIR)
    assert silent.expected is Expected.REFUSED


FACTS_OF_ONE = [
    (
        BulletinFacts("A", Level.EMERGENCY),
        "refused",
        "an emergency cannot be scheduled; it is aired by hand with “urgent”",
    ),
    (BulletinFacts("A", valid_from=date(2026, 11, 25)), "refused", "the bulletin is valid only from 25/11/2026"),
    (BulletinFacts("A", valid_until=date(2026, 11, 23)), "refused", "the bulletin was valid only until 23/11/2026"),
    (
        BulletinFacts("A", ready=False, why=Message("there is nothing ready to be aired")),
        "not-ready",
        "there is nothing ready to be aired",
    ),
    (BulletinFacts("A", valid_from=date(2026, 11, 24), valid_until=date(2026, 11, 24)), "air", "None"),
]


@pytest.mark.parametrize(("facts", "expected", "why"), FACTS_OF_ONE)
def test_what_a_bulletin_is_decides_too(facts: BulletinFacts, expected: str, why: str) -> None:
    (airing,) = planned(village("na-hoa", "bulletin: a, at: 6:00"), facts={"a": facts})

    assert (airing.expected.value, str(airing.why)) == (expected, why)


def test_a_bulletin_that_does_not_exist_is_not_ready() -> None:
    (airing,) = planned(village("na-hoa", "bulletin: khong-co, at: 6:00"))

    assert (airing.expected, str(airing.why)) == (Expected.NOT_READY, "there is no bulletin “khong-co”")


def test_skipped_and_paused_airings_leave_their_time_to_others() -> None:
    entries = village("na-hoa", "bulletin: ba, at: 6:00", "bulletin: mot, at: 6:01")
    pause = StandingPause("na-hoa", DAY + timedelta(hours=5), DAY + timedelta(hours=6, seconds=30), "tang lễ")

    skipped = planned(entries, restrictions=Restrictions(skips={"na-hoa/ba/2026-11-24T06:00": "trời mưa"}))
    paused = planned(entries, restrictions=Restrictions(pauses=(pause,)))

    assert [told(airing) for airing in skipped] == [("ba", "-", "skipped"), ("mot", "06:01:00", "air")]
    assert str(skipped[0].why) == "skipped: trời mưa"
    assert [told(airing) for airing in paused] == [("ba", "-", "refused"), ("mot", "06:01:00", "air")]
    assert str(paused[0].why) == "na-hoa is paused: tang lễ"


def test_a_pause_of_one_village_silences_the_horns_that_it_shares() -> None:
    pause = StandingPause("suoi-trat", DAY, DAY + timedelta(days=1), "cắt điện")
    airings = planned(
        village("na-hoa", "bulletin: mot, at: 6:00"),
        village("suoi-trat", "bulletin: ba, at: 17:00"),
        restrictions=Restrictions(pauses=(pause,)),
    )

    assert [told(airing)[2] for airing in airings] == ["refused", "refused"]


STREAM = "name: vov, stream: 'https://x.vn/a', at: 5:30, for: 30m, fallback: mot"


def test_a_stream_is_aired_for_its_time_and_ends_before_the_next_item() -> None:
    alone = planned(village("na-hoa", STREAM))
    followed = planned(village("na-hoa", STREAM, "bulletin: ba, at: 6:00"))

    assert (alone[0].starts_at, alone[0].duration, alone[0].fallback) == (DAY + timedelta(hours=5.5), 1800, "mot")
    assert (followed[0].duration, told(followed[1])) == (1795, ("ba", "06:00:00", "air"))


@pytest.mark.parametrize("url", ["https://x.vn/a", "http://X.vn:8000/a.mp3", "input:mic"])
def test_a_named_station_and_an_input_of_the_box_may_be_carried(url: str) -> None:
    [airing] = planned(village("na-hoa", f"name: vov, stream: '{url}', at: 5:30, for: 30m"))

    assert told(airing)[2] == "air"


@pytest.mark.parametrize("url", ["https://y.vn/a", "http://x.vn.y.vn/a"])
def test_a_station_that_the_commune_has_not_named_is_refused(url: str) -> None:
    [airing] = planned(village("na-hoa", f"name: vov, stream: '{url}', at: 5:30, for: 30m"))

    assert (told(airing)[2], str(airing.why).endswith("y.vn is not among the “streams” of commune.yaml")) == (
        "refused",
        True,
    )


def test_a_stream_joins_in_progress_for_the_time_that_is_left() -> None:
    stream, _ = planned(village("na-hoa", STREAM, "bulletin: gap, at: 5:31"))

    assert (told(stream), stream.duration) == (("vov", "05:33:00", "air"), 27 * 60)
    assert str(stream.why) == "it is joined in progress at 05:33"


def test_a_stream_without_any_time_left_is_displaced() -> None:
    stream, _ = planned(
        village("na-hoa", STREAM, "bulletin: dai, at: 5:25, level: priority"),
        facts={"dai": BulletinFacts("Dài", duration=3600)},
    )[::-1]

    assert told(stream) == ("vov", "-", "displaced")


def test_a_stream_that_two_villages_of_one_output_ask_for_lasts_as_long_as_the_longer() -> None:
    ten = STREAM.replace("for: 30m", "for: 10m")

    airings = planned(village("na-hoa", ten), village("suoi-trat", STREAM))

    assert [airing.duration for airing in airings] == [1800, 1800]


WORDS = SessionWords(tune=10, opening=20, closing=15)


def test_opening_and_closing_words_take_their_time() -> None:
    airings = planned(village("na-hoa", "bulletin: mot, at: [6:00, 6:01, 17:00]"), words=WORDS)

    assert [airing.duration for airing in airings] == [90, 75, 105]
    assert [told(airing)[1] for airing in airings] == ["06:00:00", "06:01:30", "17:00:00"]


def test_without_music_the_opening_is_shorter_by_the_tune() -> None:
    mourning = NamedDay("quoc-tang", DaySet(dates=frozenset({DAY.date()})), music=False)
    commune = Commune("xa", "Xã", policy=OPEN, days={"quoc-tang": mourning})

    assert [
        airing.duration
        for airing in planned(village("na-hoa", "bulletin: mot, at: 6:00"), commune=commune, words=WORDS)
    ] == [95]


def test_the_words_of_the_session_lie_inside_the_hours_too() -> None:
    (airing,) = planned(village("na-hoa", "bulletin: mot, at: 20:59"), words=WORDS)

    assert (airing.expected, str(airing.why)) == (
        Expected.REFUSED,
        "with the words of its session (45 s) it would leave the hours of policy",
    )


def test_an_airing_may_run_over_midnight_and_the_next_day_waits_for_it() -> None:
    entries = village("na-hoa", "bulletin: muoi, at: 23:55", "bulletin: mot, at: 00:01")

    airings = planned(entries, policy=WIDE, days=2)

    assert [told(airing)[:2] for airing in airings] == [
        ("mot", "00:05:00"),
        ("muoi", "23:55:00"),
        ("mot", "00:05:00"),
        ("muoi", "23:55:00"),
    ]
    assert str(airings[0].why) == "it waits until 00:05: “Mười” is on the air"


def test_the_words_that_close_a_session_may_run_over_midnight_too() -> None:
    entries = village("na-hoa", "bulletin: mot, at: [00:00, 23:59]")

    airings = planned(entries, policy=WIDE, days=2, words=WORDS)

    assert [told(airing)[1] for airing in airings] == ["00:00:45", "23:59:00", "00:00:45", "23:59:00"]


# What holds for every plan.

minutes = st.integers(0, 24 * 60 - 1)
broadcasts = st.builds(
    Broadcast,
    name=st.integers(0, 10**6).map(str),
    bulletin=st.sampled_from([*FACTS, "khong-co"]),
    times=st.lists(
        st.one_of(minutes, st.integers(350, 380), st.integers(1430, 1439), st.integers(0, 9)),
        min_size=1,
        max_size=4,
        unique=True,
    ).map(lambda times: tuple(sorted(minute * 60 for minute in times))),
    weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
    level=st.sampled_from([None, Level.ROUTINE, Level.PRIORITY]),
    wait=st.sampled_from([0.0, 60.0, 600.0]),
)
streams = st.builds(
    Broadcast,
    name=st.integers(0, 10**6).map("vov{}".format),
    bulletin=st.none(),
    stream=st.just("https://x.vn/a"),
    times=minutes.map(lambda minute: (minute * 60,)),
    length=st.sampled_from([60.0, 600.0, 1800.0]),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    edges = sorted(draw(st.lists(st.integers(0, 288), min_size=2, max_size=6, unique=True)))
    hours = tuple((a * 300, b * 300) for a, b in zip(edges[::2], edges[1::2], strict=False))
    return draw(
        st.sampled_from([WIDE, OPEN])
        | st.builds(
            Policy,
            hours=st.just(hours),
            sessions_per_day=st.integers(1, 4),
            minutes_per_session=st.sampled_from([5, 15, 45]),
            allow_night=st.booleans(),
            weekdays=st.sampled_from([frozenset(range(7)), frozenset({0})]),
        )
    )


@st.composite
def worlds(draw: st.DrawFn) -> PlanInput:
    entries = st.lists(broadcasts | streams, max_size=5, unique_by=lambda broadcast: broadcast.name).map(tuple)
    schedules = [VillageSchedule(f"thon-{number}", "", draw(entries)) for number in range(draw(st.integers(1, 3)))]
    policy, other = draw(policies()), draw(policies())
    commune = Commune(
        "xa", "Xã", policy=policy, policies={"thon-1": other}, villages=("thon-1", "thon-0"), streams=("x.vn",)
    )
    box = Box(plays={"thon-0": "a", "thon-1": draw(st.sampled_from("ab")), "thon-2": "a"})
    return PlanInput(commune, box, schedules, FACTS, words=draw(st.sampled_from([SessionWords(), WORDS])))


BEGINS = datetime.combine(date(2026, 11, 23), time(), ZONE)
windows = st.lists(st.integers(0, 4 * 24 * 60), min_size=3, max_size=3).map(sorted)


def playbacks(airings: list[Airing]) -> dict[str, list[Airing]]:
    """What will sound on each output, each playback once, in the order of time."""
    heard: dict[str, dict[tuple[Any, ...], Airing]] = {}
    for airing in airings:
        if airing.starts_at:
            heard.setdefault(airing.output, {})[airing.starts_at, airing.bulletin, airing.stream] = airing
    return {output: [found[key] for key in sorted(found, key=lambda key: key[0])] for output, found in heard.items()}


@given(worlds(), windows)
def test_windows_compose(world: PlanInput, cuts: list[int]) -> None:
    a, b, c = (BEGINS + timedelta(minutes=minute) for minute in cuts)

    assert plan(world, a, c) == plan(world, a, b) + plan(world, b, c)


@given(st.lists(worlds(), min_size=2, max_size=4), st.integers(1, 3))
def test_what_is_kept_of_other_plans_changes_none(worlds: list[PlanInput], days: int) -> None:
    kept, ends = DayPlans(), DAY + timedelta(days=days)
    first = worlds[0]
    fewer = {name: facts for name, facts in first.facts.items() if name != "ba"}
    changes = [first, replace(first, words=SessionWords(7, 30, 12)), replace(first, facts=fewer), *worlds, first]

    for world in changes:
        kept.turn()
        assert plan(world, DAY, ends, kept) == plan(world, DAY, ends)


@given(worlds())
def test_every_occurrence_of_every_rule_is_planned_once(world: PlanInput) -> None:
    airings = plan(world, BEGINS, BEGINS + timedelta(days=2))

    asked = [
        f"{schedule.id}/{broadcast.name}/{day + timedelta(seconds=at):%Y-%m-%dT%H:%M}"
        for day in (BEGINS, BEGINS + timedelta(days=1))
        for schedule in world.schedules
        for broadcast in schedule.broadcasts
        if broadcast.falls_on(day.date())
        for at in broadcast.times
    ]
    assert sorted(airing.id for airing in airings) == sorted(asked)
    assert [airing.scheduled_at for airing in airings] == sorted(airing.scheduled_at for airing in airings)


@given(worlds())
def test_no_two_playbacks_of_an_output_overlap(world: PlanInput) -> None:
    for heard in playbacks(plan(world, BEGINS, BEGINS + timedelta(days=3))).values():
        for one, following in pairwise(heard):
            assert one.ends_at is not None
            assert following.starts_at is not None
            assert one.ends_at <= following.starts_at


def allows(policy: Policy, moment: datetime) -> bool:
    """May there be sound at `moment`? Said once more in the simplest words."""
    at = (moment.hour * 60 + moment.minute) * 60 + moment.second + moment.microsecond / 1e6
    by_day = policy.allow_night or 5 * 3600 <= at < 21 * 3600
    return by_day and moment.weekday() in policy.weekdays and any(first <= at < last for first, last in policy.hours)


@given(worlds())
def test_nothing_lies_outside_the_policy_of_anybody_who_hears_it(world: PlanInput) -> None:
    commune, box = world.commune, world.box
    for output, heard in playbacks(plan(world, BEGINS, BEGINS + timedelta(days=2))).items():
        policies = [commune.policy_of(village) for village, where in box.plays.items() if where == output]
        for airing in heard:
            assert airing.starts_at is not None
            assert airing.ends_at is not None
            seconds = int((airing.ends_at - airing.starts_at).total_seconds())
            moments = [airing.starts_at + timedelta(seconds=second) for second in range(0, seconds, 30)]
            for moment in [*moments, airing.ends_at - timedelta(milliseconds=1)]:
                assert all(allows(policy, moment) for policy in policies)


@given(worlds())
def test_what_is_planned_is_permitted_again_when_its_time_comes(world: PlanInput) -> None:
    for airing in plan(world, BEGINS, BEGINS + timedelta(days=2)):
        if airing.starts_at and airing.ends_at:
            assert recheck(world, airing, airing.starts_at, airing.ends_at) is None


@given(worlds())
def test_sessions_are_opened_and_closed_once_and_are_no_more_and_no_longer_than_allowed(world: PlanInput) -> None:
    commune, box = world.commune, world.box
    for output, heard in playbacks(plan(world, BEGINS, BEGINS + timedelta(days=1))).items():
        policy = strictest_policy(
            frozenset(commune.policy_of(name) for name, where in box.plays.items() if where == output)
        )
        opening = None
        sessions = 0
        for airing in heard:
            assert airing.opens == (opening is None)
            opening = opening or airing.starts_at
            if airing.closes:
                sessions += 1
                assert airing.ends_at - opening <= timedelta(minutes=policy.minutes_per_session)  # type: ignore[operator]
                opening = None
        assert opening is None
        assert sessions <= policy.sessions_per_day


@given(worlds())
def test_bulletins_wait_no_longer_than_they_may_and_streams_are_never_moved(world: PlanInput) -> None:
    airings = plan(world, BEGINS, BEGINS + timedelta(days=2))
    asked: dict[tuple[Any, ...], float] = {}
    for airing in airings:
        stream = airing.output, airing.stream, airing.scheduled_at
        asked[stream] = max(asked.get(stream, 0.0), airing.length or 0.0)
    for airing in airings:
        if airing.starts_at is None or airing.ends_at is None:
            assert airing.why is not None
        elif airing.stream:
            longest = asked[airing.output, airing.stream, airing.scheduled_at]
            assert airing.scheduled_at <= airing.starts_at
            assert airing.ends_at <= airing.scheduled_at + timedelta(seconds=longest)
        else:
            assert timedelta() <= airing.starts_at - airing.scheduled_at <= timedelta(seconds=airing.wait)
            assert (airing.why is None) == (airing.starts_at == airing.scheduled_at)
