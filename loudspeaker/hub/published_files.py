"""The folder v1/ that a hub serves: what may be published into it, and what a box that is new would take of it.

    v1/SCOPE/trust/1.json …   v1/SCOPE/manifest.json   v1/SCOPE/rules.json   v1/SCOPE/alert/17.json   v1/blob/SHA256
    v1/SCOPE/bell.json        what is newest and what time it is, signed by the hub

`fleet pack`, `fleet alert` and `sign` make the same folder elsewhere; publishing verifies that one and copies what is
new, manifests last. Nothing here decides whether anything is heard: each box verifies for itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, reduce
from pathlib import Path

from .. import VERSION
from ..errors import Message, NotFound, Refused
from ..station.deliveries.delivery import alert_folder
from ..store.atomic import read_regular_file, write_atomic
from ..store.received import MOST_DOCUMENT_BYTES, DamagedFile, copy_verified, read_trust_documents
from ..trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from ..trust.faults import Fault, UntrustedDocument
from ..trust.floors import WINDOW, BoxTime, Floors, accept_manifest
from ..trust.key_file import SigningKey
from ..trust.opening import (
    OpenedAlert,
    last_rules,
    open_alert,
    open_manifest,
    read_unverified,
    read_unverified_as,
    seal,
    walk_trust,
)
from ..trust.signed_documents import ROOT, SCOPE, Alert, Bell, Heads, SignedManifest, TrustDocument

BELL, MANIFEST, RULES = "bell.json", "manifest.json", "rules.json"
FIRST_TRUST = "1.json"
MOST_KNOWN = 2048  # alerts that are kept in memory as they were opened
MOST_CHAINS = 256  # scopes whose trust and manifest are

TrustChain = tuple[tuple[bytes, ...], ...]  # envelopes of trust documents: a scope's, and those of each office above it


@dataclass(frozen=True, slots=True)
class PublishedAlert:
    """An alert that at least one of those has signed who may, as it lies there."""

    opened: OpenedAlert
    raw: bytes


@dataclass(frozen=True, slots=True)
class PublishedScope:
    """The newest of one scope whose signatures hold. `raw`, `sha256`: of the manifest's envelope; empty without one."""

    scope: str
    trust: TrustDocument
    manifest: SignedManifest | None
    raw: bytes
    sha256: str
    alerts: tuple[PublishedAlert, ...]  # by their numbers

    @property
    def heads(self) -> Heads:
        """What its bell says."""
        last = max((alert.opened.document.seq for alert in self.alerts), default=0)
        return Heads(self.trust.version, self.manifest.version if self.manifest else 0, last)


def find_scopes(root: Path) -> list[str]:
    """The scopes of which something lies in the delivery `root`."""
    names = [path.parent.parent.name for path in sorted((root / ROOT).glob(f"*/trust/{FIRST_TRUST}"))]
    return [scope for scope in names if SCOPE.fullmatch(scope)]


def list_scopes(root: Path) -> list[str]:
    """The same, offices before those below them."""
    return sorted(find_scopes(root), key=lambda scope: (len(list(offices_above(root, scope))), scope))


def scopes_below(published: Iterable[PublishedScope], scope: str) -> list[str]:
    """A scope and those below it, nearest first, as their trust documents say."""
    parents, below = {office.scope: office.trust.parent for office in published}, [scope]
    for above in below:
        below += (child for child, parent in parents.items() if parent == above and child not in below)
    return below


def communes_below(published: Sequence[PublishedScope], scope: str) -> list[str]:
    """The scopes below an office below which there are no others, by name."""
    parents = {office.trust.parent for office in published}
    return sorted(below for below in scopes_below(published, scope)[1:] if below not in parents)


def nothing_in(folder: Path) -> Message:
    """What is told of a folder that is no delivery."""
    return Message("there is no trust document in {folder}: is it a delivery?", folder=folder)


def read_published(root: Path, scope: str, served: Path | None = None) -> PublishedScope:
    """What a box that is new would take of a scope in the delivery `root`; offices above it lie in `served`, or there.

    Raises `NotFound` where there is nothing of it, `UntrustedDocument` where what is there is not signed as it must be.
    """
    documents = read_trust_documents(root / ROOT / scope / "trust")
    if not documents:
        raise NotFound(Message("there is no trust document of {scope} in {folder}", scope=scope, folder=root))
    chain = _read_chain(documents, scope, served or root)
    trust = _verify_chain(chain)[-1]
    raw = read_scope_document(root, scope, MANIFEST)
    manifest = None if raw is None else _open_manifest(raw, read_scope_document(root, scope, RULES), chain)
    sha256 = hashlib.sha256(raw).hexdigest() if raw is not None else ""
    alerts = tuple(_read_alerts(root, scope, documents[-1]))
    return PublishedScope(scope, trust, manifest, raw or b"", sha256, alerts)


def read_all_published(root: Path) -> tuple[PublishedScope, ...]:
    """All scopes in the delivery `root` whose signatures hold."""
    published = []
    for scope in list_scopes(root):
        with suppress(NotFound, UntrustedDocument):
            published.append(read_published(root, scope))
    return tuple(published)


