"""Households and their members in two letters behind a village: Thôn 3: 5h, 17k."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.QUANTITY)

_VILLAGE = pattern(rf"(?i)(?<!\w)(?:{cue_list('hamlets')})(?: [^\s:;,()]{{1,7}}){{1,3}} ?[:(=-] ?$")
_PAIR = r"(\d{1,3}) ?h ?[,;/+-] ?(\d{1,4}) ?k(?![^\W_/]|/(?!\d))"
_PAIRS = pattern(rf"(?<![\w.,]){_PAIR}")
_SUMS = ("; tổng ", "; cộng ", ", tổng ", ", cộng ", "; tổng: ", "; cộng: ", ". tổng: ", "; tổng cộng ", " = ")
_POOR = words_before("hộ nghèo|cận nghèo|thoát nghèo|tái nghèo|hộ cận nghèo|hộ chính sách|số hộ|tổng số hộ")
_WORDS = ("hộ", "khẩu", "số hộ", "số khẩu", "nhân khẩu")


@rule(_PAIR)
def households_and_members(match: re.Match[str], context: Context) -> Answer:
    """Households and members of a village: Thôn 3: 5h, 17k -> năm hộ, mười bảy khẩu; sure where several are told so"""
    if not int(match[1]) <= int(match[2]) <= _MOST_MEMBERS * int(match[1]):
        return None
    if context.follows(Kind.QUANTITY, match.start(), *_SUMS) and context.previous.spoken.endswith(" khẩu"):
        return _say_both(match, context)
    if not _is_after_village(match, context):
        return None
    near = context.text[max(0, match.start() - 2 * REACH) : match.end() + 2 * REACH]
    members = [int(pair[1]) for pair in _PAIRS.findall(near)]
    several = len(members) > 1 and any(number % 5 for number in members)  # no sums
    sure = context.memory.count_words(_WORDS) or several
    return _say_both(match, context) if sure else Guess(_say_both(match, context), _HOUSEHOLDS)


@rule(r"(\d{1,3}(?:\.\d{3})?)h/(\d{1,3}(?:\.\d{3})?)k(?![^\W_]|/)")
def households_by_members(match: re.Match[str], context: Context) -> str | None:
    """Households and members with a slash, where a house has two to nine: 12 thôn/3.450h/12.876k"""
    houses, people = (int(number.replace(".", "")) for number in match.groups())
    told = houses > _HOURS_OF_DAY or _is_after_village(match, context) or context.memory.count_words(_WORDS)
    if not told or not 2 * houses <= people <= _MOST_MEMBERS * houses:  # thuê sân 2h/15k
        return None
    return _say_both(match, context)


@rule(r"(\d{1,3})h(?=[ ,;.()]|$)", only_after=_POOR)
def poor_households(match: re.Match[str], context: Context) -> Guess | None:
    """Households behind what they are: hộ nghèo 125h, thoát nghèo 11h -> hộ; xét hộ nghèo 8h may be an hour"""
    near = context.text[max(0, match.start() - 3 * REACH) : match.end() + 2 * REACH]
    if int(match[1]) <= _HOURS_OF_DAY and not _PAIRS.search(near):
        return None
    return Guess(f"{context.number(match[1])} hộ", _HOUSEHOLDS)


@rule(r"(\d{1,3}) ?h(?= ?[,;/(+-] ?\d{1,4} (?:nhân )?khẩu(?!\w))")
def households(match: re.Match[str], context: Context) -> str | None:
    """Households before their members: thôn 3: 12h, 45 khẩu -> mười hai hộ; họp 12h, 45 khẩu dự is an hour"""
    return f"{context.number(match[1])} hộ" if _is_after_village(match, context) else None


@rule(r"(\d{1,4}) ?k(?![^\W_]|/)")
def members(match: re.Match[str], context: Context) -> Answer:
    """Members behind their households: thôn 3: 12 hộ, 45k -> bốn mươi lăm khẩu; 12 hộ, 50k/hộ is a sum"""
    ahead = _HOUSEHOLDS_AHEAD.search(context.text, max(0, match.start() - 12), match.start())
    if ahead is None or not int(ahead[1]) <= int(match[1]) <= _MOST_MEMBERS * int(ahead[1]):
        return None
    told = context.memory.count_words(("khẩu", "nhân khẩu"))
    spoken = f"{context.number(match[1])} khẩu"
    return spoken if told else Guess(spoken, _HOUSEHOLDS) if int(match[1]) % 5 else None


def _say_both(match: re.Match[str], context: Context) -> str:
    """A number of households and one of their members"""
    return f"{context.number(match[1])} hộ, {context.number(match[2])} khẩu"


def _is_after_village(match: re.Match[str], context: Context) -> bool:
    """Whether a village and a sign stand right before"""
    return _VILLAGE.search(context.text, max(0, match.start() - REACH), match.start()) is not None


_HOUSEHOLDS_AHEAD = pattern(r"(?<![\w.,])(\d{1,3}) hộ ?[,;/(-] ?$")
_HOURS_OF_DAY = 24
_MOST_MEMBERS = 9  # of a household, on average
_HOUSEHOLDS = Message("households and their members, or an hour and a sum")
