"""Less sound: stopping what is on the air, leaving an airing out, keeping a village quiet; and a word for the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from urllib.parse import urlencode

from starlette.responses import Response

from ...config.values import clock_time
from ...errors import BadUsage, Message, Refused
from ...model.enums import Expected
from ...model.requests import ConfirmClock, ExplainStop, Pause, Resume, Skip, Stop
from ...station.airings import PlannedAiring
from ...station.station import Station
from ...yamlfile import Mistake
from ..pages import PageRequest, Routes
from ..shared_station import village_names
from ..templating import day, moment

HEARD = (Expected.AIR, Expected.NOT_READY)
STOPPED_FIRST = Message("stopped from the console")  # until the reason is given, which is asked afterwards
STOP_REASONS = (
    Message("funeral"),
    Message("wrong content"),
    Message("too loud"),
    Message("trying the loudspeakers"),
)
QUIET_REASONS = (
    Message("funeral"),
    Message("village meeting"),
    Message("announced power cut"),
    Message("said already"),
)


def show_stop(page: PageRequest) -> Response:
    """One button for each output that sounds, and one for all."""
    on = sorted(page.air.on, key=lambda airing: airing.output)
    outputs = [list(rows) for _output, rows in groupby(on, key=lambda airing: airing.output)]
    return page.page("stop.html", outputs=outputs, names=page.console.shared_station.village_names())


def stop(page: PageRequest) -> Response:
    """Every output, or those of the villages that are named; then ask why."""
    stopped = _ask(page, Stop(page.texts("village"), STOPPED_FIRST.say(page.site.translate)))
    if not stopped:
        raise Refused(Message("nothing is on the air there"))
    return page.go(f"/dung/ly-do?{urlencode({'luot': stopped}, doseq=True)}")


def show_why_stopped(page: PageRequest) -> Response:
    return page.page("stopped.html", airings=page.http.query_params.getlist("luot"), reasons=STOP_REASONS)


def explain_stop(page: PageRequest) -> Response:
    _ask(page, ExplainStop(page.texts("airing"), given_reason(page)))
    return page.go("/")


def show_skip(page: PageRequest) -> Response:
    """One airing and the reasons for leaving it out. Raises `NotFound`."""
    with page.console.shared_station.station() as station:
        airing = station.airings.find(page.path["id"])
        village = village_names(station).get(airing.village, airing.village)
    return page.page("skip.html", airing=airing, village=village, reasons=QUIET_REASONS)


def skip(page: PageRequest) -> Response:
    _ask(page, Skip(page.path["id"], given_reason(page)))
    return page.go("/")


def take_skip_back(page: PageRequest) -> Response:
    _ask(page, Skip(page.path["id"], "", undo=True))
    return page.go("/")


@dataclass(frozen=True, slots=True)
class Quiet:
    """What a pause of a village until then would cost: everything that hears its output is quiet."""

    village: str
    until: datetime
    words: Message  # the same, as it is said
    lost: tuple[PlannedAiring, ...]

    @property
    def mark(self) -> str:
        """Stands in the form of a page that has shown this."""
        return f"{self.village} {self.until.isoformat()} {len(self.lost)}"


def show_pause(page: PageRequest) -> Response:
    """The form; for htmx only what a choice of its fields would cost."""
    return _pause_page(page, page.query.get("thon", ""), page.query.get("den", ""), page.query.get("gio", ""))


def pause(page: PageRequest) -> Response:
    """Done at once where the page has shown what will not be heard; else that is shown first."""
    village, until, hour = page.text("thon"), page.text("den"), page.text("gio")
    with page.console.shared_station.station() as station:
        quiet = _quiet(station, village, until, hour)
    if page.text("shown") != quiet.mark:
        return _pause_page(page, village, until, hour)
    _ask(page, Pause(quiet.village, quiet.until.isoformat(), given_reason(page)))
    return page.go("/")


def resume(page: PageRequest) -> Response:
    _ask(page, Resume(page.text("village")))
    return page.go("/")


def confirm_clock(page: PageRequest) -> Response:
    _ask(page, ConfirmClock())
    return page.go("/")


def end_words(at: datetime, now: datetime) -> Message:
    """Until when: an hour, or the end of a day."""
    if at.time() == time():
        return Message("the end of {day}", day=day(at - timedelta(days=1)))
    return Message("{at}", at=moment(at, now))


def _ask(page: PageRequest, request: Pause | Resume | Skip | Stop | ExplainStop | ConfirmClock) -> Sequence[str]:
    """What the daemon answers to the person's request: the ids of airings, where it is about any."""
    account = page.person.account
    return page.console.shared_station.ask(request, account.name, account.login) or ()