def accept_published(floors: Floors, published: PublishedScope, now: datetime) -> Floors:
    """The highest that was published of a scope, with what is there now.

    Raises `UntrustedDocument` for what is older than what was published, or is another version of the same number.
    """
    trust, manifest = published.trust, published.manifest
    if trust.version < floors.trust or (manifest is None and floors.manifest):
        newest = Message("trust document {version}", version=floors.trust)
        raise UntrustedDocument(
            Message(
                "{scope}: this is older than what was published already: {newest}", scope=trust.scope, newest=newest
            ),
            Fault.STALE,
        )
    floors = replace(floors, trust=trust.version, alert=max(floors.alert, published.heads.alert))
    if manifest:
        floors = accept_manifest(floors, manifest, published.sha256, BoxTime(now, True), VERSION)
    return floors


def publish_scope(
    delivery: Path, root: Path, scope: str, floors: Floors, now: datetime
) -> tuple[Floors, PublishedScope]:
    """Copy what is new of a scope in the folder `delivery` to the served folder `root`; the floors with it.

    Raises `UntrustedDocument` for what no box would take or is older than what was published, `DamagedFile`, `Refused`
    where a file is missing or other trust documents are served, `WriteError`. Then the same is served as before.
    """
    published = read_published(delivery, scope, root)
    floors = accept_published(floors, published, now)
    documents = read_trust_documents(delivery / ROOT / scope / "trust")
    for number, raw in enumerate(documents, 1):
        served = read_scope_document(root, scope, f"trust/{number}.json")
        if served is not None and parse_envelope(served).payload != parse_envelope(raw).payload:
            raise Refused(
                Message("{scope}: another trust document {number} is served already", scope=scope, number=number)
            )
    alerts = {alert.opened.document.seq: _join_signatures(root, scope, alert) for alert in published.alerts}
    if published.manifest:
        copy_blobs(delivery, root, published.manifest)
    for number, raw in enumerate(documents, 1):
        _write(root, scope, f"trust/{number}.json", raw)
    for alert in published.alerts:
        _copy_alert_sound(delivery, root, alert.opened.document)
        _write(root, scope, f"alert/{alert.opened.document.seq}.json", alerts[alert.opened.document.seq])
    for name in (RULES, MANIFEST):  # in this order: what comes last names only what is there
        if (content := read_scope_document(delivery, scope, name)) is not None:
            _write(root, scope, name, content)
    return floors, published


def _join_signatures(root: Path, scope: str, alert: PublishedAlert) -> bytes:
    """An alert with the signatures that it has where it is served, too: at the hub's pages somebody may have signed it.

    Raises `Refused` where another of its number is served.
    """
    number, envelope = alert.opened.document.seq, parse_envelope(alert.raw)
    raw = read_scope_document(root, scope, f"alert/{number}.json")
    served = parse_envelope(raw) if raw is not None else envelope
    if served.payload != envelope.payload:
        raise Refused(Message("{scope}: another alert {number} is served already", scope=scope, number=number))
    ids = {signature.key_id for signature in envelope.signatures}
    more = [signature for signature in served.signatures if signature.key_id not in ids]
    return format_envelope(reduce(SignedEnvelope.with_signature, more, envelope)) if more else alert.raw


def sign_bell(published: PublishedScope, key: SigningKey, now: datetime) -> bytes:
    """The bell of a scope, signed; its envelope."""
    return format_envelope(key.sign(seal(Bell(published.scope, now, {published.scope: published.heads}))))


def write_bell(root: Path, scope: str, raw: bytes) -> None:
    """Serve the bell of a scope. Raises `WriteError`."""
    write_atomic(root / ROOT / scope / BELL, raw)


def read_rung_version(root: Path, scope: str) -> int:
    """The version of the manifest of which the bell of a scope tells that is served; 0 without one."""
    with suppress(UntrustedDocument):
        bell = read_unverified(parse_envelope(read_scope_document(root, scope, BELL) or b""))
        if isinstance(bell, Bell) and scope in bell.heads:
            return bell.heads[scope].manifest
    return 0


def read_new_files(root: Path, before: SignedManifest, manifest: SignedManifest, most: int) -> Iterator[bytes]:
    """The files that are new in a manifest and may not come later; none where together they exceed `most` bytes."""
    known = {file.sha256 for file in before.files.values()}
    new = {file.sha256: file.bytes for file in manifest.files.values() if not file.lazy and file.sha256 not in known}
    if sum(new.values()) <= most:
        for sha256, size in new.items():
            if content := read_regular_file(root / ROOT / "blob" / sha256, size + 1):
                yield content


def stamp_of(root: Path, scope: str) -> Mapping[str, tuple[int, int, int]]:
    """What changes when a signed document of a scope does; its bell is none."""
    own = root / ROOT / scope
    stamps = {}
    for path in [own / MANIFEST, own / RULES, *own.glob("trust/*.json"), *own.glob("alert/*.json")]:
        with suppress(OSError):
            state = path.stat()
            stamps[path.name + path.parent.name] = (state.st_ino, state.st_mtime_ns, state.st_size)
    return stamps


