"""Brackets: what stands in them is set apart by a pause; an abbreviation that is only defined in them is not said."""

from __future__ import annotations

import re

from ...abbreviations import meaning
from ...context import REACH, Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...rule import RuleMaker

rule = RuleMaker(Kind.BRACKET)

_CLAUSE = pattern(r"[.;:!?()\n]\s*")
_PAUSES = frozenset(("", *".,;:!?-–(\n"))


@rule(r"\((?:(?:Ban|Tổ|Hội|Phòng|Trạm|Đội|Chi|Công ty|Trung tâm) )?([A-ZĐ][A-ZĐƯ&-]{1,14})\)", starts="sign bracket")
def defined_abbreviation(match: re.Match[str], context: Context) -> str | None:
    """Abbreviation in brackets behind what it stands for, with its place or without: nothing, it has been said.

    dịch tả lợn châu Phi (DTLCP), Ban Thường vụ Đảng ủy (BTV), Ban Quản lý dự án khu vực Phổ Yên (Ban QLDA)
    """
    entry = meaning(context, match[1], match.start(1), match.end(1))
    ahead = _CLAUSE.split(context.text[max(0, match.start() - 3 * REACH) : match.start()])[-1].lower()
    said = f" {entry.reading.lower()} " in f" {ahead} " if entry else False
    return "" if said or f" {match[0][1:-1].lower()} " in f" {ahead} " else None


@rule(r"\(([^()\n\d]{6,80})\)", starts="sign bracket")
def explained_abbreviation(match: re.Match[str], context: Context) -> str | None:
    """Full form in brackets behind its abbreviation: tổ TK&VV (tổ tiết kiệm và vay vốn) -> nothing, it has been said"""
    said = context.previous
    if (
        said.kind is not Kind.ACRONYM
        or said.end != match.start() - 1
        or not match[1].lower().endswith(said.spoken.lower())
    ):
        return None
    ahead = match[1][: len(match[1]) - len(said.spoken)].lower()
    return "" if context.text[: said.start].lower().endswith(ahead) else None


@rule(r"\((\d{1,2})\)(?= ?[^\W\d])", starts="sign bracket")
def number_in_brackets(match: re.Match[str], context: Context) -> str | None:
    """Number of an item in brackets: (1) Không giấu dịch; (2) không mua bán -> một, …; hai, …"""
    opens = context.begins_line(match.start()) or context.char(match.start() - 2) in ";.:,"
    return f"{context.number(match[1])}, " if opens else None


@rule(r"\((?![+-]\))", starts="sign bracket")
def opening(match: re.Match[str], context: Context) -> str:
    """Opening bracket: a pause, unless one is there"""
    ahead = (
        context.char(match.start() - 1) if context.char(match.start() - 1) != " " else context.char(match.start() - 2)
    )
    abbreviated = ahead == "." and context.previous.end == context.text.rfind(".", 0, match.start()) + 1
    unpaused = abbreviated and context.previous.spoken[-1:].isalpha()  # chị N.T.H. (quán cà phê)
    return "" if ahead in _PAUSES and not unpaused else ", "


@rule(r"\)", starts="sign bracket")
def closing(match: re.Match[str], context: Context) -> str:
    """Closing bracket: a pause, where a word follows"""
    following = context.text[match.end() : match.end() + 2].lstrip(" ")[:1]
    return ", " if following.isalnum() or following in ("“", '"') else ""