def given_reason(page: PageRequest) -> str:
    """The one that was pressed, else the one that was typed. Raises `BadUsage`."""
    if reason := page.text("why") or page.text("other"):
        return reason
    raise BadUsage(Message("say why: the reason is kept in the log"))


def _pause_page(page: PageRequest, village: str, until: str, hour: str) -> Response:
    error, quiet = None, None
    with page.console.shared_station.station() as station:
        names, spans = village_names(station), _spans(station, village)
        if village:
            try:
                quiet = _quiet(station, village, until, hour)
            except BadUsage as found:
                error = found
        villages = [(ident, names.get(ident, ident)) for ident in station.files.box.plays]
    facts = {"quiet": quiet, "error": error, "reasons": QUIET_REASONS, "names": names}
    if page.is_fragment:
        return page.page("pause_cost.html", **facts)
    chosen = {"village": village, "until": until or "hom-nay", "hour": hour}
    return page.page("pause.html", 422 if error else 200, villages=villages, spans=spans, chosen=chosen, **facts)


def _spans(station: Station, village: str) -> list[tuple[str, Message, datetime]]:
    """How long a village may be kept quiet, in words: name, label, end."""
    now, (midnight, tomorrow) = station.clock.now(), station.clock.window(None, 1)
    policy = station.files.commune.policy_of(village, now.date())
    ends = sorted(midnight + timedelta(seconds=end) for _begin, end in policy.hours)
    session = next((end for end in ends if end > now), None)
    spans = [
        ("hom-nay", Message("to the end of today"), tomorrow),
        ("ngay-mai", Message("to the end of tomorrow"), tomorrow + timedelta(days=1)),
    ]
    if session:
        label = Message("to the end of this part of the day, {at}", at=f"{session:%H:%M}")
        spans.insert(0, ("buoi", label, session))
    return spans


def _quiet(station: Station, village: str, until: str, hour: str) -> Quiet:
    """Raises `BadUsage` where the end is no time to come, `NotFound` for a village that nobody knows."""
    ident = station.files.village_id(village)
    ends = {name: end for name, _label, end in _spans(station, ident)} | {"gio": _hour(station, hour)}
    end = ends.get(until or "hom-nay")
    if end is None or end <= station.clock.now():
        raise BadUsage(Message("write until when, as 17h30"))
    return Quiet(ident, end, end_words(end, station.clock.now()), tuple(_heard_until(station, ident, end)))


def _hour(station: Station, hour: str) -> datetime | None:
    """An hour of today, or if that is past of tomorrow; None where nobody wrote one that can be read."""
    try:
        return station.clock.resolve(f"{timedelta(seconds=clock_time(hour))}"[:-3].zfill(5))
    except Mistake:
        return None


def _heard_until(station: Station, village: str, end: datetime) -> list[PlannedAiring]:
    """What would be heard until then on the output of this village: whoever shares it is quiet, too."""
    now, output = station.clock.now(), station.files.box.plays.get(village)
    days = (end.date() - now.date()).days + 1
    return [
        planned
        for planned in station.airings.plan(None, days)
        if planned.output == output and planned.record is None and planned.airing.expected in HEARD
        if planned.airing.starts_at and now < planned.airing.starts_at < end
    ]


ROUTES: Routes = {
    "GET /dung": show_stop,
    "POST /dung": stop,
    "GET /dung/ly-do": show_why_stopped,
    "POST /dung/ly-do": explain_stop,
    "GET /luot/{id:path}/bo": show_skip,
    "POST /luot/{id:path}/bo": skip,
    "POST /luot/{id:path}/hoan-tac": take_skip_back,
    "GET /im-lang": show_pause,
    "POST /im-lang": pause,
    "POST /im-lang/thoi": resume,
    "POST /dong-ho": confirm_clock,
}
