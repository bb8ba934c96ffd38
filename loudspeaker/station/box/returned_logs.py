"""The logs that boxes have sent back on a stick: whole up to the end that the box has signed, cut, or forged.

What a box was last known by (its key, where its log ended) is kept at the office: a log that ends earlier, or says
something else of what it said before, is found though its own hashes are in order. Loads `cryptography`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from pathlib import Path

from ...codec import UNREADABLE, decode, encode
from ...errors import BadFile, Message, Refused
from ...reports.log_export import ExportedChain, read_chain
from ...store.atomic import read_regular_file, write_atomic
from ...store.received import MOST_DOCUMENT_BYTES, read_trust_documents
from ...trust.dsse import find_signers, parse_envelope
from ...trust.faults import UntrustedDocument
from ...trust.opening import read_unverified, walk_trust
from ...trust.public_keys import machine_key
from ...trust.signed_documents import ROOT, LogHead, TrustDocument
from ..deliveries.stick_answer import FOLDER
from .box_key import box_id

HEAD, LOG = "head.json", "log.jsonl"


class LogState(StrEnum):
    """What is to be thought of a log that came back."""

    WHOLE = "whole"
    CUT = "cut"  # its end, or an end that was known already, is missing
    FORGED = "forged"  # something in it is not what the box has written or signed
    REVOKED = "revoked"  # whole, of a box that its commune has revoked: whoever has stolen it has its key


STATES: Mapping[LogState, Message] = {
    LogState.WHOLE: Message("the log is whole"),
    LogState.CUT: Message("CUT"),
    LogState.FORGED: Message("FORGED, not to be believed"),
    LogState.REVOKED: Message("REVOKED, not to be believed"),
}


@dataclass(frozen=True, slots=True)
class KnownBox:
    """A box as it was known by the last log that was whole. `life`: the hash of that log's first entry."""

    public: str  # base64, Ed25519
    life: str
    entries: int
    head: str
    issued: datetime


@dataclass(frozen=True, slots=True)
class ReturnedLog:
    """A log that came back in `folder`; `why` is what is wrong with it, or what is to be known of a whole one."""

    box: str
    folder: Path
    state: LogState
    why: Message | None = None
    entries: int = 0
    villages: tuple[str, ...] = ()  # ids
    head: LogHead | None = None


class _Fault(Exception):
    """What is wrong with a log."""

    def __init__(self, state: LogState, why: Message) -> None:
        super().__init__(str(why))
        self.state = state
        self.why = why


def read_returned_logs(stick: Path, memory: Path) -> list[ReturnedLog]:
    """Every log of a stick, in the order of boxes; `memory` keeps what boxes were known by, and is brought up to date.

    Raises `Refused` where no box has written onto the stick, or where the memory is damaged, `WriteError`.
    """
    folders = sorted(path for path in (stick / FOLDER).glob("*") if path.is_dir() and not path.is_symlink())
    if not folders:
        raise Refused(Message("no box has left an answer in {folder}", folder=stick / FOLDER))
    known = _read_memory(memory)
    found = [_look_for_revoked(stick, _judge(folder, known.get(folder.name))) for folder in folders]
    newer = {one.box: _known_by(one.head) for one in found if one.state is LogState.WHOLE and one.head}
    if kept := {box: now for box, now in newer.items() if box not in known or now.issued > known[box].issued}:
        write_atomic(memory, json.dumps(encode({**known, **kept})).encode())
    return found


def _judge(folder: Path, known: KnownBox | None) -> ReturnedLog:
    log = ReturnedLog(folder.name, folder, LogState.WHOLE)
    try:
        head = _read_head(folder, known)
        log = replace(log, head=head)
        chain = _read_log(folder, [1, head.entries, known.entries if known else 0])
        log = replace(log, entries=chain.entries, villages=tuple(sorted(chain.villages)))
        _compare_with_head(chain, head)
        return replace(log, why=_compare_with_known(chain, head, known) if known else None)
    except _Fault as fault:
        return replace(log, state=fault.state, why=fault.why)


