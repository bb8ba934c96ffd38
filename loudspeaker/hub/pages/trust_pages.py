"""Danh sách khóa at the hub: whose signatures count, whose boxes; the next list, proposed and signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError, Message, NotFound
from ...station.box.box_key import public_box_key
from ...station.signing.trust_changes import ROLE_WORDS, TrustWish, roles_of, trust_lines
from ...trust.fingerprint import fingerprint
from ...trust.public_keys import PublicKey
from ...trust.signed_documents import SigningRole, TrustDocument
from ..boxes.box_board import BoxRow
from ..drafts.passkey_register import RegisteredPasskey
from ..drafts.trust_drafts import TRUST, TrustDraft
from .hub_page import HubPage, HubRoutes, status_of_refusal
from .passkey_forms import read_assertion, signing_form
from .signature_files import read_signed_file, send_document

LIST = "/danh-sach-khoa"


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key of a trust document and what it may sign, in words."""

    key: PublicKey
    roles: Sequence[Message]
    is_new: bool = False


def show_trust(page: HubPage, error: LoudspeakerError | None = None) -> Response:
    """Whose signatures count in an office, which boxes are its own, and what may be other in the next list."""
    scope = page.text("scope") or page.office()
    if not scope:
        raise NotFound(Message("no office has published anything at this hub yet"))
    document = page.hub.trust(scope)
    facts = {
        "scope": scope,
        "offices": [(office.scope, page.hub.office_name(office.scope)) for office in page.offices()],
        "document": document,
        "keys": _named_keys(document),
        "fresh": [(passkey.key, _suggest_roles(document, passkey.key)) for passkey in _fresh(page, scope, document)],
        "roles": ROLE_WORDS,
        "boxes": _own_boxes(page, scope, document),
        "unconfirmed": _unconfirmed_boxes(page, scope, document),
        "gone": {box.box for box in page.hub.boxes(scope) if box.revoked},
        "waits": page.hub.find_trust_draft(scope) is not None,
        "error": error,
    }
    return page.page("hub_trust.html", status_of_refusal(error), **facts)


def propose_trust(page: HubPage) -> Response:
    """Keep what was ticked as the next list. Raises `NotFound`, `Refused` where no password was typed of late."""
    page.must_be_proved()
    scope = page.text("scope")
    try:
        page.hub.propose_trust(scope, _read_wish(page, scope, page.hub.trust(scope)))
    except LoudspeakerError as error:
        return show_trust(page, error)
    return page.go(f"{LIST}/{scope}")


def show_trust_draft(page: HubPage) -> Response:
    """What becomes other, in words, and who must sign it. Raises `NotFound`."""
    return _draft_page(page, page.hub.trust_draft(page.path["scope"]))


def sign_trust(page: HubPage) -> Response:
    """Add a signature, and publish what has all that it needs. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.trust_draft(scope)
    try:
        if draft.missing:
            page.hub.sign_trust(scope, page.text("digest"), *read_assertion(page))
    except LoudspeakerError as error:
        return _draft_page(page, page.hub.trust_draft(scope), error)
    return _publish_whole(page)


def _publish_whole(page: HubPage) -> Response:
    """Publish a draft that has all signatures. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.trust_draft(scope)
    if draft.missing:
        return page.go(f"{LIST}/{scope}")
    try:
        page.hub.publish_trust(scope)
    except LoudspeakerError as error:
        return _draft_page(page, draft, error)
    return page.page("hub_trust_published.html", document=draft.document, name=page.hub.office_name(scope))


def send_trust_to_sign(page: HubPage) -> Response:
    """A part of the draft (`phan`), for whoever signs with a key file. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.trust_draft(scope)
    part = next((part for part in draft.parts if part.name == page.query.get("phan")), draft.parts[0])
    return send_document(f"{scope}-{draft.document.version}-{part.name}", part.envelope)


def take_signed_trust(page: HubPage) -> Response:
    """Take the signatures of a file that was signed elsewhere. Raises `NotFound`."""
    scope = page.path["scope"]
    try:
        page.hub.add_trust_signatures(scope, read_signed_file(page))
    except LoudspeakerError as error:
        return _draft_page(page, page.hub.trust_draft(scope), error)
    return _publish_whole(page)


def drop_trust(page: HubPage) -> Response:
    """Let a draft go; done where the box was ticked that says so. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.trust_draft(scope)
    if not page.text("sure"):
        return _draft_page(page, draft, BadUsage(Message("tick the box first")))
    page.hub.drop_trust(scope)
    return page.go(f"{LIST}?cap={scope}")


