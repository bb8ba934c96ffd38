"""What offices above the commune have scheduled: planned with priority behind the commune's own, within its minutes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config.schedule_file import parse
from loudspeaker.model.airing import Airing, BulletinFacts
from loudspeaker.model.box import Box
from loudspeaker.model.broadcast import Broadcast, VillageSchedule
from loudspeaker.model.bulletin import Bulletin
from loudspeaker.model.commune import Commune, Policy, ReceivedRules
from loudspeaker.model.contents import Contents, PlanInput
from loudspeaker.model.enums import Expected, Level
from loudspeaker.model.refusal import Refusal, kind_of
from loudspeaker.schedule.crowd import find_limits
from loudspeaker.schedule.lint import broken_plans
from loudspeaker.schedule.origins import find_offers, planned_schedules
from loudspeaker.schedule.plan import DayPlans, plan
from loudspeaker.schedule.recheck import recheck

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = datetime(2026, 11, 24, tzinfo=ZONE)
OPEN = Policy(hours=((5 * 3600, 21 * 3600),), sessions_per_day=99, minutes_per_session=1440)
PROVINCE, COMMUNE = "lao-cai", "ban-may"
BULLETINS = {
    "tin": Bulletin("tin", "Tin của xã"),
    "gap": Bulletin("gap", "Gấp của xã", Level.PRIORITY),
    "bao@lao-cai": Bulletin("bao@lao-cai", "Bão số 5", Level.PRIORITY),
    "thue@lao-cai": Bulletin("thue@lao-cai", "Thuế đất"),
}
SECONDS = {"tin": 120.0, "gap": 180.0, "bao@lao-cai": 240.0, "thue@lao-cai": 300.0}
FACTS = {name: BulletinFacts(one.title, one.level, duration=SECONDS[name]) for name, one in BULLETINS.items()}


def own(village: str, *entries: str) -> VillageSchedule:
    text = "broadcasts:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    return parse(f"schedules/{village}.yaml", text.encode())


def sent(*entries: str, to: str = PROVINCE) -> VillageSchedule:
    """A schedule of the province as `config.folder` reads it, for all its communes or for one."""
    schedule = own(to, *entries)
    path = f"received/{PROVINCE}/schedules/{to}.yaml"
    broadcasts = tuple(
        replace(
            entry,
            name=f"{entry.name}@{PROVINCE}",
            bulletin=entry.bulletin and f"{entry.bulletin}@{PROVINCE}",
            wait=1800.0,
        )
        for entry in schedule.broadcasts
    )
    return replace(schedule, broadcasts=broadcasts, origin=PROVINCE, path=path)


def contents(*schedules: VillageSchedule, rules: ReceivedRules | None = None, policy: Policy = OPEN) -> Contents:
    """Two villages on one output, one that another box plays, and these schedules."""
    villages = ("na-hoa", "suoi-trat", "ban-lim")
    received = {PROVINCE: rules} if rules else {}
    commune = Commune(COMMUNE, "Xã", policy=policy, villages=villages, received=received)
    return Contents(
        commune,
        Box(plays={"na-hoa": "loa", "suoi-trat": "loa"}),
        tuple(one for one in schedules if not one.origin),
        BULLETINS,
        frozenset(),
        {},
        (),
        tuple(one for one in schedules if one.origin),
    )


def plan_input(given: Contents, most: int | None = None) -> PlanInput:
    return PlanInput(given.commune, given.box, planned_schedules(given), FACTS, most=most)


def planned(given: Contents, days: int = 1) -> list[Airing]:
    return plan(plan_input(given), DAY, DAY + timedelta(days=days))


def told(given: Contents, village: str = "na-hoa") -> dict[str, tuple[str, str]]:
    """By name of the entry, for one village: when it starts, and what is expected."""
    return {
        one.broadcast: (f"{one.starts_at:%H:%M}" if one.starts_at else "-", one.expected.value)
        for one in planned(given)
        if one.village == village
    }


def test_priority_is_planned_at_once_for_every_village_of_the_commune() -> None:
    airings = planned(contents(own("na-hoa", "bulletin: tin, at: 18:00"), sent("bulletin: bao, at: 6:05")))[:-1]

    assert [(one.id, one.output, one.origin) for one in airings] == [
        ("na-hoa/bao@lao-cai/2026-11-24T06:05", "loa", PROVINCE),
        ("suoi-trat/bao@lao-cai/2026-11-24T06:05", "loa", PROVINCE),
        ("ban-lim/bao@lao-cai/2026-11-24T06:05", "", PROVINCE),
    ]
    assert all(one.expected is Expected.AIR and one.level is Level.PRIORITY for one in airings)


def test_routine_is_only_offered_until_the_commune_schedules_it() -> None:
    offered = sent("bulletin: thue, at: 6:05", "bulletin: bao, at: 7:00")

    before = contents(offered)
    assert told(before) == {"bao@lao-cai": ("07:00", "air")}
    assert find_offers(before) == [(offered, 0)]

    after = contents(own("na-hoa", 'bulletin: "thue@lao-cai", at: 17:30'), offered)
    assert told(after)["thue@lao-cai"] == ("17:30", "air")
    assert find_offers(after) == []


def test_a_relay_is_offered_although_the_commune_has_another_one_on_the_air() -> None:
    offered = sent("name: vov, stream: http://a.example/vov, at: 6:05, for: 10m")

    assert find_offers(
        contents(own("na-hoa", "name: vtv, stream: http://b.example/vtv, at: 18:00, for: 10m"), offered)
    ) == [(offered, 0)]
    assert (
        find_offers(contents(own("na-hoa", "name: vov, stream: http://a.example/vov, at: 18:00, for: 10m"), offered))
        == []
    )


def test_a_commune_may_have_routine_planned_too() -> None:
    given = contents(sent("bulletin: thue, at: 6:05"), rules=ReceivedRules(routine=True))

    assert told(given) == {"thue@lao-cai": ("06:05", "air")}
    assert find_offers(given) == []


def test_of_two_with_priority_the_communes_own_goes_first_even_where_it_comes_later() -> None:
    given = contents(own("na-hoa", "bulletin: gap, at: 6:06"), sent("bulletin: bao, at: 6:05"))

    assert told(given) == {"bao@lao-cai": ("06:09", "air"), "gap": ("06:06", "air")}
    waiting = next(one for one in planned(given) if one.origin)
    assert str(waiting.why) == "it waits until 06:09: of this level the commune’s own “Gấp của xã” goes first"


def test_the_order_of_villages_gives_nobody_a_place_before_the_communes_own() -> None:
    given = contents(own("suoi-trat", "bulletin: gap, at: 6:05"), sent("bulletin: bao, at: 6:05"))

    assert told(given, "suoi-trat") == {"bao@lao-cai": ("06:08", "air"), "gap": ("06:05", "air")}


def test_a_commune_may_turn_that_round() -> None:
    given = contents(
        own("na-hoa", "bulletin: gap, at: 6:06"), sent("bulletin: bao, at: 6:05"), rules=ReceivedRules(first=True)
    )

    assert told(given) == {"bao@lao-cai": ("06:05", "air"), "gap": ("06:09", "air")}
    waiting = next(one for one in planned(given) if not one.origin)
    assert str(waiting.why) == "it waits until 06:09: “Bão số 5” of lao-cai goes first"


def test_priority_from_above_goes_before_the_communes_routine() -> None:
    given = contents(own("na-hoa", "bulletin: tin, at: 6:05"), sent("bulletin: bao, at: 6:06"))

    assert told(given) == {"bao@lao-cai": ("06:06", "air"), "tin": ("06:10", "air")}


def test_who_would_wait_too_long_is_displaced_and_the_way_out_is_named() -> None:
    long = own("na-hoa", "bulletin: gap, at: 6:00, repeat: 2")
    facts = {**FACTS, "gap": replace(FACTS["gap"], repeats={2: 3600.0})}
    given = replace(plan_input(contents(long, sent("bulletin: bao, at: 6:05"))), facts=facts)

    displaced = next(one for one in plan(given, DAY, DAY + timedelta(days=1)) if one.origin)

    assert displaced.expected is Expected.DISPLACED
    assert str(displaced.why) == (
        "“Gấp của xã” is on the air until 07:00, longer than what lao-cai sends may wait; "
        "give it a time in the commune’s own schedule (bulletin: bao@lao-cai, at: 07:00)"
    )


def test_an_entry_of_the_communes_own_gives_it_another_time_on_its_days() -> None:
    moved = own("na-hoa", 'bulletin: "bao@lao-cai", at: 17:30, on: 2026-11-24')
    given = contents(moved, sent("bulletin: bao, at: [6:05, 7:00]"))

    ids = [one.id for one in planned(given, days=2) if one.village == "na-hoa"]

    assert ids == [
        "na-hoa/bao@lao-cai/2026-11-24T17:30",
        "na-hoa/bao@lao-cai/2026-11-25T06:05",
        "na-hoa/bao@lao-cai/2026-11-25T07:00",
    ]
    assert all(not one.origin for one in planned(given) if one.village == "na-hoa")  # it counts as the commune's


def test_what_is_sent_to_one_commune_goes_before_what_is_sent_to_all() -> None:
    everybody, here = sent("bulletin: bao, at: 6:05"), sent("bulletin: bao, at: 7:05", to=COMMUNE)

    for question in (contents(everybody, here), contents(here, everybody)):
        assert told(question) == {"bao@lao-cai": ("07:05", "air")}


def test_minutes_of_a_day_are_not_exceeded_and_the_rest_is_refused_with_the_reason() -> None:
    given = contents(sent("bulletin: bao, at: [6:00, 7:00, 8:00, 9:00]"))

    *aired, last = (one for one in planned(given) if one.village == "na-hoa")

    assert [one.expected for one in aired] == [Expected.AIR] * 3  # 12 of 15 minutes
    assert (last.expected, kind_of(last.why)) == (Expected.REFUSED, Refusal.POLICY)
    assert str(last.why) == "lao-cai has its 15 minutes of this day already"


def test_what_the_commune_schedules_itself_counts_for_nobody() -> None:
    entry = own("na-hoa", 'bulletin: "bao@lao-cai", at: [6:00, 7:00, 8:00, 9:00]')

    assert [one.expected for one in planned(contents(entry))] == [Expected.AIR] * 4


def test_nor_does_what_the_commune_asks_for_at_the_same_instant_and_it_is_permitted_at_air() -> None:
    """Two villages hear one amplifier: the commune's own entry for one of them is the sound of both."""
    own_entry, sent_entry = own("suoi-trat", 'bulletin: "bao@lao-cai", at: 6:00'), sent("bulletin: bao, at: 6:00")
    given = contents(own_entry, sent_entry, rules=ReceivedRules(minutes_per_day=0))

    *heard, _ = planned(given)

    assert {(one.village, one.origin, one.quota_origin) for one in heard} == {
        ("na-hoa", PROVINCE, ""),
        ("suoi-trat", "", ""),
    }
    for one in heard:
        assert one.starts_at
        assert one.ends_at
        assert recheck(plan_input(given), one, one.starts_at, one.ends_at) is None


