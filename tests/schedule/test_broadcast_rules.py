"""Every kind of rule, against python-dateutil's rrule where it has one and against the published lunar calendar."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta

import pytest
from dateutil import rrule  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config.day_values import lunar_days
from loudspeaker.config.schedule_file import parse
from loudspeaker.model.broadcast import Broadcast, VillageSchedule, one_of_each_kind
from loudspeaker.model.day_set import DaySet, NamedDay, is_eve
from loudspeaker.model.lunar import lunar

BEGINS, DAYS = date(2026, 1, 1), 800
ALL = [BEGINS + timedelta(days=number) for number in range(DAYS)]

dates = st.dates(BEGINS, ALL[-1])
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
monthdays = st.frozensets(st.integers(1, 31), min_size=1, max_size=5)


def broadcast(rules: str, named: dict[str, NamedDay] | None = None) -> Broadcast:
    return schedule("- {bulletin: a, " + rules + "}", named).broadcasts[0]


def schedule(entries: str, named: dict[str, NamedDay] | None = None) -> VillageSchedule:
    return parse("schedules/na-hoa.yaml", f"broadcasts:\n{entries}\n".encode(), named)


def falls(rule: Broadcast) -> list[date]:
    return [day for day in ALL if rule.falls_on(day)]


def oracle(frequency: int, **rules: object) -> list[date]:
    first = rules.pop("dtstart", BEGINS)
    assert isinstance(first, date)
    rule = rrule.rrule(frequency, dtstart=datetime.combine(first, datetime.min.time()), **rules)
    return [moment.date() for moment in rule.between(datetime(2026, 1, 1), datetime(2028, 3, 10), inc=True)]


@given(dates, dates)
def test_from_and_until_are_both_included(one: date, other: date) -> None:
    first, last = sorted((one, other))

    assert falls(broadcast(f"at: 6:00, from: {first}, until: {last}")) == oracle(rrule.DAILY, dtstart=first, until=last)


@given(weekdays)
def test_weekdays(chosen: frozenset[int]) -> None:
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    rule = broadcast(f"at: 6:00, days: [{', '.join(names[day] for day in chosen)}]")

    assert falls(rule) == oracle(rrule.WEEKLY, byweekday=sorted(chosen))


@given(weekdays, st.integers(2, 9), dates)
def test_every_nth_week_is_counted_from_the_monday_of_from(chosen: frozenset[int], weeks: int, first: date) -> None:
    words = ", ".join(["2", "3", "4", "5", "6", "7", "CN"][day] for day in chosen)
    rule = broadcast(f"at: 6:00, thứ: [{words}], weeks: {weeks}, from: {first}")

    assert falls(rule) == oracle(rrule.WEEKLY, dtstart=first, interval=weeks, byweekday=sorted(chosen), wkst=rrule.MO)


@given(monthdays)
def test_a_day_that_a_month_does_not_have_is_skipped_and_not_moved(chosen: frozenset[int]) -> None:
    rule = broadcast(f"at: 6:00, monthdays: {sorted(chosen)}")

    assert falls(rule) == oracle(rrule.MONTHLY, bymonthday=sorted(chosen))


@given(monthdays, weekdays, dates, dates)
def test_the_keys_of_an_entry_intersect(
    numbers: frozenset[int], chosen: frozenset[int], one: date, other: date
) -> None:
    first, last = sorted((one, other))
    words = ", ".join(["mon", "tue", "wed", "thu", "fri", "sat", "sun"][day] for day in chosen)
    rule = broadcast(f"at: 6:00, monthdays: {sorted(numbers)}, days: [{words}], from: {first}, until: {last}")

    assert falls(rule) == oracle(
        rrule.MONTHLY, dtstart=first, until=last, bymonthday=sorted(numbers), byweekday=sorted(chosen)
    )


@given(st.lists(dates, min_size=1, max_size=5, unique=True), st.lists(dates, max_size=5, unique=True))
def test_on_and_except(on: list[date], excluded: list[date]) -> None:
    but = f", except: [{', '.join(map(str, excluded))}]" if excluded else ""
    rules = rrule.rruleset()
    for day in on:
        rules.rdate(datetime.combine(day, datetime.min.time()))
    for day in excluded:
        rules.exdate(datetime.combine(day, datetime.min.time()))

    assert falls(broadcast(f"at: 6:00, on: [{', '.join(map(str, on))}]{but}")) == [moment.date() for moment in rules]


@given(st.integers(0, 23 * 60), st.integers(1, 180), st.integers(1, 400))
def test_every_between_holds_both_ends_where_the_step_meets_them(start: int, step: int, span: int) -> None:
    end = min(start + span, 24 * 60 - 1)
    written = f"every: {step}m, between: {start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}"
    midnight = datetime(2026, 1, 1)
    expected = rrule.rrule(
        rrule.MINUTELY,
        interval=step,
        dtstart=midnight + timedelta(minutes=start),
        until=midnight + timedelta(minutes=end),
    )

    assert broadcast(written).times == tuple(int((moment - midnight).total_seconds()) for moment in expected)


# Published calendars (Hồ Ngọc Đức); 2025 has a leap month 6, 2028 a leap month 5, and months 12 of 29 and of 30 days.
TET = {
    2020: "25/1",
    2021: "12/2",
    2022: "1/2",
    2023: "22/1",
    2024: "10/2",
    2025: "29/1",
    2026: "17/2",
    2027: "6/2",
    2028: "26/1",
}
GIO_TO = {2021: "21/4", 2022: "10/4", 2023: "29/4", 2024: "18/4", 2025: "7/4", 2026: "26/4", 2027: "16/4"}


def days_of(written: str, year: int) -> list[date]:
    days = lunar_days(written)
    return [
        day for number in range(366) if (day := date(year, 1, 1) + timedelta(days=number)) in days and day.year == year
    ]


def on(text: str, year: int) -> date:
    number, month = text.split("/")
    return date(year, int(month), int(number))


@pytest.mark.parametrize(("year", "day"), TET.items())
def test_giao_thua_is_the_day_before_tet_whatever_its_number(year: int, day: str) -> None:
    tet = on(day, year)

    assert days_of("1/1", year) == [tet]
    assert [found for found in days_of("giao-thua", year) if found.month < 3] == [tet - timedelta(days=1)]
    assert [found for found in days_of("giao-thua..03/01", year) if found.month < 3] == [
        tet + timedelta(days=number) for number in (-1, 0, 1, 2)
    ]


@pytest.mark.parametrize(("year", "day"), GIO_TO.items())
def test_gio_to(year: int, day: str) -> None:
    assert days_of("10/3", year) == [on(day, year)]


def test_mung_mot_and_ram_are_of_leap_months_too_but_a_date_is_not() -> None:
    # 2025 has a leap month 6, from 25/7 to 22/8.
    assert date(2025, 7, 25) in days_of("mùng một", 2025)
    assert date(2025, 8, 8) in days_of("rằm", 2025)
    assert days_of("15/6", 2025) == [date(2025, 7, 9)]


def test_vietnam_has_its_own_calendar() -> None:
    # In 1985 Tết was a month earlier than in China, in 2007 a day.
    assert days_of("1/1", 1985) == [date(1985, 1, 21)]
    assert days_of("1/1", 2007) == [date(2007, 2, 17)]


@given(st.integers(1900, 2198))
def test_cuoi_thang_is_the_day_before_each_mung_mot(year: int) -> None:
    first = [day - timedelta(days=1) for day in days_of("mùng một", year)]

    assert [day for day in days_of("cuối tháng", year) if day < date(year, 12, 31)] == [
        day for day in first if day.year == year
    ]


def test_ranges_of_lunar_days() -> None:
    ong_tao = days_of("23/12..giao-thua", 2026)

    assert (ong_tao[0], ong_tao[-1], len(ong_tao)) == (date(2026, 2, 10), date(2026, 2, 16), 7)
    assert days_of("1..3", 2026)[:3] == [date(2026, 1, 19), date(2026, 1, 20), date(2026, 1, 21)]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 30)))
def test_the_lunar_calendar_goes_on_day_by_day(day: date) -> None:
    today, tomorrow = lunar(day), lunar(day + timedelta(days=1))

    assert tomorrow.day in (today.day + 1, 1)
    assert tomorrow.day > 1 or today.day in (29, 30)
    assert is_eve(day) == (tomorrow == (1, False, 1))


TET_DAYS = NamedDay("tet", DaySet(lunar=lunar_days("giao-thua..03/01")))


def test_named_days_are_used_and_excepted() -> None:
    named = {"tet": TET_DAYS}

    tet = [day for day in ALL if day in TET_DAYS.days]
    assert falls(broadcast("at: 6:00, on: [tet, 2026-11-28]", named)) == sorted([*tet, date(2026, 11, 28)])
    assert falls(broadcast("at: 6:00, days: [tet]", named)) == tet
    assert falls(broadcast("at: 6:00, except: [tet]", named)) == [day for day in ALL if day not in tet]


def test_a_schedule_in_vietnamese_says_the_same_as_one_in_english() -> None:
    vietnamese = schedule(
        "- {bản tin: a, giờ: [6h05, 17h30], từ: 5/7/2021, đến: 30/9/2021, thứ: [2, 4, CN]}\n"
        "- {bản tin: b, mỗi: 30 phút, trong khoảng: 16:30-18:00, mức độ: ưu tiên, chờ: 5m}\n"
        "- {tên: vov, tiếp sóng: 'https://x.vn/a', giờ: 5h30, thời lượng: 30m, dự phòng: a}"
    )
    english = schedule(
        "- {bulletin: a, at: [06:05, 17:30], from: 2021-07-05, until: 2021-09-30, days: [mon, wed, sun]}\n"
        "- {bulletin: b, every: 30m, between: 16:30-18:00, level: priority, wait: 5m}\n"
        "- {name: vov, stream: 'https://x.vn/a', at: 5:30, for: 30m, fallback: a}"
    )

    assert vietnamese == english


def test_an_entry_is_the_days_on_which_it_falls_and_what_it_asks_for_on_them() -> None:
    entry = Broadcast("a", "b", (0,))

    assert len(entry.day_rules) + len(entry.content) == sum(field.compare for field in fields(Broadcast))


def test_of_entries_that_fall_on_the_same_days_one_stands_for_all() -> None:
    daily, again, weekly = broadcast("at: 6:05"), broadcast("at: 7:05, repeat: 2"), broadcast("at: 6:05, days: [2]")

    assert one_of_each_kind([daily, weekly, again]) == (again, weekly)
