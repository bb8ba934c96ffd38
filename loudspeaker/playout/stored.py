"""Airings and requests as the log keeps them ("asked", and the running order), and back.

An airing is one flat object there, with the fields of its occurrence among its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..codec import decode, encode
from ..model.airing import Airing
from .item import ManualRequest

Facts = Mapping[str, Any]


def airing_facts(airing: Airing) -> Facts:
    """An airing as plain values."""
    facts: dict[str, Any] = encode(airing)
    facts |= facts.pop("occurrence")
    return facts


def airing_from_facts(facts: Facts) -> Airing:
    """An airing as it was. Raises one of `codec.UNREADABLE` where these are not an airing's facts."""
    return decode(Airing, {**facts, "occurrence": facts})


def request_facts(request: ManualRequest) -> Facts:
    """A request as plain values."""
    return {**encode(request), "airing": airing_facts(request.airing)}


def request_from_facts(facts: Facts) -> ManualRequest:
    """A request as it was. Raises as `airing_from_facts` does."""
    airing = facts["airing"]
    return decode(ManualRequest, {**facts, "airing": {**airing, "occurrence": airing}})
