"""The doors: logging in and out, the first account or a new password by a one-time link, changing one's own."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import JSONResponse, RedirectResponse, Response

from ...errors import BadUsage, LoudspeakerError, Message, NotFound, Refused
from ..certificate import TLS_FOLDER, CertificateFiles
from ..site import Site
from ..site_pages import SitePage, SiteRoutes, status_of
from .accounts import SESSION_LONGEST, Account, Role, Session, WrongPassword
from .login_tries import TooManyTries


def show_login(page: SitePage) -> Response:
    """Where nobody has a password yet, the page of the first account."""
    if page.site.accounts.is_empty():
        return page.go("/bat-dau")
    if page.session:
        return page.go(_way_on(page.query.get("den", "")))
    return _login_page(page)


def log_in(page: SitePage) -> Response:
    agent = page.http.headers.get("user-agent", "")
    try:
        session = page.site.accounts.log_in(page.text("login"), page.exact_text("password"), page.address, agent)
    except TooManyTries as error:
        return _login_page(page, 429, error)
    except WrongPassword as error:
        return _login_page(page, 422, error)
    return _with_session(page.site, session, RedirectResponse(_way_on(page.text("den")), 303))


def log_out(page: SitePage) -> Response:
    """Of this browser, or of every one."""
    if page.text("everywhere"):
        page.site.accounts.end_sessions(page.person.account.login)
    page.site.accounts.end_session(page.person.token)
    response = RedirectResponse("/vao", 303)
    response.delete_cookie(page.site.cookie, secure=page.site.secure, httponly=True, samesite="strict")
    return response


def show_first(page: SitePage) -> Response:
    """The page of a one-time link, whose code stands behind the “#” of its address: no log ever sees it."""
    return _link_page(page)


def use_link(page: SitePage) -> Response:
    """Make the first account, or set a password anew, and log in."""
    site, password = page.site, page.exact_text("password")
    if password != page.exact_text("again"):
        return _link_page(page, 422, BadUsage(Message("the two passwords differ")))
    try:
        account = site.accounts.use_link(
            page.text("code"),
            password,
            page.address,
            login=page.text("login"),
            name=page.text("name"),
            names=site.subject.guessable_names(),
        )
        session = site.accounts.log_in(account.login, password, page.address, page.http.headers.get("user-agent", ""))
    except (Refused, BadUsage) as error:
        return _link_page(page, status_of(error), error)
    return _with_session(site, session, RedirectResponse("/", 303))


def send_form_token(page: SitePage) -> Response:
    """The token of the session that this browser has now, for pages that were opened before: "" where it has none."""
    return JSONResponse({"form_token": page.form_token})


def show_proof(page: SitePage) -> Response:
    """The password once more, before what only its owner may change."""
    return page.page("proof.html", error=None, way_on=_way_on(page.query.get("den", "")))


def prove(page: SitePage) -> Response:
    way_on = _way_on(page.text("den"))
    try:
        session = page.site.accounts.prove(page.person, page.exact_text("password"))
    except (WrongPassword, TooManyTries) as error:
        return page.page("proof.html", 422, error=error, way_on=way_on)
    return _with_session(page.site, session, RedirectResponse(way_on, 303))


def show_more(page: SitePage) -> Response:
    """What has no place of its own in the navigation."""
    return page.page("more.html", entries=page.entries(page.site.map.more))


def show_password(page: SitePage) -> Response:
    return page.page("password.html", error=None)


def change_password(page: SitePage) -> Response:
    """One's own; the old one is asked for, and every other session of the person ends."""
    accounts, person, password = page.site.accounts, page.person, page.exact_text("password")
    try:
        if password != page.exact_text("again"):
            raise BadUsage(Message("the two passwords differ"))
        person = accounts.prove(person, page.exact_text("old"))
        accounts.set_password(person.account.login, password, page.site.subject.guessable_names())
        person = accounts.log_in(person.account.login, password, person.address, person.agent)
    except (WrongPassword, TooManyTries, BadUsage) as error:
        again = replace(page, session=person).page("password.html", 422, error=error)
        return _with_session(page.site, person, again)
    return _with_session(page.site, person, RedirectResponse("/them", 303))


def send_authority(page: SitePage) -> Response:
    """The certificate authority's certificate, for a phone to trust. Raises `NotFound` where there is none."""
    authority = CertificateFiles(page.site.own / TLS_FOLDER).authority
    if not authority.exists():
        raise NotFound(Message("there is no certificate yet: “loudspeaker web certificate” makes one"))
    return Response(authority.read_bytes(), media_type="application/x-x509-ca-cert")


def _login_page(page: SitePage, status: int = 200, error: LoudspeakerError | None = None) -> Response:
    way_on = page.text("den") or page.query.get("den", "")
    return page.page(
        "login.html",
        status,
        error=error,
        login=page.text("login"),
        way_on=_way_on(way_on),
        administrators=_administrators(page.site),
    )


def _link_page(page: SitePage, status: int = 200, error: LoudspeakerError | None = None) -> Response:
    typed = {name: page.text(name) for name in ("code", "name", "login")}
    return page.page("first.html", status, error=error, typed=typed, is_first=page.site.accounts.is_empty())


def _with_session(site: Site, session: Session, response: Response) -> Response:
    """The answer with which a browser is given its session."""
    response.set_cookie(
        site.cookie,
        session.token,
        max_age=int(SESSION_LONGEST),
        secure=site.secure,
        httponly=True,
        samesite="strict",
    )
    return response


def _way_on(address: str) -> str:
    """The page that somebody wanted before they logged in, if it is one of ours; else the first."""
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if own else "/"


def _administrators(site: Site) -> list[Account]:
    """Whom to ask for a new link: of a hub those of the whole, since nobody knows yet who asks."""
    free = (account for account in site.accounts.accounts() if not account.locked and not account.scope)
    return [account for account in free if Role.ADMIN in account.roles]


ROUTES: SiteRoutes = {
    "GET /vao": show_login,
    "POST /vao": log_in,
    "POST /ra": log_out,
    "GET /ca.crt": send_authority,
    "GET /bat-dau": show_first,
    "POST /bat-dau": use_link,
    "GET /phien": send_form_token,
    "GET /them": show_more,
    "GET /xac-nhan": show_proof,
    "POST /xac-nhan": prove,
    "GET /mat-khau": show_password,
    "POST /mat-khau": change_password,
}
