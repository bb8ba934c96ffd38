"""Ngày đặc biệt: days that have a name, with what is usual for Tết or a national mourning ready to be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from ...config import commune_edit
from ...config.values import slug
from ...errors import BadUsage, LoudspeakerError, Message
from ...model.day_set import DaySet
from ...model.lunar import Lunar, lunar
from ...station.station import Station
from ..pages import PageRequest, Routes
from .settings import settle

DAYS = "/cai-dat/ngay"
AHEAD = 400  # days in which a named day is looked for: more than a lunar year with a leap month
MOST_SPANS = 3  # that are shown


@dataclass(frozen=True, slots=True)
class DayForm:
    """One named day as its form has it: solar and lunar days as they are written in files, by comma."""

    name: str = ""
    dates: str = ""
    moons: str = ""
    chime: bool = True
    music: bool = True
    quiet: bool = False  # nothing is aired

    @classmethod
    def from_page(cls, page: PageRequest) -> DayForm:
        ticked = (bool(page.text(name)) for name in ("chime", "music", "quiet"))
        return cls(page.text("name"), page.text("dates"), page.text("moons"), *ticked)

    @property
    def id(self) -> str:
        """What schedules call it."""
        return slug(self.name)

    def values(self, data: bytes) -> dict[str, str]:
        """The day's keys as YAML; what is as usual is not written."""
        no = commune_edit.word(data, "no")
        return {
            "dates": _list(self.dates),
            "lunar": _list(self.moons),
            "chime": "" if self.chime else no,
            "music": "" if self.music else no,
        }


# What is usual, by the word in the address.
PRESETS: Mapping[str, tuple[Message, DayForm]] = {
    "tet": (Message("Tết"), DayForm("tet", moons="giao-thua..3/1")),
    "quoc-tang": (Message("National mourning"), DayForm("quoc-tang", chime=False, music=False)),
}


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days one after the other on which a named day falls, with their lunar dates."""

    first: date
    last: date

    @property
    def moons(self) -> tuple[Lunar, Lunar]:
        return lunar(self.first), lunar(self.last)


@dataclass(frozen=True, slots=True)
class DayRow:
    """A named day: its form as it is, when it falls next, and how many entries of schedules name it."""

    form: DayForm
    spans: Sequence[DaySpan]
    entries: int


def show_days(page: PageRequest) -> Response:
    """All of them, and the form of a new one; `mau` fills it in, `ten` with one that is there."""
    with page.console.shared_station.station() as station:
        rows, today = list(day_rows(station)), station.clock.now().date()
    known = {row.form.name: row.form for row in rows}
    _, form = PRESETS.get(page.query.get("mau", ""), ("", known.get(page.query.get("ten", ""), DayForm())))
    return _page(page, rows, form, today)


def _page(
    page: PageRequest, rows: Sequence[DayRow], form: DayForm, today: date, error: LoudspeakerError | None = None
) -> Response:
    facts = {"rows": rows, "form": form, "today": today, "error": error, "presets": PRESETS}
    return page.page("days.html", 422 if error else 200, done=page.query.get("xong"), **facts)


def day_rows(station: Station) -> Iterator[DayRow]:
    """The commune's named days, in the order of the file."""
    commune, today = station.files.commune, station.clock.now().date()
    written = commune_edit.raw_days(station.editing.commune.read())
    named = _names_in_schedules(station)
    for name, day in commune.days.items():
        texts = written.get(name, {})
        form = DayForm(
            name,
            ", ".join(texts.get("dates", ())),
            ", ".join(texts.get("lunar", ())),
            day.chime,
            day.music,
            name in commune.policy.quiet,
        )
        yield DayRow(form, list(day_spans(day.days, today))[:MOST_SPANS], named.count(name))


def _names_in_schedules(station: Station) -> list[str]:
    """What entries leave out or fall on, as it is written; of schedules that are broken nothing."""
    names: list[str] = []
    for schedule in station.files.contents.schedules:
        try:
            entries = station.editing.schedules.entries(schedule.id)
        except LoudspeakerError:
            continue
        names += [text for source in entries for key in ("except", "on") for text in source.entry.get(key, ())]
    return names


def day_spans(days: DaySet, today: date) -> Iterator[DaySpan]:
    """When these fall from `today` on."""
    first = None
    for number in range(AHEAD + 1):
        day = today + timedelta(days=number)
        if day in days and number < AHEAD:
            first = first or day
        elif first:
            yield DaySpan(first, day - timedelta(days=1))
            first = None


def change_day(page: PageRequest) -> Response:
    """A named day is new or another: first what that does, then the saving."""
    form = DayForm.from_page(page)
    return settle(page, DAYS, lambda data: _with_day(page, data, form), lambda error: _again(page, form, error))


def _with_day(page: PageRequest, data: bytes, form: DayForm) -> bytes:
    if not form.id:
        raise BadUsage(Message("give the days a name"))
    if not (form.dates or form.moons):
        raise BadUsage(Message("say which days: 5/9/2026..6/9/2026, or lunar ones: 10/3"))
    data = commune_edit.alter_day(data, form.id, form.values(data))
    return _with_quiet(page, data, form.id, form.quiet)


def _with_quiet(page: PageRequest, data: bytes, name: str, quiet: bool) -> bytes:
    """With nothing aired on these days, or as on others."""
    with page.console.shared_station.station() as station:
        known = station.files.commune.policy.quiet
    if quiet == (name in known):
        return data
    names = [*known, name] if quiet else [known_name for known_name in known if known_name != name]
    return commune_edit.alter_policy(data, {"quiet": commune_edit.flow_list(names) if names else ""})


def remove_day(page: PageRequest) -> Response:
    """A named day is no more: first what that does. One that a schedule names is refused there."""
    name = page.path["name"]
    return settle(
        page,
        DAYS,
        lambda data: commune_edit.remove_day(_with_quiet(page, data, name, False), name),
        lambda error: _again(page, DayForm(), error),
    )


def _again(page: PageRequest, form: DayForm, error: LoudspeakerError) -> Response:
    with page.console.shared_station.station() as station:
        rows, today = list(day_rows(station)), station.clock.now().date()
    return _page(page, rows, form, today, error)


def _list(texts: str) -> str:
    """Values by comma as a list of YAML."""
    words = [text.strip() for text in texts.replace(";", ",").split(",") if text.strip()]
    return commune_edit.flow_list(words) if words else ""


ROUTES: Routes = {
    "GET /cai-dat/ngay": show_days,
    "POST /cai-dat/ngay": change_day,
    "POST /cai-dat/ngay/{name}/bo": remove_day,
}
