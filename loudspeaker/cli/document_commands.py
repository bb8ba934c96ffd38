"""A signed file by itself: signing it, and what it says and who signed it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Refused
from . import rooms
from .app import TranslatedCommand, option
from .command_context import as_json, by_passphrase
from .parameter_types import _
from .prompts import read_input, read_passphrase
from .terminal import print_json, put, tell

if TYPE_CHECKING:
    from ..trust.dsse import SignedEnvelope
    from ..trust.opening import Document
    from ..trust.signed_documents import TrustDocument


@click.command(cls=TranslatedCommand)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@option("--key", "key_file", metavar="KEY", required=True, help="A key file made with “fleet key”.")
@by_passphrase
def sign(file: Path, key_file: str, passphrase_file: str | None) -> None:
    """Add one's signature to a document, after it was shown."""
    envelope = rooms.dsse.parse_envelope(read_input(str(file)))
    for line in _describe(envelope):
        tell(line)
    for line in _spoken_lines(file, rooms.opening.read_unverified(envelope)):
        tell(line)
    own = rooms.key_file.open_key(read_input(key_file), read_passphrase(passphrase_file))
    rooms.atomic.write_atomic(file, rooms.dsse.format_envelope(own.sign(envelope)))
    tell(_("Signed by {name}, key {id}.").format(name=own.public.name, id=own.public.id))


@click.command(cls=TranslatedCommand)
@click.argument("file", metavar="FILE")
@option("--trust", "trust_file", metavar="FILE", help="The trust document by which signatures are checked.")
@as_json
def show(file: str, trust_file: str | None, as_json: bool) -> None:
    """Show a signed document: what it is, and whose signatures hold."""
    envelope = rooms.dsse.parse_envelope(read_input(file))
    trust = _read_trust(trust_file) if trust_file else None
    persons = sorted(rooms.dsse.find_signers(envelope, trust.keys)) if trust else []
    document = rooms.opening.read_unverified(envelope)
    if as_json:
        names = [signature.key_id for signature in envelope.signatures]
        print_json({"document": rooms.codec.encode(document), "keys": names, "persons": persons if trust else None})
    else:
        for line in _describe(envelope, document):
            put(line)
        try:
            for line in _spoken_lines(Path(file), document):
                put(line)
        except Refused as error:  # the document alone may be looked at, too
            tell(error.say(_))
        put(_("Fingerprint: {syllables}").format(syllables=rooms.fingerprint.fingerprint(envelope.payload)))
        put(_("Signatures that hold: {persons}").format(persons=", ".join(persons) or "–") if trust else _no_trust())
    if trust and not persons:
        click.get_current_context().exit(1)


def _read_trust(file: str) -> TrustDocument:
    return rooms.opening.open_first_trust(rooms.dsse.parse_envelope(read_input(file)))


def _no_trust() -> str:
    return _("Nothing says yet whose signatures these are: give --trust FILE.")


def _describe(envelope: SignedEnvelope, document: Document | None = None) -> Iterator[str]:
    """What a document is, by how many keys it was signed, and what is in it: whoever signs reads this first."""
    document = document or rooms.opening.read_unverified(envelope)
    number = getattr(document, "version", None) or getattr(document, "seq", "")
    yield _("{kind} {number} of {scope}, {instant}, {count} signatures").format(
        kind=_(document.document_type),
        number=number,
        scope=document.scope,
        instant=document.issued.astimezone().isoformat(sep=" ", timespec="minutes"),
        count=len(envelope.signatures),
    )
    yield from (f"  {line}" for line in _contents(document))


def _spoken_lines(file: Path, document: Document) -> Iterator[str]:
    """The words that are signed with a manifest of a delivery, which others will say as they stand."""
    if isinstance(document, rooms.signed_documents.SignedManifest):
        for path, words in rooms.packing.read_spoken_words(file.parent.parent / "blob", document):
            yield _("{file} is spoken:").format(file=path)
            yield from (f"    {sentence}" for sentence in words)


def _contents(document: Document) -> Iterator[str]:
    """What is signed: files with the beginning of their hashes, people, or words."""
    documents = rooms.signed_documents
    if isinstance(document, documents.SignedManifest):
        yield from (f"{file.sha256[:12]}  {path}" for path, file in sorted(document.files.items()))
        yield from (line.say(_) for line in rooms.packing.decision_lines(document))
    elif isinstance(document, documents.TrustDocument):
        yield from (f"{key.id}  {key.name}" for key in document.keys)
    elif isinstance(document, documents.Alert):
        yield from (line.say(_) for line in rooms.alert_packing.alert_lines(document))


COMMANDS = (sign, show)
