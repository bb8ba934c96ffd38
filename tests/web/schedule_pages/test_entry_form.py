"""The fields of Xếp lịch become entries and come back; a time that may be meant otherwise is asked about. Pure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config.schedule_entries import Entry, find_mistakes
from loudspeaker.model.lunar import lunar
from loudspeaker.web.schedule_pages.entry_form import (
    AskBack,
    EntryForm,
    FieldError,
    entries_of_form,
    form_of_entry,
    picker_weeks,
    read_times,
    short_lunar_months,
    write_time,
)

TODAY = date(2026, 11, 24)


def length(name: str, repeat: int | None) -> float:
    return {"a": 61.0, "b": 60.0}[name] * (repeat or 1)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("17h30", [63000]),
        ("17:30", [63000]),
        ("1730", [63000]),
        ("17h", [61200]),
        ("5h45, 11g05", [20700, 39900]),
        ("17 giờ 30 phút", [63000]),
    ],
)
def test_times_are_read_as_they_are_typed(text: str, times: list[int]) -> None:
    assert read_times(text) == times


@pytest.mark.parametrize(
    ("text", "times"),
    [("530", [19800, 63000]), ("7", [25200, 68400]), ("21h30", [34200, 77400]), ("4h", [57600, 14400])],
)
def test_what_may_be_meant_otherwise_is_asked_about_and_taken_when_it_is_meant(text: str, times: list[int]) -> None:
    with pytest.raises(AskBack) as asked:
        read_times(text)
    assert (asked.value.written, list(asked.value.times)) == (text, times)
    assert read_times(text, sure=text)


@pytest.mark.parametrize("text", ["", "abc", "25h", "17h61", "173000", ","])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(FieldError):
        read_times(text)


@given(st.integers(5 * 60, 21 * 60 - 1))
def test_every_minute_of_the_day_is_read_back_as_it_is_written(minute: int) -> None:
    assert read_times(write_time(minute * 60)) == [minute * 60]


def test_bulletins_follow_one_another_on_whole_minutes() -> None:
    form = EntryForm(villages=("x",), bulletins=("a", "b", "a"), at="11h00", repeat="2")

    assert [entry["at"] for entry in entries_of_form(form, length)] == [["11:00"], ["11:03"], ["11:05"]]


ENTRIES: list[Entry] = [
    {
        "bulletin": ["a"],
        "at": ["06:05", "17:30"],
        "days": ["2", "CN"],
        "from": ["2026-11-30"],
        "except": ["tet", "5/9/2027"],
    },
    {
        "bulletin": ["a"],
        "name": ["ram"],
        "at": ["11:00"],
        "lunar": ["1", "15", "10/3"],
        "wait": ["5m"],
        "repeat": ["2"],
    },
    {"bulletin": ["b"], "every": ["30m"], "between": ["16:30-18:00"], "on": ["2026-11-28"], "level": ["priority"]},
    {
        "name": ["vov"],
        "stream": ["https://x.vn/a"],
        "at": ["05:30"],
        "for": ["30m"],
        "fallback": ["a"],
        "until": ["2026-12-31"],
    },
    {"bulletin": ["b"], "at": ["22:30"], "monthdays": ["5", "20"]},
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: next(iter(entry.values()))[0])
def test_an_entry_that_nobody_touches_comes_back_the_same(entry: Entry) -> None:
    form = form_of_entry("na-hoa", entry, ["tet"])

    assert entries_of_form(form, length) == [entry]


@given(
    st.lists(st.sampled_from(["2", "3", "4", "5", "6", "7", "CN"]), unique=True),
    st.lists(st.sampled_from(["1", "14", "15", "30"]), unique=True),
    st.sampled_from(["daily", "weekly", "lunar", "dates", "?"]),
    st.lists(st.dates(TODAY, date(2027, 12, 31)).map(date.isoformat), unique=True, max_size=4),
)
def test_whatever_is_ticked_gives_a_sound_entry_or_says_what_is_missing(
    weekdays: list[str], moons: list[str], days: str, dates: list[str]
) -> None:
    form = EntryForm(
        ("x",), bulletins=("a",), at="11h", days=days, weekdays=tuple(weekdays), lunar=tuple(moons), dates=tuple(dates)
    )
    try:
        entries = entries_of_form(form, length)
    except FieldError as error:
        assert error.field == "days"  # noqa: PT017
        return
    assert not find_mistakes("x.yaml", entries)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_the_calendar_shows_every_day_of_its_month_once_with_its_lunar_day(month: date) -> None:
    weeks = picker_weeks(month, [month.isoformat()], TODAY)
    cells = [cell for week in weeks for cell in week]

    assert [cell.day for cell in cells] == [cells[0].day + timedelta(days=number) for number in range(42)]
    assert cells[0].day.weekday() == 0
    inside = [cell.day.day for cell in cells if not cell.outside]
    assert inside == list(range(1, len(inside) + 1))
    assert all(cell.lunar == lunar(cell.day) for cell in cells)
    assert [cell.day for cell in cells if cell.chosen] == [month]


def test_giao_thua_is_the_last_day_of_the_lunar_year_whatever_its_number() -> None:
    months = [date(year, month, 1) for year in range(2026, 2031) for month in (1, 2)]
    cells = [cell for month in months for week in picker_weeks(month, (), TODAY) for cell in week]
    eves = [cell.day for cell in cells if cell.eve and not cell.outside]

    assert eves == [date(2026, 2, 16), date(2027, 2, 5), date(2028, 1, 25), date(2029, 2, 12), date(2030, 2, 1)]


def test_the_short_lunar_months_to_come_are_those_of_29_days() -> None:
    for number, day in short_lunar_months(TODAY):
        assert lunar(day) == (number, lunar(day).leap, 29)
        assert lunar(day + timedelta(days=1)).day == 1