def test_policy_holds_for_everybody() -> None:
    airings = planned(contents(sent("bulletin: bao, at: [3:00, 12:00]"), policy=Policy()))

    assert {one.expected for one in airings} == {Expected.REFUSED}
    assert all(kind_of(one.why) is Refusal.POLICY for one in airings)


def test_what_will_not_go_as_written_is_told_of_the_file_that_says_it() -> None:
    given = contents(own("na-hoa", "bulletin: tin, at: 6:00"), sent("bulletin: bao, at: 3:00"))
    schedules = planned_schedules(given)

    problems = list(broken_plans(schedules, (one for one in planned(given) if one.village == "na-hoa")))

    assert [(one.path, one.line) for one in problems] == [("received/lao-cai/schedules/lao-cai.yaml", 2)]


def test_a_flood_from_above_takes_no_room_from_the_commune() -> None:
    flood = sent("bulletin: bao, every: 1m, between: 00:00-23:59")
    mine = own("na-hoa", "bulletin: tin, every: 10m, between: 05:00-20:00")
    given = contents(mine, flood)

    airings = plan(plan_input(given, most=200), DAY, DAY + timedelta(days=1))

    assert len(airings) == 200 + 200  # of the village that another box plays
    assert sum(not one.origin for one in airings) == 91
    limits = find_limits([(0, mine), (0, flood)], DAY.date(), 100)
    assert limits.keys() == {(0, flood.path)}


