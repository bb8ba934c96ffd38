"""Lệnh khẩn at the hub: an alarm is written, looked over, signed by one person and confirmed by another; what takes its
place, its end, a silent check, and silence.

What is signed goes with the form; it is looked over on a page of its own, and the passkey's dialogue is the last word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError, Message, NotFound, Refused
from ...model.bulletin import alarm_templates
from ...model.spoken_text import SpokenPart
from ...station.signing.alert_packing import AlertDraft, alert_lines
from ...trust.added_signatures import must_be_same
from ...trust.dsse import SignedEnvelope, find_signers, format_envelope, parse_envelope
from ...trust.faults import UntrustedDocument
from ...trust.opening import ALERT_SIGNERS, read_unverified, read_unverified_as
from ...trust.public_keys import list_people
from ...trust.signed_documents import EVERY_VILLAGE, SCOPE, Alert, AlertEnd, AlertKind
from ..boxes.alert_villages import VillageReach
from ..published_files import communes_below
from .alert_cadences import CADENCES, read_cadence, typed_cadence
from .cosigners import find_waiting
from .hub_page import HubPage, HubRoutes, status_of_refusal
from .passkey_forms import PasskeyForm, read_assertion, signing_form
from .signature_files import read_signed_file, send_document

REPEATS, MOST_REPEATS = 3, 10  # of an alarm, unless told otherwise
GAP = 30.0  # seconds between
LASTS = timedelta(hours=2)
STOP_LASTS = timedelta(minutes=10)  # what a box airs that hears of it later is no longer what was meant
PLAY_LASTS = timedelta(minutes=30)  # a bulletin that is wanted now is not wanted hours later


@dataclass(frozen=True, slots=True)
class AlarmTemplate:
    """An emergency bulletin: an alarm says it as it stands, or begins from its words, where it has only words."""

    id: str
    title: str
    text: str
    parts: Sequence[SpokenPart]
    may_be_edited: bool


@dataclass(frozen=True, slots=True)
class AlarmExtent:
    """How far an alarm goes as boxes are now."""

    villages: Sequence[VillageReach]

    @property
    def communes(self) -> int:
        return len({village.scope for village in self.villages})

    @property
    def silent(self) -> list[VillageReach]:
        """Those that will hear nothing."""
        return [village for village in self.villages if village.reason is not None]


def show_alarm_form(page: HubPage, error: LoudspeakerError | None = None) -> Response:
    """What is to be said, where, and whether it is a drill; what it takes the place of (`thay`). Raises `NotFound`."""
    scope = page.text("scope") or page.office()
    templates = _templates(page, scope)
    before = _find_alarm_before(page, scope)
    named = page.text("bulletin") or page.query.get("ban", "")
    chosen = next((template for template in templates if template.id == named), None)
    offices = [(office.scope, page.hub.office_name(office.scope)) for office in page.offices()]
    facts = {"scope": scope, "offices": offices, "templates": templates, "villages": _villages(page, scope)}
    facts |= {"cadences": CADENCES, "groups": _groups(page, scope)}
    facts |= {"communes": {commune: page.hub.office_name(commune) for commune in _communes(page, scope)}}
    values = {"before": before, "chosen": chosen, "typed": _form_values(page, templates, before), "error": error}
    return page.page("hub_alarm.html", status_of_refusal(error), **facts, **values)


def _form_values(page: HubPage, templates: Sequence[AlarmTemplate], before: Alert | None) -> Mapping[str, object]:
    """What stands in the form: what was typed, else what the alarm `before` was."""
    return {
        "text": page.text("text") or _first_words(page, templates, before),
        "villages": page.texts("village") or (before.villages if before else (EVERY_VILLAGE,)),
        "drill": page.text("drill") or (before is not None and before.drill),
        "repeat": page.text("repeat") or str(before.repeat if before else REPEATS),
        "groups": page.texts("group"),
        "communes": page.texts("commune") or (before.audience if before else ()),
        **typed_cadence(page, before),
    }


def look_alarm_over(page: HubPage) -> Response:
    """Exactly what would be signed; the form again where something is wrong."""
    try:
        scope = page.text("scope")
        envelope = page.hub.write_alert(scope, _read_draft(page, scope))
    except LoudspeakerError as error:
        return show_alarm_form(page, error)
    return _signing_page(page, envelope)


def sign_alert(page: HubPage) -> Response:
    """Add a signature, and serve it; the page again where that cannot be. Raises `BadUsage` for what is no alert."""
    envelope = _posted_alert(page)
    try:
        alert = page.hub.sign_alert(envelope, *read_assertion(page))
    except LoudspeakerError as error:
        return _signing_page(page, envelope, error)
    return page.go(f"/lenh/{alert.id}")


def send_alert_to_sign(page: HubPage) -> Response:
    """What was looked over, for whoever signs with a key file. Raises `BadUsage`, `NotFound`."""
    envelope = _posted_alert(page)
    alert = read_unverified_as(Alert, envelope)
    return send_document(f"{alert.scope}-{alert.seq}.json", envelope)


def take_signed_alert(page: HubPage) -> Response:
    """Take the signatures of a file that was signed elsewhere; the page of what it was for, where they are not taken.

    Raises `BadUsage`, `NotFound`.
    """
    shown = _posted_alert(page)
    try:
        alert = page.hub.add_alert_signatures(_must_be_shown(read_signed_file(page), shown))
    except LoudspeakerError as error:
        return _signing_page(page, shown, error)
    return page.go(f"/lenh/{alert.id}")


def _must_be_shown(sent: SignedEnvelope, shown: SignedEnvelope) -> SignedEnvelope:
    """Raises `UntrustedDocument` for another document than the page has shown."""
    must_be_same(shown, sent)
    return sent


def _posted_alert(page: HubPage) -> SignedEnvelope:
    """The alert of a form, as it was shown. Raises `BadUsage` for what is none, `NotFound`."""
    try:
        envelope = parse_envelope(page.text("envelope").encode())
        page.hub.alert_signers(envelope)
    except UntrustedDocument as error:
        raise BadUsage(error.message) from error
    return envelope


def sign_play(page: HubPage) -> Response:
    """The same of a bulletin that is to be heard, for those who may air one. Raises `BadUsage` for anything else."""
    try:
        alert = read_unverified(parse_envelope(page.text("envelope").encode()))
    except UntrustedDocument as error:
        raise BadUsage(error.message) from error
    if not isinstance(alert, Alert) or alert.kind is not AlertKind.PLAY:
        raise BadUsage(Message("this is no bulletin that is to be heard"))
    return sign_alert(page)


def show_confirmation(page: HubPage) -> Response:
    """An alert that waits for one signature more. Raises `NotFound`."""
    return _signing_page(page, _find_alert(page))


def show_end(page: HubPage) -> Response:
    """The end of an alert, in the form that was chosen (`cach`). Raises `NotFound`."""
    ended, form = read_unverified_as(Alert, _find_alert(page)), page.query.get("cach", "")
    if form not in set(AlertEnd):
        return page.page("hub_alarm_end.html", alert=ended, lines=_lines(page, ended))
    draft = AlertDraft(
        AlertKind.END,
        references=(ended.seq,),
        villages=ended.villages,
        audience=ended.audience,
        form=AlertEnd(form),
        lasts=LASTS,
    )
    return _signing_page(page, page.hub.write_alert(ended.scope, draft))


def show_check(page: HubPage) -> Response:
    """A silent check of all boxes of an office, to be signed. Raises `NotFound`."""
    return _signing_page(page, page.hub.write_alert(page.office(), AlertDraft(AlertKind.CHECK, lasts=LASTS)))


def show_stop(page: HubPage) -> Response:
    """Silence in a commune, or in some of its villages (`thon`), to be signed. Raises `NotFound`, `Refused`."""
    return _signing_own(page, AlertDraft(AlertKind.STOP, lasts=STOP_LASTS))


def show_play(page: HubPage) -> Response:
    """A bulletin (`ban`) that is heard now, within the policy, to be signed. Raises `BadUsage`, and as `show_stop`."""
    return _signing_own(page, AlertDraft(AlertKind.PLAY, bulletin=page.query.get("ban", ""), lasts=PLAY_LASTS))


def _signing_own(page: HubPage, draft: AlertDraft) -> Response:
    """What only a commune itself may have done, in all or some of its villages (`thon`). Raises `Refused`."""
    scope = page.office()
    known = _villages(page, scope)
    if not known:
        raise Refused(Message("only the commune itself may have this done"))
    some = tuple(village for village in page.http.query_params.getlist("thon") if village in known)
    draft = replace(draft, villages=some or (EVERY_VILLAGE,))
    return _signing_page(page, page.hub.write_alert(scope, draft), villages=known)


def _find_alert(page: HubPage) -> SignedEnvelope:
    """The alert of the address. Raises `NotFound`."""
    scope, number = page.path["scope"], page.path["number"]
    envelope = _read_served(page, scope, number) if SCOPE.fullmatch(scope) else None
    if envelope is None:
        raise NotFound(Message("there is no alert {alert} here", alert=f"{scope}/{number}"))
    return envelope


def _read_served(page: HubPage, scope: str, number: str) -> SignedEnvelope | None:
    return page.hub.served_alert(scope, int(number)) if number.isdecimal() and len(number) < 10 else None


def _find_alarm_before(page: HubPage, scope: str) -> Alert | None:
    """The alarm in whose place another is to be given (`thay`); None where there is none."""
    envelope = _read_served(page, scope, page.text("thay") or page.query.get("thay", ""))
    document = read_unverified(envelope) if envelope else None
    return document if isinstance(document, Alert) and document.kind.is_alarm else None


def _first_words(page: HubPage, templates: Sequence[AlarmTemplate], before: Alert | None) -> str:
    """What stands in the form before anybody has typed: a template's words, or those that are to be replaced."""
    words = {template.id: template.text for template in templates if template.may_be_edited}
    return words.get(page.query.get("mau", "")) or (before.text or "" if before else "")