def _read_chain(
    documents: Sequence[bytes], scope: str, served: Path, below: frozenset[str] = frozenset()
) -> TrustChain:
    """The trust documents of a scope in these envelopes, with those of the offices above it."""
    parent = _parent(documents[-1])
    if parent and parent not in below | {scope} and (above := read_trust_documents(served / ROOT / parent / "trust")):
        return tuple(documents), *_read_chain(above, parent, served, below | {scope})
    return (tuple(documents),)


@lru_cache(MOST_CHAINS)
def _verify_chain(chain: TrustChain) -> tuple[TrustDocument, ...]:
    """The trust documents of a scope. Verified once: nothing but these bytes decides. Raises `UntrustedDocument`."""
    return tuple(walk_trust(chain[0], _verify_chain(chain[1:]) if chain[1:] else ()))


@lru_cache(MOST_CHAINS)
def _open_manifest(raw: bytes, rules: bytes | None, chain: TrustChain) -> SignedManifest:
    """The manifest in an envelope, with that of rules.json; verified once, too. Raises `UntrustedDocument`."""
    trust = _verify_chain(chain)[-1]
    return open_manifest(parse_envelope(raw), trust, last_rules(rules, None, trust)).document


def offices_above(root: Path, scope: str) -> Iterator[str]:
    """The offices above a scope whose trust documents lie there, too; no circle is followed twice."""
    seen = {scope}
    while documents := read_trust_documents(root / ROOT / scope / "trust"):
        parent = _parent(documents[-1])
        if parent is None or parent in seen:
            return
        yield parent
        seen.add(parent)
        scope = parent


@lru_cache(MOST_CHAINS)
def _parent(raw: bytes) -> str | None:
    """The office above a scope, as its newest trust document says, verified or not."""
    with suppress(UntrustedDocument):
        document = read_unverified(parse_envelope(raw))
        return document.parent if isinstance(document, TrustDocument) else None
    return None


def _read_alerts(root: Path, scope: str, trust: bytes) -> Iterator[PublishedAlert]:
    """Alerts that somebody has signed who may, by `trust`, the envelope in force; not those that are too old for boxes.

    One that nobody has signed is not there yet.
    """
    numbers = sorted(int(path.stem) for path in alert_folder(root, scope).glob("*.json") if path.stem.isdecimal())
    for number in numbers[-WINDOW:]:
        if (raw := read_scope_document(root, scope, f"alert/{number}.json")) and (opened := _open_alert(raw, trust)):
            yield PublishedAlert(opened, raw)


@lru_cache(MOST_KNOWN)
def _open_alert(raw: bytes, trust: bytes) -> OpenedAlert | None:
    """The alert in an envelope, None for one that is not signed as it must be. Verified once: nothing else decides."""
    document = read_unverified_as(TrustDocument, parse_envelope(trust))
    with suppress(UntrustedDocument):
        return open_alert(parse_envelope(raw), document)
    return None


def copy_blobs(delivery: Path, root: Path, manifest: SignedManifest) -> None:
    """Bring the files that are not served yet. Raises `Refused` where one is missing, `DamagedFile`, `WriteError`."""
    for path, file in manifest.files.items():
        try:
            is_served = _copy_blob(delivery, root, file.sha256, file.bytes)
        except DamagedFile:
            raise DamagedFile(Message("{file} is damaged, or not the one that was signed", file=path)) from None
        if not (is_served or file.lazy):
            raise Refused(Message("{file} is named in the manifest and does not lie in the folder", file=path))


def _copy_alert_sound(delivery: Path, root: Path, alert: Alert) -> None:
    """Bring the sound of an alert, where it lies there whole: no alert waits for it. Raises `WriteError`."""
    if alert.audio:
        with suppress(DamagedFile):
            _copy_blob(delivery, root, alert.audio.sha256, alert.audio.bytes)


def _copy_blob(delivery: Path, root: Path, sha256: str, size: int) -> bool:
    """Serve a file, unless it is served; False where it lies nowhere. Raises `DamagedFile`, `WriteError`."""
    target, source = (folder / ROOT / "blob" / sha256 for folder in (root, delivery))
    if target.is_file() and target.stat().st_size == size:
        return True
    if source.is_symlink() or not source.is_file():
        return False
    with source.open("rb") as content:
        write_atomic(target, lambda out: copy_verified(content, out, sha256, size))
    return True


def read_scope_document(root: Path, scope: str, name: str) -> bytes | None:
    """A document of a scope; None where there is none. What is too long is no document (`parse_envelope`)."""
    return read_regular_file(root / ROOT / scope / name, MOST_DOCUMENT_BYTES + 1)


def _write(root: Path, scope: str, name: str, raw: bytes) -> None:
    """What is the same already is left alone: its date is what browsers and boxes ask by."""
    if read_scope_document(root, scope, name) != raw:
        write_atomic(root / ROOT / scope / name, raw)
