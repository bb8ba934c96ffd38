"""Lời đọc: a text as it will be said, what is doubtful in it, and how a stretch is said otherwise.

A correction holds for this place, which is then written as it is said, or as a word of the commune's own for all
bulletins; what that changes is shown first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from starlette.responses import Response

from ...errors import BadUsage, Message
from ...model.spoken_text import Doubt, Reading, ReadingSettings
from ...station.editing.bulletin_editing import OwnWord, WordKey, likely_key
from ...text.alternatives import choose
from ...text.reading import other_readings, read
from ..pages import PageRequest, Routes
from .bulletin_forms import BulletinForm
from .drafts import doubt_key
from .marked_text import SILENT, MarkedText, mark_signed_words, mark_text

WORD_KEYS: Sequence[tuple[WordKey, Message]] = (
    ("say", Message("a word that is said otherwise than it is written")),
    ("abbrev", Message("an abbreviation")),
    ("names", Message("a name that is never to be changed")),
)
MOST_LETTERS = 60_000  # that are read again while somebody types
_PLACE = re.compile(r"(\d{1,6})-(\d{1,6})")


class SeenDoubt(NamedTuple):
    """A doubt, whether somebody has said that it is read rightly, and the number of the sentence in which it stands."""

    doubt: Doubt
    key: str
    seen: bool
    sentence: int = SILENT


@dataclass(frozen=True, slots=True)
class SpokenView:
    """A text as it is said. `note` is a doubt about all of it, such as an old encoding."""

    marked: MarkedText
    doubts: Sequence[SeenDoubt]
    note: Doubt | None
    saved: bool

    @property
    def seen(self) -> int:
        return sum(doubt.seen for doubt in self.doubts)

    @property
    def open_doubts(self) -> list[SeenDoubt]:
        return [doubt for doubt in self.doubts if not doubt.seen]


def view_spoken(page: PageRequest, bulletin: str, text: str, saved: bool = True) -> SpokenView:
    """How a bulletin's text, as it is being edited, will be said; where its words came signed, these."""
    with page.console.shared_station.station() as station:
        known = station.files.contents.bulletins.get(bulletin)
    if saved and known and known.speech:
        signed = [part.spoken for part in known.parts if part.spoken is not None]
        return SpokenView(mark_signed_words(text, signed), (), None, saved)
    reading = read(text[:MOST_LETTERS], _settings(page))
    placed = [doubt for doubt in reading.doubts if doubt.place != _whole(reading)]
    note = next((doubt for doubt in reading.doubts if doubt.place == _whole(reading)), None)
    seen = page.console.drafts.seen_doubts(bulletin)
    marked = mark_text(text[:MOST_LETTERS], reading, placed)
    stretches = [(stretch, sentence.number) for sentence in marked.written for stretch in sentence.stretches]
    sentences = {stretch.doubt: number for stretch, number in stretches if stretch.doubt}
    doubts = []
    for number, doubt in enumerate(placed, 1):
        key = doubt_key(text, doubt)
        doubts.append(SeenDoubt(doubt, key, key in seen, sentences.get(number, SILENT)))
    return SpokenView(marked, doubts, note, saved)


def _whole(reading: Reading) -> tuple[int, int] | None:
    """The place of a doubt about the whole text, which lies over all others."""
    if len(reading.doubts) > 1 and reading.doubts[0].place[1] > reading.doubts[1].place[0]:
        return reading.doubts[0].place
    return next((doubt.place for doubt in reading.doubts if "encoding" in doubt.why.facts), None)


def _settings(page: PageRequest) -> ReadingSettings:
    return page.console.shared_station.contents().commune.reading_settings


def read_again(page: PageRequest) -> Response:
    """What is being typed, as it will be said. Writes nothing."""
    form = BulletinForm.from_page(page)
    return page.page(
        "spoken.html", id=page.path["id"], form=form, spoken=view_spoken(page, page.path["id"], form.text, False)
    )


@dataclass(frozen=True, slots=True)
class StretchView:
    """One stretch of a text: how it is said, why that is doubtful, and what else could be said."""

    place: tuple[int, int]
    written: str
    spoken: str
    doubt: SeenDoubt | None
    alternatives: Sequence[str]
    key: WordKey | None  # under which it would be kept for the commune; None for what is never learnt


def show_stretch(page: PageRequest) -> Response:
    """The sheet of one stretch."""
    form, stretch = _stretch(page)
    return page.page("stretch.html", id=page.path["id"], form=form, stretch=stretch, keys=WORD_KEYS)


