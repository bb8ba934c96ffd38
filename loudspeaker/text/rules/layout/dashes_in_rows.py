"""Dashes in a row of hours or days, where some of them or all are no “until”: 5h - 7h30 - 17h; 7h-11h - 13h-17h."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...rule import RuleMaker

rule = RuleMaker(Kind.DASH)

_DASH = r"-{1,200}"


@rule(_DASH, starts="sign")
def dash_between_hours(match: re.Match[str], context: Context) -> str | None:
    """A dash in a row of hours that are not all from and until: 5h - 7h30 - 17h; 7h-11h - 13h-17h

    Three of them, or five, are each an hour; where some dashes have blanks, those part the ranges.
    """
    row = _row_around(match, context, REACH, _HOURS_IN_ROW)
    mixed = " - " in row and re.search(r"\w-\d", row) is not None
    parts = context.char(match.end()) == " " if mixed else row.count("-") % 2 == 0
    return "," if row and parts else None


_DAYS_IN_ROW = pattern(r"(?<![\d/-])(?<!- )\d{1,2}/\d{1,2}(?: ?- ?\d{1,2}/\d{1,2}(?![\d/])){2,6}(?! ?-)")
_HOURS_IN_ROW = pattern(
    r"(?<![\d-])(?<!- )\d{1,2}(?:[hg:]\d\d|[hg])(?: ?- ?\d{1,2}(?:[hg:]\d\d|[hg])(?!\w)){2,6}(?! ?-)"
)


@rule(_DASH, starts="sign")
def dash_between_sums(match: re.Match[str], context: Context) -> str | None:
    """A dash in a row of three sums or amounts, each told for itself: 15k-20k-25k, 30% - 50% - 20%, 20kg - 30kg - 15kg

    Of three or more none is the end of a range.
    """
    return "," if _row_around(match, context, 2 * REACH, _SUMS_IN_ROW, _AMOUNTS_IN_ROW) else None


_SUMS_IN_ROW = pattern(r"(?<![\w-])\d[\d.,]*(?:k|tr|đ)(?: ?- ?\d[\d.,]*(?:k|tr|đ)(?!\w)){2,6}(?! ?-)")
_AMOUNTS_IN_ROW = pattern(  # each with the unit of the first
    r"(?<![\w-])\d[\d.,]* ?(?P<unit>[%‰]|(?![hHgG](?!\w)|giờ)[^\W\d_]{1,6}[23²³]?)"
    r"(?: ?- ?\d[\d.,]* ?(?P=unit)(?![^\W_])){2,6}(?! ?-)"
)


@rule(_DASH, starts="sign")
def dash_behind_quotation(match: re.Match[str], context: Context) -> str | None:
    """A dash between what is quoted and a day: nhóm "THÔN PHƯỚC NHƠN 2" - 30/11: nothing lasts from one to the other"""
    quoted = _QUOTED.search(context.text, max(0, match.start() - 2 * REACH), match.start())
    return "," if quoted and _DAY.match(context.text, match.end()) else None


_QUOTED = pattern(r"(?:\"[^\W\d_][^\"\n]*\"|”) ?$")
_DAY = pattern(r" ?(?:ngày )?\d{1,2}[/.-]\d{1,2}(?!\d)")


@rule(_DASH, starts="sign")
def dash_between_days(match: re.Match[str], context: Context) -> str | None:
    """A dash in a row of three days, each told for itself: 07/12 - 09/12 - 11/12"""
    row = _row_around(match, context, REACH, _DAYS_IN_ROW)
    return "," if row and row.count("-") % 2 == 0 else None


def _row_around(match: re.Match[str], context: Context, reach: int, *rows: re.Pattern[str]) -> str:
    """The first row of one of these kinds that a dash lies in, within `reach` letters of it; or nothing."""
    near = max(0, match.start() - reach), match.end() + reach
    found = (row for kind in rows for row in kind.finditer(context.text, *near))
    return next((row[0] for row in found if row.start() < match.start() < row.end()), "")


@rule(r"-", starts="sign")
def dash_between_results(match: re.Match[str], context: Context) -> str | None:
    """A dash between two results of a race: 31"25 - 32"08 -> a pause"""
    one = _RESULT_AHEAD.search(context.text, max(0, match.start() - 5), match.start())
    return "," if one and _RESULT_BEHIND.match(context.text, match.end()) else None


_RESULT_AHEAD, _RESULT_BEHIND = pattern(r"\d[\"']\d{1,2} ?$"), pattern(r" ?\d{1,2}[\"']\d")
