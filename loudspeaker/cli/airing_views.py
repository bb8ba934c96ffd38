"""How airings look on a terminal: the plan, what is ready, the log, what becomes of what was asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from gettext import gettext as _
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import rooms
from .tables import day_hour, hour, seconds, show_table
from .terminal import tell

if TYPE_CHECKING:
    from ..model.asrun_record import AsRunRecord
    from ..model.requests import Outcome
    from ..station.airings import PlannedAiring
    from ..station.preparation import Readiness

N_ = str
Row = dict[str, Any]

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


def outcome_word(outcome: str, refusal: str | None) -> str:
    """What will become or became of it, in a word or two; of what is refused, by what."""
    kind = refusal if outcome == "refused" else None
    return _(REFUSALS.get(kind or "", WORDS[outcome]))


def expected_outcome(planned: PlannedAiring, on: Collection[str] = ()) -> str:
    """What became or will become of a planned airing, in a few words; `on` are the ids of those on the air now."""
    if planned.record:
        return outcome_word(planned.record.verdict, planned.refusal)
    expected, why = planned.airing.expected, planned.airing.why
    if expected == "air":
        if planned.id in on:
            return _(WORDS["on-air"])
        return _("past, and nothing on record") if is_past(planned) else _(WORDS["air"])
    return with_reason(outcome_word(expected, planned.refusal), why.say(_) if why else None)


def with_reason(what: str, why: str | None) -> str:
    """A verdict and its reason, in which nothing is said twice."""

    new = rooms.explain.added_reason(what, why or "")
    if new and rooms.explain.holds_label(new, what):
        return new
    return f"{what}: {new}" if new else what


def is_past(planned: PlannedAiring) -> bool:
    ends = planned.airing.ends_at
    return ends is not None and ends < datetime.now(ends.tzinfo) - timedelta(minutes=1)


def show_plan(airings: Sequence[PlannedAiring], on: Collection[str] = ()) -> None:
    columns = ("#", _("time"), _("village"), _("bulletin"), _("length"), _("starts"), _("what will become of it"))
    cells = [_plan_cells(number, planned, on) for number, planned in enumerate(airings, 1)]
    unknown = _("past, and nothing on record")
    told: list[list[str]] = []
    for lost, group in groupby(cells, key=lambda cell: cell[-1] == unknown):
        run = list(group)
        told += [_unknown_run(run)] if lost and len(run) > 1 else run
    show_table(columns, told, _("Nothing is planned."))


def _unknown_run(run: Sequence[Sequence[str]]) -> list[str]:
    """One line for many that are past and of which nothing is known, such as those of before a station's first day."""
    first, last = run[0], run[-1]
    what = _("{count} past, and nothing on record").format(count=len(run))
    return [f"{first[0]}–{last[0]}", first[1], "…", "…", "", "", what]


def _plan_cells(number: int, planned: PlannedAiring, on: Collection[str]) -> list[str]:
    airing = planned.airing
    length = ("" if airing.duration_source == "prepared" else "~") + seconds(round(airing.duration, 3))
    when, start = day_hour(airing.scheduled_at), hour(airing.starts_at)
    return [str(number), when, airing.village, airing.title, length, start, expected_outcome(planned, on)]


def plan_message(airings: Sequence[PlannedAiring]) -> list[str]:
    """The plan as lines to be sent round."""
    lines = []
    for planned in airings:
        expected = planned.airing.expected
        note = "" if expected == "air" else f" ({outcome_word(expected, planned.refusal)})"
        lines.append(f"{day_hour(planned.scheduled_at)} {planned.village}: {planned.title}{note}")
    return [_("Broadcasts:"), *lines] if lines else [_("Nothing is planned.")]


def show_readiness(found: Sequence[Readiness]) -> None:
    for one in found:
        if not one.ready:
            tell(_("not ready: {id}: {why}").format(id=one.airing.id, why=_why_not(one)))
    tell(_("{ready} of {all} airings are ready").format(ready=sum(one.ready for one in found), all=len(found)))


def _why_not(one: Readiness) -> str | None:
    return one.why_not.say(_) if one.why_not else None


def readiness_message(found: Sequence[Readiness]) -> list[str]:
    missing = [one for one in found if not one.ready]
    if not missing:
        return [_("All {all} airings are ready.").format(all=len(found))]
    lines = [f"- {one.airing.id}: {_why_not(one)}" for one in missing]
    return [_("{missing} of {all} airings are not ready:").format(missing=len(missing), all=len(found)), *lines]


def show_log(records: Sequence[AsRunRecord], zone: tzinfo) -> None:
    """The records with times in `zone`."""
    columns = (_("time"), _("village"), _("bulletin"), _("started"), _("ended"), _("what became of it"))
    show_table(columns, [_log_cells(record, zone) for record in records], _("The log has nothing for these days."))


def _log_cells(record: AsRunRecord, zone: tzinfo) -> list[str]:
    started, ended = (moment and moment.astimezone(zone) for moment in (record.started_at, record.ended_at))
    became = outcome_word(record.verdict, record.refusal)
    return [
        day_hour(record.scheduled_at.astimezone(zone)),
        record.village,
        what_was_heard(record),
        hour(started),
        hour(ended),
        with_reason(became, "" if record.verdict in HEARD else record.why),
    ]


def what_was_heard(record: AsRunRecord) -> str:
    """What was aired: a bulletin, a stream, the words of an alarm or what ended it; and whether it was a drill."""
    ending = ENDINGS.get(record.broadcast)
    words = " ".join(record.title.split())
    trial = _("test of {output}").format(output=record.output) if record.broadcast == "test" else None
    what = record.bulletin or (ending and _(ending)) or trial or words or record.broadcast
    return _("{what} (drill)").format(what=what) if record.drill else what


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        verdict = _(WORDS[outcome.verdict or "air"])  # whoever waited was not told in time
        tell(f"{outcome.id}: {verdict}" + (f" ({outcome.why})" if outcome.why else ""))


def show_coming(airings: Sequence[PlannedAiring]) -> None:
    """What a daemon that has just begun will air first."""
    for line in next_moments(airings):
        tell(line)


def next_moments(airings: Sequence[PlannedAiring]) -> list[str]:
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


def draw_chart(airings: Sequence[PlannedAiring], path: Path) -> None:
    """The day as a picture (.svg, .png) with a lane for each village."""

    rooms.picture_file.write_picture(rooms.day_chart.draw_day([planned.airing for planned in airings], _), path)
