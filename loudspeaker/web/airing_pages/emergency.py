"""Khẩn cấp: an alarm or a drill in two pages, the second of which takes a person's word; and how it ends.

The second page carries the instant that names the alarm, so that a form that is sent twice is one alarm, and a
fingerprint of what was shown, so that what is heard is what was read.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.responses import FileResponse, Response

from ...codec import decode
from ...errors import (
    BadUsage,
    BeingRead,
    LoudspeakerError,
    Message,
    NotFound,
    OutOfDate,
    Refused,
    Unanswered,
    Unreachable,
)
from ...model.alert_preview import AlertPreview, EndPreview
from ...model.board import Board, BoardAiring
from ...model.bulletin import alarm_templates
from ...model.commune import Contact
from ...model.enums import Ending, Level
from ...model.envelope import Envelope
from ...model.requests import EndUrgent, PreviewEnd, PreviewUrgent, ProposeUrgent, Request, Urgent, WithdrawUrgent
from ...station.emergency.alerts import find_blanks
from ...station.station import Station
from ..pages import PageRequest, Routes
from ..shared_station import village_names
from .alarm_forms import AlarmForm, Proposal

REPEAT, GAP = 3, 30.0  # how often an alarm is said, and the seconds between
LASTS = timedelta(minutes=10)  # how old the second page may be when it is sent
WORDS = frozenset({"phát", "phat", "phats"})  # for a real alarm; the last is Telex that was not turned into an accent
AWAY = 303  # the answer to what was done
PATIENCE = 60.0  # s that the second page waits for the sound
NO_DAEMON = Message(
    "The broadcast program is not running: give the alarm by gong and telephone, and call the technician."
)
TYPE_IT = Message("type the word PHÁT; nothing was aired")


@dataclass(frozen=True, slots=True)
class EmergencyTemplate:
    """An emergency bulletin that may be chosen; `blanks` must be filled in first."""

    id: str
    title: str
    text: str
    blanks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Villages by who can be heard there now; ids, with what people call them."""

    names: Mapping[str, str]
    here: Sequence[str]  # this box sounds them
    gone: Mapping[str, Message]  # it should, and cannot now, and why
    elsewhere: Sequence[str]  # no output of this box plays them
    contacts: Mapping[str, Contact]


def show_emergency(page: PageRequest) -> Response:
    """Step one, what waits for a second person, and how what stands may be ended."""
    with page.console.shared_station.station() as station:
        known = {template.id: template for template in read_templates(station)}
        villages = tuple(station.files.box.plays)
    chosen = known.get(page.query.get("mau", ""))
    return _show_first(page, AlarmForm(None, chosen.text if chosen else None, villages))


def fill_in(page: PageRequest) -> Response:
    """From step one to step two, which begins to make the sound."""
    form = read_form(page)
    if not form.villages:
        return _show_first(page, form, 422, Message("tick at least one village"))
    if not (form.bulletin or form.text):
        return _show_first(page, form, 422, Message("choose a template, or write what is to be said"))
    try:
        compose(page, form)
    except Unreachable:
        return _show_first(page, form, 503, NO_DAEMON)
    except (BadUsage, NotFound, Refused) as refusal:
        return _show_first(page, form, 409 if isinstance(refusal, Refused) else 422, refusal.message)
    issued = page.site.clock.now().isoformat()
    page.console.alarms.keep(issued, form)
    return page.go(f"/khan-cap/xem-lai?{urlencode({'luc': issued})}")


def review(page: PageRequest) -> Response:
    """Step two: what will be said to whom, and what that breaks into. Its sound is being made meanwhile."""
    issued = page.query.get("luc", "")
    form = page.console.alarms.form(issued)
    if form is None:
        return page.go("/khan-cap")
    return _show_review(page, form, compose(page, form), issued)


def give(page: PageRequest) -> Response:
    """The alarm, once: the same page sent again is the same alarm."""
    form, issued = read_form(page), page.text("issued")
    must_be_fresh(issued, page.site.clock.now())
    try:
        alert = compose(page, form)
    except Unreachable as error:
        return _show_unreachable(page, form, error)
    if not form.drill and not is_word(page.text("word")):
        return _show_review(page, form, alert, issued, 422, TYPE_IT)
    if page.text("shown") != fingerprint(alert):
        return _show_review(page, form, alert, issued, 409, Message("the words have changed since; read them again"))
    words = alert.text, alert.bulletin, tuple(alert.villages)
    request = Urgent(*words, REPEAT, GAP, alert.until, alert.drill, alert.recipes, issued)
    account = page.person.account
    if not alert.two_persons:
        return _air(page, form, request, account.name, account.login)
    page.console.alarms.add(Proposal(request, alert, account.name, account.login, page.site.clock.now()))
    _tell_the_box(page, ProposeUrgent(request))
    return page.go("/khan-cap")


