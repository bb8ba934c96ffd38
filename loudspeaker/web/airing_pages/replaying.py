"""Phát ngay bây giờ: a bulletin is heard again, or before its time, by somebody's wish; never in one tap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from ...errors import LoudspeakerError, Message, Refused
from ...model.airing import Airing
from ...model.requests import Play
from ..pages import PageRequest, Routes
from ..shared_station import village_names
from ..site_pages import status_of

PATIENCE = 60.0  # s that the page waits for the sound


@dataclass(frozen=True, slots=True)
class Replay:
    """An airing that may be heard now: what, where, and who hears it, too."""

    airing: Airing
    names: Mapping[str, str]  # of villages, by id
    also: Sequence[str]  # villages on the same output
    seconds: float


def show_replay(page: PageRequest) -> Response:
    """What will be heard and by whom. Raises `NotFound`, `Refused` for a relay, which cannot be repeated."""
    return page.page("replay.html", replay=_read(page), error=None)


def replay(page: PageRequest) -> Response:
    """Air it as soon as its sound is made; against the policy only with a reason, and by whoever may give alarms."""
    view, account = _read(page), page.person.account
    reason = page.text("why") if page.may("alarm") else ""
    request = Play(str(view.airing.bulletin), (view.airing.village,), override=reason)
    try:
        (airing,) = page.console.shared_station.give(request, account.name, account.login, PATIENCE)
    except LoudspeakerError as error:
        return page.page("replay.html", status_of(error), replay=view, error=error)
    return page.go(f"/luot/{airing}")


def _read(page: PageRequest) -> Replay:
    with page.console.shared_station.station() as station:
        airing = station.airings.find(page.path["id"])
        if airing.bulletin is None:
            raise Refused(Message("a relay is heard at its time only"))
        bulletin = station.files.bulletin(airing.bulletin)
        spec = station.planner.bulletin_spec(bulletin, airing.output)
        also = [village for village, output in station.files.box.plays.items() if output == airing.output]
        return Replay(
            airing,
            village_names(station),
            [village for village in also if village != airing.village],
            station.planner.duration(spec)[0],
        )


ROUTES: Routes = {"GET /luot/{id:path}/phat": show_replay, "POST /luot/{id:path}/phat": replay}
