"""Lệnh khẩn at the hub: an alarm is written, looked over, signed by one person and confirmed by another; and its end.

What is signed goes with the form; it is looked over on a page of its own, and the passkey's dialogue is the last word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from ..errors import BadUsage, LoudspeakerError, Message, NotFound
from ..model.enums import Level
from ..station.alert_packing import AlertDraft, alert_lines
from ..trust.dsse import SignedEnvelope, find_signers, format_envelope, parse_envelope
from ..trust.faults import UntrustedDocument
from ..trust.opening import ALERT_SIGNERS, read_unverified
from ..trust.signed_documents import EVERY_VILLAGE, SCOPE, Alert, AlertEnd, AlertKind
from .hub_page import HubPage, HubRoutes, status_of_refusal
from .passkey_forms import read_assertion, signing_form

REPEATS, MOST_REPEATS = 3, 10  # of an alarm, unless told otherwise
GAP = 30.0  # seconds between
LASTS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class AlarmTemplate:
    """Words of an emergency bulletin, from which an alarm may begin."""

    id: str
    title: str
    text: str


def show_alarm_form(page: HubPage, error: LoudspeakerError | None = None) -> Response:
    """What is to be said, where, and whether it is a drill. Raises `NotFound`."""
    scope = page.text("scope") or page.office()
    templates = _templates(page, scope)
    chosen = next((one.text for one in templates if one.id == page.query.get("mau", "")), "")
    typed = {
        "text": page.text("text") or chosen,
        "villages": page.texts("village") or (EVERY_VILLAGE,),
        "drill": page.text("drill"),
        "repeat": page.text("repeat") or str(REPEATS),
    }
    offices = [(one.scope, page.hub.office_name(one.scope)) for one in page.offices()]
    facts = {"scope": scope, "offices": offices, "templates": templates, "villages": _villages(page, scope)}
    return page.page("hub_alarm.html", status_of_refusal(error), **facts, typed=typed, error=error)


def look_alarm_over(page: HubPage) -> Response:
    """Exactly what would be signed; the form again where something is wrong."""
    try:
        envelope = page.hub.write_alert(page.text("scope"), _read_draft(page))
    except LoudspeakerError as error:
        return show_alarm_form(page, error)
    return _signing_page(page, envelope)


def sign_alert(page: HubPage) -> Response:
    """Add a signature, and serve it; the page again where that cannot be. Raises `BadUsage` for what is no alert."""
    try:
        envelope = parse_envelope(page.text("envelope").encode())
        page.hub.alert_signers(envelope)
    except UntrustedDocument as error:
        raise BadUsage(error.message) from error
    try:
        alert = page.hub.sign_alert(envelope, *read_assertion(page))
    except LoudspeakerError as error:
        return _signing_page(page, envelope, error)
    return page.go(f"/lenh/{alert.id}")


def show_confirmation(page: HubPage) -> Response:
    """An alert that waits for one signature more. Raises `NotFound`."""
    return _signing_page(page, _find_alert(page))


def show_end(page: HubPage) -> Response:
    """The end of an alert, in the form that was chosen (`cach`). Raises `NotFound`."""
    ended, form = read_unverified(_find_alert(page)), page.query.get("cach", "")
    assert isinstance(ended, Alert)
    if form not in set(AlertEnd):
        return page.page("hub_alarm_end.html", alert=ended, lines=_lines(page, ended))
    draft = AlertDraft(
        AlertKind.END, references=(ended.seq,), villages=ended.villages, form=AlertEnd(form), lasts=LASTS
    )
    return _signing_page(page, page.hub.write_alert(ended.scope, draft))


def _find_alert(page: HubPage) -> SignedEnvelope:
    """The alert of the address. Raises `NotFound`."""
    scope, number = page.path["scope"], page.path["number"]
    is_one = SCOPE.fullmatch(scope) and number.isdecimal() and len(number) < 10
    found = page.hub.served_alert(scope, int(number)) if is_one else None
    if found is None:
        raise NotFound(Message("there is no alert {alert} here", alert=f"{scope}/{number}"))
    return found


def _read_draft(page: HubPage) -> AlertDraft:
    """What was typed. Raises `BadUsage`."""
    text, repeat = page.text("text").replace("\r\n", "\n"), page.text("repeat")
    if not text:
        raise BadUsage(Message("write what is to be said"))
    if not repeat.isdecimal() or not 1 <= int(repeat[:3]) <= MOST_REPEATS:
        raise BadUsage(Message("it is said 1 to {most} times", most=MOST_REPEATS))
    known = _villages(page, page.text("scope"))
    villages = tuple(one for one in page.texts("village") if one in known)
    if EVERY_VILLAGE in page.texts("village"):
        villages = (EVERY_VILLAGE,)
    if not villages:
        raise BadUsage(Message("choose where it is to be heard"))
    drill = bool(page.text("drill"))
    return AlertDraft(AlertKind.ALERT, text, villages=villages, drill=drill, repeat=int(repeat), gap=GAP, lasts=LASTS)


def _signing_page(page: HubPage, envelope: SignedEnvelope, error: LoudspeakerError | None = None) -> Response:
    alert, keys = read_unverified(envelope), page.hub.alert_signers(envelope)
    assert isinstance(alert, Alert)
    signers = find_signers(envelope, keys)
    own = {one.key.person for one in page.hub.own_passkeys()}
    role, together = ALERT_SIGNERS[alert.kind]
    facts = {
        "alert": alert,
        "name": page.hub.office_name(alert.scope),
        "lines": _lines(page, alert),
        "needed": page.hub.trust(alert.scope).threshold(role) if together and keys else 1,
        "signed_by": list({key.person: key.name for key in keys if key.person in signers}.values()),
        "others": list({key.person: key.name for key in keys if key.person not in signers | own}.values()),
        "envelope": format_envelope(envelope).decode().strip(),
        "form": signing_form(page, keys, envelope, alert.id),
        "error": error,
    }
    return page.page("hub_alarm_sign.html", status_of_refusal(error), **facts)


def _lines(page: HubPage, alert: Alert) -> Sequence[Message]:
    return alert_lines(alert, _villages(page, alert.scope), page.now.tzinfo)


def _templates(page: HubPage, scope: str) -> Sequence[AlarmTemplate]:
    """Emergency bulletins of words alone, but for those that end another."""
    files = page.hub.served_files(scope) if scope else None
    found = [one for one in files.bulletins.values() if one.level is Level.EMERGENCY] if files else []
    endings = {one.all_clear for one in found}
    return [
        AlarmTemplate(one.id, one.title, "\n".join(part.text or "" for part in one.parts))
        for one in found
        if one.id not in endings and all(part.audio is None for part in one.parts)
    ]


def _villages(page: HubPage, scope: str) -> Mapping[str, str]:
    """The villages of a commune by their names; none of a province."""
    files = page.hub.served_files(scope) if scope else None
    commune = files.survey.commune.understood if files else None
    return {one: page.hub.village_name(scope, one) for one in (commune.villages if commune else ())}


ROUTES: HubRoutes = {
    "GET /lenh/moi": show_alarm_form,
    "POST /lenh/moi": look_alarm_over,
    "POST /lenh/ky": sign_alert,
    "GET /lenh/{scope}/{number}/ky": show_confirmation,
    "GET /lenh/{scope}/{number}/ket-thuc": show_end,
}
