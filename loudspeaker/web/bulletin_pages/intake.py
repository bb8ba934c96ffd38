"""Bản tin mới: pasted, copied, taken from a document or recorded. Nothing is written before somebody has seen it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

from starlette.responses import FileResponse, Response

from ...errors import BadFile, BadUsage, LoudspeakerError, Message
from ...importers import files
from ...importers.import_result import BulletinDraft, ImportResult, LeftOut
from ...importers.imports import read_import
from ..jobs import Job, JobControl, JobState
from ..pages import PageRequest, Routes
from ..templating import full_date
from .bulletins import RECORDED
from .uploads import LONGEST_NAME, find_job, forget_upload, receive_upload, show_reading, upload_folder, upload_key

PARTS = {
    LeftOut.LETTERHEAD: Message("the letterhead"),
    LeftOut.ADDRESSEES: Message("to whom it is written"),
    LeftOut.DISTRIBUTION: Message("the distribution list"),
    LeftOut.SIGNATURE: Message("the signature"),
}
WORDS_BEFORE_DRILL = Message(
    "Dear villagers! On [day], from [hour] to [hour], the commune tries its alarms. It is a drill: there is no danger."
)
LANGUAGES = ("Hmông", "Dao", "Tày", "Thái", "Nùng", "Giáy", "Hà Nhì", "Mường", "Ê đê", "Ba na", "Gia rai", "Khmer")


def show_new(page: PageRequest) -> Response:
    return _new_page(page)


def _new_page(page: PageRequest, status: int = 200, error: LoudspeakerError | None = None) -> Response:
    with page.console.shared_station.station() as station:
        titles = sorted((bulletin.title, bulletin.id) for bulletin in station.files.contents.bulletins.values())
    typed = {name: page.exact_text(name) for name in ("title", "text")}
    if page.query.get("loi") == "dien-tap":  # where a drill was refused, this is offered
        typed["text"] = WORDS_BEFORE_DRILL.say(page.site.translate)
    into = page.text("cho") or page.query.get("cho", "")
    return page.page(
        "bulletin_new.html",
        status,
        error=error,
        typed=typed,
        titles=titles,
        languages=LANGUAGES,
        into=next(((ident, title) for title, ident in titles if ident == into), None),
    )


def create(page: PageRequest) -> Response:
    """Of pasted words, or as a copy of another bulletin."""
    title, text = page.text("title"), page.exact_text("text").replace("\r\n", "\n").strip("\n")
    try:
        with page.console.shared_station.station() as station:
            if copied := page.text("copy"):
                source = station.editing.bulletins.source(copied)
                title, text = title or (source.bulletin.title if source.bulletin else copied), source.text
            bulletin, edit = station.editing.bulletins.create(title or _first_words(text), text)
        page.save(edit)
    except (BadFile, BadUsage) as error:
        return _new_page(page, 422, error)
    return page.go(f"/ban-tin/{bulletin}")


def _first_words(text: str) -> str:
    """A title for words that have none: their first sentence."""
    return " ".join(re.split(r"[.!?:\n]", text.strip())[0].split())[:LONGEST_NAME]


def take_document(page: PageRequest) -> Response:
    """Read a document in a child; its page shows what came of it."""
    try:
        upload = receive_upload(page, files.DOCUMENTS)
    except BadUsage as error:
        return _new_page(page, 422, error)
    with page.console.shared_station.station() as station:
        home, settings = station.paths.home, station.files.commune.reading_settings

    def work(_control: JobControl) -> ImportResult:
        return read_import(upload.path, home, settings, name=f"{upload.path.stem} {upload.token}")

    page.console.jobs.start(upload_key(page, upload.token), work)
    return page.go(f"/tep/{upload.token}")


def take_recording(page: PageRequest) -> Response:
    """Trim, level and look at a recording in a child; its page lets it be heard."""
    try:
        upload = receive_upload(page, files.RECORDINGS)
    except BadUsage as error:
        return _new_page(page, 422, error)
    with page.console.shared_station.station() as station:
        settings = station.files.commune.reading_settings
    (upload.folder / "recordings").mkdir()

    def work(_control: JobControl) -> ImportResult:
        return read_import(upload.path, upload.folder, settings, name="ghi-am")

    page.console.jobs.start(upload_key(page, upload.token), work)
    into = page.text("cho")
    return page.go(f"/ghi-am/{upload.token}" + (f"?{urlencode({'cho': into})}" if into else ""))


def _wait_or_fail(page: PageRequest, job: Job) -> Response:
    """While it is being read, a page that looks again; where it cannot be used, why."""
    if job.state is JobState.FAILED:
        return _new_page(page, 422, job.error)
    return show_reading(page)


def show_document(page: PageRequest) -> Response:
    """What was taken out of a document, and what was left away. Nothing is written yet."""
    job = find_job(page)
    if job.state is not JobState.DONE:
        return _wait_or_fail(page, job)
    draft: BulletinDraft = job.result.draft
    return _document_page(page, draft, {"title": draft.title, "source": draft.source, **_coming_validity(page, draft)})


def _coming_validity(page: PageRequest, draft: BulletinDraft) -> dict[str, str]:
    """The validity that is proposed, as it is typed; none where it is past."""
    with page.console.shared_station.station() as station:
        today = station.clock.now().date()
    past = draft.valid_until is None or draft.valid_until < today
    days = {"valid_from": draft.valid_from, "valid_until": draft.valid_until}
    return {name: "" if past or day is None else full_date(day) for name, day in days.items()}


def _document_page(
    page: PageRequest, draft: BulletinDraft, typed: Mapping[str, str], error: LoudspeakerError | None = None
) -> Response:
    notes = [note for note in draft.notes if not note.template.startswith("left out")]  # those stand there whole
    facts = {"draft": draft, "notes": notes, "parts": PARTS, "typed": typed, "error": error}
    return page.page("document.html", 422 if error else 200, job=page.path["job"], **facts)


def keep_document(page: PageRequest) -> Response:
    job = find_job(page)
    if job.state is not JobState.DONE:
        return _wait_or_fail(page, job)
    draft: BulletinDraft = job.result.draft
    typed = {name: page.text(name) for name in ("title", "source", "valid_from", "valid_until")}
    days = typed["valid_from"], typed["valid_until"]
    try:
        with page.console.shared_station.station() as station:
            editing = station.editing.bulletins
            bulletin, edit = editing.create(typed["title"] or draft.title, draft.text, typed["source"])
            edit = editing.with_head(edit, {"valid": "..".join(days)}) if any(days) else edit
        page.save(edit)
    except BadFile as error:
        return _document_page(page, draft, typed, error)
    forget_upload(page)
    return page.go(f"/ban-tin/{bulletin}")


def show_recording(page: PageRequest) -> Response:
    """What is wrong with a recording, and whether it shall be used."""
    job = find_job(page)
    if job.state is not JobState.DONE:
        return _wait_or_fail(page, job)
    return _recording_page(page, job)


def _recording_page(page: PageRequest, job: Job, status: int = 200, error: LoudspeakerError | None = None) -> Response:
    faults: Sequence[Message] = job.result.messages[1:]
    typed = {name: page.text(name) for name in ("title", "language", "text", "checker")}
    bulletin = page.text("cho") or page.query.get("cho", "")
    with page.console.shared_station.station() as station:
        into = station.files.contents.bulletins.get(bulletin)
    if into and not typed["language"]:
        typed["language"] = next((part.language for part in into.parts if part.language), "")
    facts = {"faults": faults, "error": error, "typed": typed, "languages": LANGUAGES, "into": into}
    return page.page("recording.html", status, job=page.path["job"], **facts)


def send_recording(page: PageRequest) -> Response:
    find_job(page)
    return FileResponse(_recording_path(page), media_type="audio/flac")


def _recording_path(page: PageRequest) -> Path:
    return upload_folder(page, page.path["job"]) / "recordings" / "ghi-am.flac"


def keep_recording(page: PageRequest) -> Response:
    """A bulletin of the recording; of one in another language its Kinh words, too, and who listened to it."""
    job = find_job(page)
    if job.state is not JobState.DONE:
        return _wait_or_fail(page, job)
    if page.text("cho"):
        return _add_recording(page, job)
    title, language, text, checker = (page.text(name) for name in ("title", "language", "text", "checker"))
    try:
        if language and not (text and checker):
            _refuse(
                Message("of a recording in another language write what it says in Vietnamese, and who has checked it")
            )
        if not title:
            _refuse(Message("give it a title"))
        note = _note(page)
        with page.console.shared_station.station() as station:
            sound = _recording_path(page).read_bytes()
            bulletin, edits = station.editing.bulletins.create_recorded(title, sound, text, note, language)
        page.save(*edits)
    except (BadFile, BadUsage) as error:
        return _recording_page(page, job, 422, error)
    page.console.drafts.remember(bulletin, RECORDED, text)
    forget_upload(page)
    return page.go(f"/ban-tin/{bulletin}")


def _add_recording(page: PageRequest, job: Job) -> Response:
    """A bulletin that is there is heard in another language, too, or has its recording made anew."""
    bulletin, language = page.text("cho"), page.text("language")
    try:
        if language and not page.text("checker"):
            _refuse(Message("of a recording in another language write who has checked it"))
        with page.console.shared_station.station() as station:
            edits = station.editing.bulletins.put_recording(
                bulletin, _recording_path(page).read_bytes(), _note(page), language
            )
            text = station.editing.bulletins.source(bulletin).text
        page.save(*edits)
    except (BadFile, BadUsage) as error:
        return _recording_page(page, job, 422, error)
    page.console.drafts.remember(bulletin, RECORDED, text)
    forget_upload(page)
    return page.go(f"/ban-tin/{bulletin}?xong=luu")


def _note(page: PageRequest) -> str:
    """Who has checked the words of a recording; "" where nobody is named."""
    checker = page.text("checker")
    return Message("checked by {name}", name=checker).say(page.site.translate) if checker else ""


def _refuse(message: Message) -> NoReturn:
    raise BadUsage(message)


def drop(page: PageRequest) -> Response:
    """It is not wanted: nothing of it stays."""
    forget_upload(page)
    return page.go("/ban-tin/moi")


ROUTES: Routes = {
    "GET /ban-tin/moi": show_new,
    "POST /ban-tin/moi": create,
    "POST /tep": take_document,
    "GET /tep/{job}": show_document,
    "POST /tep/{job}/giu": keep_document,
    "POST /tep/{job}/bo": drop,
    "POST /ghi-am": take_recording,
    "GET /ghi-am/{job}": show_recording,
    "GET /ghi-am/{job}/nghe": send_recording,
    "POST /ghi-am/{job}/dung": keep_recording,
    "POST /ghi-am/{job}/bo": drop,
}