def _stretch(page: PageRequest) -> tuple[BulletinForm, StretchView]:
    """The text, as it was typed or else as it is saved, and the stretch of it that is meant. Raises `BadUsage`."""
    form = _form(page)
    place = _place(page, form.text)
    settings = _settings(page)
    reading = read(form.text, settings)
    seen = page.console.drafts.seen_doubts(page.path["id"])
    doubt = next((doubt for doubt in reading.doubts if doubt.place == place), None)
    spans = [span for span in reading.spans if span.written[0] < place[1] and place[0] < span.written[1]]
    spoken = doubt.spoken if doubt else reading.spoken[spans[0].spoken[0] : spans[-1].spoken[1]] if spans else ""
    written = form.text[place[0] : place[1]]
    others = doubt.alternatives if doubt else other_readings(form.text, place, spoken, settings.region)
    marked = doubt and SeenDoubt(doubt, doubt_key(form.text, doubt), doubt_key(form.text, doubt) in seen)
    return form, StretchView(place, written, spoken.strip(), marked or None, others, likely_key(written))


def _form(page: PageRequest) -> BulletinForm:
    if page.http.method == "POST":
        return BulletinForm.from_page(page)
    if draft := page.console.drafts.find(page.person.account.login, page.path["id"]):
        return BulletinForm.from_draft(draft)
    with page.console.shared_station.station() as station:
        return BulletinForm.of(station.editing.bulletins.source(page.path["id"]))


def _place(page: PageRequest, text: str) -> tuple[int, int]:
    place = _PLACE.fullmatch(page.text("place") or page.query.get("place", ""))
    begin, end = map(int, place.groups()) if place else (0, 0)
    if not 0 <= begin < end <= len(text):
        raise BadUsage(Message("this place is not in the text any more; load the page again"))
    return begin, end


def correct_here(page: PageRequest) -> Response:
    """Write one place as it shall be said. The text is a draft until it is saved."""
    form, place = BulletinForm.from_page(page), _place(page, BulletinForm.from_page(page).text)
    if form.text[place[0] : place[1]] != page.text("written"):
        raise BadUsage(Message("this place is not in the text any more; load the page again"))
    text = choose(form.text, place, _words(page))
    changed = BulletinForm(form.revision, text, form.head)
    page.console.drafts.put(page.person.account.login, page.path["id"], changed.draft())
    if page.is_fragment:
        view = view_spoken(page, page.path["id"], text, False)
        return page.page("corrected.html", id=page.path["id"], form=changed, spoken=view)
    return page.go(f"/ban-tin/{page.path['id']}")


def _words(page: PageRequest) -> str:
    words = page.text("other") or page.text("words")
    if not words:
        raise BadUsage(Message("say how it is to be read"))
    return words


def correct_everywhere(page: PageRequest) -> Response:
    """A word of the commune's own: first what it changes (`thu=1`), then, as it was shown, the saving."""
    key = next((key for key, _ in WORD_KEYS if key == page.text("key")), None)
    written = page.text("written")
    if key is None or likely_key(written) is None:
        raise BadUsage(Message("a number is never learnt for the whole commune: correct it at its place"))
    word = OwnWord(key, written, written if key == "names" else _words(page))
    with page.console.shared_station.station() as station:
        effect = station.editing.bulletins.word_effect(word)
        titles = {bulletin.id: bulletin.title for bulletin in station.files.contents.bulletins.values()}
    if page.query.get("thu") or page.text("seen") != effect.fingerprint:
        return page.page(
            "own_word.html",
            id=page.path["id"],
            form=BulletinForm.from_page(page),
            word=word,
            changed=[titles.get(name, name) for name in effect.changed],
            voided=[titles.get(name, name) for name in effect.voided],
            fingerprint=effect.fingerprint,
        )
    page.save(effect.edit)
    return page.go(f"/ban-tin/{page.path['id']}?xong=ca-xa")


def accept(page: PageRequest) -> Response:
    """A doubt is read rightly: kept for this bulletin, and shown to whoever approves it."""
    bulletin, key = page.path["id"], page.text("doubt")
    page.console.drafts.see(bulletin, [key], page.person.account.login)
    if page.is_fragment:
        form = BulletinForm.from_page(page)
        return page.page("spoken.html", id=bulletin, form=form, spoken=view_spoken(page, bulletin, form.text, False))
    _keep_typed(page, bulletin)
    return page.go(f"/ban-tin/{bulletin}")


def _keep_typed(page: PageRequest, bulletin: str) -> None:
    """Without a script the page is loaded anew: what was typed comes back as a draft."""
    typed = BulletinForm.from_page(page)
    with page.console.shared_station.station() as station:
        saved = BulletinForm.of(station.editing.bulletins.source(bulletin))
    if not typed.same_as(saved):
        page.console.drafts.put(page.person.account.login, bulletin, typed.draft())


ROUTES: Routes = {
    "POST /ban-tin/{id}/doc": read_again,
    "GET /ban-tin/{id}/cho": show_stretch,
    "POST /ban-tin/{id}/cho": show_stretch,
    "POST /ban-tin/{id}/cho-nay": correct_here,
    "POST /ban-tin/{id}/ca-xa": correct_everywhere,
    "POST /ban-tin/{id}/dung-roi": accept,
}
