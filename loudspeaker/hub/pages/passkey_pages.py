"""Khóa ký: the passkeys of whoever asks, and one more; what the trust document has to say of them, to be downloaded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError, Message, bad_character
from ...station.signing.trust_changes import ROLE_WORDS
from ...trust.passkeys import format_public_key, read_new_passkey
from ...trust.public_keys import PublicKey, decode_base64
from .hub_page import HubPage, HubRoutes, status_of_refusal
from .passkey_forms import host_of

PERSON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{1,1400}")  # base64url of at most 1,023 bytes (Level 3, section 4)
LONGEST_NAME = 80


def show_passkeys(page: HubPage, error: LoudspeakerError | None = None) -> Response:
    """One's own passkeys, and for what each stands in which trust document."""
    own = [(passkey, _standing(page, passkey.key)) for passkey in page.hub.own_passkeys.all()]
    typed = {"person": page.text("person") or page.person.account.login}
    typed["name"] = page.text("name") or page.person.account.name
    host = page.http.url.hostname or ""
    known = " ".join(passkey.credential for passkey, _ in own if passkey.key.rp == host)
    facts = {"own": own, "typed": typed, "host": host, "known": known, "error": error}
    return page.page("hub_passkeys.html", status_of_refusal(error), **facts)


def add_passkey(page: HubPage) -> Response:
    """Keep a passkey that the browser has just made. Raises `Refused` where no password was typed of late."""
    page.must_be_proved()
    try:
        if not CREDENTIAL.fullmatch(page.text("credential")):
            raise BadUsage(Message("the browser has made no passkey"))
        key = read_new_passkey(decode_base64(page.text("public")), _person(page), _name(page), host_of(page))
        page.hub.own_passkeys.add(page.text("credential"), key)
    except LoudspeakerError as error:
        return show_passkeys(page, error)
    return page.go("/khoa-ky")


def send_public_key(page: HubPage) -> Response:
    """What everybody may know of a passkey, as a file for the next trust document. Raises `NotFound`."""
    key = page.hub.own_passkeys.passkey(page.path["key"]).key
    headers = {"Content-Disposition": f'attachment; filename="{key.person}-{key.id[:4]}.json"'}
    return Response(format_public_key(key), media_type="application/json", headers=headers)


def remove_passkey(page: HubPage) -> Response:
    """Forget a passkey here. Raises `NotFound`, `Refused` where no password was typed of late."""
    page.must_be_proved()
    page.hub.own_passkeys.passkey(page.path["key"])
    if not page.text("sure"):
        return show_passkeys(page, BadUsage(Message("tick the box first")))
    page.hub.own_passkeys.remove(page.path["key"])
    return page.go("/khoa-ky")


def _standing(page: HubPage, key: PublicKey) -> Sequence[tuple[str, Sequence[Message]]]:
    """In which offices' trust documents a key stands: their names, and what it may sign there."""
    standing = []
    for office in page.offices():
        roles = [
            words for role, words in ROLE_WORDS.items() if key.id in {known.id for known in office.trust.keys_of(role)}
        ]
        standing += [(page.hub.office_name(office.scope), roles)] if roles else []
    return standing


def _person(page: HubPage) -> str:
    """Raises `BadUsage`."""
    if not PERSON.fullmatch(page.text("person")):
        raise BadUsage(Message("a short name has small letters and digits only, such as hoa"))
    return page.text("person")


def _name(page: HubPage) -> str:
    """Raises `BadUsage`."""
    name = page.text("name")
    if not name or len(name) > LONGEST_NAME or bad_character(name):
        raise BadUsage(Message("write the name and office as others are to read it"))
    return name


ROUTES: HubRoutes = {
    "GET /khoa-ky": show_passkeys,
    "POST /khoa-ky": add_passkey,
    "GET /khoa-ky/{key}": send_public_key,
    "POST /khoa-ky/{key}/bo": remove_passkey,
}
