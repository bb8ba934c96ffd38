"""Nhật ký: what became of each airing and why, what people did, and both on paper."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from starlette.responses import Response

from ...config import values
from ...errors import BadUsage, Message, Refused
from ...model.asrun_record import AsRunRecord
from ...reports.audit_trail import AuditEntry, audit_trail, background
from ...reports.explain import explain_airing
from ...reports.outcome_words import FULLY_HEARD, outcome_word, subject_words
from ...station.station import Station
from ...yamlfile import Mistake
from ..pages import PageRequest, Routes
from ..shared_station import village_names

MOST_ROWS, MOST_PRINTED = 500, 5_000  # on one page, on one print
LONGEST = 400  # days
AT_ONCE = timedelta(seconds=2)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ONE_AT_A_TIME, TURN = Lock(), 20.0  # a report takes much of a small machine; s that another one waits
RESULTS = {"": Message("all"), "heard": Message("heard in full"), "missed": Message("not heard in full")}


@dataclass(frozen=True, slots=True)
class LogRow:
    """One airing as the log has it, with times in the commune's zone."""

    id: str
    at: datetime
    village: str  # its name
    what: Message
    heard: bool  # in full
    word: Message
    why: str
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the log is asked for: days, a village (id) and a result, "" for all."""

    begins: date
    ends: date
    village: str
    result: str

    @property
    def is_narrow(self) -> bool:
        """Is it other than every airing of one day?"""
        return bool(self.village or self.result) or self.begins != self.ends

    @property
    def address(self) -> str:
        """As it stands behind the “?” of an address."""
        return f"tu={self.begins}&den={self.ends}&thon={self.village}&ket-qua={self.result}"


@dataclass(frozen=True, slots=True)
class LogPage:
    """A span of the log."""

    commune: str
    now: datetime
    wanted: Wanted
    rows: Sequence[LogRow]
    left_out: int  # rows more than were asked for
    acts: Sequence[AuditEntry]
    villages: Mapping[str, str]  # id -> name
    counts: Mapping[bool, int]  # heard in full?
    head: str  # of the chain
    entries: int


def show_log(page: PageRequest) -> Response:
    with page.console.shared_station.station() as station:
        log = read_log(station, read_wanted(page.query, station.clock.now().date()), MOST_ROWS)
    return page.page("history.html", log=log, spans=_spans(log.now.date()), results=RESULTS)


def print_log(page: PageRequest) -> Response:
    """All rows of the span. Raises `BadUsage` where that is more than anybody reads on paper."""
    with page.console.shared_station.station() as station:
        log = read_log(station, read_wanted(page.query, station.clock.now().date()), MOST_PRINTED)
    if log.left_out:
        raise BadUsage(Message("more than {most} airings: choose fewer days, or take the report", most=MOST_PRINTED))
    return page.page("history_print.html", log=log)


def show_airing(page: PageRequest) -> Response:
    """Why an airing was heard, or was not, or what is to become of it."""
    with page.console.shared_station.station() as station:
        zone, now = station.files.commune.zone, station.clock.now()
        name, planned, record = station.airings.look_up(page.path["id"])
        approval = station.planner.approval_message(station.log, planned.bulletin if planned else None)
        offices = station.files.contents.offices
        story = explain_airing(name, planned, record, station.log, now, zone, page.site.translate, approval, offices)
        about = record or planned
        names = village_names(station)
        acts = background(station.log, about.village, about.bulletin, about.scheduled_at) if about else []
    title = title_words(record) if record else Message("{said}", said=planned.title if planned else name)
    return page.page(
        "airing.html", airing=name, about=about, title=title, story=story, acts=acts, names=names, zone=zone
    )


def send_report(page: PageRequest) -> Response:
    """The report of the command line, written by it in a process behind everything else."""
    if not ONE_AT_A_TIME.acquire(timeout=TURN):
        raise Refused(Message("another report is being written; try again in a moment"))
    try:
        with TemporaryDirectory(prefix="loudspeaker-report-") as folder:
            path = Path(folder) / "report.xlsx"
            page.run_command("report", *_report_options(page.query), "--output", str(path))
            content = path.read_bytes()
    finally:
        ONE_AT_A_TIME.release()
    return Response(content, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="bao-cao.xlsx"'})


def check_chain(page: PageRequest) -> Response:
    """Has any entry of the log been changed since it was written? By the command line's own check, as a child."""
    chain = json.loads(page.run_command("log", "--verify", "--json", accepts=(0, 1)))
    return page.page("chain.html", entries=chain["rows"], head=chain["head"], broken=chain["broken"])


def _report_options(query: Mapping[str, str]) -> list[str]:
    """What the report is about: a month, a dispatch, or days. Raises `BadUsage`."""
    for name, option in (("thang", "--month"), ("nguon", "--source")):
        if query.get(name):
            return [f"{option}={query[name]}"]
    begins, ends = (_read_day(query.get(name, "")) for name in ("tu", "den"))
    if begins is None:
        raise BadUsage(Message("say which month or which days the report is about"))
    return [f"--from={begins}", *([f"--to={ends}"] if ends else [])]


