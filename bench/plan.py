"""How long planning takes, beside dateutil.rrule and croniter asked for the same days. Run: python bench/plan.py

One day of 10,000 villages with 20 rules each, in pairs on shared outputs, so that most of them clash; then one
village alone. The baselines only answer “does it fall on this day, and when?”, for a sample of the same rules.
"""

from __future__ import annotations

import random
import sys
import time
import timeit
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil import rrule  # type: ignore[import-untyped]

from loudspeaker.model.airing import BulletinFacts, SessionWords
from loudspeaker.model.box import Box
from loudspeaker.model.broadcast import Broadcast, VillageSchedule
from loudspeaker.model.commune import Commune, Policy
from loudspeaker.model.contents import PlanInput
from loudspeaker.model.day_set import DaySet, LunarDays
from loudspeaker.model.enums import Expected, Level
from loudspeaker.schedule.plan import plan

VILLAGES, RULES, SAMPLE = 10_000, 20, 2_000
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 11, 24)
BEGINS = datetime(2026, 11, 24, tzinfo=ZONE)
ENDS = BEGINS + timedelta(days=1)
WORDS = SessionWords(tune=6, opening=4, closing=6)
LEVELS = (Level.ROUTINE, Level.ROUTINE, Level.ROUTINE, Level.PRIORITY)

TIMES = [*range(19800, 22800, 300), *range(39000, 41100, 300), *range(59400, 65400, 300)]
BULLETINS = [f"ban-tin-{number}" for number in range(40)]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def broadcast(chance: random.Random, number: int) -> Broadcast:
    """A rule of one of the kinds that people write, between 05:30 and 18:15; campaigns are over, or still to come."""
    kind = chance.choice(
        ["daily", "often", "campaign", "campaign", "weekly", "weekly", "biweekly", "monthly", "lunar", "past"]
    )
    begins = date(2026, chance.randrange(1, 13), 5)
    return Broadcast(
        name=f"muc-{number}",
        bulletin=chance.choice(BULLETINS),
        times=tuple(range(59400, 63001, 1800)) if kind == "often" else (chance.choice(TIMES),),
        first=begins if kind in ("campaign", "biweekly") else None,
        last=begins + timedelta(days=60) if kind == "campaign" else date(2026, 9, 30) if kind == "past" else None,
        weekdays=frozenset(chance.sample(range(7), 3)) if kind in ("often", "weekly", "biweekly") else None,
        weeks=2 if kind == "biweekly" else 1,
        monthdays=frozenset(chance.sample(range(1, 32), 3)) if kind == "monthly" else None,
        lunar=LunarDays(monthdays=frozenset({1, 15})) if kind == "lunar" else None,
        excluded=DaySet(ranges=((date(2026, 2, 16), date(2026, 2, 20)),)) if kind in ("daily", "weekly") else None,
        level=chance.choice(LEVELS),
    )


def daily(chance: random.Random, number: int) -> Broadcast:
    """A rule that falls on every day, so that a day of 20 of them is more than any policy allows."""
    return Broadcast(f"muc-{number}", chance.choice(BULLETINS), (chance.choice(TIMES),), level=chance.choice(LEVELS))


def schedules(villages: int, rule: Callable[[random.Random, int], Broadcast]) -> list[VillageSchedule]:
    chance = random.Random(1)
    return [
        VillageSchedule(f"thon-{village}", "", tuple(rule(chance, number) for number in range(RULES)))
        for village in range(villages)
    ]


def commune(villages: Iterable[VillageSchedule]) -> Commune:
    return Commune("ban-may", "Xã", policy=Policy(sessions_per_day=6), villages=tuple(v.id for v in villages))


def box(villages: Iterable[VillageSchedule]) -> Box:
    return Box(plays={village.id: f"loa-{number // 2}" for number, village in enumerate(villages)})


def best(ask: Callable[[], object], times: int) -> float:
    """Processor seconds of the best of several runs; timeit keeps the garbage collector out, for the baselines too."""
    return min(timeit.repeat(ask, timer=time.process_time, number=1, repeat=times))


