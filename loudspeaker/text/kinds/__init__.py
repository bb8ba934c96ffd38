"""The kinds of things that are not written as they are said, in the order in which they are tried.

The most particular kind comes first: a date must be seen before its parts are taken for numbers. Each file has one
kind, its patterns beside its words; tests/data/tables/ has a table of examples for each.
"""

from __future__ import annotations

from ..rule import Rule
from .acronyms import RULES as acronyms
from .addresses import RULES as addresses
from .blanks import RULES as blanks
from .codes import RULES as codes
from .coordinates import RULES as coordinates
from .dashes import RULES as dashes
from .dates import RULES as dates
from .documents import RULES as documents
from .fractions import RULES as fractions
from .identities import RULES as identities
from .labels import RULES as labels
from .legal import RULES as legal
from .money import RULES as money
from .months import RULES as months
from .noise import RULES as noise
from .numbers import RULES as numbers
from .ordinals import RULES as ordinals
from .periods import RULES as periods
from .persons import RULES as persons
from .phones import RULES as phones
from .plates import RULES as plates
from .powers import RULES as powers
from .quantities import RULES as quantities
from .ranges import RULES as ranges
from .rates import RULES as rates
from .romans import RULES as romans
from .scores import RULES as scores
from .separators import RULES as separators
from .temperatures import RULES as temperatures
from .times import RULES as times
from .titles import RULES as titles
from .web import RULES as web

ORDER: tuple[Rule, ...] = (
    *noise,
    *web,
    *blanks,
    *labels,
    *identities,
    *phones,
    *plates,
    *documents,
    *scores,
    *months,
    *periods,
    *dates,
    *times,
    *addresses,
    *legal,
    *romans,
    *ordinals,
    *money,
    *coordinates,
    *temperatures,
    *quantities,
    *powers,
    *fractions,
    *ranges,
    *codes,
    *titles,
    *persons,
    *acronyms,
    *rates,
    *dashes,
    *separators,
    *numbers,
)


def starting(start: str) -> tuple[Rule, ...]:
    """The rules that can begin with a number, a word or a sign."""
    return tuple(rule for rule in ORDER if start in rule.starts)
