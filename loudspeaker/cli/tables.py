"""How things look on a terminal: tables, progress, colours. rich is imported only when something is drawn."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from gettext import gettext as _
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..plaintext import escape
from . import rooms
from .terminal import put, tell

if TYPE_CHECKING:
    from ..maintenance.check import Finding
    from ..maintenance.clock_state import ClockState
    from ..maintenance.devices import HealthCheck
    from ..maintenance.status import Status
    from ..maintenance.voice_list import VoiceState
    from ..model.alert_preview import AlertPreview, EndPreview
    from ..model.asrun_record import AsRunRecord
    from ..station.airings import PlannedAiring
    from ..station.approvals import Preview
    from ..station.preparation import Readiness

Row = dict[str, Any]
Progress = Callable[[int, int, str], None]

N_ = str
HEARD = {"aired", "aired-late", "to-file"}
WORDS = {
    "air": N_("will air"),
    "refused": N_("refused"),
    "displaced": N_("displaced"),
    "skipped": N_("left out"),
    "not-ready": N_("not ready"),
    "on-air": N_("on the air now"),
    "aired": N_("aired"),
    "aired-late": N_("aired late"),
    "aired-partly": N_("aired in part"),
    "to-file": N_("only to a file"),
    "pre-empted": N_("broken off by an alarm"),
    "stopped": N_("stopped"),
    "withdrawn": N_("withdrawn"),
    "expired": N_("too old"),
    "missed-off": N_("missed: no power, or switched off"),
    "missed-clock": N_("missed: wrong clock"),
    "no-audio": N_("no sound from the horns"),
    "failed-sound": N_("no sound ready"),
    "failed-device": N_("sound card failed"),
}
ENDINGS = {"all-clear": N_("all-clear"), "correction": N_("correction of a false alarm")}
REFUSALS = {
    "policy": N_("against the policy"),
    "pause": N_("paused"),
    "approval": N_("not approved"),
    "validity": N_("not valid on that day"),
    "stream": N_("station not allowed"),
    "emergency": N_("emergencies have no schedule"),
    "commissioning": N_("output not commissioned"),
}


REFERENCE = {"commune.yaml": "commune", "box.yaml": "box", "bulletins": "bulletins", "schedules": "schedules"}


def draw(columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """One table on stdout."""
    if not rows:
        tell(empty)
        return
    rows = [[escape(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        aligned([columns, *rows])
        return
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=SIMPLE, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


def aligned(rows: Sequence[Sequence[str]]) -> None:
    """Plain columns for a file or a pipe, where nothing may be cut off."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        put("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def hour(moment: datetime | None) -> str:
    return f"{moment:%H:%M:%S}" if moment else "–"


def day_hour(moment: datetime) -> str:
    return f"{moment:%d/%m %H:%M}"


def seconds(value: float) -> str:
    minutes, rest = divmod(round(value), 60)
    return f"{minutes}:{rest:02d}"


def word(outcome: str, refusal: str | None) -> str:
    """What will become or became of it, in a word or two; of what is refused, by what."""
    kind = refusal if outcome == "refused" else None
    return _(REFUSALS.get(kind or "", WORDS[outcome]))


def fate(planned: PlannedAiring, on: Collection[str] = ()) -> str:
    """What became or will become of a planned airing, in a few words; `on` are the ids of those on the air now."""
    if planned.record:
        return word(planned.record.verdict, planned.refusal)
    expected, why = planned.airing.expected, planned.airing.why
    if expected == "air":
        if planned.id in on:
            return _(WORDS["on-air"])
        return _("past, and nothing on record") if past(planned) else _(WORDS["air"])
    return with_reason(word(expected, planned.refusal), why.say(_) if why else None)


def with_reason(what: str, why: str | None) -> str:
    """A verdict and its reason, in which nothing is said twice."""

    new = rooms.explain.added_reason(what, why or "")
    if new and rooms.explain.holds_label(new, what):
        return new
    return f"{what}: {new}" if new else what


