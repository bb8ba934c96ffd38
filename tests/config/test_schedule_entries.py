"""Entries of schedules as they are written: put in, altered, taken out, and nothing else of the file touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config.entry_sentences import describe_entry
from loudspeaker.config.schedule_entries import (
    Entry,
    adjust_entry,
    alter_entry,
    append_entry,
    entry_name,
    find_mistakes,
    free_name,
    new_schedule,
    raw_entries,
    remove_entry,
)
from loudspeaker.config.schedule_file import parse
from loudspeaker.model.broadcast import Broadcast
from loudspeaker.model.schedule_change import Adjustment

PATH = "schedules/na-hoa.yaml"
FILE = """\
# lịch của thôn
thôn: Nà Hoa
lịch phát:
  - bản tin: bluezone   # mỗi sáng
    lúc: [6h05, 17h30]
    # nghỉ tết
    trừ: [tet]
  - {bản tin: hop-thon, giờ: 16:45, ngày: [2026-11-28]}  # một lần
"""

HOP: Entry = {"bulletin": ["hop-thon"], "at": ["6:05"]}


def test_entries_are_told_by_their_english_keys() -> None:
    assert raw_entries(FILE.encode()) == [
        {"bulletin": ["bluezone"], "at": ["6h05", "17h30"], "except": ["tet"]},
        {"bulletin": ["hop-thon"], "at": ["16:45"], "on": ["2026-11-28"]},
    ]


@pytest.mark.parametrize(
    ("number", "change", "old", "new"),
    [
        (0, {"at": ["6h05"]}, "lúc: [6h05, 17h30]", "lúc: 6h05"),
        (0, {"until": ["2026-12-31"]}, "trừ: [tet]\n", "trừ: [tet]\n    đến: 2026-12-31\n"),
        (0, {"except": None}, "    trừ: [tet]\n", ""),
        (1, {"at": ["17:00"], "repeat": ["2"]}, "16:45, ngày: [2026-11-28]}", "17:00, ngày: [2026-11-28], lặp: 2}"),
        (1, {"on": None}, ", ngày: [2026-11-28]", ""),
    ],
)
def test_an_entry_is_altered_key_by_key(number: int, change: dict[str, list[str] | None], old: str, new: str) -> None:
    entry = {**raw_entries(FILE.encode())[number], **change}
    after = alter_entry(PATH, FILE.encode(), number, {key: texts for key, texts in entry.items() if texts is not None})

    assert FILE.count(old) == 1
    assert after.decode() == FILE.replace(old, new)


def test_a_new_entry_is_written_in_the_words_of_its_file() -> None:
    entry: Entry = {"bulletin": ["rac"], "at": ["17:15"], "days": ["7"]}

    assert append_entry(PATH, FILE.encode(), entry).decode() == FILE + "  - {bản tin: rac, lúc: 17:15, thứ: [7]}\n"
    assert append_entry(PATH, new_schedule("Nà Hoa"), entry).decode() == (
        'village: "Nà Hoa"\nbroadcasts:\n  - {bulletin: rac, at: 17:15, days: [7]}\n'
    )


def test_a_new_entry_gets_a_name_that_is_free_in_its_file() -> None:
    file = append_entry(PATH, append_entry(PATH, FILE.encode(), HOP), HOP)

    assert file.decode() == FILE + (
        "  - {bản tin: hop-thon, tên: hop-thon-2, lúc: 6:05}\n  - {bản tin: hop-thon, tên: hop-thon-3, lúc: 6:05}\n"
    )


def test_an_entry_is_taken_out_with_its_lines() -> None:
    assert remove_entry(PATH, FILE.encode(), 1).decode() == FILE[: FILE.index("  - {bản tin: hop-thon")]


def test_the_second_entry_of_a_bulletin_gets_a_name() -> None:
    assert free_name({"bulletin": ["a"]}, ["b"]) == {"bulletin": ["a"]}
    assert free_name({"bulletin": ["a"]}, ["a", "a-2"]) == {"bulletin": ["a"], "name": ["a-3"]}


def test_mistakes_are_told_by_entry_and_key() -> None:
    entries: list[Entry] = [{"bulletin": ["a"], "at": ["6:05"]}, {"bulletin": ["b"], "at": ["25:00"], "days": ["9"]}]

    assert [(mistake.number, mistake.key) for mistake in find_mistakes(PATH, entries)] == [(1, "at"), (1, "days")]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"at": ["6h05", "17:30"]}, "every day, at 6:05, 17:30"),
        ({"at": ["17:00"], "days": ["2", "CN"], "from": ["2026-11-30"]},
         "on Monday, Sunday, at 17:00, from 30/11/2026 on"),
        ({"at": ["17:00"], "lunar": ["1", "15"], "except": ["tet", "5/9/2026"]},
         "on the lunar days 1, 15, at 17:00, but not on tet, 5/9/2026"),
        ({"every": ["30m"], "between": ["16:30-18:00"], "until": ["1/12/2026"]},
         "every day, every 30 minutes from 16:30 to 18:00, until 1/12/2026"),
        ({"at": ["16:45"], "on": ["2026-11-28"]}, "on 28/11/2026, at 16:45"),
    ],
)  # fmt: skip
def test_an_entry_is_said_in_a_sentence(entry: Entry, words: str) -> None:
    assert str(describe_entry({"bulletin": ["a"], **entry})) == words


DAYS = st.dates(date(2026, 11, 1), date(2026, 12, 31))
TIMES = st.lists(st.integers(0, 1439), min_size=1, max_size=4, unique=True)
ENTRIES = st.fixed_dictionaries(
    {"bulletin": st.sampled_from([["a"], ["b"]]), "at": TIMES.map(lambda times: [_clock(at * 60) for at in times])},
    optional={
        "days": st.lists(st.sampled_from("234567"), min_size=1, max_size=3, unique=True),
        "lunar": st.lists(st.sampled_from(["1", "15", "10/3", "giao-thua"]), min_size=1, max_size=2, unique=True),
        "from": DAYS.map(lambda day: [day.isoformat()]),
        "except": st.lists(DAYS.map(date.isoformat), min_size=1, max_size=3, unique=True),
        "repeat": st.integers(1, 10).map(lambda times: [str(times)]),
        "wait": st.just(["5m"]),
        "level": st.sampled_from([["priority"], ["ưu tiên"]]),
    },
)
ADJUSTMENTS = st.builds(
    Adjustment,
    village=st.just("na-hoa"),
    broadcast=st.just("x"),
    times=st.none() | TIMES.map(lambda times: tuple(sorted(at * 60 for at in times))),
    repeat=st.none() | st.integers(1, 10),
    left_out=st.frozensets(DAYS, max_size=3),
    until=st.none() | st.just(date(2027, 1, 31)),
)


def _clock(at: int) -> str:
    return f"{at // 3600}:{at // 60 % 60:02}"


def meaning(data: bytes) -> list[Broadcast]:
    return [replace(broadcast, line=0) for broadcast in parse(PATH, data).broadcasts]


def unlike(one: Broadcast, other: Broadcast, days: list[date]) -> list[date]:
    return [day for day in days if one.falls_on(day) != other.falls_on(day)]


@given(st.lists(ENTRIES, min_size=1, max_size=4), st.data())
def test_what_is_written_is_read_back_and_the_others_are_what_they_were(
    entries: list[Entry], data: st.DataObject
) -> None:
    file = new_schedule("Nà Hoa")
    named: list[Entry] = []
    for entry in entries:
        named.append(free_name(entry, map(entry_name, named)))
        file = append_entry(PATH, file, named[-1])
    assert raw_entries(file) == named
    number = data.draw(st.integers(0, len(named) - 1))
    other = {**data.draw(ENTRIES), "name": ["khac"]}

    altered = alter_entry(PATH, file, number, other)

    assert raw_entries(altered) == [*named[:number], other, *named[number + 1 :]]
    assert alter_entry(PATH, altered, number, named[number]) == file or raw_entries(
        alter_entry(PATH, altered, number, named[number])
    ) == raw_entries(file)
    assert raw_entries(remove_entry(PATH, file, number)) == named[:number] + named[number + 1 :]


@given(ENTRIES, ADJUSTMENTS)
def test_an_adjusted_entry_means_what_its_adjusted_broadcast_means(entry: Entry, adjustment: Adjustment) -> None:
    file = append_entry(PATH, new_schedule("Nà Hoa"), {**entry, "name": ["x"]})

    after = alter_entry(PATH, file, 0, adjust_entry(raw_entries(file)[0], adjustment))

    (was,), (now,) = meaning(file), meaning(after)
    wanted = adjustment.adjust(was)
    assert replace(now, excluded=None) == replace(wanted, excluded=None)
    assert not unlike(now, wanted, [date.fromordinal(date(2026, 11, 1).toordinal() + n) for n in range(90)])
