"""Numbers of frames and engines, số khung RLHJA3925LY012345, SM: JA39E-2123456, and of bus lines, tuyến 61-77."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import spell_digits, spell_letters
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.IDENTITY)

_LABELS = words_before(
    "số khung|số máy|khung số|máy số|khung|sk|sm|s/k|s/m|số vin|vin|số khung xe|số máy xe|seri|số seri|serial|"
    "số serial|s/n|sê ri|số sê ri|số chế tạo|mã máy|mã thiết bị|seri tivi|seri máy"
)
_CODE = r"[A-Z\d]{2,18}(?:(?: ?- ?| )[A-Z]{0,4}\d{3,8}[A-Z]{0,2}){0,2}(?![^\W_]|[.,/-]\d| ?(?:đ|đồng|triệu)(?!\w))"
_ALONE = r"\d{5,8}(?![^\W_]|[.,/-]\d)"
_PART = pattern(r"\d+|[A-Z]+|[ -]+")
_FEWEST_DIGITS = 4
_WORDS = {"K": "số khung", "M": "số máy"}


@rule(rf"S/?([KM])(?=[:.]? ?(?:{_CODE}|{_ALONE}))", starts="word")
def label_of_number(match: re.Match[str], context: Context) -> str | None:
    """What is numbered, in short: SK: RLHJA3925LY012345, SM 0234567 -> số khung, số máy; SK 10 năm is health"""
    code = _NUMBER.match(context.text, match.end())
    return _WORDS[match[1]] if code and _has_digits(code[1]) else None


_NUMBER = pattern(rf"[:.]? ?({_CODE}|{_ALONE})")


@rule(_CODE, starts="number word", only_after=_LABELS)
def number_of_frame(match: re.Match[str], context: Context) -> str | None:
    """Number of a frame or an engine, every digit by itself: số khung RLHPC4359C5 201123; số máy lẻ 101 is a line"""
    telephone = match[0][0] == "0" and not any(map(str.isalpha, match[0]))  # số máy 0912 345 678
    if telephone or not _has_digits(match[0]):
        return None
    return _say_code(match[0])


@rule(r"(?:R[LPN]|MH|ML)[A-HJ-NPR-Z\d]{12,15}(?<=\d{4})(?![^\W_]|[.,/-]\d)", starts="word")
def number_of_frame_alone(match: re.Match[str], context: Context) -> str:
    """Number of a frame that is known by its shape: xe Wave RLHJC4326EY074418 -> digit by digit"""
    return _say_code(match[0])


def _has_digits(code: str) -> bool:
    """Whether a code has enough digits, and letters or more digits than an amount"""
    digits = sum(map(str.isdecimal, code))
    return digits >= _FEWEST_DIGITS and (not code.isdecimal() or digits > _FEWEST_DIGITS)


def _say_code(code: str) -> str:
    """Every digit and letter of a code by itself"""
    return "".join(map(_say_part, _PART.findall(code))).strip()


def _say_part(part: str) -> str:
    """A run of digits or letters one by one, a pause for a blank or a dash"""
    if part.isdecimal():
        return f" {spell_digits(part)}"
    return f" {spell_letters(part)}" if part.isalpha() else ","


_LINES = words_before(
    "xe bus tuyến|xe buýt tuyến|tuyến xe buýt|tuyến xe buýt số|tuyến buýt|tuyến buýt số|tuyến bus|tuyến xe bus|xe buýt|"
    "xe buýt số|xe bus|xe bus số|bus tuyến|buýt tuyến|buýt số|bus số|tuyến xe khách|xe khách tuyến|mã tuyến|"
    "mã số tuyến|tuyến cố định"
)
_LINE = pattern(r"\d{1,3} ?[-–] ?\d{1,3}")
_LINE_OR_RANGE = Message("the number of one line, or from line to line")
_PROVINCES = 11  # the first number of plates


@rule(r"(\d{1,3}) ?[-–] ?(\d{1,3})(?![\w/]|[.,-]\d)")
def bus_line(match: re.Match[str], context: Context) -> Answer:
    """Number of a bus line in two parts: xe buýt tuyến 61-77 -> sáu mươi mốt, bảy mươi bảy"""
    at = match.start()
    last = context.previous
    one_more = context.follows(Kind.IDENTITY, at, ", ", " và ") and _LINE.fullmatch(context.text[last.start : last.end])
    if not (one_more or context.is_after(at, _LINES)):
        return None
    spoken = f"{context.number(match[1])}, {context.number(match[2])}"
    certain = len(match[1]) == len(match[2]) == 2 and int(match[1]) >= _PROVINCES and " " not in match[0]
    return spoken if certain else Guess(spoken, _LINE_OR_RANGE)
