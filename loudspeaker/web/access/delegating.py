"""Ủy quyền duyệt: who approves while the one who does is away, and a warning where nobody else could."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

from starlette.responses import Response

from ...config.values import day, read_typed
from ...errors import BadUsage, LoudspeakerError, Message
from ...model.enums import ApprovalRule
from ..console import Console
from ..pages import PageRequest, Routes
from .accounts import Account, Role

HERE = "/uy-quyen"


def show_delegations(page: PageRequest) -> Response:
    """Raises nothing: whoever may approve sees who may in their place."""
    if not page.person.proved:
        return page.go(f"/xac-nhan?den={HERE}")
    return _page(page)


def delegate(page: PageRequest) -> Response:
    """From the first day to the end of the last. Raises `Refused` where the password was not typed of late."""
    page.must_be_proved()
    accounts, zone = page.site.accounts, _zone(page)
    try:
        begins, ends = read_typed(day, page.text("tu")), read_typed(day, page.text("den")) + timedelta(days=1)
        taker = accounts.account(page.text("cho"))
        span = (datetime.combine(bound, time(), zone) for bound in (begins, ends))
        page.console.delegations.give(accounts.account(page.person.account.login), taker, *span)
    except BadUsage as error:
        return _page(page, error)
    return page.go(HERE)


def end_delegation(page: PageRequest) -> Response:
    page.must_be_proved()
    page.console.delegations.end(page.path["number"])
    return page.go(HERE)


def approvers(console: Console) -> list[Account]:
    """Who may approve by a right of their own."""
    known = console.site.accounts.accounts()
    able = (account for account in known if account.has_password and not account.locked)
    return [account for account in able if Role.APPROVE in account.roles]


def warn_of_few(console: Console, rule: ApprovalRule) -> Message | None:
    """What is wrong where approval depends on one person, or on nobody; None where it does not, or is not asked for."""
    known = approvers(console)
    if rule is ApprovalRule.OPTIONAL or len(known) > 1 or console.delegations.to_come():
        return None
    if not known:
        return Message("nobody has the right to approve: no bulletin can be aired")
    return Message("{name} alone can approve: while they are away, nothing new is aired", name=known[0].name)


def _page(page: PageRequest, error: LoudspeakerError | None = None) -> Response:
    console = page.console
    others: Sequence[Account] = [
        person for person in console.site.accounts.accounts() if Role.APPROVE not in person.roles and not person.locked
    ]
    typed = {name: page.text(name) for name in ("tu", "den", "cho")}
    today = console.site.clock.now().astimezone(_zone(page)).date()
    return page.page(
        "delegations.html",
        422 if error else 200,
        delegations=console.delegations.to_come(),
        others=others,
        typed=typed | {"tu": typed["tu"] or f"{today:%d/%m/%Y}"},
        zone=_zone(page),
        error=error,
    )


def _zone(page: PageRequest) -> tzinfo:
    with page.console.shared_station.station() as station:
        return station.files.commune.zone


ROUTES: Routes = {
    f"GET {HERE}": show_delegations,
    f"POST {HERE}": delegate,
    f"POST {HERE}/{{number}}/thoi": end_delegation,
}
