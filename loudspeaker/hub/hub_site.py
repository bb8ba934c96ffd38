"""The hub's site: which pages there are beside those that a station has, too, and whom they are for.

GET /                   communes and how their boxes are        GET /xa/SCOPE       the boxes of one
GET /may/BOX            one box; POST …/thu-hoi revokes it      GET /may/BOX/thay   another one takes its place
GET /moi-may            a code by which a box may join; /moi-may/usb a stick by which one does
GET /cong-van           what was heard of each bulletin         GET /cong-van/ID    where, how often, and where not
GET /lenh               signed alerts, and how far boxes came with them; /lenh/SCOPE/NUMBER where one was not heard
GET /lenh/moi           another one; /lenh/SCOPE/NUMBER/ky signs it a second time, …/ket-thuc ends it
GET /lenh/kiem-tra      a silent check; /lenh/dung silences a commune, /lenh/phat airs a bulletin
GET /su-co              incidents: what stands and what was
GET /ky                 what waits for signatures               GET /ky/SCOPE       all of it, signed there by a passkey
GET /ky/SCOPE/tep    what a key file signs on another PC; POST brings it back, as those of lists and alerts do
GET /ky/SCOPE/ke-hoach  what it would do in the communes below
GET /danh-sach-khoa     whose signatures count, and the next list of them
GET /danh-sach-khoa/SCOPE               that one, signed there by passkeys
GET /khoa-ky            one's own passkeys
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from ..errors import Message
from ..web.access import audit_pages, entrance, people
from ..web.access.access_tokens import TokenUse
from ..web.access.accounts import Session
from ..web.access.console_database import ConsoleDatabase
from ..web.access.passwords import PasswordHashes
from ..web.guard import NEEDS, Task
from ..web.site import LOCAL, Site, SiteMap, SiteSubject, open_site
from ..web.site_app import SiteApp
from ..web.site_pages import SiteRoutes
from .drafts.draft_upload import MOST_SENT
from .hub import Hub
from .hub_metrics import FEEDS
from .pages import (
    alert_board_pages,
    alert_pages,
    box_pages,
    dispatch_pages,
    join_pages,
    passkey_pages,
    signing_pages,
    trust_pages,
)
from .pages.hub_page import HubPage, HubRoutes, heading
from .pages.signature_files import MOST_SENT as MOST_SIGNED
from .scoped_hub import ScopedHub

SHARED = (entrance, people, audit_pages)
OWN = (
    *(box_pages, join_pages, dispatch_pages, alert_board_pages, alert_pages, signing_pages, trust_pages),
    passkey_pages,
)
OWN_NEEDS: Mapping[str, Task] = {
    # box_pages.py
    "GET /": Task.LOOK,
    "GET /xa/{scope}": Task.LOOK,
    "GET /may/{box}": Task.LOOK,
    "POST /may/{box}/thu-hoi": Task.RULE,
    "GET /su-co": Task.LOOK,
    # join_pages.py
    "GET /moi-may": Task.RULE,
    "POST /moi-may": Task.RULE,
    "GET /moi-may/usb": Task.RULE,
    "POST /moi-may/usb": Task.RULE,
    "GET /may/{box}/thay": Task.RULE,
    "POST /may/{box}/thay": Task.RULE,
    # dispatch_pages.py
    "GET /cong-van": Task.LOOK,
    "GET /cong-van/{bulletin}": Task.LOOK,
    # alert_board_pages.py
    "GET /lenh": Task.LOOK,
    "GET /lenh/{scope}/{number}": Task.LOOK,
    "POST /lenh/{scope}/{number}/da-goi": Task.ALARM,
    # alert_pages.py; whose signature counts, the trust document says
    "GET /lenh/moi": Task.ALARM,
    "POST /lenh/moi": Task.ALARM,
    "POST /lenh/ky": Task.ALARM,
    "POST /lenh/tai-ve": Task.ALARM,
    "POST /lenh/tep": Task.ALARM,
    "GET /lenh/kiem-tra": Task.ALARM,
    "GET /lenh/dung": Task.ALARM,
    "GET /lenh/phat": Task.SKIP,
    "POST /lenh/phat": Task.SKIP,
    "GET /lenh/{scope}/{number}/ky": Task.ALARM,
    "GET /lenh/{scope}/{number}/ket-thuc": Task.ALARM,
    # signing_pages.py; whose signature counts, the trust document says
    "GET /ky": Task.LOOK,
    "POST /ky": Task.WRITE,
    "GET /ky/{scope}": Task.LOOK,
    "GET /ky/{scope}/ke-hoach": Task.LOOK,
    "POST /ky/{scope}": Task.APPROVE,
    "GET /ky/{scope}/tep": Task.LOOK,
    "POST /ky/{scope}/tep": Task.APPROVE,
    "POST /ky/{scope}/phat-hanh": Task.APPROVE,
    "POST /ky/{scope}/bo": Task.APPROVE,
    # trust_pages.py; whose signature counts, the trust document in force says
    "GET /danh-sach-khoa": Task.LOOK,
    "POST /danh-sach-khoa": Task.RULE,
    "GET /danh-sach-khoa/{scope}": Task.LOOK,
    "POST /danh-sach-khoa/{scope}": Task.APPROVE,
    "GET /danh-sach-khoa/{scope}/tep": Task.LOOK,
    "POST /danh-sach-khoa/{scope}/tep": Task.APPROVE,
    "POST /danh-sach-khoa/{scope}/bo": Task.RULE,
    # passkey_pages.py
    "GET /khoa-ky": Task.LOOK,
    "POST /khoa-ky": Task.LOOK,
    "GET /khoa-ky/{key}": Task.LOOK,
    "POST /khoa-ky/{key}/bo": Task.LOOK,
}
DEEDS = {
    "POST /may/{box}/thu-hoi": Message("revokes a box"),
    "POST /moi-may": Message("makes a code by which a box may join"),
    "POST /moi-may/usb": Message("makes a stick by which a box joins"),
    "POST /may/{box}/thay": Message("has another box take the place of one"),
    "POST /lenh/ky": Message("signs an alert"),
    "POST /lenh/{scope}/{number}/da-goi": Message("says that a village was called and knows"),
    "POST /lenh/tep": Message("brings an alert that was signed elsewhere"),
    "POST /lenh/phat": Message("has a bulletin heard now"),
    "POST /ky": Message("proposes what is to be signed"),
    "POST /ky/{scope}": Message("signs what is to be published"),
    "POST /ky/{scope}/tep": Message("brings signatures that were made elsewhere"),
    "POST /ky/{scope}/phat-hanh": Message("publishes what was signed"),
    "POST /ky/{scope}/bo": Message("drops what waits for signatures"),
    "POST /danh-sach-khoa": Message("proposes who is to sign, and whose boxes are whose"),
    "POST /danh-sach-khoa/{scope}": Message("signs the trust document"),
    "POST /danh-sach-khoa/{scope}/tep": Message("brings signatures of the trust document that were made elsewhere"),
    "POST /danh-sach-khoa/{scope}/bo": Message("drops a trust document that waits for signatures"),
    "POST /khoa-ky": Message("adds a passkey of their own"),
    "POST /khoa-ky/{key}/bo": Message("removes a passkey of their own"),
}
HUB_MAP = SiteMap(
    needs={**{route: NEEDS[route] for module in SHARED for route in module.ROUTES}, **OWN_NEEDS},
    largest_bodies={
        "POST /ky": MOST_SENT,
        "POST /ky/{scope}/tep": MOST_SIGNED,
        "POST /danh-sach-khoa/{scope}/tep": MOST_SIGNED,
    },
    deeds={**audit_pages.DEEDS, **DEEDS},
    trials=frozenset({"POST /lenh/moi", "POST /lenh/tai-ve"}),
    navigation=(
        ("/", Message("Boxes")),
        ("/cong-van", Message("Bulletins")),
        ("/lenh", Message("Alerts")),
        ("/ky", Message("To be signed")),
        ("/them", Message("More")),
    ),
    more=(
        ("/su-co", Message("Incidents")),
        ("/moi-may", Message("Take in a box")),
        ("/danh-sach-khoa", Message("Who signs")),
        ("/khoa-ky", Message("My passkeys")),
        ("/cai-dat/nguoi", Message("People")),
        ("/cai-dat/phien", Message("Log-ins")),
        ("/mat-may", Message("A telephone is lost")),
        ("/nhat-ky/thao-tac", Message("Acts at the console")),
    ),
    top="hub_top.html",
    first_command="loudspeaker-hub link",
    templates=(Path(__file__).parent / "templates",),
)


@dataclass(frozen=True, slots=True)
class HubSite:
    """The pages of one hub; whoever opens them closes them."""

    hub: Hub
    site: Site

    @classmethod
    def open(
        cls,
        hub: Hub,
        *,
        language: str = "vi",
        hosts: frozenset[str] = LOCAL,
        hashes: PasswordHashes | None = None,
    ) -> HubSite:
        """`hosts`: the names by which browsers may ask for it. Raises `WriteError`."""
        database = ConsoleDatabase.open(hub.paths.people, hub.clock)
        subject = SiteSubject(
            hub.office,
            lambda: heading(hub.office()),
            lambda: hub.clock.now().tzinfo,
            lambda: [office.scope for office in hub.published_scopes()],
        )
        site = open_site(
            subject,
            HUB_MAP,
            database,
            hub.paths.root,
            hub.clock,
            language=language,
            hosts=hosts,
            secure=True,
            hashes=hashes,
        )
        return cls(hub, site)

    def close(self) -> None:
        self.site.close()

    def create_app(self) -> ASGIApp:
        """All pages. Raises `KeyError` for a route without a row in `HUB_MAP`."""
        feeds = {route: partial(_send_whole, send, self.hub) for route, send in FEEDS.items()}
        return SiteApp(self.site, self._page, routes(), feeds, dict.fromkeys(FEEDS, TokenUse.API)).create()

    def _page(self, request: Request, form: FormData, session: Session | None) -> HubPage:
        return HubPage(self.site, request, form, session, ScopedHub.of(self.hub, session))


def _send_whole(send: Callable[[Hub], Response], hub: Hub, page: HubPage) -> Response:
    """What a program of this machine is told of the whole hub: it has no scope."""
    return send(hub)


def routes() -> HubRoutes:
    """What answers each route, in the order of the modules."""
    shared: list[SiteRoutes] = [module.ROUTES for module in SHARED]
    own: list[HubRoutes] = [module.ROUTES for module in OWN]
    return {route: handler for table in (*shared, *own) for route, handler in table.items()}
