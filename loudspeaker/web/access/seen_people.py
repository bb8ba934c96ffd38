"""The people whom somebody sees and looks after: everybody, or at a hub those of the offices that are their own.

Whom they do not see is not there for them. Only that a log-in name is taken already is told to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import BadUsage, Message, NotFound
from .accounts import Account, AccountStore, LogIn, Role


@dataclass(frozen=True, slots=True)
class SeenPeople:
    """The accounts of `store` whose scope is one of `scopes`; None: all of them."""

    store: AccountStore
    scopes: frozenset[str] | None = None

    def accounts(self) -> list[Account]:
        """Everybody, by login."""
        return [account for account in self.store.accounts() if self._sees(account)]

    def account(self, login: str) -> Account:
        """Raises `NotFound`."""
        account = self.store.account(login)
        if not self._sees(account):
            raise NotFound(Message("there is no account “{login}”", login=login))
        return account

    def add(self, login: str, name: str, roles: Iterable[Role], scope: str) -> str:
        """As `AccountStore.add`. Raises `BadUsage`, for an office of others, too."""
        self._must_be_own(scope)
        return self.store.add(login, name, roles, scope)

    def set_rights(self, login: str, roles: Iterable[Role], scope: str) -> None:
        """What a person may do, and whose things they see. Raises `NotFound`, `BadUsage`, `Refused`."""
        account = self.account(login)
        if scope != account.scope:
            self._must_be_own(scope)
            self.store.set_scope(login, scope)
        self.store.set_roles(login, roles)

    def set_phone(self, login: str, phone: str) -> None:
        """Raises as `AccountStore.set_phone` does."""
        self.store.set_phone(self.account(login).login, phone)

    def set_locked(self, login: str, locked: bool) -> None:
        """Raises as `AccountStore.set_locked` does."""
        self.store.set_locked(self.account(login).login, locked)

    def make_link(self, login: str) -> str:
        """The code of a new link for one of them. Raises `NotFound`."""
        return self.store.make_link(self.account(login).login)

    def remove(self, login: str) -> None:
        """Raises as `AccountStore.remove` does."""
        self.store.remove(self.account(login).login)

    def log_ins(self, login: str | None = None) -> list[LogIn]:
        """As `AccountStore.log_ins`."""
        return [log_in for log_in in self.store.log_ins(login) if self._sees(log_in.account)]

    def _must_be_own(self, scope: str) -> None:
        """Raises `BadUsage`."""
        if self.scopes is not None and scope not in self.scopes:
            raise BadUsage(Message("choose an office that is yours"))

    def _sees(self, account: Account) -> bool:
        return self.scopes is None or account.scope in self.scopes
