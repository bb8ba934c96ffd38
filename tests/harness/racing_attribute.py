"""An attribute that another thread changes while it is being read, at each of the reads in turn. No tests here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

READS = 6  # as many as one call of ours makes, and more


def flipping(thing: object, name: str, before: object, after: object, reads: int) -> None:
    """Let the attribute `name` of `thing` be `before` for that many reads, and `after` from then on.

    What is assigned to it meanwhile takes the place of `after`.
    """
    seen = 0
    held = after

    def read(_self: object) -> object:
        nonlocal seen
        seen += 1
        return before if seen <= reads else held

    def write(_self: object, value: object) -> None:
        nonlocal held
        held = value

    kind = type(thing)
    thing.__class__ = type(kind.__name__, (kind,), {name: property(read, write)})  # type: ignore[assignment]


def outcomes(
    make: Callable[[], Any], name: str, before: object, after: object, act: Callable[[Any], Any]
) -> Iterator[Any]:
    """What `act` gives for a thing whose attribute changes never, at once, and after each number of reads."""
    for reads in (1000, *range(READS)):
        thing = make()
        flipping(thing, name, before, after, reads)
        yield act(thing)