def agree(page: PageRequest) -> Response:
    """The second person, on a device of their own, gives it too."""
    proposal = page.console.alarms.find(page.text("issued"), page.site.clock.now())
    if proposal is None:
        raise OutOfDate(Message("this waits for nobody any more; see whether it is on the air"))
    account = page.person.account
    if account.login == proposal.account:
        raise Refused(Message("another person than {name} must agree", name=account.name))
    if not is_word(page.text("word")):
        return _show_first(page, read_form(page), 422, TYPE_IT)
    request = replace(proposal.request, second=account.name)
    response = _air(page, read_form(page), request, proposal.by, proposal.account)
    if response.status_code == AWAY:
        page.console.alarms.remove(proposal)
    return response


def withdraw(page: PageRequest) -> Response:
    """Whoever asked thinks better of it, or the second person does not agree: nothing is aired."""
    if proposal := page.console.alarms.find(page.text("issued"), page.site.clock.now()):
        page.console.alarms.remove(proposal)
        _tell_the_box(page, WithdrawUrgent(str(proposal.request.issued)))
    return page.go("/khan-cap")


def _tell_the_box(page: PageRequest, request: ProposeUrgent | WithdrawUrgent) -> None:
    """Where it has a button, by which the second person may agree. Without one they do so on a telephone alone."""
    account = page.person.account
    with page.console.shared_station.station() as station:
        has_button = station.files.box.stop_button is not None
    with suppress(LoudspeakerError):
        if has_button:
            page.console.shared_station.ask(request, account.name, account.login)


def show_end(page: PageRequest) -> Response:
    """What will be said at the end of what stands, before it is."""
    form, drill = read_ending(page.query.get("cach", "")), page.query.get("dien-tap") == "1"
    end = decode(EndPreview, _ask(page, PreviewEnd(form, (), False, drill)))
    with page.console.shared_station.station() as station:
        names = village_names(station)
    alarms = [alarm for closing in end.closings for alarm in closing.alarms]
    return page.page("emergency_end.html", end=end, form=form, drill=drill, alarms=alarms, names=names)


def end(page: PageRequest) -> Response:
    """End the alarms that were shown, as it was shown."""
    account = page.person.account
    request = EndUrgent(read_ending(page.text("form")), page.texts("alarm"))
    return _air(page, read_form(page), request, account.name, account.login)


def listen(page: PageRequest) -> Response:
    """The sound of an alarm, on the machine of whoever asks. Raises `NotFound` while it is being made."""
    with page.console.shared_station.station() as station:
        programme = station.planner.programmes.find(read_recipe(page.path["recipe"]))
    if programme is None:
        raise NotFound(Message("its sound has not been made"))
    return FileResponse(programme.path, media_type="audio/wav")


def show_making(page: PageRequest) -> Response:
    """Is the sound there? A fragment that asks again until it is."""
    recipes = [read_recipe(recipe) for recipe in page.query.get("recipes", "").split(",")]
    return page.page("emergency_making.html", recipes=recipes, made=_is_made(page, recipes))


def compose(page: PageRequest, form: AlarmForm) -> AlertPreview:
    """What the daemon would say; it begins to make the sound.

    Raises `Unreachable`, `BadUsage`, `NotFound`, `Refused`.
    """
    request = PreviewUrgent(form.text, form.bulletin, form.villages, False, form.drill, None)
    try:
        return decode(AlertPreview, _ask(page, request))
    except BeingRead:  # an alarm waits for nobody: here it is read at once
        with page.console.shared_station.station() as station:
            return station.alerts.preview(request)


def fingerprint(alert: AlertPreview) -> str:
    """Changes with the words, the sound, the villages, and whether it is a drill."""
    facts = [alert.spoken, sorted(alert.recipes.items()), list(alert.villages), alert.drill]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def is_word(typed: str) -> bool:
    """Did somebody type what a real alarm takes? Blanks and capitals do not matter, nor does a missing accent.

    >>> is_word(" PHÁT "), is_word("p h a t"), is_word("phats"), is_word("phát thử")
    (True, True, True, False)
    """
    letters = (letter for letter in unicodedata.normalize("NFC", typed) if not letter.isspace() and letter != "\u200b")
    return "".join(letters).casefold() in WORDS


def must_be_fresh(issued: str, now: datetime) -> None:
    """Raises `OutOfDate` for a second page of some time ago: what is sent again by a browser is no alarm."""
    try:
        age = now - datetime.fromisoformat(issued)
    except (ValueError, TypeError) as error:
        raise BadUsage(Message("this page cannot be used; begin again")) from error
    if not -LASTS < age < LASTS:
        raise OutOfDate(Message("this page is too old; begin again, nothing was aired"))


def read_form(page: PageRequest) -> AlarmForm:
    """Of both pages. A template goes before words of one's own."""
    bulletin = page.text("bulletin") or None
    text = None if bulletin else " ".join(page.text("text").split()) or None
    return AlarmForm(bulletin, text, page.texts("village"), page.text("drill") == "1")