def read_log(station: Station, wanted: Wanted, most: int) -> LogPage:
    """With at most so many rows. Raises `LogUnusable`, and `NotFound` for a village that nobody knows."""
    log, names = station.log, village_names(station)
    if wanted.village:
        station.files.village_id(wanted.village)
    days = (wanted.ends - wanted.begins).days + 1
    rows: list[LogRow] = []
    counts: Counter[bool] = Counter()
    left_out = 0
    for record in station.airings.iterate_records(wanted.begins, days):
        if wanted.village not in ("", record.village):
            continue
        counts[record.verdict in FULLY_HEARD] += 1
        if wanted.result not in ("", _result(record)):
            continue
        if len(rows) < most:
            rows.append(_row(record, names, station.files.commune.zone))
        else:
            left_out += 1
    acts = audit_trail(log, *station.clock.window(wanted.begins, days))
    return LogPage(
        station.files.commune.name,
        station.clock.now(),
        wanted,
        rows,
        left_out,
        together(in_words(act, names) for act in acts),
        names,
        counts,
        log.head(),
        log.last_number(),
    )


def _row(record: AsRunRecord, names: Mapping[str, str], zone: tzinfo) -> LogRow:
    heard = record.verdict in FULLY_HEARD
    return LogRow(
        record.id,
        record.scheduled_at.astimezone(zone),
        names.get(record.village, record.village),
        title_words(record),
        heard,
        outcome_word(record.verdict, record.refusal),
        "" if heard else record.why,
        record.started_at and record.started_at.astimezone(zone),
    )


def read_wanted(query: Mapping[str, str], today: date) -> Wanted:
    """What the address asks for; today where it says nothing. Raises `BadUsage`."""
    begins = _read_day(query.get("tu", "")) or today
    ends = _read_day(query.get("den", "")) or max(begins, today)
    if ends < begins or (ends - begins).days > LONGEST:
        raise BadUsage(Message("the last day lies before the first, or more than {days} days behind it", days=LONGEST))
    result = query.get("ket-qua", "")
    return Wanted(begins, ends, query.get("thon", ""), result if result in RESULTS else "")


def title_words(record: AsRunRecord) -> Message:
    """What was aired, as people know it: by its title, where it has one."""
    title = " ".join(record.title.split()) if record.bulletin else ""
    if not title:
        return subject_words(record)
    return Message("{what} (drill)", what=title) if record.drill else Message("{said}", said=title)


def together(acts: Iterable[AuditEntry]) -> list[AuditEntry]:
    """What somebody did at one moment in several villages is one act."""
    joined: list[AuditEntry] = []
    for act in acts:
        last = joined[-1] if joined else None
        if last and act.at - last.at < AT_ONCE and act.by == last.by and (what := _join(last.what, act.what)):
            joined[-1] = replace(last, what=what)
        else:
            joined.append(act)
    return joined


def _join(first: Message, second: Message) -> Message | None:
    """Both as one sentence, where they differ in the village or the airing alone."""
    if first.template != second.template or first == second:
        return None
    differ = [name for name in first.facts if first.facts[name] != second.facts.get(name)]
    if len(differ) != 1 or differ[0] not in ("village", "airing"):
        return None
    return Message(first.template, **first.facts | {differ[0]: f"{first.facts[differ[0]]}, {second.facts[differ[0]]}"})


def in_words(act: AuditEntry, names: Mapping[str, str]) -> AuditEntry:
    """The same with villages and airings as people name them, instead of by their ids."""
    facts = dict(act.what.facts)
    if "village" in facts:
        facts["village"] = names.get(str(facts["village"]), facts["village"])
    if "airing" in facts:
        facts["airing"] = airing_words(str(facts["airing"]), names)
    return replace(act, what=Message(act.what.template, **facts))


def airing_words(airing: str, names: Mapping[str, str]) -> str:
    """An airing by its hour, day and village.

    >>> airing_words("na-hoa/nhac/2026-11-24T11:00", {"na-hoa": "Thôn Nà Hoa"})
    '11:00 24/11 Thôn Nà Hoa'
    """
    village, _, rest = airing.partition("/")
    try:
        at = datetime.fromisoformat(rest.rpartition("/")[2])
    except ValueError:
        return airing
    return f"{at:%H:%M %d/%m} {names.get(village, village)}"


def _read_day(text: str) -> date | None:
    """As a browser's field for days sends it, or as people write it: 28/11/2026. Raises `BadUsage`."""
    if not text:
        return None
    try:
        return values.day(text)
    except Mistake:
        raise BadUsage(Message("“{day}” is no day; write 28/11/2026", day=text)) from None


def _result(record: AsRunRecord) -> str:
    return "heard" if record.verdict in FULLY_HEARD else "missed"


def _spans(today: date) -> Sequence[tuple[Message, date, date]]:
    """What people mostly ask for, with its first and last day."""
    return (
        (Message("Today"), today, today),
        (Message("7 days"), today - timedelta(days=6), today),
        (Message("This month"), today.replace(day=1), today),
    )


ROUTES: Routes = {
    "GET /nhat-ky": show_log,
    "GET /nhat-ky/in": print_log,
    "GET /nhat-ky/chuoi": check_chain,
    "GET /bao-cao.xlsx": send_report,
    "GET /luot/{id:path}": show_airing,
}
