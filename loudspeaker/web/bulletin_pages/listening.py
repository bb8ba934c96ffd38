"""Nghe: the sound of a bulletin as an MP3, made once by a child process, and when each sentence of it is heard."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import FileResponse, JSONResponse, Response

from ...errors import LoudspeakerError, Message, NotFound
from ...station.hearing import Hearing, hear
from ...station.station import Station
from ..console import Console
from ..jobs import Job, JobControl
from ..pages import PageRequest, Routes

MOST_FILES = 30  # kept for listening; they can be made again


@dataclass(frozen=True, slots=True)
class Listening:
    """The sound of a bulletin as it is now, in the file at `path` if it was made to be listened to."""

    hearing: Hearing
    path: Path
    job: Job | None

    @property
    def is_there(self) -> bool:
        return self.path.is_file()

    @property
    def is_made(self) -> bool:
        """Is it being made?"""
        return self.job is not None and self.job.is_open


def listening(console: Console, station: Station, bulletin: str) -> Listening:
    """What can be heard of a bulletin. Raises `NotFound`, `BadFile`."""
    hearing = hear(station.files, station.planner, bulletin)
    path = console.site.own / "sound" / f"{hearing.recipe}.mp3"
    return Listening(hearing, path, console.jobs.find(hearing.recipe))


def make_sound(page: PageRequest) -> Response:
    """Have the sound made, once for all who ask."""
    bulletin, console = page.path["id"], page.console
    with console.shared_station.station() as station:
        sound = listening(console, station, bulletin)
    if sound.hearing.cannot:
        raise LoudspeakerError(sound.hearing.cannot)
    if not sound.is_there:
        console.jobs.start(sound.hearing.recipe, lambda control: _render(console, bulletin, sound, control))
    return _player(page)


def _render(console: Console, bulletin: str, sound: Listening, control: JobControl) -> None:
    """Run the command that renders it; the file has its name only when it is whole."""
    sound.path.parent.mkdir(parents=True, exist_ok=True)
    part = sound.path.with_suffix(".part.mp3")
    try:
        control.run(console.shared_station.paths.command_line("render", bulletin, "-o", str(part), "--progress-json"))
        os.replace(part, sound.path)
    finally:
        part.unlink(missing_ok=True)
    others = sorted(sound.path.parent.glob("*.mp3"), key=lambda path: path.stat().st_mtime)
    for path in others[:-MOST_FILES]:
        path.unlink(missing_ok=True)


def show_progress(page: PageRequest) -> Response:
    return _player(page)


def _player(page: PageRequest) -> Response:
    bulletin, console = page.path["id"], page.console
    with console.shared_station.station() as station:
        sound = listening(console, station, bulletin)
    if page.is_fragment:
        return page.page("player.html", id=bulletin, sound=sound)
    if sound.is_made:
        response = page.page("making.html", id=bulletin, sound=sound)
        response.headers["Refresh"] = "2"
        return response
    return page.go(f"/ban-tin/{bulletin}")


def cancel(page: PageRequest) -> Response:
    """Nobody waits for the sound any more."""
    with page.console.shared_station.station() as station:
        sound = listening(page.console, station, page.path["id"])
    page.console.jobs.cancel(sound.hearing.recipe)
    return _player(page)


def send_sound(page: PageRequest) -> Response:
    """The MP3, or the part of it that the browser asks for."""
    with page.console.shared_station.station() as station:
        sound = listening(page.console, station, page.path["id"])
    if not sound.is_there:
        raise NotFound(Message("this sound has not been made yet"))
    name = f"{page.path['id']}.mp3" if page.query.get("tai") else None
    return FileResponse(sound.path, media_type="audio/mpeg", filename=name)


def send_marks(page: PageRequest) -> Response:
    """When each sentence is heard: [number, begin, end] in seconds."""
    with page.console.shared_station.station() as station:
        sound = listening(page.console, station, page.path["id"])
    return JSONResponse([list(mark) for mark in sound.hearing.marks if mark.sentence >= 0])


ROUTES: Routes = {
    "GET /ban-tin/{id}/lam-tieng": show_progress,
    "POST /ban-tin/{id}/lam-tieng": make_sound,
    "POST /ban-tin/{id}/thoi-lam": cancel,
    "GET /ban-tin/{id}/tieng": send_sound,
    "GET /ban-tin/{id}/moc": send_marks,
}
