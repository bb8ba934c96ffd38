"""A commune's files as a delivery: blobs by their hash, a manifest of them and trust documents, for people to sign.

What is packed nobody has signed yet. Loads `cryptography`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ..config.folder import Folder
from ..config.source import Source, list_names
from ..config.spoken_bulletin import format_signed_words, parse_signed_words
from ..errors import BadFile, BadUsage, Message, Refused
from ..model.contents import Contents
from ..store.atomic import read_regular_file, write_atomic
from ..text.reading import read
from ..text.sentences import utterances
from ..trust.dsse import format_envelope, parse_envelope
from ..trust.opening import read_unverified, seal
from ..trust.public_keys import PublicKey
from ..trust.signed_documents import RoleKeys, SignedFile, SignedManifest, SigningRole, TrustDocument, is_file_name
from .delivery import ROOT
from .membership import MOST_BYTES

PERSONS = 2  # who must sign together, where there are so many
LASTS = timedelta(days=90)  # of a manifest for other offices: then it is signed anew
SPEECH = "speech"
FOLDERS = {".md": "bulletins", ".yaml": "schedules", "": "recordings"}


def pack_files(home: Path, out: Path, scope: str, now: datetime, spoken: bool = False) -> SignedManifest:
    """Put the files of the station in `home` into the delivery folder `out`, with the manifest that follows the last.

    With `spoken`, each bulletin's words as they are to be spoken are in it, too, and it ends after `LASTS`: so boxes of
    other offices take it. Raises `BadFile` where a file has a mistake, `BadUsage` where nothing has changed since,
    `WriteError`.
    """
    files, contents = _collect_files(home, now, spoken)
    path = out / ROOT / scope / "manifest.json"
    raw = path.read_bytes() if path.exists() else None
    before = _read_manifest(path)
    if before and before.files == files and not spoken:
        raise BadUsage(Message("nothing has changed since version {version}", version=before.version))
    version = before.version + 1 if before else 1
    prev = hashlib.sha256(raw).hexdigest() if raw else None
    manifest = SignedManifest(scope, version, prev, now, files, expires=now + LASTS if spoken else None)
    for sha256, data in contents.items():
        blob = out / ROOT / "blob" / sha256
        if not blob.exists():
            write_atomic(blob, data)
    if before and raw:
        _keep_rules(path.with_name("rules.json"), before, raw, manifest)
    write_atomic(path, format_envelope(seal(manifest)))
    return manifest


def _collect_files(home: Path, now: datetime, spoken: bool) -> tuple[dict[str, SignedFile], dict[str, bytes]]:
    """What a manifest of the station in `home` lists, and the content of each by its hash. Raises as `pack_files`."""
    survey = Folder([Source(home)]).survey(now)
    if mistakes := survey.problems:
        raise BadFile(mistakes)
    words = dict(_spoken_words(survey.contents())) if spoken else {}
    contents = {name: (home / name).read_bytes() for name in _names(home)} | words
    files = {name: _signed_file(data, _speech_of(name, words)) for name, data in contents.items()}
    return files, {files[name].sha256: data for name, data in contents.items()}


def _spoken_words(contents: Contents) -> Iterator[tuple[str, bytes]]:
    """The files with the words of every bulletin. Raises `BadUsage` for a recording, which other boxes cannot air."""
    for bulletin in contents.bulletins.values():
        if any(part.audio for part in bulletin.parts):
            raise BadUsage(Message("{file}: a recording cannot be sent to other offices yet", file=bulletin.path))
        spoken = (read(part.text or "", contents.commune.reading_settings).spoken for part in bulletin.parts)
        yield f"{SPEECH}/{bulletin.id}.json", format_signed_words(utterances(text) for text in spoken)


def _speech_of(path: str, words: Collection[str]) -> str | None:
    """The file with the words of a bulletin, where there is one."""
    name = f"{SPEECH}/{Path(path).stem}.json"
    return name if path.startswith("bulletins/") and name in words else None


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


def write_trust(
    out: Path, scope: str, keys: Sequence[PublicKey], now: datetime, parent: str | None = None, reset: bool = False
) -> tuple[TrustDocument, Path]:
    """The trust document that follows the last in `out`, and its file: these people sign everything.

    Two of them sign the next one, rules and alarms together, one alone signs what is said. Who its `parent` is stays as
    it was, where none is named; so do its boxes and hubs. With `reset` the people of the parent sign this one, because
    the keys of the scope are lost. Raises `UntrustedDocument` for keys that cannot be, and for a reset without a
    parent, `WriteError`.
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
    parent = parent or (before.parent if before else None)
    document = TrustDocument(scope, version, now, tuple(keys), roles, parent, reset=reset)
    if before:
        document = replace(document, boxes=before.boxes, revoked_boxes=before.revoked_boxes, hubs=before.hubs)
    write_atomic(path, format_envelope(seal(document)))
    return document, path


def _keep_rules(path: Path, before: SignedManifest, raw: bytes, after: SignedManifest) -> None:
    """Keep the manifest that set the rules beside the ones that follow it with the same rules."""
    kept = _read_manifest(path)
    if before.files["commune.yaml"] == after.files["commune.yaml"] and (
        kept is None or kept.files["commune.yaml"] != before.files["commune.yaml"]
    ):
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
