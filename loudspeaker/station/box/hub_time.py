"""What time it is by the hub, where no NTP comes through: a question of the daemon's own that the agent carries.

    STATE/fleet/time-wanted    by the agent: a mark, another one each time; the line to the hub stands by then
    STATE/time-nonce           by the daemon: that mark, a line end, and a nonce that nobody can know before
                               (`hub_contact.py`)
    STATE/fleet/time-answer    by the agent: a bell with this nonce, signed by the hub (`Hub.tell_time`)
    STATE/hub-time.json        by the daemon: what it has believed (`hub_contact.py`)

The daemon measures how long its question was under way, by its own monotonic clock: the hub has looked at its clock
within that time, so its word is as old as that at most (F. Cristian, Probabilistic clock synchronization, 1989). Who
has taken the agent over can keep an answer back, and then it comes too late; an old one has another nonce.
"""

from __future__ import annotations

from datetime import datetime

from ...errors import Message
from ...trust.dsse import parse_envelope
from ...trust.faults import Fault, UntrustedDocument
from ...trust.opening import open_document, read_unverified
from ...trust.signed_documents import Bell, SigningRole
from ..deliveries.trust_chains import trust_in_force
from ..paths import StationPaths


def open_answer(paths: StationPaths, raw: bytes, nonce: str) -> datetime:
    """The instant in the answer to this nonce, by a hub whom a scope of this box has named.

    Raises `UntrustedDocument`, `BadUsage` for a box that has not joined, `Refused`.
    """
    envelope = parse_envelope(raw)
    scope = read_unverified(envelope).scope
    for trust, _floors in trust_in_force(paths):
        if trust.scope == scope:
            bell = open_document(Bell, envelope, trust, SigningRole.HUB).document
            if bell.nonce != nonce:
                raise UntrustedDocument(Message("the answer is to another question"), Fault.STALE)
            return bell.issued
    raise UntrustedDocument(Message("this box does not follow {scope}", scope=scope), Fault.UNSIGNED)
