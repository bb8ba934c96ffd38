"""commune.yaml as officers edit it: the policy, temporary rules, named days, own words, voices.

Each verb gives an edit (`store.edits`), and tells first what it would change; nothing is written here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ...config import commune_edit, commune_file
from ...config.commune_edit import COMMUNE
from ...config.source import read_file
from ...config.values import runs_program
from ...errors import BadFile, Message, Refused
from ...model.airing import Airing
from ...model.enums import Expected
from ...model.programme import Voice
from ...model.refusal import Refusal, kind_of
from ...store.asrun import AsRunLog
from ...store.edits import FileEdit, content_revision
from ..commune_clock import CommuneClock
from ..deliveries.membership import must_be_edited_here
from ..paths import StationPaths
from ..people_files import StationFiles
from ..planner import Planner
from .what_if import AHEAD

IN_TIME = timedelta(seconds=1)
LEFT_OUT = Message("its schedule leaves this day out")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """Airings of one title at one time of day that fare alike; `why` is None where they are heard again."""

    at: str
    title: str
    why: Message | None
    villages: tuple[str, ...]  # ids
    days: int
    first: Airing


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What other rules do in the days to come: airings that are heard no more, or now are, or at another instant.

    `plain` lose chime or tune, or get them back. `unapproved` are bulletins (ids) that wait for an approval with it.
    """

    edit: FileEdit
    days: int
    refused: tuple[Airing, ...]
    allowed: tuple[Airing, ...]
    moved: tuple[Airing, ...]
    plain: tuple[Airing, ...]
    unapproved: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Does everything stay as it is?"""
        return not (self.refused or self.allowed or self.moved or self.plain)

    @property
    def fingerprint(self) -> str:
        """Identifies what was shown, so that a person confirms this and not what it has become since."""
        airings = [airing.id for airing in (*self.refused, *self.allowed, *self.moved, *self.plain)]
        shown = [self.edit.revision, (self.edit.after or b"").hex(), *airings]
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()

    def lines(self, airings: Sequence[Airing]) -> list[RuleLine]:
        """Some of these airings, in as few lines as say it."""
        groups: dict[object, list[Airing]] = {}
        for airing in airings:
            kind = airing.why.template if airing.why else ""
            groups.setdefault((airing.scheduled_at.time(), airing.title, kind), []).append(airing)
        return [_line(same) for same in groups.values()]


def _line(same: Sequence[Airing]) -> RuleLine:
    first = same[0]
    villages = tuple(dict.fromkeys(airing.village for airing in same))
    days = len({airing.scheduled_at.date() for airing in same})
    return RuleLine(f"{first.scheduled_at:%H:%M}", first.title, first.why, villages, days, first)


class CommuneEditing:
    """The verbs of editing commune.yaml. `log` opens the station's log."""

    def __init__(
        self,
        paths: StationPaths,
        files: StationFiles,
        clock: CommuneClock,
        planner: Planner,
        log: Callable[[], AsRunLog],
    ) -> None:
        self._paths = paths
        self._files = files
        self._clock = clock
        self._planner = planner
        self._log = log

    def read(self) -> bytes:
        """The file as it is. Raises `BadFile` where it cannot be read."""
        return read_file(self._files.folder.home, COMMUNE)

    def alter(self, change: Callable[[bytes], bytes]) -> FileEdit:
        """The file as `change` makes it.

        Raises `BadFile` with what would be wrong with it, `Refused` where the station takes signed files.
        """
        must_be_edited_here(self._paths)
        data = self.read()
        after = change(data)
        commune_file.parse(COMMUNE, after)
        return FileEdit(COMMUNE, content_revision(data), after)

    def suppose(self, edit: FileEdit, days: int = AHEAD) -> RuleEffect:
        """What it does in the `days` to come, with the approvals that there are.

        Raises `BadFile` where it breaks another file, such as a schedule that names a day which is gone.
        """
        supposed = self._files.suppose({edit.path: edit.after})
        if fresh := [problem for problem in supposed.problems if problem not in self._files.problems]:
            raise BadFile(fresh)
        window, log = self._clock.window(None, days), self._log()
        old = {airing.id: airing for airing in self._planner.plan(*window, log)}
        new = {airing.id: airing for airing in self._planner.suppose(supposed).plan(*window, log)}
        return _compare(edit, days, old, new)

    def use_voice(self, voice: str) -> FileEdit:
        """The commune speaks with `voice` (engine:voice) from now on; those of before stand in for it.

        Raises `NotAvailable` where it cannot speak here, `Refused` for a program, which only box.yaml may name, and
        where the voice of this box goes before the commune's.
        """
        if runs_program(voice):
            raise Refused(Message("a program as a voice belongs into box.yaml, which is not shared"))
        spec, commune = Voice.parse(voice), self._files.commune
        self._planner.voices.engine(spec.engine).fingerprint(spec.name)
        if (first := self._files.contents.voices[0]) not in (*commune.voices, voice):
            raise Refused(Message("box.yaml of this box names {voice}: that speaks before the commune's", voice=first))
        others = [name for name in commune.voices if name != voice]
        return self.alter(lambda data: commune_edit.set_voices(data, [voice, *others]))


def _compare(edit: FileEdit, days: int, old: Mapping[str, Airing], new: Mapping[str, Airing]) -> RuleEffect:
    """What becomes of the airings of one plan in another one."""
    both = [(old[name], new[name]) for name in old if name in new and _is_heard(old[name], new[name])]
    refused = tuple(_refusals(old, new))
    waiting = dict.fromkeys(airing.bulletin for airing in refused if kind_of(airing.why) is Refusal.APPROVAL)
    return RuleEffect(
        edit,
        days,
        refused,
        allowed=tuple(airing for airing in new.values() if _is_heard(airing) and not _is_heard(old.get(airing.id))),
        moved=tuple(now for was, now in both if _is_moved(was, now)),
        plain=tuple(now for was, now in both if (was.chime, was.music) != (now.chime, now.music)),
        unapproved=tuple(name for name in waiting if name),
    )


def _refusals(old: Mapping[str, Airing], new: Mapping[str, Airing]) -> Iterator[Airing]:
    """What would have been heard and will not be, with the reason."""
    for name, airing in old.items():
        if _is_heard(airing) and not _is_heard(new.get(name)):
            yield new.get(name) or replace(airing, why=LEFT_OUT)


def _is_heard(*airings: Airing | None) -> bool:
    return all(airing is not None and airing.expected is Expected.AIR for airing in airings)


def _is_moved(was: Airing, now: Airing) -> bool:
    return was.starts_at is not None and now.starts_at is not None and abs(now.starts_at - was.starts_at) >= IN_TIME