def past(planned: PlannedAiring) -> bool:
    ends = planned.airing.ends_at
    return ends is not None and ends < datetime.now(ends.tzinfo) - timedelta(minutes=1)


def plan(airings: Sequence[PlannedAiring], on: Collection[str] = ()) -> None:
    columns = ("#", _("time"), _("village"), _("bulletin"), _("length"), _("starts"), _("what will become of it"))
    cells = [planned_cells(number, planned, on) for number, planned in enumerate(airings, 1)]
    unknown = _("past, and nothing on record")
    told: list[list[str]] = []
    for lost, group in groupby(cells, key=lambda cell: cell[-1] == unknown):
        run = list(group)
        told += [_together(run)] if lost and len(run) > 1 else run
    draw(columns, told, _("Nothing is planned."))


def _together(run: Sequence[Sequence[str]]) -> list[str]:
    """One line for many that are past and of which nothing is known, such as those of before a station's first day."""
    first, last = run[0], run[-1]
    what = _("{count} past, and nothing on record").format(count=len(run))
    return [f"{first[0]}–{last[0]}", first[1], "…", "…", "", "", what]


def planned_cells(number: int, planned: PlannedAiring, on: Collection[str]) -> list[str]:
    airing = planned.airing
    length = ("" if airing.duration_source == "prepared" else "~") + seconds(round(airing.duration, 3))
    when, start = day_hour(airing.scheduled_at), hour(airing.starts_at)
    return [str(number), when, airing.village, airing.title, length, start, fate(planned, on)]


def plan_message(airings: Sequence[PlannedAiring]) -> list[str]:
    lines = [
        "{at} {village}: {title}{note}".format(
            at=day_hour(planned.scheduled_at),
            village=planned.village,
            title=planned.title,
            note="" if planned.airing.expected == "air" else f" ({word(planned.airing.expected, planned.refusal)})",
        )
        for planned in airings
    ]
    return [_("Broadcasts:"), *lines] if lines else [_("Nothing is planned.")]


def readiness(found: Sequence[Readiness]) -> None:
    for one in found:
        if not one.ready:
            tell(_("not ready: {id}: {why}").format(id=one.airing.id, why=why_not(one)))
    tell(_("{ready} of {all} airings are ready").format(ready=sum(one.ready for one in found), all=len(found)))


def why_not(one: Readiness) -> str | None:
    return one.why_not.say(_) if one.why_not else None


def readiness_message(found: Sequence[Readiness]) -> list[str]:
    missing = [one for one in found if not one.ready]
    if not missing:
        return [_("All {all} airings are ready.").format(all=len(found))]
    lines = [f"- {one.airing.id}: {why_not(one)}" for one in missing]
    return [_("{missing} of {all} airings are not ready:").format(missing=len(missing), all=len(found)), *lines]


def log(records: Sequence[AsRunRecord], zone: tzinfo) -> None:
    """The records with times in `zone`."""
    columns = (_("time"), _("village"), _("bulletin"), _("started"), _("ended"), _("what became of it"))
    draw(columns, [log_cells(record, zone) for record in records], _("The log has nothing for these days."))


def log_cells(record: AsRunRecord, zone: tzinfo) -> list[str]:
    started, ended = (moment and moment.astimezone(zone) for moment in (record.started_at, record.ended_at))
    became = word(record.verdict, record.refusal)
    return [
        day_hour(record.scheduled_at.astimezone(zone)),
        record.village,
        heard(record),
        hour(started),
        hour(ended),
        with_reason(became, "" if record.verdict in HEARD else record.why),
    ]


def heard(record: AsRunRecord) -> str:
    """What was aired: a bulletin, a stream, the words of an alarm or what ended it; and whether it was a drill."""
    ending = ENDINGS.get(record.broadcast)
    words = " ".join(record.title.split())
    trial = _("test of {output}").format(output=record.output) if record.broadcast == "test" else None
    what = record.bulletin or (ending and _(ending)) or trial or words or record.broadcast
    return _("{what} (drill)").format(what=what) if record.drill else what