# What holds whatever an office above the commune sends.

NAMES = st.integers(0, 3).map("e{}".format)
TIMES = st.lists(st.integers(55, 75).map(lambda five: five * 300), min_size=1, max_size=3, unique=True).map(
    lambda times: tuple(sorted(times))
)


def entries(bulletins: list[str], suffix: str = "") -> st.SearchStrategy[tuple[Broadcast, ...]]:
    one = st.builds(
        Broadcast,
        name=NAMES.map(lambda name: name + suffix) | st.sampled_from([name for name in bulletins if "@" in name]),
        bulletin=st.sampled_from(bulletins),
        times=TIMES,
        weekdays=st.none() | st.just(frozenset({1})),
        level=st.sampled_from([None, Level.ROUTINE, Level.PRIORITY]),
        wait=st.sampled_from([0.0, 600.0, 1800.0]),
    )
    return st.lists(one, max_size=4, unique_by=lambda entry: entry.name).map(tuple)


@st.composite
def communes(draw: st.DrawFn) -> Contents:
    mine = [
        VillageSchedule(village, village, draw(entries(["tin", "gap", "bao@lao-cai"])), f"schedules/{village}.yaml")
        for village in ("na-hoa", "suoi-trat")
    ]
    theirs = [
        VillageSchedule(
            to, to, draw(entries(["bao@lao-cai", "thue@lao-cai"], "@lao-cai")), f"received/lao-cai/{to}.yaml", PROVINCE
        )
        for to in draw(st.sampled_from([(PROVINCE,), (COMMUNE, PROVINCE)]))
    ]
    rules = st.builds(ReceivedRules, st.booleans(), st.booleans(), st.sampled_from([0, 4, 15, 60]))
    policy = draw(st.sampled_from([OPEN, Policy(), Policy(sessions_per_day=2, minutes_per_session=10)]))
    return contents(*mine, *theirs, rules=draw(st.none() | rules), policy=policy)


