"""Bảng lịch: schedules from a sheet (.xlsx), and as one; what a sheet changes is shown before it is saved."""

from __future__ import annotations

from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError
from ...importers import files
from ...importers.import_result import ImportResult
from ...importers.imports import file_edits, read_import
from ...station.editing.what_if import ChangeEffect
from ...station.station import Station
from ..bulletin_pages.uploads import find_job, forget_upload, receive_upload, show_reading, upload_key
from ..jobs import Job, JobControl, JobState
from ..pages import PageRequest, Routes


def show_sheet(page: PageRequest) -> Response:
    """What a sheet must look like, and where it is sent."""
    return _sheet_page(page)


def take_sheet(page: PageRequest) -> Response:
    """Read a sheet in a child; its page shows what it would change."""
    try:
        upload = receive_upload(page, files.SHEETS)
    except BadUsage as error:
        return _sheet_page(page, 422, error)
    with page.console.shared_station.station() as station:
        home, settings = station.paths.home, station.files.commune.reading_settings

    def work(_control: JobControl) -> ImportResult:
        return read_import(upload.path, home, settings)

    page.console.jobs.start(upload_key(page, upload.token), work)
    return page.go(f"/lich/bang/{upload.token}")


def show_changes(page: PageRequest) -> Response:
    """What the sheet changes, village by village, and what that does in the days to come. Nothing is written yet."""
    job = find_job(page)
    if job.state is not JobState.DONE:
        return _wait_or_fail(page, job)
    with page.console.shared_station.station() as station:
        effect = _effect(station, job.result)
    return page.page("sheet_changes.html", job=page.path["job"], messages=job.result.messages, effect=effect)


def save_changes(page: PageRequest) -> Response:
    """Raises `EditConflict` where a schedule is not what it was when the sheet was read, `Refused` as saving does."""
    job = find_job(page)
    if job.state is not JobState.DONE:
        return _wait_or_fail(page, job)
    with page.console.shared_station.station() as station:
        effect = _effect(station, job.result)
        late = bool(page.text("late"))
        station.editing.schedules.save(effect, page.person.account.name, accept_late=late)
    page.note_saved(effect.change)
    forget_upload(page)
    return page.go("/lich?luu=1")


def drop_changes(page: PageRequest) -> Response:
    forget_upload(page)
    return page.go("/lich/bang")


def _wait_or_fail(page: PageRequest, job: Job) -> Response:
    """While it is being read, a page that looks again; where it cannot be used, why."""
    return _sheet_page(page, 422, job.error) if job.state is JobState.FAILED else show_reading(page)


def _sheet_page(page: PageRequest, status: int = 200, error: LoudspeakerError | None = None) -> Response:
    return page.page("sheet_upload.html", status, error=error)


def _effect(station: Station, imported: ImportResult) -> ChangeEffect:
    """What saving the sheet's changes would do; what stays as it was is no change."""
    edits = (edit for edit in file_edits(imported) if edit.revision_after != edit.revision)
    return station.editing.schedules.suppose(tuple(edits))


ROUTES: Routes = {
    "GET /lich/bang": show_sheet,
    "POST /lich/bang": take_sheet,
    "GET /lich/bang/{job}": show_changes,
    "POST /lich/bang/{job}/luu": save_changes,
    "POST /lich/bang/{job}/bo": drop_changes,
}