def outcome(rows: Sequence[Row]) -> None:
    for row in rows:
        verdict = _(WORDS[row["verdict"] or "air"])  # whoever waited was not told in time
        tell(f"{row['id']}: {verdict}" + (f" ({row['why']})" if row["why"] else ""))


def urgent(alert: AlertPreview) -> None:
    """What will be said, to whom, and every guess in it, before anybody hears it."""
    tell(_("To be said:"))
    tell("  " + alert.spoken)
    for doubt in alert.doubts:
        tell("  ? " + doubt.say(_))
    tell(_("Villages: {villages}").format(villages=", ".join(alert.villages)))
    if alert.until:
        tell(_("Not after {until}").format(until=f"{datetime.fromisoformat(alert.until):%H:%M %d/%m/%Y}"))


END_WORDS = {"clear": N_("All-clear, to be said:"), "mistake": N_("Correction, to be said:")}


def end(planned: EndPreview) -> None:
    """How each alarm will end, before it does."""
    for closing in planned.closings:
        alarm = _("Drill “{title}”, {villages}:") if closing.drill else _("Alarm “{title}”, {villages}:")
        tell(alarm.format(title="”, “".join(closing.titles), villages=", ".join(closing.villages)))
        tell(
            "  "
            + (_(END_WORDS[closing.form]) if closing.spoken else _("It will be repeated no more; nothing is said."))
        )
        if closing.spoken:
            tell("  " + closing.spoken)


def ended(planned: EndPreview) -> None:
    """What has become of those that end without a word."""
    for closing in planned.closings:
        if closing.spoken:
            continue
        stopped = _("“{title}” is repeated no more.") if closing.repeats else _("“{title}” was not repeated any more.")
        tell(stopped.format(title="”, “".join(closing.titles)))
        if closing.drill:
            tell(_("To say that the drill is over: “loudspeaker urgent --end --clear”."))
        else:
            tell(_("The danger stands. All-clear: “urgent --end --clear”; given by mistake: “urgent --end --mistake”."))


def preview(shown: Preview) -> None:
    """A bulletin as it will be heard, and every guess in it, before somebody approves it."""
    tell(shown.title + ":")
    for part in shown.parts:
        tell("  " + part.say(_))
    for doubt in shown.doubts:
        tell("  ? " + doubt.say(_))
    tell("  " + "; ".join(fact.say(_) for fact in shown.facts()))


def checked(found: Sequence[Finding]) -> None:
    """How much `check` found and what that means, after the findings themselves."""
    mistakes = sum(one.mistake for one in found)
    counts = _("mistakes: {mistakes}, warnings: {warnings}").format(mistakes=mistakes, warnings=len(found) - mistakes)
    pages = sorted({REFERENCE[place] for one in found if (place := one.problem.path.partition("/")[0]) in REFERENCE})
    if pages:
        tell(
            _("How each file is written: {pages}").format(
                pages=", ".join(f"docs/reference.md#{page}" for page in pages)
            )
        )
    if mistakes:
        tell(
            _("{counts}. What has a mistake is not used as written: mend it and run “loudspeaker check” again.").format(
                counts=counts
            )
        )
    elif found:
        tell(_("{counts}. Every file can be used; read the warnings above.").format(counts=counts))
    else:
        tell(_("{counts}: every file can be used.").format(counts=counts))


def status(found: Status) -> None:
    """At most five lines: what is on the air, two moments to come, two things that are wrong."""
    now = [
        _("{villages}: {title}").format(villages=", ".join(str(row["village"]) for row in group), title=title)
        for title, group in groupby(found.on, key=titled)
    ]
    put(_("On the air: {airings}").format(airings="; ".join(now)) if now else _("Nothing is on the air."))
    for line in moments(found.next):
        put(line)
    wrong = [health_line(check).partition(" ")[2] for check in found.wrong]
    put(_("Wrong ({count}): {first}").format(count=len(wrong), first=wrong[0]) if wrong else _("Nothing is wrong."))
    if len(wrong) > 1:
        put(_("Also: {second} (all of it: “loudspeaker doctor”)").format(second=wrong[1]))