def _read_draft(page: HubPage, scope: str) -> AlertDraft:
    """What was typed. Raises `BadUsage`, `NotFound` for one that is to take the place of what is no alarm here."""
    text, bulletin = page.text("text").replace("\r\n", "\n"), page.text("bulletin")
    if not (text or bulletin):
        raise BadUsage(Message("write what is to be said"))
    draft = AlertDraft(
        AlertKind.ALERT,
        None if bulletin else text,
        bulletin or None,
        villages=_read_villages(page, scope),
        audience=_read_audience(page, scope),
        drill=bool(page.text("drill")),
        repeat=_read_repeat(page),
        gap=GAP,
        lasts=LASTS,
        again=read_cadence(page),
    )
    if not page.text("thay"):
        return draft
    before = _find_alarm_before(page, scope)
    if before is None:
        raise NotFound(Message("there is no alert {alert} here", alert=f"{scope}/{page.text('thay')}"))
    return replace(draft, kind=AlertKind.UPDATE, references=(before.seq,), drill=before.drill)


def _read_repeat(page: HubPage) -> int:
    """How many times it is said. Raises `BadUsage`."""
    repeat = page.text("repeat")
    if not repeat.isdecimal() or len(repeat) > 3 or not 1 <= int(repeat) <= MOST_REPEATS:
        raise BadUsage(Message("it is said 1 to {most} times", most=MOST_REPEATS))
    return int(repeat)


