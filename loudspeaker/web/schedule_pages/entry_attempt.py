"""A form of Xếp lịch as it was sent: the entries that it asks for, and what saving them would do. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from ...config import schedule_file
from ...config.entry_sentences import describe_entry, part_of_day
from ...config.schedule_entries import Entry, flow_yaml
from ...errors import BadUsage, Message, Refused
from ...model.airing import Airing
from ...model.bulletin import Bulletin, split_origin
from ...model.commune import Policy
from ...model.contents import Contents
from ...model.enums import ApprovalRule, Level
from ...station.editing.schedule_editing import EntryEdit, EntrySource
from ...station.editing.what_if import ChangeEffect, SupposedChange
from ...station.station import Station
from ..shared_station import village_names
from .entry_form import (
    AskBack,
    EntryForm,
    FieldError,
    days_ahead,
    entries_of_form,
    must_lie_ahead,
    read_times,
    write_time,
)
from .week_table import minutes_used, session_of

MOST_LUNAR = 4  # of the days to come that are told


@dataclass(frozen=True, slots=True)
class EntryOffers:
    """What a form offers: all of it is the station's."""

    villages: Mapping[str, str]  # id -> name
    bulletins: Mapping[str, str]  # id -> title, without templates of alarms
    stations: Mapping[str, str]  # address -> what the station is called that may be relayed from there
    named: tuple[str, ...]  # named days
    sessions: tuple[tuple[int, Message], ...]  # when each begins, and what it is called
    today: date
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A bulletin that is to be aired: how long it takes, read as often as the entry says, and is it approved?"""

    title: str
    seconds: float
    approved: bool | None  # None: nobody has to


@dataclass(frozen=True, slots=True)
class SessionUse:
    """Minutes of the quota that are taken in one session with the change, on the day on which it is most."""

    name: Message
    used: float
    quota: float
    day: date


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form as it was sent, and what saving it would do."""

    form: EntryForm
    entries: tuple[Entry, ...] = ()
    effect: ChangeEffect | None = None
    problem: FieldError | None = None
    content: tuple[ContentLine, ...] = ()
    sessions: tuple[SessionUse, ...] = ()
    free: tuple[int, ...] = ()  # times that are still free, where none was given: seconds since midnight
    lunar: tuple[date, ...] = ()  # the days to come on which lunar ones fall

    @property
    def ask_back(self) -> AskBack | None:
        """The time that may be meant otherwise."""
        return self.problem if isinstance(self.problem, AskBack) else None

    @property
    def words(self) -> list[Message]:
        """The entries in sentences, each once."""
        return list(dict.fromkeys(map(describe_entry, self.entries)))

    @property
    def times(self) -> list[int]:
        """When it begins, in seconds since midnight."""
        return read_times(self.form.at, self.form.at) if self.effect and self.form.at else []

    @property
    def yaml(self) -> list[str]:
        """The entries as they are to be written."""
        return [flow_yaml(entry) for entry in self.entries]

    @property
    def mine(self) -> tuple[Airing, ...]:
        return self.effect.comparison.mine if self.effect else ()

    @property
    def days(self) -> dict[date, list[Airing]]:
        """What will be heard of it, by day."""
        days: dict[date, list[Airing]] = {}
        for airing in self.mine:
            days.setdefault(airing.scheduled_at.date(), []).append(airing)
        return days

    @property
    def seconds(self) -> float:
        """How long a village hears of it in these days, at most."""
        seconds: dict[str, float] = {}
        for airing in self.mine:
            seconds[airing.village] = seconds.get(airing.village, 0.0) + airing.duration
        return max(seconds.values(), default=0.0)


def make_offers(station: Station) -> EntryOffers:
    """What there is to choose from."""
    contents, commune = station.files.contents, station.files.commune
    names = village_names(station)
    villages = {village: names.get(village, village) for village in (*commune.villages, *names)}
    ordinary = (bulletin for bulletin in contents.bulletins.values() if bulletin.level is not Level.EMERGENCY)
    heard = {bulletin.id: _title_of(bulletin, contents) for bulletin in ordinary}
    entries = [entry for schedule in contents.schedules for entry in schedule.broadcasts]
    stations = {address: name for name, address in commune.stations.items()}
    unnamed = sorted({entry.stream for entry in entries if entry.stream} - stations.keys())
    return EntryOffers(
        villages,
        dict(sorted(heard.items(), key=lambda pair: pair[1])),
        stations | {address: address for address in unnamed},
        tuple(commune.days),
        tuple((begins, part_of_day(begins)) for begins, _ in commune.policy.hours),
        station.clock.now().date(),
        commune.zone,
    )


def _title_of(bulletin: Bulletin, contents: Contents) -> str:
    """What it is called; of what came from elsewhere, from where."""
    _local, origin = split_origin(bulletin.id)
    return f"{bulletin.title} ({contents.office_name(origin)})" if origin else bulletin.title


@dataclass(frozen=True, slots=True)
class PreparedAttempt:
    """A form of which all is read that its plan depends on."""

    attempt: Attempt
    supposed: tuple[SupposedChange, Policy] | None = None  # None where there is nothing (more) to be planned

    def plan(self) -> Attempt:
        """What saving the form would do. It takes long: nobody has to wait for the station meanwhile."""
        if self.supposed is None:
            return self.attempt
        change, policy = self.supposed
        effect = change.effect()
        sessions = session_uses(effect.comparison.planned, effect.comparison.mine, policy)
        return replace(self.attempt, effect=effect, sessions=tuple(sessions))


