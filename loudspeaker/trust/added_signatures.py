"""Signatures that come in a file of their own, for a document that waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import Message
from .dsse import Signature, SignedEnvelope, find_signers
from .faults import Fault, UntrustedDocument
from .opening import read_unverified
from .public_keys import PublicKey, list_people, verify


def add_signatures(waiting: SignedEnvelope, sent: SignedEnvelope, keys: Iterable[PublicKey]) -> SignedEnvelope:
    """What waits, with those signatures in `sent` that `keys` have made and whose person has not signed yet.

    Raises `UntrustedDocument` where it is another document, or nobody in it has signed who may and has not.
    """
    known = tuple(keys)
    must_be_same(waiting, sent)
    if not sent.signatures:
        message = Message("nobody has signed this file: sign it first with “loudspeaker sign FILE --key KEY”")
        raise UntrustedDocument(message, Fault.UNSIGNED)
    before, signed = find_signers(waiting, known), waiting
    for signature in _own_signatures(sent, known):
        signed = signed.with_signature(signature)
    if find_signers(signed, known) == before:
        raise UntrustedDocument(_why_none(waiting, sent, known), Fault.UNSIGNED)
    return signed


def _own_signatures(sent: SignedEnvelope, keys: tuple[PublicKey, ...]) -> Iterator[Signature]:
    known = {key.id: key for key in keys}
    for signature in sent.signatures:
        key = known.get(signature.key_id)
        if key and verify(key, sent.signed, signature.value, signature.assertion):
            yield signature


def _why_none(waiting: SignedEnvelope, sent: SignedEnvelope, keys: tuple[PublicKey, ...]) -> Message:
    """Why no signature in a file adds to what waits."""
    known, before = {key.id: key for key in keys}, find_signers(waiting, keys)
    if strangers := [signature.key_id for signature in sent.signatures if signature.key_id not in known]:
        return Message("the key {key} is none of those who may sign this", key=", ".join(strangers))
    sound = tuple(_own_signatures(sent, keys))
    if broken := [known[signature.key_id] for signature in sent.signatures if signature not in sound]:
        names = ", ".join(list_people(broken))
        return Message("the signature of {names} does not hold: download the file and sign it anew", names=names)
    names = ", ".join(list_people(key for key in keys if key.person in before))
    return Message("{names} has signed this already; nobody else has signed the file", names=names)


def must_be_same(waiting: SignedEnvelope, sent: SignedEnvelope) -> None:
    """Raises `UntrustedDocument`, which tells how they differ."""
    if waiting.signed == sent.signed:
        return
    expected, returned = read_unverified(waiting), read_unverified(sent)
    if type(returned) is not type(expected):
        facts = {"found": returned.document_type, "kind": expected.document_type}
        raise UntrustedDocument(Message("this is “{found}”, not a {kind}", **facts), Fault.WRONG_TYPE)
    if returned.scope != expected.scope:
        message = Message("this file is of {found}, not of {wanted}", found=returned.scope, wanted=expected.scope)
        raise UntrustedDocument(message, Fault.WRONG_SCOPE)
    numbers = [getattr(document, "version", 0) or getattr(document, "seq", 0) for document in (returned, expected)]
    if numbers[0] != numbers[1]:
        message = Message(
            "this file is number {found}; number {wanted} waits for signatures: download that",
            found=numbers[0],
            wanted=numbers[1],
        )
        raise UntrustedDocument(message, Fault.STALE)
    message = Message("this file says something else than what waits under its number: download it anew")
    raise UntrustedDocument(message, Fault.FORKED)
