"""Cách đọc của xã: the commune's own words, heard in place, added and removed with what that changes shown first."""

from __future__ import annotations

from starlette.responses import Response

from ...errors import BadFile, BadUsage, LoudspeakerError, Message, NotFound
from ...station.editing.bulletin_editing import OwnWord, WordKey, likely_key, own_words
from ..bulletin_pages.wording import WORD_KEYS
from ..pages import PageRequest, Routes

WORDS = "/cai-dat/cach-doc"
NO_WORD = OwnWord("say", "", "")


def show_words(page: PageRequest) -> Response:
    return _page(page, NO_WORD)


def _page(page: PageRequest, typed: OwnWord, error: LoudspeakerError | None = None) -> Response:
    with page.console.shared_station.station() as station:
        words, voice = own_words(station.files.commune), station.files.contents.voices[0]
    facts = {"words": words, "keys": dict(WORD_KEYS), "typed": typed, "voice": voice, "error": error}
    return page.page("words.html", 422 if error else 200, done=page.query.get("xong"), **facts)


def add_word(page: PageRequest) -> Response:
    """First what it changes, then, as that was shown, the saving."""
    key: WordKey = next((key for key, _ in WORD_KEYS if key == page.text("key")), "say")
    written, spoken = page.text("written"), page.text("spoken")
    word = OwnWord(key, written, written if key == "names" else spoken)
    if likely_key(written) is None:
        return _page(page, word, BadUsage(Message("write a word or a name; a number is corrected at its place")))
    if not word.spoken:
        return _page(page, word, BadUsage(Message("say how it is to be read")))
    return _settle(page, word, remove=False)


def remove_word(page: PageRequest) -> Response:
    """The program reads it as it would by itself again: first what that changes."""
    word = OwnWord(page.text("key"), page.text("written"), "")  # type: ignore[arg-type]
    return _settle(page, word, remove=True)


def _settle(page: PageRequest, word: OwnWord, remove: bool) -> Response:
    try:
        with page.console.shared_station.station() as station:
            effect = station.editing.bulletins.word_effect(word, forget=remove)
            bulletins = station.files.contents.bulletins
    except (BadUsage, BadFile, NotFound) as error:
        return _page(page, word, error)
    if page.query.get("thu") or page.text("seen") != effect.fingerprint:
        titles = {name: bulletin.title for name, bulletin in bulletins.items()}
        return page.page("word_effect.html", word=word, remove=remove, effect=effect, titles=titles)
    page.save(effect.edit)
    return page.go(f"{WORDS}?xong=1")


ROUTES: Routes = {
    "GET /cai-dat/cach-doc": show_words,
    "POST /cai-dat/cach-doc": add_word,
    "POST /cai-dat/cach-doc/bo": remove_word,
}
