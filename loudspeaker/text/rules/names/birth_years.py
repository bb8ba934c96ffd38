"""When somebody was born, where only the year or its two last digits are written: ô. Sơn, SN 68; NS: 06."""

from __future__ import annotations

import re

from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...reasons import ambiguous
from ...rule import Guess, RuleMaker

rule = RuleMaker(Kind.PERSON)


@rule(r"SN(?=:? ?[3-9]\d(?![\d/A-Z]))", starts="word")
def short_year_of_birth(match: re.Match[str], context: Context) -> Guess | None:
    """Year of birth of two digits behind who is told of: ô. Sơn, SN 68; SN 45 Lê Lợi is a house"""
    at = match.start()
    named = context.text[max(0, at - 2) : at] in (", ", " (") and (
        context.char(at - 3).isalpha() or context.char(at - 3) == "."
    )
    street = context.text[match.end() : match.end() + 8].lstrip(": 0123456789")[:1].isupper()
    return Guess("sinh năm", ambiguous("SN")) if named and not street else None


@rule(r"0\d(?![\d/A-Z]|[.,-]\d)")
def year_of_this_century(match: re.Match[str], context: Context) -> str | None:
    """Year of birth of two digits that begins with 0: NS: 06 -> hai nghìn không trăm linh sáu"""
    last = context.previous
    told = last.spoken.strip() in ("năm sinh", "sinh năm") and not context.text[last.end : match.start()].strip(": ")
    return context.number(f"20{match[0]}") if told or context.is_after(match.start(), _BORN) else None


_BORN = words_before("năm sinh|sinh năm")


@rule(r"SN(?=:? ?\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d)", starts="word")
def year_of_birth(match: re.Match[str], context: Context) -> str:
    """Year of birth: (SN 2/10/2008) -> sinh ngày …; SN 21/7B is a house"""
    return "sinh"
