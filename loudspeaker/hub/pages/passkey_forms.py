"""Forms that a browser fills in with a passkey: what its dialogue needs, and what comes back.

A passkey belongs to a host name: it signs at that one, and only over TLS or at `localhost`. An address of numbers has
none.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import BadUsage, Message
from ...trust.dsse import SignedEnvelope
from ...trust.faults import UntrustedDocument
from ...trust.passkeys import passkeys_at
from ...trust.public_keys import Assertion, PublicKey, challenge, decode_base64
from .hub_page import HubPage


@dataclass(frozen=True, slots=True)
class PasskeyForm:
    """What a page asks a browser for: a signature over `challenge` (base64url) by a passkey of the host `rp`.

    `known`: the credentials by which the browser finds those of whoever asks; none: it offers all that it has. `rp` is
    "" where nobody who may sign has a passkey for this address.
    """

    rp: str
    challenge: str
    digest: str
    known: Sequence[str]


def signing_form(page: HubPage, keys: Sequence[PublicKey], envelope: SignedEnvelope, digest: str) -> PasskeyForm:
    """The form by which one of `keys` signs an envelope, whose payload has this SHA-256."""
    usable = passkeys_at(page.http.url.hostname or "", keys)
    ids = {key.id for key in usable}
    own = [passkey for passkey in page.hub.own_passkeys.all() if passkey.key.id in ids]
    rp = next((key.rp for key in (*(passkey.key for passkey in own), *usable)), "")
    known = [passkey.credential for passkey in own if passkey.key.rp == rp]
    return PasskeyForm(rp, challenge(envelope.signed), digest, known)


def read_assertion(page: HubPage) -> tuple[bytes, Assertion]:
    """What a passkey has signed, as the form has it. Raises `BadUsage` where nothing has, or it cannot be read."""
    try:
        value, data, client = (decode_base64(page.text(name)) for name in ("signature", "authenticator", "client"))
    except UntrustedDocument as error:
        raise BadUsage(error.message) from error
    if not (value and data and client):
        raise BadUsage(Message("nothing was signed: the browser has asked for no passkey"))
    return value, Assertion(data, client)


def host_of(page: HubPage) -> str:
    """The host name that a new passkey would belong to. Raises `BadUsage` where the page was opened by numbers."""
    host = page.http.url.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    raise BadUsage(Message("a passkey belongs to a name: open this page by the hub’s name, not by {host}", host=host))
