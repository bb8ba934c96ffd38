"""Regular expressions that are compiled when first needed: imports stay quick though there are some five hundred."""

from __future__ import annotations

import re
from typing import cast


class LazyPattern:
    """A regular expression that is compiled when a method of it is first asked for."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __getattr__(self, name: str) -> object:
        attribute: object = getattr(re.compile(self._source), name)
        setattr(self, name, attribute)  # from then on as quick as the compiled one
        return attribute


def pattern(source: str) -> re.Pattern[str]:
    """What `re.compile` gives, later. Raises `re.error` only then."""
    return cast("re.Pattern[str]", LazyPattern(source))
