"""The kinds of things that are not written as they are said. A rule is known by its kind, never by its file."""

from __future__ import annotations

from enum import Enum, auto


class Kind(Enum):
    """What a rule reads. `NOTHING`: the text has only begun; `OWN_WORD`: one of the commune's own words."""

    __hash__ = object.__hash__  # each is itself alone; that of enumerations is several times slower

    NOTHING = auto()
    OWN_WORD = auto()
    # numbers
    NUMBER = auto()
    RANGE = auto()
    FRACTION = auto()
    POWER = auto()
    ORDINAL = auto()
    ROMAN = auto()
    SCORE = auto()
    # measures
    QUANTITY = auto()
    MONEY = auto()
    TEMPERATURE = auto()
    COORDINATE = auto()
    RATE = auto()
    # time
    TIME = auto()
    DATE = auto()
    PERIOD = auto()
    MONTH = auto()
    # names
    ACRONYM = auto()
    TITLE = auto()
    PERSON = auto()
    ADDRESS = auto()
    # identifiers
    PHONE = auto()
    IDENTITY = auto()
    PLATE = auto()
    CODE = auto()
    DOCUMENT = auto()
    CITATION = auto()
    WEB_ADDRESS = auto()
    # layout
    LABEL = auto()
    BRACKET = auto()
    DASH = auto()
    SEPARATOR = auto()
    BLANK = auto()
    NOISE = auto()
