"""A commune's files as a delivery: blobs by their hash, a manifest of them and trust documents, for people to sign.

What is packed nobody has signed yet. Loads `cryptography`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

from ...config.folder import Folder
from ...config.source import Source, list_names
from ...config.spoken_bulletin import format_signed_words, parse_signed_words
from ...errors import BadFile, BadUsage, Message, Refused, reason
from ...model.bulletin import Bulletin
from ...model.contents import Contents
from ...production.specification import SpeechSpec
from ...store.atomic import WriteError, commit_draft, discard_draft, read_regular_file, write_atomic
from ...text.reading import read
from ...text.sentences import utterances
from ...trust.dsse import format_envelope, format_signature, parse_envelope, parse_signature
from ...trust.key_file import SigningKey
from ...trust.opening import approval_envelope, read_unverified, seal
from ...trust.public_keys import PublicKey
from ...trust.signed_documents import (
    ROOT,
    Approval,
    BoxKey,
    ManifestDecision,
    RoleKeys,
    SignedFile,
    SignedManifest,
    SigningRole,
    TrustDocument,
    is_file_name,
)
from ..approvals import Preview, preview
from ..deliveries.delivery import alert_folder
from ..deliveries.membership import MOST_BYTES
from ..station import Station
from .trust_changes import PERSONS, name_boxes

LASTS = timedelta(days=90)  # of a manifest for other offices: then it is signed anew
FOLDERS = {".md": "bulletins", ".yaml": "schedules", "": "recordings"}


def speech_path(bulletin: str) -> str:
    """The file with the words of a bulletin."""
    return f"speech/{bulletin}.json"


@dataclass(frozen=True, slots=True)
class ApprovedWords:
    """What an approver has been shown: a bulletin, the SHA-256 of its file, its words as a file, and what binds all."""

    bulletin: str  # id
    revision: str
    words: bytes
    digest: str

    @property
    def path(self) -> str:
        return f"bulletins/{self.bulletin}.md"

    @property
    def speech(self) -> str:
        return speech_path(self.bulletin)


def words_shown(station: Station, name: str) -> tuple[Preview, ApprovedWords]:
    """A bulletin as it is shown to its approver, and what is signed then. Raises `NotFound`, `BadFile`."""
    bulletin, planner = station.files.bulletin(name), station.planner
    spec = planner.bulletin_spec(bulletin)
    texts = [piece.utterances for piece in spec.pieces if isinstance(piece, SpeechSpec)]
    shown = preview(bulletin, spec, station.files)
    return shown, ApprovedWords(bulletin.id, planner.revision(bulletin), format_signed_words(texts), shown.digest)


def pack_files(home: Path, out: Path, scope: str, now: datetime, spoken: bool = False) -> SignedManifest:
    """Put the files of the station in `home` into the delivery folder `out`, with the manifest that follows the last.

    With `spoken`, each bulletin's words as they are to be spoken are in it, too, and it ends after `LASTS`: so boxes of
    other offices take it. Raises `BadFile` where a file has a mistake, `BadUsage` where nothing has changed since,
    `WriteError`.
    """
    path = out / ROOT / scope / "manifest.json"
    before = _read_manifest(path)
    files, contents = _collect_files(home, now, spoken, before)
    if before and before.files == files and not spoken:
        raise BadUsage(Message("nothing has changed since version {version}", version=before.version))
    expires = now + LASTS if spoken else None
    decided = standing_decisions(before.decisions, now) if before else ()
    newest = _newest_alert(alert_folder(out, scope))
    manifest = SignedManifest(scope, 1, None, now, files, expires, alert_seq=newest, decisions=decided)
    return _write_next(out, before, manifest, contents)


def carry_approval(out: Path, scope: str, shown: ApprovedWords, key: SigningKey, now: datetime) -> SignedManifest:
    """Put an approval, signed with `key`, beside its bulletin in the manifest of `out`, which then follows the last.

    The words go with it: boxes say them as they stand. Approvals of other words are dropped. Raises `BadUsage` where
    another bulletin was packed than was shown, `WriteError`.
    """
    before = _read_manifest(out / ROOT / scope / "manifest.json")
    file = before.files.get(shown.path) if before else None
    words = _signed_file(shown.words)
    is_packed = file is not None and file.sha256 == shown.revision
    if before is None or file is None or not is_packed or (before.expires and before.files[shown.speech] != words):
        message = Message("{file} was not packed as it is now: use “fleet pack” first", file=shown.path)
        raise BadUsage(message)
    others = file.approved.signatures if file.approved and file.approved.digest == shown.digest else ()
    envelope = approval_envelope(scope, shown.bulletin, shown.digest)
    signed = key.sign(replace(envelope, signatures=tuple(map(parse_signature, others))))
    approval = Approval(shown.digest, tuple(map(format_signature, signed.signatures)))
    approved = replace(file, speech=shown.speech, approved=approval)
    files = {**before.files, shown.speech: words, shown.path: approved}
    return _write_next(out, before, replace(before, issued=now, files=files), {words.sha256: shown.words})


def carry_decision(out: Path, scope: str, decision: ManifestDecision, now: datetime) -> SignedManifest:
    """Put a decision for all boxes into the manifest of `out`, which then follows the last.

    Its id is that of this manifest, whatever it had; an earlier one about the same village or airing goes. Raises
    `BadUsage` where nothing was packed, `WriteError`.
    """
    before = read_packed(out, scope)
    about = decision.village or decision.airing
    others = [
        decision
        for decision in standing_decisions(before.decisions, now)
        if (decision.village or decision.airing) != about
    ]
    decisions = (*others, replace(decision, id=f"d-{before.version + 1}"))
    return _write_next(out, before, replace(before, issued=now, decisions=decisions), {})


def read_packed(out: Path, scope: str) -> SignedManifest:
    """The manifest of `out`; its signatures are not verified. Raises `BadUsage` where nothing was packed."""
    before = _read_manifest(out / ROOT / scope / "manifest.json")
    if before is None:
        raise BadUsage(Message("nothing was packed for {scope} yet: use “fleet pack” first", scope=scope))
    return before


def carry_files(out: Path, manifest: SignedManifest, contents: Mapping[str, bytes]) -> SignedManifest:
    """Write a manifest made from that of `out` as the one that follows it, with what of its files is new, by hash.

    Raises `WriteError`.
    """
    return _write_next(out, read_packed(out, manifest.scope), manifest, contents)


def decision_lines(manifest: SignedManifest) -> Iterator[Message]:
    """The decisions of a manifest, as its signer reads them."""
    for decision in manifest.decisions:
        facts = {"by": decision.by, "why": decision.why or "–"}
        if decision.until is not None:
            ends = f"{decision.until:%H:%M %d/%m/%Y}"
            yield Message(
                "{by}: no sound in {village} until {ends}: {why}", village=decision.village, ends=ends, **facts
            )
        elif decision.airing is not None:
            yield Message("{by}: {airing} is left out: {why}", airing=decision.airing, **facts)
        else:
            yield Message("{by}: the pause of {village} ends", village=decision.village, by=decision.by)


def standing_decisions(decisions: Iterable[ManifestDecision], now: datetime) -> tuple[ManifestDecision, ...]:
    """Those that still say something: a skip until a day behind its airing, a pause until it ends."""
    day = f"{now - timedelta(days=1):%Y-%m-%d}"
    return tuple(
        decision
        for decision in decisions
        if (decision.airing is None or decision.airing.rpartition("/")[2] >= day)
        and (decision.until is None or decision.until > now)
    )


def _write_next(
    out: Path, before: SignedManifest | None, manifest: SignedManifest, contents: Mapping[str, bytes]
) -> SignedManifest:
    """Write the manifest as the one that follows `before`, with the contents of its files by their hash."""
    path = out / ROOT / manifest.scope / "manifest.json"
    raw = path.read_bytes() if before else b""
    if before:
        manifest = replace(manifest, version=before.version + 1, prev=hashlib.sha256(raw).hexdigest())
    for sha256, data in contents.items():
        blob = out / ROOT / "blob" / sha256
        if not blob.exists():
            write_atomic(blob, data)
    if before:
        _keep_rules(path.with_name("rules.json"), before, raw, manifest)
    write_atomic(path, format_envelope(seal(manifest)))
    return manifest


def _collect_files(
    home: Path, now: datetime, spoken: bool, before: SignedManifest | None
) -> tuple[dict[str, SignedFile], dict[str, bytes]]:
    """What a manifest of the station in `home` lists, and the content of each by its hash. Raises as `pack_files`.

    Approvals in the manifest `before` stay where nothing of what they bind has changed.
    """
    survey = Folder([Source(home)]).survey(now)
    if mistakes := survey.problems:
        raise BadFile(mistakes)
    contents = survey.contents()
    data = {name: (home / name).read_bytes() for name in _names(home)}
    files = {name: _signed_file(content) for name, content in data.items()}
    for bulletin in contents.bulletins.values():
        approved = _kept_approval(before, files, bulletin)
        if spoken or approved:
            words, speech = _words_of(bulletin, contents, spoken), speech_path(bulletin.id)
            if before and before.files.get(speech) != _signed_file(words):
                approved = None
            if spoken or approved:
                data[speech], files[speech] = words, _signed_file(words)
                files[bulletin.path] = replace(files[bulletin.path], speech=speech, approved=approved)
    _keep_sounds(files, before)
    return files, {files[name].sha256: content for name, content in data.items()}


def _kept_approval(
    before: SignedManifest | None, files: Mapping[str, SignedFile], bulletin: Bulletin
) -> Approval | None:
    """The approval of a bulletin in the manifest `before`, where neither its file nor its recordings have changed."""
    old = before.files.get(bulletin.path) if before else None
    if before is None or old is None or old.approved is None:
        return None
    bound = [bulletin.path, *(part.audio for part in bulletin.parts if part.audio)]
    same = all(path in before.files and before.files[path].sha256 == files[path].sha256 for path in bound)
    return old.approved if same else None


def _keep_sounds(files: dict[str, SignedFile], before: SignedManifest | None) -> None:
    """Sounds in the manifest `before` stay with bulletins that have not changed; other words a box says itself."""
    for path, old in (before.files if before else {}).items():
        if before and old.audio and path in files and files[path].sha256 == old.sha256:
            files[path] = replace(files[path], audio=old.audio)
            files[old.audio] = before.files[old.audio]


def _words_of(bulletin: Bulletin, contents: Contents, spoken: bool) -> bytes:
    """The file with the words of a bulletin.

    Raises `BadUsage` for a recording in what is `spoken` for other offices, whose boxes cannot air it.
    """
    texts = [part.text or "" for part in bulletin.parts if part.audio is None]
    if spoken and len(texts) != len(bulletin.parts):
        raise BadUsage(Message("{file}: a recording cannot be sent to other offices yet", file=bulletin.path))
    return format_signed_words(utterances(read(text, contents.commune.reading_settings).spoken) for text in texts)


def read_spoken_words(blobs: Path, manifest: SignedManifest) -> Iterator[tuple[str, list[str]]]:
    """Every bulletin of a manifest that carries its words, by its path, with these, as they lie in the folder `blobs`.

    Raises `Refused` where they are not there or are others than the manifest says, `BadFile`.
    """
    for path, file in sorted(manifest.files.items()):
        if file.speech:
            sha256 = manifest.files[file.speech].sha256
            data = read_regular_file(blobs / sha256, MOST_BYTES)
            if data is None or hashlib.sha256(data).hexdigest() != sha256:
                raise Refused(Message("the words of {file} do not lie beside the manifest", file=path))
            yield path, [one.text for said in parse_signed_words(path, data) for one in said]


def write_zip(out: Path, scope: str, file: Path) -> None:
    """Put a delivery into one file, which is unpacked right onto a stick.

    Its rules.json stays away where fewer than `PERSONS` have signed that: what lies on the stick may be better.
    Raises `WriteError`.
    """
    root = out / ROOT
    manifest, rules = _read_manifest(root / scope / "manifest.json"), root / scope / "rules.json"
    named = manifest.files.values() if manifest else ()
    paths = {blob for one in named if (blob := root / "blob" / one.sha256).exists() or not one.lazy}
    paths |= set((root / scope).rglob("*.json"))
    if rules in paths and len(parse_envelope(rules.read_bytes()).signatures) < PERSONS:
        paths.remove(rules)
    pack_zip(out, paths, file)


def pack_zip(folder: Path, paths: Iterable[Path], file: Path) -> None:
    """Put what lies at these paths below a folder into one file. Raises `WriteError`."""
    draft = file.with_name(f"{file.name}.part")
    try:
        with ZipFile(draft, "w", strict_timestamps=False) as packed:
            for path in sorted(paths):
                packed.write(path, path.relative_to(folder))
    except OSError as error:
        discard_draft(draft)
        raise WriteError(Message("cannot write {path}: {error}", path=file, error=reason(error))) from error
    commit_draft(draft, file)


def write_trust(
    out: Path,
    scope: str,
    keys: Sequence[PublicKey],
    now: datetime,
    parent: str | None = None,
    reset: bool = False,
    hub: PublicKey | None = None,
    boxes: Sequence[BoxKey] = (),
    revoked: Sequence[str] = (),
    addresses: Sequence[str] = (),
) -> tuple[TrustDocument, Path]:
    """The trust document that follows the last in `out`, and its file: these people sign everything.

    Two of them sign the next one, rules and alarms together, one alone signs what is said. Who its `parent` and its
    `hub` are stays as it was, where none is named; so do the `addresses` of hubs, and its boxes, to which `boxes` are
    added; those in `revoked` (ids) are its boxes no more. With `reset` the people of the parent sign this one, because
    the keys of the scope are lost. Raises `UntrustedDocument` for keys and addresses that cannot be, and for a reset
    without a parent, `WriteError`.
    """
    folder = out / ROOT / scope / "trust"
    version = 1
    while (path := folder / f"{version}.json").exists():
        version += 1
    before = _read_trust(folder / f"{version - 1}.json")
    ids = tuple(key.id for key in keys)
    two = RoleKeys(ids, min(PERSONS, len({key.person for key in keys})))
    roles: Mapping[SigningRole, RoleKeys] = {
        SigningRole.TRUST: two,
        SigningRole.CONTENT: RoleKeys(ids, 1),
        SigningRole.RULES: two,
        SigningRole.EMERGENCY: two,
    }
    hubs = (hub,) if hub else before.keys_of(SigningRole.HUB) if before else ()
    if hubs:
        roles = {**roles, SigningRole.HUB: RoleKeys(tuple(key.id for key in hubs), 1)}
    parent = parent or (before.parent if before else None)
    fresh = TrustDocument(scope, version, now, (*keys, *hubs), roles, parent, reset=reset)
    document = name_boxes(fresh, before, boxes, revoked)
    document = replace(document, hubs=tuple(addresses) or (before.hubs if before else ()))
    write_atomic(path, format_envelope(seal(document)))
    return document, path


def _newest_alert(folder: Path) -> int:
    """The number of the newest alert that anybody has signed; 0 for none. By it a box knows what it has missed."""
    paths = [path for path in folder.glob("*.json") if path.stem.isdecimal()]
    return max((int(path.stem) for path in paths if parse_envelope(path.read_bytes()).signatures), default=0)


def _keep_rules(path: Path, before: SignedManifest, raw: bytes, after: SignedManifest) -> None:
    """Keep the manifest that set the rules beside the ones that follow it with the same rules.

    Of several with the same rules the first that was signed by most: one that was packed anew before it was signed has
    set none.
    """
    signatures, kept = len(parse_envelope(raw).signatures), _read_manifest(path)
    known = len(parse_envelope(path.read_bytes()).signatures) if kept else 0
    is_same = kept is not None and kept.files["commune.yaml"] == before.files["commune.yaml"]
    if before.files["commune.yaml"] == after.files["commune.yaml"] and (not is_same or signatures > known):
        write_atomic(path, raw)


def _read_manifest(path: Path) -> SignedManifest | None:
    """The manifest in a file of a delivery; None where there is none. Raises `UntrustedDocument`."""
    document = read_unverified(parse_envelope(path.read_bytes())) if path.exists() else None
    return document if isinstance(document, SignedManifest) else None


def _read_trust(path: Path) -> TrustDocument | None:
    """The trust document in a file of a delivery; None where there is none. Raises `UntrustedDocument`."""
    document = read_unverified(parse_envelope(path.read_bytes())) if path.exists() else None
    return document if isinstance(document, TrustDocument) else None


def _names(home: Path) -> Iterator[str]:
    """The files of a station that a manifest carries. Raises `BadFile` for a name that it cannot."""
    yield "commune.yaml"
    for suffix, folder in FOLDERS.items():
        for name in sorted(list_names(home / folder)):
            path = f"{folder}/{name}"
            if name.endswith(suffix) and (home / path).is_file():
                if not is_file_name(path):
                    raise BadUsage(Message("{file} cannot be delivered under this name; rename it", file=path))
                yield path


def _signed_file(data: bytes, speech: str | None = None) -> SignedFile:
    return SignedFile(hashlib.sha256(data).hexdigest(), len(data), speech=speech)
