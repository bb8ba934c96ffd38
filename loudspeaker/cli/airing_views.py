"""How airings look on a terminal: the plan, what is ready, the log, what becomes of what was asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from gettext import gettext as _
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from . import rooms
from .tables import day_hour, hour, seconds, show_table
from .terminal import tell

if TYPE_CHECKING:
    from ..model.asrun_record import AsRunRecord
    from ..model.requests import Outcome
    from ..station.airings import PlannedAiring
    from ..station.preparation import Readiness


def outcome_word(outcome: str, refusal: str | None) -> str:
    return rooms.outcome_words.outcome_word(outcome, refusal).say(_)


def expected_outcome(planned: PlannedAiring, on: Collection[str] = ()) -> str:
    """What became or will become of a planned airing, in a few words; `on` are the ids of those on the air now."""
    if planned.record:
        return outcome_word(planned.record.verdict, planned.refusal)
    expected, why = planned.airing.expected, planned.airing.why
    if expected == "air":
        if planned.id in on:
            return outcome_word("on-air", None)
        return rooms.outcome_words.UNKNOWN.say(_) if is_past(planned) else outcome_word(expected, None)
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
    unknown = rooms.outcome_words.UNKNOWN.say(_)
    rows: list[list[str]] = []
    for lost, group in groupby(cells, key=lambda cell: cell[-1] == unknown):
        run = list(group)
        rows += [_unknown_run(run)] if lost and len(run) > 1 else run
    show_table(columns, rows, _("Nothing is planned."))


def _unknown_run(run: Sequence[Sequence[str]]) -> list[str]:
    """One line for many that are past and of which nothing is known, such as those of before a station's first day."""
    first, last = run[0], run[-1]
    what = _("{count} past, and nothing on record").format(count=len(run))
    return [f"{first[0]}–{last[0]}", first[1], "…", "…", "", "", what]


def _plan_cells(number: int, planned: PlannedAiring, on: Collection[str]) -> list[str]:
    airing = planned.airing
    length = ("" if airing.duration_source == "prepared" else "~") + seconds(round(airing.duration, 3))
    when, start = day_hour(airing.scheduled_at), hour(airing.starts_at)
    title = f"{airing.title} ({airing.origin})" if airing.origin else airing.title
    return [str(number), when, airing.village, title, length, start, expected_outcome(planned, on)]


def plan_message(airings: Sequence[PlannedAiring]) -> list[str]:
    """The plan as lines to be sent round."""
    lines = []
    for planned in airings:
        expected = planned.airing.expected
        note = "" if expected == "air" else f" ({outcome_word(expected, planned.refusal)})"
        lines.append(f"{day_hour(planned.scheduled_at)} {planned.village}: {planned.title}{note}")
    return [_("Broadcasts:"), *lines] if lines else [_("Nothing is planned.")]


def show_readiness(readiness: Sequence[Readiness]) -> None:
    for state in readiness:
        if not state.ready:
            tell(_("not ready: {id}: {why}").format(id=state.airing.id, why=_why_not(state)))
    ready = sum(state.ready for state in readiness)
    tell(_("{ready} of {all} airings are ready").format(ready=ready, all=len(readiness)))


def _why_not(state: Readiness) -> str | None:
    return state.why_not.say(_) if state.why_not else None


def readiness_message(readiness: Sequence[Readiness]) -> list[str]:
    missing = [state for state in readiness if not state.ready]
    if not missing:
        return [_("All {all} airings are ready.").format(all=len(readiness))]
    lines = [f"- {state.airing.id}: {_why_not(state)}" for state in missing]
    return [_("{missing} of {all} airings are not ready:").format(missing=len(missing), all=len(readiness)), *lines]


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
        rooms.outcome_words.subject_words(record).say(_),
        hour(started),
        hour(ended),
        with_reason(became, "" if record.verdict in rooms.outcome_words.FULLY_HEARD else record.why),
    ]


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        verdict = outcome_word(outcome.verdict or "air", None)  # whoever waited was not told in time
        tell(f"{outcome.id}: {verdict}" + (f" ({outcome.why})" if outcome.why else ""))


def show_coming(airings: Sequence[PlannedAiring], unready: Sequence[PlannedAiring]) -> None:
    """What a daemon that has just begun will air first; of a new station nothing has been read or made yet."""
    if unready and not airings:
        first = unready[0]
        tell(
            _("Next, while it is being made: {at} {village}: {title}").format(
                at=day_hour(first.scheduled_at), village=first.village, title=first.title
            )
        )
        return
    for line in next_moments(airings):
        tell(line)


def next_moments(airings: Sequence[PlannedAiring]) -> list[str]:
    """The first two moments at which something is to be aired, each with its villages and its bulletin."""
    lines = [_("Next: {at} {villages}: {title}"), _("Then: {at} {villages}: {title}")]
    groups = groupby(airings, key=lambda planned: (planned.airing.starts_at, planned.title))
    moments = [
        line.format(
            at=day_hour(at) if at else "–", villages=", ".join(planned.village for planned in group), title=title
        )
        for line, ((at, title), group) in zip(lines, groups, strict=False)
    ]
    return moments or [_("Nothing comes today or tomorrow.")]


def draw_chart(airings: Sequence[PlannedAiring], path: Path) -> None:
    """The day as a picture (.svg, .png) with a lane for each village."""
    rooms.picture_file.write_picture(rooms.day_chart.draw_day([planned.airing for planned in airings], _), path)
