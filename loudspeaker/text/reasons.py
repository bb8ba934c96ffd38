"""Reasons to doubt a reading that rules of several kinds give."""

from __future__ import annotations

from ..errors import Message

COMMA = Message("a comma for thousands, or a decimal")
DATE_OR_NUMBER = Message("this could be a date or a number")
DATE_OR_NUMBERS = Message("this could be a date or two numbers")
DATE_OR_PART = Message("this could be a date or a part of a whole")
NO_TIME = Message("this time of the day does not exist")
UNKNOWN = Message("unknown capitals, spelled out letter by letter")
LONE_LETTER = Message("one letter, and no word says whether somebody is called so")
LOST_END = Message("two lines that were run together, or a number with a point")
TONELESS = Message("typed without marks: those nearly certain were put back; better type it again")
APART = Message("one number with a blank, or two numbers")


def ambiguous(written: str) -> Message:
    """Why an abbreviation of several meanings is doubtful."""
    return Message("“{written}” has several meanings, and no word beside it decides", written=written)
