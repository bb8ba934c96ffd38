"""Thêm máy: a code or a stick by which one box joins, as a new one or in the place of another.

What a stick holds is one .zip, which whoever has asked for it unpacks: a browser writes no sticks.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from tempfile import mkdtemp

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from ...errors import BadUsage, LoudspeakerError, Message
from ...fleet.join_stick import PORT
from ...fleet.joining import parse_address
from ...station.signing.packing import pack_zip
from ...web.site_pages import status_of
from ..boxes.box_board import BoxRow, find_schedules
from ..boxes.join_sticks import StickWish
from .hub_page import HubPage, HubRoutes

CODE, STICK, STICK_ALONE = "code", "stick", "alone"  # ways by which a box joins; the last without a network
CHOOSE_WAY = Message("choose how the box joins")


def show_invitation(page: HubPage) -> Response:
    if not page.person.proved:
        return page.go("/xac-nhan?den=/moi-may")
    return _invitation_page(page)


def invite_box(page: HubPage) -> Response:
    """Show a new code, once. Raises `Refused` where the password was not typed of late."""
    page.must_be_proved()
    try:
        code = page.hub.invite(_chosen_office(page), page.text("name"))
    except BadUsage as error:
        return _invitation_page(page, error=error)
    return _invitation_page(page, code=str(code))


def _invitation_page(page: HubPage, code: str = "", error: LoudspeakerError | None = None) -> Response:
    offices = [(office.scope, page.hub.office_name(office.scope)) for office in page.offices()]
    typed = {name: page.text(name) for name in ("scope", "name")}
    command = f"loudspeaker fleet join {page.http.url.netloc} {code}"
    facts = {"code": code, "error": error, "offices": offices, "typed": typed, "command": command}
    return page.page("hub_invitation.html", status_of(error) if error else 200, **facts)


def show_stick_form(page: HubPage) -> Response:
    """What a stick for a new box of a commune (`cap`) needs. Raises `NotFound`."""
    if not page.person.proved:
        return page.go("/xac-nhan?den=/moi-may/usb")
    return _stick_page(page, _asked_commune(page))


def send_stick(page: HubPage) -> Response:
    """The .zip for a new box. Raises `NotFound`, `Refused` where the password was not typed of late."""
    page.must_be_proved()
    scope = ""
    try:
        scope = _chosen_office(page)
        if not page.text("name"):
            raise BadUsage(Message("say what people call the box"))
        way = _chosen_way(page, STICK, STICK_ALONE)
        return _send_zip(page, StickWish(scope, page.text("name"), page.texts("village"), _address(page, way)))
    except BadUsage as error:
        return _stick_page(page, scope or _asked_commune(page), error)


def _stick_page(page: HubPage, scope: str, error: LoudspeakerError | None = None) -> Response:
    facts = {
        "scope": scope,
        "offices": _communes(page),
        "villages": _villages(page, scope),
        "typed": {**_form_values(page), "villages": page.texts("village")},
        "error": error,
    }
    return page.page("hub_stick.html", status_of(error) if error else 200, **facts)


def show_replacement(page: HubPage) -> Response:
    """How another box takes the place of this one. Raises `NotFound`."""
    row = page.hub.box(page.path["box"])
    if not page.person.proved:
        return page.go(f"/xac-nhan?den=/may/{row.box}/thay")
    return _replacement_page(page, row)


def replace_box(page: HubPage) -> Response:
    """A code, shown once, or the .zip of a stick, where the box was ticked. Raises `NotFound`, `Refused`."""
    page.must_be_proved()
    row = page.hub.box(page.path["box"])
    try:
        way = _chosen_way(page, CODE, STICK, STICK_ALONE)
        if not page.text("sure"):
            raise BadUsage(Message("tick the box first: the old box is let in no more once the new one has joined"))
        name = page.text("name") or row.name or row.box
        if way != CODE:
            return _send_zip(page, StickWish(row.scope, name, tuple(row.villages), _address(page, way), row.box))
        return _replacement_page(page, row, code=str(page.hub.invite(row.scope, name, row.box)))
    except BadUsage as error:
        return _replacement_page(page, row, error=error)


def _replacement_page(page: HubPage, row: BoxRow, code: str = "", error: LoudspeakerError | None = None) -> Response:
    facts = {
        "row": row,
        "name": row.name or row.box,
        "told": bool(page.hub.last_box_yaml(row.box)),
        "villages": [page.hub.village_name(row.scope, village) for village in row.villages],
        "typed": _form_values(page),
        "code": code,
        "command": f"loudspeaker fleet join {page.http.url.netloc} {code} --replace {row.box}",
        "error": error,
    }
    return page.page("hub_replace.html", status_of(error) if error else 200, **facts)


def _form_values(page: HubPage) -> Mapping[str, str]:
    """What was typed, or stands there at first."""
    return {
        "name": page.text("name"),
        "way": page.text("way") or STICK,
        "address": page.text("address") or _own_address(page),
    }


def _own_address(page: HubPage) -> str:
    """Where boxes reach this hub, as far as can be told: as the browser does, but not where that runs on the hub."""
    host, address = page.http.url.hostname or "", page.http.url.netloc
    is_here = host == "localhost"
    with suppress(ValueError):
        is_here = is_here or ip_address(host).is_loopback
    own = page.hub.certificate_name() if is_here else ""
    return f"{own}:{page.http.url.port or PORT}" if own else address


def _address(page: HubPage, way: str) -> str:
    """Of the hub, for a box with a network. Raises `BadUsage`."""
    return str(parse_address(page.text("address") or _own_address(page), PORT)) if way == STICK else ""


def _chosen_way(page: HubPage, *ways: str) -> str:
    if page.text("way") not in ways:
        raise BadUsage(CHOOSE_WAY)
    return page.text("way")


def _chosen_office(page: HubPage) -> str:
    """Raises `BadUsage` for one that is not theirs."""
    if page.text("scope") not in {office.scope for office in page.offices()}:
        raise BadUsage(Message("choose a commune"))
    return page.text("scope")


def _communes(page: HubPage) -> list[tuple[str, str]]:
    """The offices of theirs below which there are no others: boxes join these."""
    offices = page.offices()
    above = {office.trust.parent for office in offices}
    return [(office.scope, page.hub.office_name(office.scope)) for office in offices if office.scope not in above]


def _villages(page: HubPage, scope: str) -> dict[str, str]:
    """Those for which a commune has a schedule, with their names."""
    return {village: page.hub.village_name(scope, village) for village in sorted(find_schedules(page.offices(), scope))}


def _asked_commune(page: HubPage) -> str:
    """The one that is asked about, or the first; "" where there is none. Raises `NotFound`."""
    known = [scope for scope, _name in _communes(page)]
    chosen = page.office() if page.query.get("cap") else ""
    return chosen if chosen in known else next(iter(known), "")


def _send_zip(page: HubPage, wish: StickWish) -> Response:
    """All that belongs onto the stick. Raises `NotFound`, `BadUsage`, `UntrustedDocument`, `WriteError`."""
    folder = Path(mkdtemp(prefix="usb-", dir=page.site.own))
    try:
        page.hub.write_stick(folder / "usb", wish)
        packed = folder / f"usb-{wish.scope}.zip"
        pack_zip(folder / "usb", (folder / "usb").rglob("*"), packed)
    except BaseException:
        shutil.rmtree(folder)
        raise
    sweep = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(packed, media_type="application/zip", filename=packed.name, background=sweep)


ROUTES: HubRoutes = {
    "GET /moi-may": show_invitation,
    "POST /moi-may": invite_box,
    "GET /moi-may/usb": show_stick_form,
    "POST /moi-may/usb": send_stick,
    "GET /may/{box}/thay": show_replacement,
    "POST /may/{box}/thay": replace_box,
}
