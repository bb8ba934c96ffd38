"""A rule is known by its kind, whatever its file is called, and is asked only where its guards hold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from loudspeaker.text import rules
from loudspeaker.text.context import LINE_REACH, Context
from loudspeaker.text.kind import Kind
from loudspeaker.text.lexicon import Lexicon
from loudspeaker.text.numerals import Numerals
from loudspeaker.text.reading import read
from loudspeaker.text.rule import Cues, Rule, RuleMaker, at_line_start, in_brackets

ROOM = Path(rules.__file__).parent.parent
OF_NO_RULE = {Kind.NOTHING, Kind.OWN_WORD}


def test_every_kind_has_its_rules() -> None:
    assert {rule.kind for rule in rules.ORDER} == set(Kind) - OF_NO_RULE


def test_no_rule_stands_twice_in_the_order() -> None:
    assert [rule for rule, count in Counter(rules.ORDER).items() if count > 1] == []


def test_no_rule_is_known_by_the_name_of_its_module() -> None:
    sources = [path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")]

    assert not [source for source in sources if "__module__" in source or "__name__" in source]


def test_only_the_lexicon_reads_files() -> None:
    readers = [path.relative_to(ROOM) for path in ROOM.rglob("*.py") if "open(" in path.read_text(encoding="utf-8")]

    assert readers == [Path("lexicon/__init__.py")]


def test_what_was_read_before_decides_by_its_kind() -> None:
    assert read("Tưới lúc 5g, 7g30 và 9g").spoken == "Tưới lúc năm giờ, bảy giờ ba mươi phút và chín giờ"


def reads(rule: Rule, text: str) -> bool:
    """Whether `rule`, tried at the first digit of `text`, has words for it."""
    at = next(place for place, letter in enumerate(text) if letter.isdecimal())
    context = Context(text, Numerals(), Lexicon(), {})
    match = rule.pattern.match(text, at, len(text))
    cued = not rule.only_after or context.is_after(at, rule.only_after)
    return cued and match is not None and rule.read(match, context) is not None


def digits(only_after: Cues = (), unless_after: Cues = (), only_before: Cues = (), unless_before: Cues = ()) -> Rule:
    guards = {"only_after": only_after, "unless_after": unless_after}
    guards |= {"only_before": only_before, "unless_before": unless_before}
    return RuleMaker(Kind.NUMBER)(r"\d+", **guards)(lambda match, context: match[0])


def test_a_rule_sees_its_own_line_and_no_more_of_it_than_it_may() -> None:
    context = Context(f"trên\n{'a' * 2000}|{'b' * 2000}\ndưới", Numerals(), Lexicon(), {})
    at = context.text.index("|")

    assert (context.line_before(at, 3), context.line_behind(at, 3)) == ("aaa", "|bb")
    assert (len(context.line_before(at)), len(context.line_behind(at))) == (LINE_REACH, LINE_REACH)
    assert (context.line_before(5 + 2), context.line_behind(len(context.text) - 6)) == ("aa", "b")


def test_a_rule_without_guards_reads_everywhere() -> None:
    assert reads(digits(), "xã 5 thôn")


def test_a_rule_reads_only_beside_its_cues() -> None:
    assert reads(digits(only_after=(" thứ",)), "Thứ 5")
    assert not reads(digits(only_after=(" thứ",)), "thôn 5")
    assert reads(digits(only_before=("hộ",)), "5 hộ")
    assert not reads(digits(only_before=("hộ",)), "5 hội")


def test_a_rule_does_not_read_beside_what_forbids_it() -> None:
    assert not reads(digits(unless_after=(" thứ",)), "Thứ 5")
    assert not reads(digits(unless_before=("hộ",)), "5 hộ")
    assert reads(digits(unless_after=(" thứ",), unless_before=("hộ",)), "thôn 5 hội")


def test_a_rule_may_ask_for_its_place() -> None:
    rule = RuleMaker(Kind.LABEL)
    numbered = rule(r"\d+(?: - \d+)?", only_if=at_line_start, unless=in_brackets)(lambda match, _: match[0])

    assert reads(numbered, "- 5 hộ")
    assert not reads(numbered, "có 5 hộ")
    assert rule.rules == [numbered]
