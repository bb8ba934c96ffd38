"""The next trust document of a scope, made of the one in force and of what is to be other; and that in words.

Roles, thresholds, parent and hubs stay as they are. Where fewer persons signed together than could now, as many as
`PERSONS` must from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ...errors import BadUsage, Message
from ...trust.public_keys import PublicKey
from ...trust.signed_documents import BoxKey, RoleKeys, SigningRole, TrustDocument

PERSONS = 2  # who must sign together, where there are so many
ROLE_WORDS: Mapping[SigningRole, Message] = {
    SigningRole.CONTENT: Message("bulletins and schedules"),
    SigningRole.RULES: Message("rules"),
    SigningRole.EMERGENCY: Message("alarms"),
    SigningRole.TRUST: Message("the trust document"),
}


@dataclass(frozen=True, slots=True)
class TrustWish:
    """What is to be other: keys that sign no more (ids), new ones and what they sign, boxes, those revoked (ids)."""

    without: frozenset[str] = frozenset()
    keys: Mapping[PublicKey, frozenset[SigningRole]] = field(default_factory=dict)
    boxes: tuple[BoxKey, ...] = ()
    revoked: tuple[str, ...] = ()


def next_trust(before: TrustDocument, wish: TrustWish, now: datetime) -> TrustDocument:
    """The document that follows `before`. Raises `BadUsage` where nothing is other, `UntrustedDocument`."""
    kept = tuple(key for key in before.keys if key.id not in wish.without)
    new = {key: roles for key, roles in wish.keys.items() if roles}
    keys = (*kept, *new)
    roles = {role: _next_role(before, role, group, keys, new) for role, group in before.roles.items()}
    document = replace(before, version=before.version + 1, issued=now, keys=keys, roles=roles, reset=False)
    document = name_boxes(document, before, wish.boxes, wish.revoked)
    if _content(document) == _content(before):
        raise BadUsage(Message("choose first what is to be other"))
    return document


def name_boxes(
    document: TrustDocument, before: TrustDocument | None, boxes: Iterable[BoxKey], revoked: Iterable[str]
) -> TrustDocument:
    """The boxes of the document `before` and these, but for those that are revoked; one that is named is so no more."""
    gone_now = tuple(revoked)
    known = {box.id: box for box in (*(before.boxes if before else ()), *boxes) if box.id not in gone_now}
    gone = dict.fromkeys((*(before.revoked_boxes if before else ()), *gone_now))
    still_gone = tuple(box for box in gone if box not in known)
    return replace(document, boxes=tuple(known.values()), revoked_boxes=still_gone)


def trust_lines(before: TrustDocument, after: TrustDocument, names: Mapping[str, str]) -> Iterator[Message]:
    """The changes as the signer of `after` reads them; `names`: box id -> name."""
    yield from _key_lines(before, after)
    for role, words in ROLE_WORDS.items():
        was, now = before.roles.get(role), after.roles.get(role)
        if was and now and was.threshold != now.threshold:
            facts = {"what": words, "count": now.threshold, "before": was.threshold}
            yield Message("{what}: {count} persons sign together, so far {before}", **facts)
    known = {box.id for box in before.boxes}
    for box in (box.id for box in after.boxes if box.id not in known):
        yield Message("{name} ({box}) is a box of this office: its log counts", name=names.get(box, box), box=box)
    for ident in (box for box in after.revoked_boxes if box not in before.revoked_boxes):
        yield Message("{name} ({box}) is revoked: its log counts no more", name=names.get(ident, ident), box=ident)


def roles_of(document: TrustDocument, key: str) -> frozenset[SigningRole]:
    """What a key (its id) may sign."""
    return frozenset(role for role, group in document.roles.items() if key in group.keys)


def _key_lines(before: TrustDocument, after: TrustDocument) -> Iterator[Message]:
    """The new keys, with their owners and roles, and the keys that are withdrawn."""
    people = {key.person for key in after.keys}
    for key in (key for key in after.keys if key not in before.keys):
        for role in (role for role in ROLE_WORDS if role in roles_of(after, key.id)):
            facts = {"name": key.name, "what": ROLE_WORDS[role], "key": key.id}
            yield Message("{name} signs {what} with the new key {key}", **facts)
    for key in (key for key in before.keys if key not in after.keys):
        yield Message("key {key} of {name} signs no more", name=key.name, key=key.id)
        if key.person not in people:
            yield Message("{name} signs nothing any more", name=key.name)


def _next_role(
    before: TrustDocument,
    role: SigningRole,
    group: RoleKeys,
    keys: Iterable[PublicKey],
    new: Mapping[PublicKey, frozenset[SigningRole]],
) -> RoleKeys:
    people = {key.id: key.person for key in keys}
    ids = (*(ident for ident in group.keys if ident in people), *(key.id for key, own in new.items() if role in own))
    were, are = len({key.person for key in before.keys_of(role)}), len({people[ident] for ident in ids})
    together = role in (SigningRole.TRUST, SigningRole.RULES, SigningRole.EMERGENCY)
    least = min(PERSONS, are) if together and group.threshold == were else 1
    return RoleKeys(ids, max(group.threshold, least))


def _content(document: TrustDocument) -> tuple[object, ...]:
    return document.keys, document.roles, document.boxes, document.revoked_boxes