def read_ending(text: str) -> Ending:
    """Raises `BadUsage`."""
    try:
        return Ending(text)
    except ValueError as error:
        raise BadUsage(Message("this page cannot be used; begin again")) from error


def read_recipe(text: str) -> str:
    """It becomes the name of a file. Raises `NotFound`."""
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise NotFound(Message("its sound has not been made"))
    return text


def read_templates(station: Station) -> list[EmergencyTemplate]:
    """The commune's own and received ones, as they are chosen from."""
    return [
        EmergencyTemplate(bulletin.id, bulletin.title, text, find_blanks([text]))
        for bulletin in alarm_templates(station.files.contents.bulletins.values())
        for text in ["\n".join(part.text for part in bulletin.parts if part.text)]
    ]


def read_reach(station: Station, board: Board | None) -> Reach:
    plays = station.files.box.plays
    silent = board.gone if board else {}
    gone = {village: silent[output] for village, output in plays.items() if output in silent}
    here = [village for village in plays if village not in gone]
    names = village_names(station)
    elsewhere = [village for village in names if village not in plays]
    return Reach(names, here, gone, elsewhere, station.files.commune.contacts)


def interrupted_airings(board: Board | None, outputs: Mapping[str, str]) -> list[BoardAiring]:
    """What an alarm on these outputs breaks into."""
    on = board.on if board else ()
    return [airing for airing in on if airing.output in outputs and airing.level is not Level.EMERGENCY]


def _show_first(page: PageRequest, typed: AlarmForm, status: int = 200, error: Message | None = None) -> Response:
    board = _board(page)
    with page.console.shared_station.station() as station:
        templates, reach, zone = read_templates(station), read_reach(station, board), station.files.commune.zone
        has_button = station.files.box.stop_button is not None
    facts = {"board": board, "templates": templates, "reach": reach, "typed": typed, "error": error, "zone": zone}
    return page.page(
        "emergency.html",
        status,
        **facts,
        proposals=page.console.alarms.waiting(page.site.clock.now(), board.alarms if board else ()),
        has_button=has_button,
        kinds=sorted({alarm.drill for alarm in board.alarms} if board else ()),
        sounding={airing.id: airing for airing in board.on} if board else {},
        hindered={airing.id: airing.waits for airing in board.next if airing.waits} if board else {},
        no_daemon=NO_DAEMON,
    )


def _show_review(
    page: PageRequest,
    form: AlarmForm,
    alert: AlertPreview,
    issued: str,
    status: int = 200,
    error: Message | None = None,
) -> Response:
    board = _board(page)
    with page.console.shared_station.station() as station:
        reach, has_button = read_reach(station, board), station.files.box.stop_button is not None
        titles = {template.id: template.title for template in read_templates(station)}
    recipes = list(dict.fromkeys(alert.recipes.values()))
    facts = {"form": form, "alert": alert, "issued": issued, "error": error, "reach": reach, "recipes": recipes}
    return page.page(
        "emergency_review.html",
        status,
        **facts,
        title=titles.get(form.bulletin or "", ""),
        heard=[village for village in alert.villages if village not in reach.gone],
        silent=[village for village in alert.villages if village in reach.gone],
        has_button=has_button,
        shown=fingerprint(alert),
        interrupted=interrupted_airings(board, alert.recipes),
        made=_is_made(page, recipes),
        repeat=REPEAT,
        gap=round(GAP),
    )


def _air(page: PageRequest, form: AlarmForm, request: Urgent | EndUrgent, by: str, account: str) -> Response:
    try:
        page.console.shared_station.give(request, by, account, PATIENCE)
    except Unreachable as error:
        return _show_unreachable(page, form, error)
    return page.go("/khan-cap")


def _show_unreachable(page: PageRequest, form: AlarmForm, error: Unreachable) -> Response:
    """Nothing was aired; or nobody knows, where the daemon was asked and did not answer: the log tells."""
    return _show_first(page, form, 503, error.message if isinstance(error, Unanswered) else NO_DAEMON)


def _is_made(page: PageRequest, recipes: Sequence[str]) -> bool:
    with page.console.shared_station.station() as station:
        return all(station.planner.programmes.find(recipe) for recipe in recipes)


def _board(page: PageRequest) -> Board | None:
    """None where no daemon answers."""
    try:
        return page.console.shared_station.client.board()
    except Unreachable:
        return None


def _ask(page: PageRequest, request: Request) -> object:
    return page.console.shared_station.client.send(Envelope(request))


ROUTES: Routes = {
    "GET /khan-cap": show_emergency,
    "GET /khan-cap/xem-lai": review,
    "POST /khan-cap/xem-lai": fill_in,
    "POST /khan-cap/phat": give,
    "POST /khan-cap/dong-y": agree,
    "POST /khan-cap/bo": withdraw,
    "GET /khan-cap/ket-thuc": show_end,
    "POST /khan-cap/bao-yen": end,
    "GET /khan-cap/tieng": show_making,
    "GET /khan-cap/nghe/{recipe}": listen,
}
