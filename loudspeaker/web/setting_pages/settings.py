"""Cài đặt: what there is to set, and how a change of commune.yaml is shown with what it does before it is saved."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ...errors import BadFile, BadUsage, LoudspeakerError, Message
from ..pages import PageRequest, Routes
from ..shared_station import village_names
from ..station_map import SETTINGS

OURS = frozenset({"form_token", "seen"})  # fields that the second form has anew


def show_settings(page: PageRequest) -> Response:
    return page.page("settings.html", entries=page.entries(SETTINGS))


def settle(
    page: PageRequest, home: str, change: Callable[[bytes], bytes], again: Callable[[LoudspeakerError], Response]
) -> Response:
    """A change of commune.yaml that was sent: what it does, then, as that was shown, the saving, and back to `home`.

    `again` is the form with what is wrong with it. Raises as `PageRequest.save` does.
    """
    try:
        with page.console.shared_station.station() as station:
            editing = station.editing.commune
            edit = editing.alter(change)
            if edit.revision_after == edit.revision:
                raise BadUsage(Message("nothing is other than it was"))
            effect = editing.suppose(edit)
            bulletins = station.files.contents.bulletins
            names = village_names(station)
    except (BadUsage, BadFile) as error:
        return again(error)
    if page.query.get("thu") or page.text("seen") != effect.fingerprint:
        fields = [(name, text) for name, text in page.form.multi_items() if name not in OURS]
        texts = [(name, text) for name, text in fields if not isinstance(text, UploadFile)]
        facts = {"home": home, "fields": texts, "effect": effect, "bulletins": bulletins, "names": names}
        return page.page("settings_effect.html", action=page.http.url.path, **facts)
    page.save(effect.edit)
    return page.go(f"{home}?xong=1")


ROUTES: Routes = {"GET /cai-dat": show_settings}
