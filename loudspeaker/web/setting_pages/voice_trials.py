"""[Nghe thử]: a few words by one voice, or the sample sentence, on the machine of whoever asks."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from ...config.values import runs_program
from ...errors import BadUsage, Message
from ...model.programme import Voice
from ...station.hearing import HeardWords, hear_words
from ..bulletin_pages.word_sounds import MOST_LETTERS, send_sound, start_making
from ..pages import PageRequest, Routes

SAMPLE = "Đây là đài truyền thanh. Kính chúc bà con một ngày tốt lành."


def make_trial(page: PageRequest) -> Response:
    """Have it made, where nobody has yet. Raises `BadUsage`, `NotAvailable` where the voice cannot speak here."""
    voice, words = page.text("voice"), page.text("spoken") or page.text("written") or SAMPLE
    _must_be_tried(page, voice, words)
    start_making(page.console, lambda: _hear(page, voice, words))
    return _answer(page, voice, words)


def _must_be_tried(page: PageRequest, voice: str, words: str) -> None:
    """A program as a voice is run only where the files name it."""
    if len(words) > MOST_LETTERS:
        raise BadUsage(Message("this is too long to be tried; at most {most} letters", most=MOST_LETTERS))
    spec = Voice.parse(voice)
    with page.console.shared_station.station() as station:
        if runs_program(voice) and voice not in station.files.contents.voices:
            raise BadUsage(Message("a program as a voice belongs into box.yaml, which is not shared"))
        station.planner.voices.engine(spec.engine).fingerprint(spec.name)


def _hear(page: PageRequest, voice: str, words: str) -> HeardWords:
    with page.console.shared_station.station() as station:
        return hear_words(station.files, station.planner, words, (voice,))


def show_trial(page: PageRequest) -> Response:
    return _answer(page, *_words_of_address(page))


def _words_of_address(page: PageRequest) -> tuple[str, str]:
    """Voice and words of the address. Raises `BadUsage`."""
    voice, words = page.query.get("giong", ""), page.query.get("chu", "")
    Voice.parse(voice)
    return voice, words[:MOST_LETTERS]


def _answer(page: PageRequest, voice: str, words: str) -> Response:
    sound = _hear(page, voice, words)
    job = page.console.jobs.find(sound.recipe)
    address = urlencode({"giong": voice, "chu": words})
    response = page.page("voice_trial.html", sound=sound, job=job, address=address)
    if sound.made is None and not page.is_fragment and not (job and job.error):
        response.headers["Refresh"] = f"1; url=/cai-dat/nghe?{address}"
    return response


def send_trial(page: PageRequest) -> Response:
    """The sound itself. Raises `NotFound` while it is being made."""
    return send_sound(_hear(page, *_words_of_address(page)))


ROUTES: Routes = {
    "GET /cai-dat/nghe": show_trial,
    "POST /cai-dat/nghe": make_trial,
    "GET /cai-dat/nghe/tieng": send_trial,
}
