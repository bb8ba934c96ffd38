"""Chép ra USB: the station's files as a delivery for its boxes, one file to be unpacked onto a stick and signed there.

A stick that has been used tells by its own manifest which version comes next: the pages keep nothing of deliveries.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp

from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from ...errors import BadUsage, LoudspeakerError, Message
from ..pages import PageRequest, Routes

ON_THE_STICK = ("manifest.json", "rules.json")  # as they were signed last


def show_form(page: PageRequest) -> Response:
    return _page(page)


def _page(page: PageRequest, error: LoudspeakerError | None = None) -> Response:
    used = page.text("stick") == "used"
    return page.page("stick.html", 422 if error else 200, scope=_scope(page), used=used, error=error)


def _scope(page: PageRequest) -> str:
    with page.console.shared_station.station() as station:
        return station.files.commune.id


def pack(page: PageRequest) -> Response:
    """The delivery as a .zip, which nobody has signed yet; the form again with what is wrong."""
    scope, folder = _scope(page), Path(mkdtemp(prefix="usb-", dir=page.site.own))
    delivery, packed = folder / "delivery", folder / f"{scope}.zip"
    try:
        _keep_signed(page, delivery / "v1" / scope)
        page.run_command("fleet", "pack", str(delivery), "--scope", scope, "--zip", str(packed))
    except BadUsage as error:
        shutil.rmtree(folder)
        return _page(page, error)
    except BaseException:
        shutil.rmtree(folder)
        raise
    sweep = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(packed, media_type="application/zip", filename=packed.name, background=sweep)


def _keep_signed(page: PageRequest, folder: Path) -> None:
    """Put what lies on a stick that has been used to where the next version is made. Raises `BadUsage`."""
    if page.text("stick") != "used":
        return
    sent = {upload.filename or "": upload for upload in page.form.getlist("signed") if isinstance(upload, UploadFile)}
    if ON_THE_STICK[0] not in sent or not sent.keys() <= set(ON_THE_STICK):
        raise BadUsage(Message("choose {names}, as they lie on the stick", names=", ".join(ON_THE_STICK)))
    folder.mkdir(parents=True)
    for name, file in sent.items():
        with (folder / name).open("wb") as target:
            shutil.copyfileobj(file.file, target)


ROUTES: Routes = {"GET /chep-usb": show_form, "POST /chep-usb": pack}