def try_form(station: Station, form: EntryForm, source: EntrySource | None, seen: str) -> Attempt:
    """The form, and what it would do, or what is wrong with it; `source` is the entry that it is about."""
    return prepare_attempt(station, form, source, seen).plan()


def prepare_attempt(station: Station, form: EntryForm, source: EntrySource | None, seen: str) -> PreparedAttempt:
    """The same, to be planned once others may have the station."""
    try:
        entries = _sound_entries(station, form)
    except FieldError as problem:
        free = () if form.at or problem.field != "at" else _free_times(station, form, source)
        return PreparedAttempt(Attempt(form, problem=problem, free=free))
    edits = entry_edits(form, entries, source, seen)
    about = [(edit.village, edit.name) for edit in edits if edit.name]
    attempt = Attempt(
        form,
        tuple(entries),
        content=tuple(_content_line(station, name, _repeat(form)) for name in form.bulletins),
        lunar=tuple(_lunar_days_ahead(station, entries[0])),
    )
    supposed = station.editing.schedules.prepare(station.editing.schedules.change(edits), about=about)
    return PreparedAttempt(attempt, (supposed, station.files.commune.policy_of(form.villages[0])))


def try_in_session(station: Station, form: EntryForm, source: EntrySource | None, begins: int) -> Attempt:
    """The form with the first time from `begins` on at which nobody is hurt."""
    form = replace(form, at=write_time(begins), sure=write_time(begins))
    attempt = try_form(station, form, source, "")
    if attempt.effect is None or attempt.effect.comparison.clean:
        return attempt
    with suppress(Refused):
        moved = attempt.effect.choice("move").adjustments[0]
        time = write_time((moved.times or (begins,))[0])
        return try_form(station, replace(form, at=time, sure=time), source, "")
    return attempt


def entry_edits(form: EntryForm, entries: Sequence[Entry], source: EntrySource | None, seen: str) -> list[EntryEdit]:
    """The form's entries in each of its villages; a form of an entry that is there alters that, and adds others."""
    edits = []
    for village in form.villages:
        for number, entry in enumerate(entries):
            altered = source is not None and number == 0
            edits.append(EntryEdit(village, source.name if source and altered else "", entry, seen if altered else ""))
    return edits


def session_uses(planned: Iterable[Airing], mine: Iterable[Airing], policy: Policy) -> list[SessionUse]:
    """What is taken of each session in which one of `mine` lies, of all that is `planned` on its outputs."""
    together: dict[tuple[tuple[int, int], date], list[Airing]] = {}
    for airing in planned:
        if hours := session_of(airing, policy):
            together.setdefault((hours, airing.scheduled_at.date()), []).append(airing)
    touched = {session_of(airing, policy) for airing in mine}
    uses = [
        SessionUse(part_of_day(hours[0]), minutes_used(airings), policy.minutes_per_session, day)
        for (hours, day), airings in sorted(together.items(), key=lambda pair: pair[0])
        if hours in touched
    ]
    names = dict.fromkeys(use.name for use in uses)
    return [max((use for use in uses if use.name == name), key=lambda use: use.used) for name in names]


def _sound_entries(station: Station, form: EntryForm) -> list[Entry]:
    """Raises `FieldError`."""
    stations = {address: name for name, address in station.files.commune.stations.items()}
    entries = entries_of_form(form, lambda name, repeat: _length(station, name, repeat), stations)
    try:
        for entry in entries:
            station.editing.schedules.must_be_sound(entry)
    except BadUsage as error:
        fault = error.message.facts.get("fault")
        raise FieldError("", fault if isinstance(fault, Message) else error.message) from error
    must_lie_ahead(entries, station.clock.now().date())
    return entries


def _free_times(station: Station, form: EntryForm, source: EntrySource | None) -> tuple[int, ...]:
    """For a form that lacks nothing but its time, the first that is free in each session."""
    first = next((write_time(begins) for begins, _ in station.files.commune.policy.hours), "06:00")
    try:
        entries = _sound_entries(station, replace(form, at=first, sure=first))
    except FieldError:
        return ()
    schedules = station.editing.schedules
    return schedules.free_times(schedules.change(entry_edits(form, entries, source, "")))


def _repeat(form: EntryForm) -> int | None:
    return int(form.repeat) if form.repeat.isdecimal() else None


def _content_line(station: Station, name: str, repeat: int | None) -> ContentLine:
    facts = station.planner.bulletin_facts(station.log, [name])[name]
    has_to = station.files.commune.approval_rule(station.clock.now().date()) is not ApprovalRule.OPTIONAL
    return ContentLine(facts.title, _length(station, name, repeat), facts.approved if has_to else None)


def _lunar_days_ahead(station: Station, entry: Entry) -> list[date]:
    """The next days on which an entry with lunar days falls; it is sound."""
    if "lunar" not in entry:
        return []
    written = f"broadcasts:\n  - {flow_yaml(entry)}\n".encode()
    (broadcast,) = schedule_file.parse("schedules/x.yaml", written, station.files.commune.days).broadcasts
    return days_ahead(broadcast.falls_on, station.clock.now().date(), MOST_LUNAR)


def _length(station: Station, name: str, repeat: int | None) -> float:
    """Seconds of a bulletin, read so often. Raises `NotFound`."""
    bulletin = station.files.bulletin(name)
    return station.planner.duration(station.planner.bulletin_spec(bulletin, station.files.outputs()[0], repeat))[0]
