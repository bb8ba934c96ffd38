"""A piece of a box's log as it is sent to a hub: the end that the box has signed for it, then its entries.

gzip of lines: the signed head in its envelope, then each entry as `log --export` writes it. The last of them is the one
that the head names; so the first has a number, too. Loads `cryptography`.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ...codec import UNREADABLE
from ...errors import Message, Refused
from ...reports.log_export import export_line, parse_export_line
from ...store.asrun import AsRunLog
from ...trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from ...trust.faults import UntrustedDocument
from ...trust.key_file import SigningKey
from ...trust.opening import read_unverified, seal
from ...trust.signed_documents import LogHead
from ..deliveries.membership import must_have_joined
from ..paths import StationPaths
from .box_key import open_box_key
from .log_request import keep_piece, read_wanted_piece

MOST_SENT, MOST_PLAIN = 2_000_000, 16_000_000  # bytes of a segment, packed and unpacked
MOST_ENTRIES, USUAL_PLAIN = 5_000, 4_000_000  # of the ones that are made here; one entry may be longer
AGENT_PLAIN = 500_000  # of the agent's, some 50,000 when packed: a quarter of a minute at 64 kbit/s
GZIP = 31  # `wbits` of zlib for its form


class LogFault(StrEnum):
    """Why a piece of a log is not believed."""

    MALFORMED = "malformed"
    FORGED = "forged"  # not as the box has chained and signed it
    OTHER_BOX = "other-box"
    CUT = "cut"  # entries that came before are missing at its end
    GAP = "gap"  # it does not begin with the next entry
    FORK = "fork"  # it says something else of what it said before


class RefusedLog(Refused):
    """A piece of a log of which nothing was kept."""

    def __init__(self, message: Message, fault: LogFault) -> None:
        self.fault = fault
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class LogSegment:
    """Entries (stored text, hash) of a log, the number of the first, and the signed end; nothing of it is verified."""

    envelope: SignedEnvelope
    head: LogHead
    entries: tuple[tuple[str, str], ...]

    @property
    def first(self) -> int:
        """The number of its first entry, or of the one that would be next."""
        return self.head.entries - len(self.entries) + 1


def make_segment(log: AsRunLog, key: SigningKey, after: int, now: datetime, most: int = USUAL_PLAIN) -> bytes:
    """What follows entry `after` of this box's log, or a good part of it (`most` bytes), signed by the box's `key`.

    No entries where nothing follows: then it says how far the log goes. Raises `LogUnusable`.
    """
    with log.snapshot():
        entries = list(_take(log.entries(after=after), most))
        last, _, head = entries[-1] if entries else (log.last_number(), "", log.head())
        end = LogHead(log.commune, key.public.person, now, last, head, log.life(), key.public.public)
    lines = "".join(export_line(text, hash) for _, text, hash in entries)
    return gzip.compress(format_envelope(key.sign(seal(end))) + lines.encode(), mtime=0)


def sign_wanted_piece(paths: StationPaths, now: datetime) -> None:
    """Leave what the agent asks for. Raises `BadUsage` for a box that has not joined, `LogUnusable`, `WriteError`."""
    wanted, scope = read_wanted_piece(paths.log_wanted), must_have_joined(paths).scope
    with closing(AsRunLog.open_read_only(paths.log, scope)) as log:
        raw = make_segment(log, open_box_key(paths), max(wanted.after, 0), now, AGENT_PLAIN)
    keep_piece(paths.log_piece, wanted, raw)


def read_segment(raw: bytes) -> LogSegment:
    """The piece of a log in these bytes. Raises `RefusedLog`."""
    first, *lines = _unpack(raw).splitlines(keepends=True) or [b""]
    try:
        envelope = parse_envelope(first)
        head = read_unverified(envelope)
        entries = tuple(map(parse_export_line, lines))
    except UntrustedDocument as error:
        raise RefusedLog(error.message, LogFault.MALFORMED) from error
    except UNREADABLE:
        raise _malformed_log() from None
    if not isinstance(head, LogHead) or head.entries < len(entries):
        raise _malformed_log()
    return LogSegment(envelope, head, entries)


def _take(entries: Iterable[tuple[int, str, str]], most: int) -> Iterator[tuple[int, str, str]]:
    """As many entries as are sent at once; at least one."""
    size = 0
    for count, entry in enumerate(entries):
        size += len(entry[1])
        if count == MOST_ENTRIES or (count and size > most):
            return
        yield entry


def _unpack(raw: bytes) -> bytes:
    """What was packed, however little of it there is on the line. Raises `RefusedLog`."""
    decoder = zlib.decompressobj(GZIP)
    try:
        plain = decoder.decompress(raw, MOST_PLAIN)
    except zlib.error:
        raise _malformed_log() from None
    if not decoder.eof or decoder.unused_data:
        raise _malformed_log()
    return plain


def _malformed_log() -> RefusedLog:
    return RefusedLog(Message("this is no piece of a log"), LogFault.MALFORMED)