def _read_villages(page: HubPage, scope: str) -> tuple[str, ...]:
    """Raises `BadUsage`."""
    if EVERY_VILLAGE in page.texts("village"):
        return (EVERY_VILLAGE,)
    known = _villages(page, scope)
    villages = tuple(village for village in page.texts("village") if village in known)
    if not villages:
        raise BadUsage(Message("choose where it is to be heard"))
    return villages


def _read_audience(page: HubPage, scope: str) -> tuple[str, ...]:
    """The communes that were chosen, or are in a group that was; none where it is for all. Raises `BadUsage`."""
    known, chosen = _groups(page, scope), page.texts("group")
    single = (commune for commune in _communes(page, scope) if commune in page.texts("commune"))
    grouped = (commune for name in known if name in chosen for commune in known[name])
    communes = tuple(dict.fromkeys((*single, *grouped)))
    if (chosen or page.texts("commune")) and not communes:  # it must not become all of them
        raise BadUsage(Message("choose where it is to be heard"))
    return communes


def _groups(page: HubPage, scope: str) -> Mapping[str, Sequence[str]]:
    """Groups of communes that a province has named in its commune.yaml, by their name; none of a commune."""
    files = page.hub.served_files(scope) if _communes(page, scope) else None
    rules = files.survey.commune.understood if files else None
    return rules.groups if rules else {}


