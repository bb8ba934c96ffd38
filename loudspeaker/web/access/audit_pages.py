"""What people did at the console, for the administrator: who, what, when, from where; and whether that was changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.datastructures import FormData
from starlette.responses import Response

from ...errors import Message
from ...store.hash_chain import BrokenChain
from ..site_pages import SitePage, SiteRoutes
from .audit import Act, AuditRecord

MOST = 100  # acts of one page

# What each form does, in words. A route that is missing is told by its address.
DEEDS: Mapping[str, Message] = {
    "POST /vao": Message("logs in"),
    "POST /ra": Message("logs out"),
    "POST /bat-dau": Message("sets a password by a one-time link"),
    "POST /xac-nhan": Message("types the password again"),
    "POST /mat-khau": Message("changes their own password"),
    "POST /cai-dat/nguoi": Message("adds a person"),
    "POST /cai-dat/nguoi/{login}/quyen": Message("changes what a person may do"),
    "POST /cai-dat/nguoi/{login}/ma": Message("makes a new link for a person"),
    "POST /cai-dat/nguoi/{login}/mo": Message("lets a person in again"),
    "POST /cai-dat/nguoi/{login}/xoa": Message("removes a person"),
    "POST /mat-may/{login}": Message("locks an account"),
    "POST /cai-dat/phien/{number}/ket-thuc": Message("ends a log-in"),
    "POST /thiet-bi/am-luong": Message("sets the volume of an output"),
    "POST /cai-dat/quy-che": Message("changes the policy"),
    "POST /cai-dat/quy-che/tam-thoi": Message("makes rules for some days"),
    "POST /cai-dat/quy-che/tam-thoi/{number}/bo": Message("takes rules for some days out"),
    "POST /cai-dat/ngay": Message("changes a special day"),
    "POST /cai-dat/ngay/{name}/bo": Message("takes a special day out"),
    "POST /cai-dat/cach-doc": Message("adds a reading of the commune"),
    "POST /cai-dat/cach-doc/bo": Message("takes a reading of the commune out"),
    "POST /cai-dat/giong": Message("changes the commune's voice"),
    "POST /cai-dat/giong/cai": Message("has a voice installed"),
    "POST /chep-usb": Message("packs the files of the station for a stick"),
    "POST /cai-dat/giong/thoi": Message("keeps the commune's voice"),
    "POST /cai-dat/ma": Message("makes a token"),
    "POST /cai-dat/ma/thu-hoi": Message("revokes a token"),
    "POST /dung": Message("stops what is on the air, from the page"),
    "POST /dung/ly-do": Message("says why it was stopped"),
    "POST /luot/{id:path}/bo": Message("leaves an airing out"),
    "POST /luot/{id:path}/phat": Message("has an airing heard now"),
    "POST /luot/{id:path}/hoan-tac": Message("has an airing heard after all"),
    "POST /im-lang": Message("keeps a village quiet"),
    "POST /im-lang/thoi": Message("lets a village be heard again, from the page"),
    "POST /thiet-bi/thu": Message("tries a loudspeaker"),
    "POST /thiet-bi/nghe-ro": Message("says that a loudspeaker was heard"),
    "POST /thiet-bi/don": Message("sweeps old sound"),
    "POST /dong-ho": Message("says whether the clock is right"),
    "POST /khan-cap/phat": Message("gives an alarm or a drill"),
    "POST /khan-cap/dong-y": Message("agrees to an alarm"),
    "POST /khan-cap/bo": Message("takes an alarm back that waits"),
    "POST /khan-cap/bao-yen": Message("ends an alarm"),
    "POST /lich/chep": Message("copies a week"),
    "POST /lich/bang": Message("sends a sheet of schedules"),
    "POST /lich/bang/{job}/luu": Message("saves the schedules of a sheet"),
    "POST /lich/bang/{job}/bo": Message("drops a sheet of schedules"),
    "POST /lich/moi": Message("schedules something"),
    "POST /lich/muc/{thon}/{ten}": Message("changes or removes an entry of a schedule"),
    "POST /ban-tin/{id}/luu": Message("saves a bulletin"),
    "POST /ban-tin/{id}/bo-nhap": Message("lets their own version of a bulletin go"),
    "POST /ban-tin/{id}/lay-lai": Message("takes an earlier version of a bulletin back"),
    "POST /ban-tin/{id}/gui": Message("sends a bulletin for approval"),
    "POST /ban-tin/{id}/cho-nay": Message("corrects a reading in one place"),
    "POST /ban-tin/{id}/ca-xa": Message("corrects a reading for the whole commune"),
    "POST /ban-tin/{id}/dung-roi": Message("says that a reading is right"),
    "POST /tin-cap-tren/{name}/khong-phat": Message("does not air what an office above sent"),
    "POST /tin-cap-tren/{name}/chon-lai": Message("leaves open again whether it is aired"),
    "POST /ban-tin/moi": Message("begins a bulletin"),
    "POST /tep": Message("sends a document"),
    "POST /tep/{job}/giu": Message("makes a bulletin of a document"),
    "POST /tep/{job}/bo": Message("drops a document"),
    "POST /ghi-am": Message("sends a recording"),
    "POST /ghi-am/{job}/dung": Message("makes a bulletin of a recording"),
    "POST /ghi-am/{job}/bo": Message("drops a recording"),
    "POST /duyet/{id}": Message("approves a bulletin"),
    "POST /duyet/{id}/tra": Message("gives a bulletin back"),
    "POST /duyet/{id}/giay": Message("enters an approval on paper"),
    "POST /uy-quyen": Message("lets somebody else approve for some days"),
    "POST /uy-quyen/{number}/thoi": Message("ends a delegation"),
}
# Forms that change nothing by themselves: a trial, a preview, what is being typed.
TRIALS = frozenset(
    {
        *("POST /lich/thu", "POST /khan-cap/xem-lai", "POST /ban-tin/{id}/nhap", "POST /ban-tin/{id}/doc"),
        *(
            "POST /ban-tin/{id}/cho",
            "POST /ban-tin/{id}/lam-tieng",
            "POST /ban-tin/{id}/thoi-lam",
            "POST /ban-tin/{id}/nghe-chu",
            "POST /cai-dat/nghe",
        ),
    }
)
# Fields that tell what an act was about. No password, no code, no text of a bulletin.
NOTED = frozenset(
    {
        *("login", "name", "role", "everywhere", "use", "days", "village", "output", "why", "choice", "action"),
        *("bulletin", "title", "level", "drill", "digest", "written", "spoken", "paper", "signer", "right"),
        *("voice", "from"),
        *("until", "begins", "ends", "day", "at", "then", "template", "ending"),
    }
)
MOST_FIELDS = 20


def act_of(route: str, page: SitePage, status: int) -> Act | None:
    """What somebody did with a form; None for what is only tried."""
    if route in page.site.map.trials or page.query.get("thu"):  # or first shows what it would do
        return None
    account = page.session.account if page.session else None
    about = {name: str(value) for name, value in page.path.items()} | _facts_to_note(page.form)
    name, login, scope = (account.name, account.login, account.scope) if account else ("", "", "")
    return Act(route, status, name, login, page.address, about, scope)


def _facts_to_note(form: FormData) -> dict[str, str]:
    """Fields that tell what it was about; those that are ticked several times as one."""
    about: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if name in NOTED and isinstance(value, str) and value and len(about) < MOST_FIELDS:
            about.setdefault(name, []).append(value)
    return {name: ", ".join(values) for name, values in about.items()}


def show_acts(page: SitePage) -> Response:
    """The latest ones, or those before `truoc`; with `kiem=1` the chain is checked."""
    before = page.query.get("truoc", "")
    number = int(before) if before.isdecimal() and len(before) < 19 else None
    records = page.site.audit.records(MOST, number, page.scopes)
    checked, broken = _check(page) if page.query.get("kiem") else (None, None)
    return page.page(
        "acts.html",
        records=records,
        words=partial(_deed_words, page.site.map.deeds),
        zone=page.site.subject.zone(),
        head=page.site.audit.head(),
        checked=checked,
        broken=broken,
        older=records[-1].number if len(records) == MOST else None,
    )


def _check(page: SitePage) -> tuple[int | None, BrokenChain | None]:
    """How many entries are whole, or where the first is not."""
    try:
        return page.site.audit.verify(), None
    except BrokenChain as broken:
        return None, broken


def _deed_words(deeds: Mapping[str, Message], record: AuditRecord) -> Message:
    """What was done; a form that nobody has words for by its address."""
    return deeds.get(record.act.what) or Message("sends {form}", form=record.act.what)


ROUTES: SiteRoutes = {"GET /nhat-ky/thao-tac": show_acts}