@given(communes())
def test_no_office_gets_more_than_its_minutes_on_an_output(given: Contents) -> None:
    seconds: Counter[tuple[str, object]] = Counter()
    heard: Mapping[object, list[Airing]] = defaultdict(list)
    for one in planned(given, days=2):
        if one.starts_at:
            heard[one.output or one.village, one.starts_at, one.bulletin].append(one)
    for same in heard.values():
        if all(one.origin for one in same):
            seconds[same[0].output or same[0].village, same[0].scheduled_at.date()] += round(same[0].duration)

    most = given.commune.rules_for(PROVINCE).minutes_per_day * 60
    assert all(used <= most for used in seconds.values())


@given(communes())
def test_what_comes_from_above_with_the_usual_rules_takes_nothing_from_the_communes_own_of_its_level(
    given: Contents,
) -> None:
    """Of lower levels it does: priority goes before routine."""
    usual = replace(given, commune=replace(given.commune, received={}))
    alone = {one.id: one for one in planned(replace(usual, received=()))}

    for one in planned(usual):
        if not one.origin and one.level is Level.PRIORITY:
            assert (one.expected, one.starts_at) == (alone[one.id].expected, alone[one.id].starts_at)


@given(communes(), st.integers(0, 2 * 24 * 60))
def test_every_airing_stands_once_and_windows_compose(given: Contents, cut: int) -> None:
    ends, middle = DAY + timedelta(days=2), DAY + timedelta(minutes=cut)
    question, days = plan_input(given), DayPlans()

    airings = plan(question, DAY, ends, days)

    assert len({one.id for one in airings}) == len(airings)
    assert airings == plan(question, DAY, middle) + plan(question, middle, ends)
    other = replace(question, commune=replace(given.commune, received={PROVINCE: ReceivedRules(True, True, 1)}))
    assert plan(other, DAY, ends, days) == plan(other, DAY, ends)  # what was kept is not taken for it


@given(communes())
def test_what_is_planned_is_permitted_again_at_air(given: Contents) -> None:
    question = plan_input(given)
    for one in plan(question, DAY, DAY + timedelta(days=1)):
        if one.starts_at and one.ends_at:
            assert recheck(question, one, one.starts_at, one.ends_at) is None


@given(communes())
def test_at_air_an_office_above_gets_its_minutes_of_the_day_and_no_more(given: Contents) -> None:
    """What several villages hear together counts once."""
    question, heard = plan_input(given), dict[tuple[str, str], set[tuple[datetime, datetime]]]()
    for one in sorted(plan(question, DAY, DAY + timedelta(days=1)), key=lambda one: one.starts_at or DAY):
        if one.starts_at and one.ends_at and (origin := one.quota_origin):
            known = heard.setdefault((one.output, origin), set())
            before = sum((ends - begins for begins, ends in known - {(one.starts_at, one.ends_at)}), timedelta(0))
            assert recheck(question, one, one.starts_at, one.ends_at, (), before) is None
            most = timedelta(minutes=given.commune.rules_for(origin).minutes_per_day)
            assert recheck(question, one, one.starts_at, one.ends_at, (), max(before, most)) is not None
            known.add((one.starts_at, one.ends_at))
