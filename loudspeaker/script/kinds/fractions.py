"""Two numbers with a slash that are no date: 1/3 số hộ is a part, 20/25 hộ a count out of a whole."""

from __future__ import annotations

import re

from ...errors import Message
from ..rules import Answer, Guess, Rule, Scene, reads

_UNIT = r"(?: ?(kg|ha|m2|m|km|l|ml|g)(?![^\W_]))?"


@reads(rf"(\d{{1,5}}) ?/ ?(\d{{1,5}})(?![\d/])(?![.,]\d){_UNIT}")
def part(match: re.Match[str], scene: Scene) -> Answer:
    """1/3 -> một phần ba; 14/14 -> mười bốn trên mười bốn"""
    above, below = int(match[1]), int(match[2])
    unit = f" {scene.lexicon.units[match[3]]}" if match[3] else ""
    if 0 < above < below <= 10 and match[1][0] != "0":
        return f"{scene.say(match[1])} phần {scene.numerals.month(below)}{unit}"
    words = f"{scene.say(match[1])} trên {scene.say(match[2])}{unit}"
    if above <= 31 and below <= 12 and not scene.after(match.end())[:1].isalpha():
        return Guess(words, Message("this could be a date or a part of a whole"))
    return words


RULES: tuple[Rule, ...] = (part,)
