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


def request_facts(request: ManualRequest, airing: Airing) -> Facts:
    """A request, of its airings this one only: each has an entry of its own."""
    facts = {name: value for name, value in encode(request).items() if name != "airings"}
    return {"airing": airing_facts(airing), **facts}


def request_from_facts(facts: Facts) -> ManualRequest:
    """A request as it was, with one airing. Raises as `airing_from_facts` does."""
    airing = facts["airing"]
    return decode(ManualRequest, {**facts, "airings": [{**airing, "occurrence": airing}]})
