"""Blanks that somebody forgot to fill in: “Số: /STTTT”, “ngày   tháng 7”, dotted lines. Always doubtful."""

from __future__ import annotations

import re
from functools import lru_cache

from ....errors import Message
from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...rule import Guess, RuleMaker

rule = RuleMaker(Kind.BLANK)

_LED_TO = pattern(r" ?\d| ?(:) ")
_LABEL_NEXT = pattern(r" ?[^\W\d_][^\W\d_ ]{0,8}(?: [^\W\d_]{1,8}){0,3}:")
_CUES = words_before("ngày|tháng|năm|số|lúc|hồi|từ|đến|giờ|tên|ông|bà|tại")


@lru_cache(maxsize=4)
def _has_led_numbers(text: str) -> bool:
    """Whether lines of a text have dots before a number, so that dots are no blank to fill in"""
    return _LEADERS.search(text) is not None


_LEADERS = pattern(r"[^\W\d_] ?\.{5,200} ?\d")


def _empty_blank() -> Message:
    """Why a blank is doubtful"""
    return Message("a blank was left empty here: fill it in, or take the words around it out")


@rule(r"([Nn]gày)(?= ?tháng ?\d)|([Tt]háng)(?= ?năm ?\d{4})", starts="word")
def missing_day(match: re.Match[str], context: Context) -> Guess | None:
    """A date without its day or its month: ngày tháng 7 năm 2021; “tháng năm 2021” may be May."""
    return Guess(match[0], _empty_blank())


@rule(r"[Ss]ố:?(?= ?[/-] ?[A-ZĐ]{2})", starts="word")
def missing_number(match: re.Match[str], context: Context) -> Guess | None:
    """A document without its number: Số: /STTTT-TTBCXB."""
    return Guess(match[0], _empty_blank())


@rule(r"(?:\.{2,200}|_{2,200})(?:/[._]{2,200}){0,3}", starts="sign")
def dotted_line(match: re.Match[str], context: Context) -> Guess | str | None:
    """Dots or a line to write on: ngày ..../.... -> a pause, doubtful; three dots that end a list are only a pause."""
    end, cued = match.end(), context.is_after(match.start(), _CUES)
    pause = None if cued else _pause(match, context)
    if pause is not None:
        return pause
    leader = len(match[0]) > 4 or "_" in match[0] or cued
    spoken = "," if _LABEL_NEXT.match(context.text, end) else "..."  # Họ tên: ……… Lớp: 7A
    return Guess(spoken, _empty_blank()) if leader else "..."


def _pause(match: re.Match[str], context: Context) -> str | None:
    """What is heard for dots where no blank is left to fill in: before an amount, or in a text that is dotted so"""
    end, long = match.end(), len(match[0]) > 4
    if match[0] == "..." and context.char(end) == " " and context.char(end + 1).islower():
        return None if context.char(match.start() - 1) in ("(", ",") else ", "  # da tím ... báo ngay
    short = len(match[0]) > 2 and context.char(match.start() - 1) == context.char(end) == " "  # (1 chính) .... 27.000đ
    led = _LED_TO.match(context.text, end) if long or (short and _has_led_numbers(context.text)) else None
    if led:
        return "" if led[1] else ", "  # Công thợ (24 công)..........: 8.400.000
    dotted = long and context.char(end + 1).islower() and _has_led_numbers(context.text)
    return ", " if dotted else None  # Chùa Prek On Đơk ......... lật ghe, below others with their times
