"""The reading rules, in six families: numbers, measures, time, names, identifiers and layout; and their order.

Each file has the rules of one kind. `ORDER` is the order in which they are tried, whatever family they belong to: the
most particular comes first, since a date must be seen before its parts are taken for numbers.
"""

from __future__ import annotations

from functools import lru_cache

from ..rule import Rule
from .identifiers import (
    army_units,
    citations,
    codes,
    digits_with_letters,
    document_numbers,
    identities,
    office_rooms,
    own_codes,
    phones,
    plates,
    sizes,
    vehicle_numbers,
    web_addresses,
)
from .layout import (
    arrows,
    blanks,
    brackets,
    changes,
    dashes,
    dashes_in_rows,
    label_dashes,
    labels,
    letter_rows,
    noise,
    separators,
)
from .measures import ages, coordinates, factors, households, money, quantities, rates, short_units, temperatures
from .names import (
    acronyms,
    addresses,
    birth_years,
    capitals,
    chat_letters,
    initials,
    persons,
    short_words,
    titles,
    waters,
)
from .numbers import fractions, matches, ordinals, plain_numbers, powers, ranges, roman_numerals, scores
from .time import (
    bare_hours,
    clock_times,
    dates,
    days,
    halves_of_day,
    impossible_days,
    impossible_times,
    months,
    periods,
    sundays,
)

_FILES = (
    noise,
    web_addresses,
    blanks,
    labels,
    label_dashes,
    letter_rows,
    own_codes,
    vehicle_numbers,
    identities,
    phones,
    plates,
    office_rooms,
    sizes,
    document_numbers,
    scores,
    matches,
    impossible_days,
    bare_hours,
    months,
    periods,
    dates,
    days,
    impossible_times,
    halves_of_day,
    households,
    clock_times,
    short_units,
    addresses,
    citations,
    roman_numerals,
    sundays,
    ordinals,
    money,
    coordinates,
    temperatures,
    ages,
    quantities,
    factors,
    powers,
    fractions,
    ranges,
    army_units,
    codes,
    digits_with_letters,
    waters,
    short_words,
    titles,
    chat_letters,
    persons,
    birth_years,
    initials,
    capitals,
    acronyms,
    rates,
    changes,
    arrows,
    dashes_in_rows,
    dashes,
    brackets,
    separators,
    plain_numbers,
)
ORDER: tuple[Rule, ...] = tuple(rule for file in _FILES for rule in file.rule.rules)


@lru_cache(maxsize=4)
def rules_starting_with(start: str) -> tuple[Rule, ...]:
    """The rules that can begin with a number, a word or a sign."""
    return tuple(rule for rule in ORDER if start in rule.starts)
