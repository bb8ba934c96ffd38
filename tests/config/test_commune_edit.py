"""commune.yaml with one thing changed: what it means then, and that nothing else of it is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loudspeaker.config import commune_edit
from loudspeaker.config.commune_file import parse
from loudspeaker.errors import NotFound
from loudspeaker.model.commune import Commune
from loudspeaker.model.enums import ApprovalRule

ENGLISH = """\
# the same on every box
commune: Xã Bản Mây
id: ban-may    # for ever
voices: [espeak:vi]   # in this order
policy:        # since 2026
  hours: [05:30-06:30, 16:30-18:30]  # summer
  # sessions are counted for each village
  approval: optional
villages: [na-hoa]
days:
  tet: {lunar: giao-thua..3/1}   # every year
say: {Bluezone: bờ-lu-dôn}
"""
VIETNAMESE = """\
xã: Xã Bản Mây
mã: ban-may
các thôn: [na-hoa]
quy chế:
  phê duyệt: tùy chọn
"""
BARE = "commune: Xã Bản Mây\nid: ban-may\n"


def read(data: bytes) -> Commune:
    return parse("commune.yaml", data)


def lines_that_stay(before: str, after: bytes) -> list[str]:
    """The lines of `before` that are in `after` as they were."""
    kept = after.decode().splitlines()
    return [line for line in before.splitlines() if line in kept]


def test_a_rule_is_changed_at_its_place_and_every_comment_stays() -> None:
    after = commune_edit.alter_policy(ENGLISH.encode(), {"approval": "two", "hours": "[05:00-07:00]"})

    assert after.decode() == ENGLISH.replace("approval: optional", "approval: two").replace(
        "[05:30-06:30, 16:30-18:30]", "[05:00-07:00]"
    )
    assert read(after).policy.approval is ApprovalRule.TWO


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE, BARE, BARE + "policy:\n"])
def test_a_rule_that_was_not_written_is_added_in_the_language_of_the_file(text: str) -> None:
    data = text.encode()
    after = commune_edit.alter_policy(data, {"allow_night": commune_edit.word(data, "yes"), "sessions_per_day": "5"})

    assert (read(after).policy.allow_night, read(after).policy.sessions_per_day) == (True, 5)
    assert lines_that_stay(text, after) == [line for line in text.splitlines() if line != "policy:"]
    assert ("cho phép ban đêm: có" in after.decode()) == ("xã:" in text)


def test_a_rule_that_is_taken_out_is_the_usual_one_again() -> None:
    after = commune_edit.alter_policy(ENGLISH.encode(), {"hours": ""})
    assert read(after).policy.hours == Commune("", "").policy.hours


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE, BARE])
def test_a_day_comes_changes_and_goes(text: str) -> None:
    quiet = {"dates": "[2026-12-05..2026-12-06]", "chime": commune_edit.word(text.encode(), "no")}
    with_day = commune_edit.alter_day(text.encode(), "quoc-tang", quiet)
    day = read(with_day).days["quoc-tang"]
    assert date(2026, 12, 6) in day.days
    assert not day.chime
    assert day.music

    moved = commune_edit.alter_day(with_day, "quoc-tang", {"dates": "[2026-12-07]", "chime": ""})
    assert date(2026, 12, 6) not in read(moved).days["quoc-tang"].days
    assert commune_edit.raw_days(moved)["quoc-tang"] == {"dates": ["2026-12-07"], "lunar": []}

    gone = commune_edit.remove_day(moved, "quoc-tang")
    assert read(gone) == read(text.encode())
    assert lines_that_stay(text, gone) == text.splitlines()


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE, BARE])
def test_temporary_rules_come_and_go(text: str) -> None:
    rules = {"hours": "[05:00-21:00]", "approval": commune_edit.word(text.encode(), "required")}
    first = commune_edit.add_exception(text.encode(), date(2026, 12, 1), date(2026, 12, 3), "Bầu cử: lần 1", rules)
    both = commune_edit.add_exception(first, date(2026, 12, 10), date(2026, 12, 10), "Bão", {"allow_night": "yes"})

    found = read(both).exceptions
    assert [(one.first, one.last, one.why) for one in found] == [
        (date(2026, 12, 1), date(2026, 12, 3), "Bầu cử: lần 1"),
        (date(2026, 12, 10), date(2026, 12, 10), "Bão"),
    ]
    assert found[0].policy.approval is ApprovalRule.REQUIRED
    assert ("từ: 2026-12-01" in both.decode()) == ("xã:" in text)

    gone = commune_edit.remove_exception(commune_edit.remove_exception(both, 0), 0)
    assert read(gone) == read(text.encode())
    assert lines_that_stay(text, gone) == text.splitlines()


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE, BARE])
def test_an_own_word_comes_and_goes(text: str) -> None:
    after = commune_edit.put_own_word(text.encode(), "say", "Ncovi: app", "en-cô-vi")
    assert read(after).say["Ncovi: app"] == "en-cô-vi"

    gone = commune_edit.remove_own_word(after, "say", "Ncovi: app")
    assert read(gone) == read(text.encode())
    with pytest.raises(NotFound):
        commune_edit.remove_own_word(gone, "say", "Ncovi: app")


def test_of_two_words_that_differ_in_capitals_the_one_that_is_meant_goes() -> None:
    text = BARE + "say: {Zalo: da lô, ZALO: dét a lờ o}\n"
    assert read(commune_edit.remove_own_word(text.encode(), "say", "ZALO")).say == {"Zalo": "da lô"}


@pytest.mark.parametrize("text", [ENGLISH, VIETNAMESE, BARE])
def test_the_voices_are_named_in_their_order(text: str) -> None:
    after = commune_edit.set_voices(text.encode(), ["piper:vi_VN-vais1000-medium", "espeak:vi"])
    assert read(after).voices == ("piper:vi_VN-vais1000-medium", "espeak:vi")


EDITS: list[Callable[[bytes], bytes]] = [
    lambda data: commune_edit.alter_policy(data, {"minutes_per_session": "30"}),
    lambda data: commune_edit.alter_day(data, "le-hoi", {"lunar": "[15]"}),
    lambda data: commune_edit.put_own_word(data, "abbrev", "HTX", "hợp tác xã"),
    lambda data: commune_edit.set_voices(data, ["tone:low"]),
]


@given(st.lists(st.sampled_from(range(len(EDITS))), max_size=6), st.sampled_from([ENGLISH, VIETNAMESE, BARE]))
@settings(deadline=None)
def test_edits_in_any_order_mean_the_same_and_keep_the_comments(order: list[int], text: str) -> None:
    data = text.encode()
    for number in order:
        data = EDITS[number](data)

    straight = text.encode()
    for number in sorted(set(order)):
        straight = EDITS[number](straight)
    assert read(data) == read(straight)
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert all(comment in data.decode() for comment in comments)