def _look_for_revoked(stick: Path, log: ReturnedLog) -> ReturnedLog:
    """The same, by the trust documents of its commune on the stick, as far as their signatures hold."""
    trust = _newest_trust(stick, log.head.scope) if log.head and log.state is LogState.WHOLE else None
    if trust is None or log.box not in trust.revoked_boxes:
        return log
    why = Message(
        "{scope} has revoked this box in its trust document {version}", scope=trust.scope, version=trust.version
    )
    return replace(log, state=LogState.REVOKED, why=why)


def _newest_trust(stick: Path, scope: str) -> TrustDocument | None:
    """None where there is none, or one does not follow the other."""
    documents = list(takewhile(bool, read_trust_documents(stick / ROOT / scope / "trust")))
    with suppress(UntrustedDocument):
        return walk_trust(documents)[-1] if documents else None
    return None


def _read_head(folder: Path, known: KnownBox | None) -> LogHead:
    """The end of a log as its box has signed it. Raises `_Fault`."""
    raw = None if (folder / HEAD).is_symlink() else read_regular_file(folder / HEAD, MOST_DOCUMENT_BYTES)
    if raw is None:
        raise _Fault(LogState.CUT, Message("{file} is missing", file=HEAD))
    try:
        envelope = parse_envelope(raw)
        head = read_unverified(envelope)
        if not isinstance(head, LogHead):
            raise _Fault(LogState.FORGED, Message("{file} is no end of a log", file=HEAD))
        key = machine_key(head.public, head.box)
    except UntrustedDocument as error:
        raise _Fault(LogState.FORGED, error.message) from error
    if not find_signers(envelope, [key]) or box_id(key) != head.box or head.box != folder.name:
        raise _Fault(LogState.FORGED, Message("{file} is not signed by this box", file=HEAD))
    if known and known.public != head.public:
        raise _Fault(LogState.FORGED, Message("{file} is signed by another key than before", file=HEAD))
    return head


def _read_log(folder: Path, numbers: list[int]) -> ExportedChain:
    """The log, with the hashes of the entries of these numbers. Raises `_Fault`."""
    if not (folder / LOG).is_file():
        raise _Fault(LogState.CUT, Message("{file} is missing", file=LOG))
    try:
        return read_chain(folder / LOG, numbers)
    except BadFile as error:
        raise _Fault(LogState.FORGED, error.problems[0].message) from error


def _compare_with_head(chain: ExportedChain, head: LogHead) -> None:
    if chain.commune != head.scope:
        raise _Fault(LogState.FORGED, Message("the log is another commune’s"))
    if chain.entries < head.entries and (not chain.entries or chain.hashes[1] == head.life):
        missing = head.entries - chain.entries
        raise _Fault(LogState.CUT, Message("the last {count} entries are missing", count=missing))
    if head.entries and (chain.hashes.get(head.entries) != head.head or chain.hashes[1] != head.life):
        raise _Fault(LogState.FORGED, Message("the log does not end as the box has signed"))
    if chain.entries > head.entries:
        raise _Fault(LogState.FORGED, Message("the log goes on behind the end that the box has signed"))


def _compare_with_known(chain: ExportedChain, head: LogHead, known: KnownBox) -> Message | None:
    """What is to be known of a log that is whole by itself. Raises `_Fault`."""
    if head.issued < known.issued:
        return Message("an older stick: what came before reaches to {day}", day=f"{known.issued:%d/%m/%Y}")
    if head.life != known.life:
        return Message("a new log: the one before had {count} entries", count=known.entries)
    if head.entries < known.entries:
        missing = known.entries - head.entries
        raise _Fault(LogState.CUT, Message("{count} entries that came before are missing", count=missing))
    if known.entries and chain.hashes.get(known.entries) != known.head:
        raise _Fault(LogState.FORGED, Message("the log says something else of what it said before"))
    return None


def _known_by(head: LogHead) -> KnownBox:
    return KnownBox(head.public, head.life, head.entries, head.head, head.issued)


def _read_memory(path: Path) -> Mapping[str, KnownBox]:
    """What boxes were known by. Raises `Refused` where it is damaged."""
    raw = read_regular_file(path, 10 * MOST_DOCUMENT_BYTES)
    try:
        return {box: decode(KnownBox, stored) for box, stored in json.loads(raw).items()} if raw else {}
    except UNREADABLE:
        raise Refused(Message("{file} is damaged; put it aside, and boxes are known anew", file=path)) from None
