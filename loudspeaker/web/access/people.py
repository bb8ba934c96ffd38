"""Who may use the console: people, their rights, links, log-ins, lost telephones. Nobody ever sees a password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError, Message, NotFound
from ..guard import Task
from ..site_pages import SitePage, SiteRoutes, status_of
from .accounts import Role

ROLE_WORDS: Mapping[Role, tuple[Message, Message]] = {
    Role.VIEW: (Message("See"), Message("look, listen, print, reports")),
    Role.EDIT: (Message("Edit"), Message("write bulletins, schedule, send for approval, leave out")),
    Role.APPROVE: (Message("Approve"), Message("approve and give back, and what Edit may")),
    Role.DUTY: (Message("On duty"), Message("emergencies, drills, trying the loudspeakers, the clock")),
    Role.ADMIN: (Message("Administer"), Message("policy, voices, people")),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link, shown once: whoever has it chooses a password."""

    name: str
    address: str

    def picture(self) -> str:
        """The address as a QR code, as a data address for an image."""
        import segno  # 20 ms, and only for whoever is let in

        return segno.make(self.address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")


def show_people(page: SitePage) -> Response:
    if not page.person.proved:
        return page.go("/xac-nhan?den=/cai-dat/nguoi")
    return _people_page(page)


def add_person(page: SitePage) -> Response:
    """Raises `Refused` where the password was not typed of late."""
    login, name = page.text("login"), page.text("name")
    page.must_be_proved()
    try:
        code = page.people.add(login, name, _roles(page), _scope(page, ""))
        _keep_phone(page, login)
    except BadUsage as error:
        return _people_page(page, error=error, typed={"login": login, "name": name})
    return _people_page(page, link=_link(page, name, code))


def set_roles(page: SitePage) -> Response:
    page.must_be_proved()
    account = page.people.account(page.path["login"])
    try:
        _keep_phone(page, account.login)
    except BadUsage as error:
        return _people_page(page, error=error)
    page.people.set_rights(account.login, _roles(page), _scope(page, account.scope))
    return page.go("/cai-dat/nguoi")


def make_link(page: SitePage) -> Response:
    """A new link for somebody who has forgotten the password, or has lost the first link."""
    page.must_be_proved()
    account = page.people.account(page.path["login"])
    return _people_page(page, link=_link(page, account.name, page.people.make_link(account.login)))


def remove_person(page: SitePage) -> Response:
    """Done where the box was ticked that says so."""
    page.must_be_proved()
    if not page.text("sure"):
        return _people_page(page, error=BadUsage(Message("tick the box first: an account that is removed is gone")))
    page.people.remove(page.path["login"])
    return page.go("/cai-dat/nguoi")


def show_lost(page: SitePage) -> Response:
    """Everybody, to be locked at once: a telephone was lost."""
    return page.page("lost.html", people=page.people.accounts())


def lock(page: SitePage) -> Response:
    page.people.set_locked(page.path["login"], True)
    return page.go("/mat-may")


def unlock(page: SitePage) -> Response:
    """Letting somebody in again is the administrator's."""
    page.must_be_proved()
    page.people.set_locked(page.path["login"], False)
    return page.go("/cai-dat/nguoi")


def show_log_ins(page: SitePage) -> Response:
    """Who is logged in where: oneself, and for the administrator everybody."""
    login = None if page.may(Task.RULE) else page.person.account.login
    this = page.site.accounts.number_of(page.person)
    return page.page("sessions.html", sessions=page.people.log_ins(login), this=this)


def end_log_in(page: SitePage) -> Response:
    """That of somebody else only the administrator ends. Raises `NotFound` for one that is over."""
    login = None if page.may(Task.RULE) else page.person.account.login
    known = {str(log_in.number): log_in.number for log_in in page.people.log_ins(login)}
    if (number := page.path["number"]) not in known:
        raise NotFound(Message("this session is over already"))
    page.site.accounts.end_log_in(known[number])
    return page.go("/cai-dat/phien")


def _people_page(
    page: SitePage,
    link: Link | None = None,
    error: LoudspeakerError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    facts = {"link": link, "error": error, "typed": typed or {"login": "", "name": ""}}
    people, scopes = page.people.accounts(), page.account_scopes()
    status = status_of(error) if error else 200
    return page.page("people.html", status, people=people, scopes=scopes, roles=ROLE_WORDS, **facts)


def _roles(page: SitePage) -> frozenset[Role]:
    """The boxes that were ticked; somebody with none may at least look."""
    known = {str(role) for role in Role}
    return frozenset(Role(name) for name in page.texts("role") if name in known) or frozenset({Role.VIEW})


def _keep_phone(page: SitePage, login: str) -> None:
    """Raises `BadUsage`; nothing is changed where the form has none, as at a station."""
    if "phone" in page.form:
        page.people.set_phone(login, page.text("phone"))


def _scope(page: SitePage, before: str) -> str:
    """The office that was chosen; as `before` where the form has none, as at a station."""
    return page.text("scope") if "scope" in page.form else before


def _link(page: SitePage, name: str, code: str) -> Link:
    url = page.http.url
    return Link(name, f"{url.scheme}://{url.netloc}/bat-dau#{code}")


ROUTES: SiteRoutes = {
    "GET /cai-dat/nguoi": show_people,
    "POST /cai-dat/nguoi": add_person,
    "POST /cai-dat/nguoi/{login}/quyen": set_roles,
    "POST /cai-dat/nguoi/{login}/ma": make_link,
    "POST /cai-dat/nguoi/{login}/mo": unlock,
    "POST /cai-dat/nguoi/{login}/xoa": remove_person,
    "GET /cai-dat/phien": show_log_ins,
    "POST /cai-dat/phien/{number}/ket-thuc": end_log_in,
    "GET /mat-may": show_lost,
    "POST /mat-may/{login}": lock,
}
