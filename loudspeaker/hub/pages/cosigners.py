"""Who can give an alert the signatures that it lacks: how each is reached, and with what they sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ...trust.dsse import SignedEnvelope, find_signers
from ...trust.opening import read_unverified_as
from ...trust.passkeys import passkeys_at
from ...trust.public_keys import PublicKey
from ...trust.signed_documents import Alert
from ...web.access.accounts import Account
from .hub_page import HubPage


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A person who may sign. `phone`: "" where nobody has told; `by_passkey`: else with a key file."""

    name: str
    phone: str
    by_passkey: bool


@dataclass(frozen=True, slots=True)
class CosignerWait:
    """Who can sign, and how long boxes still hold its sound."""

    cosigners: Sequence[Cosigner]
    held_until: datetime
    now: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes that are left; 0 where they have passed."""
        return max(0, int((self.held_until - self.now).total_seconds() // 60))


def find_waiting(page: HubPage, envelope: SignedEnvelope) -> CosignerWait:
    """Whom an alert waits for that somebody has signed. Raises `NotFound`, `UntrustedDocument`."""
    alert, keys = read_unverified_as(Alert, envelope), page.hub.alert_signers(envelope)
    signers = find_signers(envelope, keys)
    others = [key for key in keys if key.person not in signers]
    until = page.hub.held_until(alert).astimezone(page.now.tzinfo)
    return CosignerWait(list_cosigners(page, others), until, page.now)


def list_cosigners(page: HubPage, keys: Sequence[PublicKey]) -> list[Cosigner]:
    """The persons of these keys, those who can be called first."""
    accounts = {account.login: account for account in page.people.accounts()}
    logins = {passkey.key.id: passkey.login for passkey in page.hub.passkeys(accounts)}
    with_passkey = {key.person for key in passkeys_at(page.http.url.hostname or "", keys)}
    cosigners = {}
    for key in keys:
        account = _find_account([other for other in keys if other.person == key.person], accounts, logins)
        phone = account.phone if account else ""
        cosigners[key.person] = Cosigner(key.name or key.person, phone, key.person in with_passkey)
    return sorted(cosigners.values(), key=lambda cosigner: (not cosigner.phone, not cosigner.by_passkey, cosigner.name))


def _find_account(keys: Sequence[PublicKey], accounts: dict[str, Account], logins: dict[str, str]) -> Account | None:
    """The account with which a person has made one of these keys, else the one that is called as they are."""
    maker = next((accounts[logins[key.id]] for key in keys if key.id in logins), None)
    return maker or accounts.get(keys[0].person)
