"""Tin cấp trên: what offices above the commune offer, to be scheduled as anything else, or declined with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from ...errors import Message
from ...model.enums import ApprovalRule, ReviewState
from ...model.office_requests import DeclineOffer
from ...station.deliveries.offers import Offer, find_offer, sort_offers
from ...station.reviews import Review, ReviewLog
from ...station.station import Station
from ..airing_pages.air_control import given_reason
from ..pages import PageRequest, Routes
from .bulletins import STATES
from .wording import SpokenView, view_spoken

OFFERS = "/tin-cap-tren"
REASONS = (
    Message("not about this commune"),
    Message("said already"),
    Message("too late by now"),
    Message("no minutes left in the sessions"),
)


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer as it is shown; `spoken` is None of a relay, `review` where policy wants no approval."""

    offer: Offer
    spoken: SpokenView | None
    seconds: float
    review: Review | None

    @property
    def is_approved(self) -> bool:
        return self.review is None or self.review.state is ReviewState.APPROVED

    @property
    def is_submitted(self) -> bool:
        return self.review is not None and self.review.state is ReviewState.SUBMITTED


def show_offers(page: PageRequest) -> Response:
    """What waits for a word of the commune's, and what it has declined."""
    with page.console.shared_station.station() as station:
        waiting, declined = sort_offers(station.files, station.log)
        cards = [_card(page, station, offer) for offer in waiting]
        zone = station.files.commune.zone
    return page.page("offers.html", cards=cards, declined=declined, states=STATES, zone=zone)


def _card(page: PageRequest, station: Station, offer: Offer) -> OfferCard:
    bulletin = station.files.contents.bulletins.get(offer.bulletin or "")
    if bulletin is None:
        return OfferCard(offer, None, 0.0, None)
    spec = station.planner.bulletin_spec(bulletin, station.files.outputs()[0])
    seconds, spoken = station.planner.duration(spec)[0], view_spoken(page, bulletin.id, bulletin.text)
    if station.files.commune.approval_rule(station.clock.now().date()) is ApprovalRule.OPTIONAL:
        return OfferCard(offer, spoken, seconds, None)
    review = ReviewLog(station.log).review(bulletin, spec, station.planner.revision(bulletin))
    return OfferCard(offer, spoken, seconds, review)


def show_decline(page: PageRequest) -> Response:
    """One of them, and the reasons for not airing it. Raises `NotFound`."""
    with page.console.shared_station.station() as station:
        offer = find_offer(station.files, page.path["name"])
    return page.page("offer_decline.html", offer=offer, reasons=REASONS)


def decline(page: PageRequest) -> Response:
    return _decide(page, given_reason(page))


def take_decline_back(page: PageRequest) -> Response:
    return _decide(page, "", undo=True)


def _decide(page: PageRequest, why: str, undo: bool = False) -> Response:
    account = page.person.account
    request = DeclineOffer(page.path["name"], page.text("digest"), why, undo)
    page.console.shared_station.ask(request, account.name, account.login)
    return page.go(OFFERS)


ROUTES: Routes = {
    "GET /tin-cap-tren": show_offers,
    "GET /tin-cap-tren/{name}/khong-phat": show_decline,
    "POST /tin-cap-tren/{name}/khong-phat": decline,
    "POST /tin-cap-tren/{name}/chon-lai": take_decline_back,
}
