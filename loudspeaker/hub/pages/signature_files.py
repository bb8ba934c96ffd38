"""Files that people sign elsewhere, on a PC that is not the hub, and send back with their signatures."""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ...errors import BadUsage, Message
from ...station.deliveries.delivered_changes import TEXTS
from ...store.atomic import read_regular_file
from ...store.received import MOST_DOCUMENT_BYTES
from ...trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from ...trust.signed_documents import ROOT
from ..drafts.manifest_drafts import ManifestDraft
from ..published_files import MANIFEST
from .hub_page import HubPage

MOST_SENT = MOST_DOCUMENT_BYTES + 100_000  # bytes of a form with one
ZIP_MAGIC = b"PK"


def read_signed_file(page: HubPage) -> SignedEnvelope:
    """The document that a form has brought. Raises `BadUsage`, `UntrustedDocument` for what is none."""
    sent = page.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise BadUsage(Message("choose the signed file first"))
    raw = sent.file.read(MOST_DOCUMENT_BYTES + 1)
    if raw.startswith(ZIP_MAGIC):
        raise BadUsage(Message("this is the .zip file: unpack it, sign manifest.json in it, and send that"))
    return parse_envelope(raw)


def read_signing_files(draft: ManifestDraft) -> Mapping[str, bytes]:
    """A draft as a delivery of its texts alone: “sign” shows the words in it."""
    root, manifest = draft.folder / ROOT, draft.manifest
    sizes = {file.sha256: file.bytes for path, file in manifest.files.items() if path.endswith(TEXTS)}
    texts = {f"{ROOT}/blob/{name}": read_regular_file(root / "blob" / name, size + 1) for name, size in sizes.items()}
    own = {f"{ROOT}/{manifest.scope}/{MANIFEST}": format_envelope(draft.envelope)}
    return own | {name: text for name, text in texts.items() if text is not None}


def send_zip(name: str, files: Mapping[str, bytes]) -> Response:
    """These files, by their names, as one."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as out:
        for path, content in files.items():
            out.writestr(path, content)
    return _attachment(name, packed.getvalue(), "application/zip")


def send_document(name: str, envelope: SignedEnvelope) -> Response:
    """A document with the signatures that it has."""
    return _attachment(name, format_envelope(envelope), "application/json")


def _attachment(name: str, content: bytes, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
