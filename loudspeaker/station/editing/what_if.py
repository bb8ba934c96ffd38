"""What a change of people's files would do, if it were saved: to the plan of the coming days, and to approvals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ...errors import Message, Refused
from ...model.airing import Airing
from ...model.broadcast import VillageSchedule
from ...model.contents import Contents, PlanInput
from ...model.schedule_change import EntryKey
from ...schedule.another_time import find_free_times
from ...schedule.channels import channels
from ...schedule.choices import Choice, find_choices
from ...schedule.clashes import ClashLine, clash_lines
from ...schedule.comparison import PlanComparison, changed_entries
from ...schedule.trial import Trial
from ...store.asrun import AsRunLog
from ...store.edits import FileEdit
from ..commune_clock import CommuneClock
from ..people_files import StationFiles
from ..planner import BROKEN, Planner

AHEAD = 14  # days for which a change is planned before it is saved

Change = tuple[FileEdit, ...]


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change would do, if it were saved."""

    change: Change
    comparison: PlanComparison
    choices: tuple[Choice, ...] = ()
    voided: tuple[str, ...] = ()  # bulletins that must be approved again

    @property
    def clashes(self) -> list[ClashLine]:
        """Whom it hurts, in few lines."""
        return clash_lines(self.comparison)

    def choice(self, kind: str) -> Choice:
        """The way out of that kind (`ChoiceKind`). Raises `Refused` where it is none (any more)."""
        for choice in self.choices:
            if choice.kind == kind:
                return choice
        raise Refused(Message("this way out of the clash is not there any more; look at it again"))


@dataclass(frozen=True, slots=True)
class SupposedChange:
    """A change, and all that its plan depends on: planning it takes long, and needs the station no more."""

    change: Change
    trial: Trial
    voided: tuple[str, ...]

    def effect(self) -> ChangeEffect:
        comparison = self.trial.compare()
        return ChangeEffect(self.change, comparison, tuple(find_choices(self.trial, comparison)), self.voided)


class WhatIf:
    """Plans changes that nobody has saved. `log` opens the station's log; nothing that is kept for the air is lost."""

    def __init__(self, files: StationFiles, clock: CommuneClock, planner: Planner, log: Callable[[], AsRunLog]) -> None:
        self._files = files
        self._clock = clock
        self._planner = planner
        self._log = log

    def suppose(self, change: Change, days: int = AHEAD, about: Collection[EntryKey] = ()) -> SupposedChange:
        """A change, to be planned for everybody whom it concerns in the `days` to come. Writes nothing.

        `about` are entries whose airings are told though they are not changed (yet).
        It is planned as if all bulletins were approved and ready: what people decide later must not bring a clash.
        Raises `BadFile` with what is wrong with a file.
        """
        files = self._files.suppose({edit.path: edit.after for edit in change})
        supposed = self._planner.suppose(files)
        trial = self._trial(supposed, files.contents, days, about)
        return SupposedChange(change, trial, self._void_bulletins(supposed, change))

    def free_times(self, change: Change, days: int = AHEAD) -> tuple[int, ...]:
        """In each session the first time, in seconds since midnight, at which what the change adds would hurt nobody.

        Raises as `suppose` does.
        """
        files = self._files.suppose({edit.path: edit.after for edit in change})
        return find_free_times(self._trial(self._planner.suppose(files), files.contents, days, ()))

    def _trial(self, supposed: Planner, contents: Contents, days: int, about: Collection[EntryKey]) -> Trial:
        old = self._files.contents
        changed = changed_entries(old.schedules, contents.schedules) | frozenset(about)
        villages = _find_hearers(self._planner, supposed, changed)
        begins, _ends = self._clock.window(None, days)
        today = begins.date()
        before, after = (_schedules_of(planner, villages) for planner in (self._planner, supposed))
        given = _assume(self._plan_input(supposed, (*after, *before), changed))
        same = replace(contents, schedules=old.schedules, revisions=old.revisions) == old  # but for schedules
        was = given if same else _assume(self._plan_input(self._planner, before, changed))
        return Trial(
            replace(given, schedules=after),
            replace(was, schedules=before),
            changed,
            [today + timedelta(days=number) for number in range(days)],
        )

    def _plan_input(
        self, planner: Planner, schedules: Sequence[VillageSchedule], changed: Collection[EntryKey]
    ) -> PlanInput:
        """What the plan of these schedules depends on; bulletins of what is `changed` with their length read once.

        The schedules may have entries that those of `planner` have no more.
        """
        log, contents, output = self._log(), planner.contents, self._files.outputs()[0]
        entries = [(schedule.id, entry) for schedule in schedules for entry in schedule.broadcasts]
        facts = planner.bulletin_facts(log, {name for _, entry in entries if (name := entry.bulletin)})
        for village, entry in entries:
            if (village, entry.name) in changed and (bulletin := contents.bulletins.get(entry.bulletin or "")):
                known = facts[bulletin.id]
                repeats = {1, entry.repeat or 1} - known.repeats.keys()
                specs = {repeat: planner.bulletin_spec(bulletin, output, repeat) for repeat in repeats}
                lengths = {repeat: planner.duration(spec)[0] for repeat, spec in specs.items()}
                facts[bulletin.id] = replace(known, repeats={**known.repeats, **lengths})
        begins, _ends = self._clock.window(None, 1)
        given = planner.plan_input(log, begins, facts)
        return replace(given, words=planner.session_words())

    def _void_bulletins(self, supposed: Planner, change: Change) -> tuple[str, ...]:
        """Bulletins that are approved now, and with the change are not."""
        if all(edit.path.startswith("schedules/") for edit in change):
            return ()
        before = {name for name, _ in self._planner.void_approvals(self._log())}
        return tuple(name for name, _ in supposed.void_approvals(self._log()) if name not in before)