def _draft_page(page: HubPage, draft: TrustDraft, error: LoudspeakerError | None = None) -> Response:
    scope = draft.document.scope
    names = {box.box: box.name or box.box for box in page.hub.boxes(scope)}
    forms = [(part, signing_form(page, part.keys, part.envelope, part.digest)) for part in draft.parts]
    facts = {
        "draft": draft,
        "name": page.hub.office_name(scope),
        "lines": list(trust_lines(draft.before, draft.document, names)),
        "keys": _named_keys(draft.document, {key.id for key in draft.before.keys}),
        "forms": forms,
        "is_list": {part.name: part.name == TRUST for part in draft.parts},
        "syllables": fingerprint(draft.parts[0].envelope.payload),
        "error": error,
    }
    return page.page("hub_trust_draft.html", status_of_refusal(error), **facts)


def _named_keys(document: TrustDocument, known: set[str] | None = None) -> list[NamedKey]:
    """The keys of people in it; those not among the `known` (ids) are new."""
    named = []
    for key in document.keys:
        roles = roles_of(document, key.id)
        words = [word for role, word in ROLE_WORDS.items() if role in roles]
        if words:
            named.append(NamedKey(key, words, known is not None and key.id not in known))
    return named


def _fresh(page: HubPage, scope: str, document: TrustDocument) -> list[RegisteredPasskey]:
    """Passkeys of the office's people, and of those above it, that it does not name yet."""
    near = {scope, document.parent, ""}
    logins = {account.login for account in page.people.accounts() if account.scope in near}
    named = {key.id for key in document.keys}
    return [passkey for passkey in page.hub.passkeys(logins) if passkey.key.id not in named]


def _suggest_roles(document: TrustDocument, key: PublicKey) -> frozenset[SigningRole]:
    """What a new key would sign: what the person signs with others, else all but the list itself."""
    same_person = (known.id for known in document.keys if known.person == key.person)
    own = frozenset(role for ident in same_person for role in roles_of(document, ident))
    return own or frozenset(ROLE_WORDS) - {SigningRole.TRUST}


def _own_boxes(page: HubPage, scope: str, document: TrustDocument) -> list[tuple[str, str]]:
    names = {box.box: box.name for box in page.hub.boxes(scope)}
    return [(box.id, names.get(box.id) or box.id) for box in document.boxes]


def _unconfirmed_boxes(page: HubPage, scope: str, document: TrustDocument) -> list[BoxRow]:
    known = {box.id for box in document.boxes}
    boxes = (box for box in page.hub.boxes(scope) if box.scope == scope and not box.revoked)
    return [box for box in boxes if box.box not in known]


def _read_wish(page: HubPage, scope: str, document: TrustDocument) -> TrustWish:
    """What was ticked; what is not offered counts for nothing."""
    keys: Mapping[PublicKey, frozenset[SigningRole]] = {
        passkey.key: frozenset(role for role in ROLE_WORDS if role in page.texts(f"sign-{passkey.key.id}"))
        for passkey in _fresh(page, scope, document)
        if passkey.key.id in page.texts("add")
    }
    if any(not roles for roles in keys.values()):
        raise BadUsage(Message("tick what the new key is to sign"))
    offered = {box.box: box.public for box in _unconfirmed_boxes(page, scope, document)}
    boxes = tuple(public_box_key(offered[box]) for box in page.texts("box") if box in offered)
    known = {box.id for box in document.boxes}
    revoked = tuple(box for box in page.texts("revoke") if box in known)
    return TrustWish(frozenset(page.texts("without")), keys, boxes, revoked)


ROUTES: HubRoutes = {
    "GET /danh-sach-khoa": show_trust,
    "POST /danh-sach-khoa": propose_trust,
    "GET /danh-sach-khoa/{scope}": show_trust_draft,
    "POST /danh-sach-khoa/{scope}": sign_trust,
    "GET /danh-sach-khoa/{scope}/tep": send_trust_to_sign,
    "POST /danh-sach-khoa/{scope}/tep": take_signed_trust,
    "POST /danh-sach-khoa/{scope}/bo": drop_trust,
}
