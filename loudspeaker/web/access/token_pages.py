"""Kết nối phần mềm khác: tokens by which other programs read the station, and the calendar of a village on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError, Message
from ..pages import PageRequest, Routes
from ..site_pages import status_of
from .access_tokens import DAYS, TokenUse
from .people import Link

USES: Mapping[TokenUse, Message] = {
    TokenUse.CALENDAR: Message("The calendar of a village, for its head's phone"),
    TokenUse.API: Message("Another program: plan, log and figures"),
}


def show_tokens(page: PageRequest) -> Response:
    if not page.person.proved:
        return page.go("/xac-nhan?den=/cai-dat/ma")
    return _tokens_page(page)


def make_token(page: PageRequest) -> Response:
    """Show a new token, once. Raises `Refused` where the password was not typed of late."""
    page.must_be_proved()
    try:
        village, name = _village(page), page.text("name")
        secret = page.site.tokens.make(name, _days(page), page.person.account.name, village)
    except BadUsage as error:
        return _tokens_page(page, error=error)
    return _tokens_page(page, link=Link(name, _calendar(page, village, secret) if village else secret))


def revoke_token(page: PageRequest) -> Response:
    page.must_be_proved()
    page.site.tokens.revoke(page.text("name"))
    return page.go("/cai-dat/ma")


def _tokens_page(page: PageRequest, link: Link | None = None, error: LoudspeakerError | None = None) -> Response:
    typed = {name: page.text(name) for name in ("name", "use", "village", "days")} if error else {}
    names = page.console.shared_station.village_names()
    return page.page(
        "tokens.html",
        status_of(error) if error else 200,
        tokens=page.site.tokens.tokens(),
        link=link,
        error=error,
        typed=typed,
        names=names,
        uses=USES,
        days=DAYS,
        url=page.http.url,
        zone=page.console.shared_station.zone(),
    )


def _village(page: PageRequest) -> str:
    """Whose calendar is wanted; "" where another program is to read. Raises `BadUsage`."""
    if page.text("use") != TokenUse.CALENDAR:
        return ""
    village = page.text("village")
    if village not in page.console.shared_station.village_names():
        raise BadUsage(Message("choose a village"))
    return village


def _days(page: PageRequest) -> int:
    """Raises `BadUsage`."""
    chosen = {str(days): days for days in DAYS}.get(page.text("days"))
    if chosen is None:
        raise BadUsage(Message("choose how long the token is valid"))
    return chosen


def _calendar(page: PageRequest, village: str, secret: str) -> str:
    url = page.http.url
    return f"{url.scheme}://{url.netloc}/lich/{quote(village)}.ics?k={secret}"


ROUTES: Routes = {
    "GET /cai-dat/ma": show_tokens,
    "POST /cai-dat/ma": make_token,
    "POST /cai-dat/ma/thu-hoi": revoke_token,
}