def as_rrule(rule: Broadcast) -> rrule.rrule:
    return rrule.rrule(
        rrule.DAILY if rule.weekdays is None else rrule.WEEKLY,
        dtstart=datetime.combine(rule.first or date(2026, 1, 1), datetime.min.time()),
        interval=rule.weeks,
        byweekday=sorted(rule.weekdays) if rule.weekdays else None,
        bymonthday=sorted(rule.monthdays) if rule.monthdays else None,
        byhour=sorted({at // 3600 for at in rule.times}),
        byminute=sorted({at // 60 % 60 for at in rule.times}),
        bysecond=0,
    )


def as_cron(rule: Broadcast) -> str:
    minutes = ",".join(str(minute) for minute in sorted({at // 60 % 60 for at in rule.times}))
    hours = ",".join(str(hour) for hour in sorted({at // 3600 for at in rule.times}))
    monthdays = ",".join(map(str, sorted(rule.monthdays or ()))) or "*"
    weekdays = ",".join(str((day + 1) % 7) for day in sorted(rule.weekdays or ())) or "*"
    return f"{minutes} {hours} {monthdays} * {weekdays}"


def croniter_once(rules: list[Broadcast]) -> float | None:
    """Seconds for the day's occurrences of `rules` by croniter; None where it is not installed."""
    try:
        from croniter import croniter_range  # type: ignore[import-untyped]
    except ImportError:
        return None
    naive = datetime(2026, 11, 24)
    return best(lambda: [list(croniter_range(naive, naive + timedelta(days=1), as_cron(rule))) for rule in rules], 1)


def whole_day(many: list[VillageSchedule], facts: dict[str, BulletinFacts]) -> float:
    """Seconds for the plan of a day of everybody; prints what is in it."""
    given = PlanInput(commune(many), box(many), many, facts, words=WORDS)
    airings = plan(given, BEGINS, ENDS)
    fates = {expected: sum(airing.expected is expected for airing in airings) for expected in Expected}
    waits = sum(airing.starts_at not in (None, airing.scheduled_at) for airing in airings)
    taken = best(lambda: plan(given, BEGINS, ENDS), 3)
    told = ", ".join(f"{count} {expected}" for expected, count in fates.items() if count)
    say(f"  {len(airings)} airings, {waits} of them wait; {told}")
    return taken


def main() -> None:
    facts = {name: BulletinFacts(name, duration=30.0 + 3 * n) for n, name in enumerate(BULLETINS)}
    many = schedules(VILLAGES, broadcast)
    say(f"one day of {VILLAGES} villages x {RULES} rules, clashes, sessions and policy included")
    taken = whole_day(many, facts)
    say(f"  {taken:.2f} s (aim <= 2 s)")
    say("the same where every rule falls on that day")
    say(f"  {whole_day(schedules(VILLAGES, daily), facts):.2f} s")

    one = many[:1]
    single = best(lambda: plan(PlanInput(commune(one), box(one), one, facts, words=WORDS), BEGINS, ENDS), 20)
    say(f"plan of one village: {single * 1000:.2f} ms (aim <= 5 ms)")

    rules = [rule for village in many for rule in village.broadcasts]
    ours = best(lambda: [rule.times for rule in rules if rule.falls_on(DAY)], 3) / len(rules)
    say(f"own matcher, {len(rules)} rules: {ours * len(rules):.3f} s")

    sample = [rule for rule in rules if rule.lunar is None][:SAMPLE]
    naive = datetime(2026, 11, 24)
    theirs = best(lambda: [as_rrule(r).between(naive, naive + timedelta(days=1), inc=True) for r in sample], 1)
    say(f"dateutil.rrule, per rule: {theirs / len(sample) / ours:.0f} times as long")
    cron = croniter_once(sample)
    say(f"croniter, per rule: {cron / len(sample) / ours:.0f} times as long" if cron else "croniter: not installed")
    say(
        f"dateutil.rrule for all rules would take {theirs / len(sample) * len(rules):.1f} s, "
        f"{theirs / len(sample) * len(rules) / taken:.1f} times our whole plan"
    )


if __name__ == "__main__":
    main()
