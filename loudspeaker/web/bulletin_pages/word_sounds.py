"""Nghe một cách đọc: a few words made into sound by a child process, before somebody chooses them."""

from __future__ import annotations

import sys
from collections.abc import Callable

from starlette.responses import FileResponse, Response

from ...errors import BadUsage, LoudspeakerError, Message, NotFound
from ...station.hearing import HeardWords, hear_words
from ..console import Console
from ..jobs import JobControl
from ..pages import PageRequest, Routes

MOST_LETTERS = 300


def make_words(page: PageRequest) -> Response:
    """Have the words made, where nobody has yet, and answer with what plays them. Raises `BadUsage`."""
    words = _words(page)
    start_making(page.console, lambda: _hear(page, words))
    return _answer(page, words)


def start_making(console: Console, hear: Callable[[], HeardWords]) -> None:
    """Have words made, where nobody has yet; `hear` tells how far they are. Raises `Refused` where too much waits."""
    sound = hear()
    if sound.made is None:
        console.jobs.start(sound.recipe, lambda control: _render(console, hear, sound, control))


def _render(console: Console, hear: Callable[[], HeardWords], sound: HeardWords, control: JobControl) -> None:
    """Raises `LoudspeakerError` where the child made nothing: it reports that, and ends well."""
    paths = console.shared_station.paths
    command = [sys.executable, "-m", "loudspeaker.station.rendering", str(paths.home), str(paths.state)]
    control.run(command, [sound.wanted, {}])
    if hear().made is None:
        raise LoudspeakerError(Message("these words could not be made into sound"))


def show_words(page: PageRequest) -> Response:
    return _answer(page, _words(page))


def send_words(page: PageRequest) -> Response:
    """The sound itself. Raises `NotFound` while it is being made."""
    return send_sound(_hear(page, _words(page)))


def send_sound(sound: HeardWords) -> Response:
    """Raises `NotFound` while it is being made."""
    if sound.made is None:
        raise NotFound(Message("this sound has not been made yet"))
    return FileResponse(sound.made.path, media_type="audio/wav")


def _answer(page: PageRequest, words: str) -> Response:
    sound = _hear(page, words)
    job = page.console.jobs.find(sound.recipe)
    response = page.page("word_sound.html", id=page.path["id"], sound=sound, job=job)
    if sound.made is None and not page.is_fragment:
        response.headers["Refresh"] = "1"
    return response


def _hear(page: PageRequest, words: str) -> HeardWords:
    with page.console.shared_station.station() as station:
        return hear_words(station.files, station.planner, words, station.alerts.local_voices())


def _words(page: PageRequest) -> str:
    """The alternative whose button was pressed, else what was typed. Raises `BadUsage`."""
    words = page.text("hear") or page.text("other") or page.query.get("hear", "").strip()
    if not words or len(words) > MOST_LETTERS:
        raise BadUsage(Message("say how it is to be read"))
    return words


ROUTES: Routes = {
    "GET /ban-tin/{id}/nghe-chu": show_words,
    "POST /ban-tin/{id}/nghe-chu": make_words,
    "GET /ban-tin/{id}/tieng-chu": send_words,
}