def must_be_bearable(comparison: PlanComparison, accept_late: bool = False) -> None:
    """Raises `Refused` where a change would break the policy, or keep something from being heard (in time)."""
    if comparison.breaches:
        raise Refused(Message("the policy does not allow it: {first}", first=_first(comparison.breaches)))
    if unheard := (*comparison.blocked, *comparison.lost):
        raise Refused(Message("{count} airings would not be heard: {first}", count=len(unheard), first=_first(unheard)))
    late = [delay.airing for delay in (*comparison.waiting, *comparison.late)]
    if late and not accept_late:
        raise Refused(Message("{count} airings would be late: {first}", count=len(late), first=_first(late)))


def _first(airings: Sequence[Airing]) -> Message:
    airing = airings[0]
    when = f"{airing.scheduled_at:%H:%M %d/%m/%Y}"
    return Message("{when} “{title}”: {why}", when=when, title=airing.title, why=airing.why or "–")


def _find_hearers(before: Planner, after: Planner, changed: Collection[EntryKey]) -> frozenset[str]:
    """All villages of the outputs on which a change of files may be heard."""
    old, new = before.contents, after.contents
    every = frozenset(schedule.id for schedule in (*before.schedules, *after.schedules))
    if (old.commune, old.box) != (new.commune, new.box):
        return every
    texts = {
        name
        for name in old.bulletins.keys() | new.bulletins.keys()
        if old.bulletins.get(name) != new.bulletins.get(name)
    }
    direct = {village for village, _ in changed} | {
        schedule.id
        for schedule in after.schedules
        for entry in schedule.broadcasts
        if texts & {entry.bulletin, entry.fallback}
    }
    heard = channels(new.commune, new.box, after.schedules)
    return frozenset().union(*(channel.villages for channel in heard if channel.villages & direct))


def _schedules_of(planner: Planner, villages: Collection[str]) -> tuple[VillageSchedule, ...]:
    return tuple(schedule for schedule in planner.schedules if schedule.id in villages)


def _assume(given: PlanInput) -> PlanInput:
    """As if every bulletin that can be read were approved and ready, and every output commissioned."""
    facts = {name: replace(known, approved=True, ready=known is not BROKEN) for name, known in given.facts.items()}
    return replace(
        given, facts=facts, restrictions=replace(given.restrictions, uncommissioned=frozenset(), unconfirmed=False)
    )