def _communes(page: HubPage, scope: str) -> list[str]:
    """Those below an office."""
    return communes_below(page.offices(), scope) if scope else []


def _signing_page(
    page: HubPage,
    envelope: SignedEnvelope,
    error: LoudspeakerError | None = None,
    villages: Mapping[str, str] | None = None,
) -> Response:
    """`villages`: those of which some may be chosen first."""
    alert, keys = read_unverified_as(Alert, envelope), page.hub.alert_signers(envelope)
    signers = find_signers(envelope, keys)
    own = {passkey.key.person for passkey in page.hub.own_passkeys.all()}
    role, together = ALERT_SIGNERS[alert.kind]
    words: Sequence[SpokenPart] = ()
    form: PasskeyForm | None = None
    try:
        words, form = page.hub.alert_words(alert), signing_form(page, keys, envelope, alert.id)
    except Refused as refused:  # nobody signs words that are not shown
        error = refused
    facts = {
        "alert": alert,
        "name": page.hub.office_name(alert.scope),
        "words": words,
        "lines": _lines(page, alert),
        "extent": AlarmExtent(page.hub.expect_alert(alert)) if alert.kind.is_alarm else None,
        "needed": page.hub.trust(alert.scope).threshold(role) if together and keys else 1,
        "signed_by": list_people(key for key in keys if key.person in signers),
        "others": list_people(key for key in keys if key.person not in signers | own),
        "waiting": find_waiting(page, envelope) if signers else None,
        "envelope": format_envelope(envelope).decode().strip(),
        "form": form,
        "error": error,
        "villages": villages or {},
    }
    return page.page("hub_alarm_sign.html", status_of_refusal(error), **facts)


def _lines(page: HubPage, alert: Alert) -> Sequence[Message]:
    names = _villages(page, alert.scope) | {commune: page.hub.office_name(commune) for commune in alert.audience}
    return alert_lines(alert, names, page.now.tzinfo)


def _templates(page: HubPage, scope: str) -> Sequence[AlarmTemplate]:
    """Those of one office, as they are chosen from; none where it has published nothing."""
    files = page.hub.served_files(scope) if scope else None
    if files is None:
        return ()
    return [
        AlarmTemplate(
            bulletin.id,
            bulletin.title,
            "\n".join(part.text or "" for part in bulletin.parts),
            files.spoken_parts(bulletin),
            all(part.audio is None for part in bulletin.parts),
        )
        for bulletin in alarm_templates(files.bulletins.values())
    ]


def _villages(page: HubPage, scope: str) -> dict[str, str]:
    """The villages of a commune by their names; none of a province."""
    files = page.hub.served_files(scope) if scope else None
    commune = files.survey.commune.understood if files else None
    return {village: page.hub.village_name(scope, village) for village in (commune.villages if commune else ())}


ROUTES: HubRoutes = {
    "GET /lenh/moi": show_alarm_form,
    "POST /lenh/moi": look_alarm_over,
    "POST /lenh/ky": sign_alert,
    "POST /lenh/tai-ve": send_alert_to_sign,
    "POST /lenh/tep": take_signed_alert,
    "GET /lenh/kiem-tra": show_check,
    "GET /lenh/dung": show_stop,
    "GET /lenh/phat": show_play,
    "POST /lenh/phat": sign_play,
    "GET /lenh/{scope}/{number}/ky": show_confirmation,
    "GET /lenh/{scope}/{number}/ket-thuc": show_end,
}