def titled(row: Mapping[str, object]) -> str:
    """The title of what is on the air, with the word of a drill."""
    return _("{what} (drill)").format(what=row["title"]) if row["drill"] else str(row["title"])


def coming(airings: Sequence[PlannedAiring]) -> None:
    """What a daemon that has just begun will air first."""
    for line in moments(airings):
        tell(line)


def moments(airings: Sequence[PlannedAiring]) -> list[str]:
    """The first two moments at which something is to be aired, each with its villages and its bulletin."""
    lines = [_("Next: {at} {villages}: {title}"), _("Then: {at} {villages}: {title}")]
    groups = groupby(airings, key=lambda planned: (planned.airing.starts_at, planned.title))
    told = [
        line.format(
            at=day_hour(at) if at else "–", villages=", ".join(planned.village for planned in group), title=title
        )
        for line, ((at, title), group) in zip(lines, groups, strict=False)
    ]
    return told or [_("Nothing comes today or tomorrow.")]


def health_checks(checks: Sequence[HealthCheck]) -> None:
    for check in checks:
        put(health_line(check))


def health_line(check: HealthCheck) -> str:
    """What was looked at and what is wrong with it, with a mark before it."""
    mark = "✗" if check.serious else "!" if check.wrong else "✓"
    return f"{mark} {check.what.say(_)}" + (f": {check.wrong.say(_)}" if check.wrong else "")


VOUCHERS = {
    "network": N_("the time from the network"),
    "rtc": N_("the battery clock"),
    "box": N_("“clock: trusted” in box.yaml"),
}


def clock_line(state: ClockState) -> str:
    """The time and whether it is trusted, and by whose word."""
    now = f"{state.now:%H:%M:%S %d/%m/%Y}"
    if state.trust.why:
        return f"{now}: {state.trust.why.say(_)}"
    if not state.vouchers:  # somebody's word, or a source that has gone since
        return _("{now}: the time is trusted").format(now=now)
    by = ", ".join(_(VOUCHERS.get(voucher, voucher)) for voucher in sorted(state.vouchers))
    return _("{now}: the time is trusted ({by})").format(now=now, by=by)


def voices(states: Sequence[VoiceState]) -> None:
    columns = (_("voice"), _("here"), _("online"), _("note"))
    here = {True: _("yes"), False: _("no")}
    cells = [[state.voice, here[state.here], here[state.online], note(state)] for state in states]
    draw(columns, cells, _("No voices."))


def note(state: VoiceState) -> str:
    """Why it does not speak here, or the file in which it has spoken."""
    return state.why_not.say(_) if state.why_not else str(state.sample or "")


CACHE = {
    "clips_mb": N_("clips, MB"),
    "programmes": N_("programmes"),
    "programmes_mb": N_("programmes, MB"),
}


def cache(row: Row) -> None:
    for name, value in row.items():
        put(f"{_(CACHE.get(name, name))}: {value}")


@contextmanager
def progress(task: str | None = None) -> Iterator[Progress]:
    """A bar on stderr while something long is done; plain silence where stderr is no terminal.

    `task` names it where whoever reports the progress does not; None is preparing.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        usual = task or _("Preparing")
        row = bar.add_task(usual, total=None)

        def advance(done: int, total: int, what: str) -> None:
            bar.update(row, completed=done, total=total, description=what or usual)

        yield advance


def chart(airings: Sequence[PlannedAiring], path: Path) -> None:
    """The day as a picture (.svg, .png) with a lane for each village."""

    rooms.pictures.write_picture(rooms.day_chart.draw_day([planned.airing for planned in airings], _), path)
