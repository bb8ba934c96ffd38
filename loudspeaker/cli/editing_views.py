"""How entries of schedules, and what a change of them would do, look on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from typing import TYPE_CHECKING

from . import rooms
from .tables import day_hour, show_table
from .terminal import tell

if TYPE_CHECKING:
    from ..model.airing import Airing
    from ..station.editing.bulletin_editing import OwnWord, WordEffect
    from ..station.editing.schedule_editing import EntrySource
    from ..station.editing.what_if import ChangeEffect

MOST_LINES = 7  # of one kind


def show_entries(entries: Sequence[EntrySource]) -> None:
    columns = (_("village"), _("entry"), _("bulletin"), _("when"))
    rows = [
        [source.village, source.name, "".join(source.entry.get("bulletin", [_("stream")])), source.words.say(_)]
        for source in entries
    ]
    show_table(columns, rows, _("Nothing is scheduled."))


def show_effect(effect: ChangeEffect) -> None:
    """What a change of schedules does in the days to come, and the ways out of a clash."""
    comparison = effect.comparison
    heard = [airing for airing in comparison.mine if airing.starts_at]
    tell(_("{count} airings in the {days} days to come").format(count=len(heard), days=rooms.what_if.AHEAD))
    _show(_("withdrawn: {what}"), comparison.withdrawn)
    _show(_("against the policy: {what}"), comparison.breaches)
    _show(_("the time is taken: {what}"), comparison.blocked)
    _show(_("heard no more: {what}"), comparison.lost)
    _show(_("late: {what}"), [delay.airing for delay in (*comparison.waiting, *comparison.late)])
    for name in effect.voided:
        tell(_("“{bulletin}” must be approved again").format(bulletin=name))
    for choice in effect.choices:
        tell(_("--choice {kind}: {what}").format(kind=choice.kind, what=choice.message.say(_)))


def show_words(words: Sequence[OwnWord]) -> None:
    columns = (_("written"), _("read as"), _("kind"))
    show_table(columns, [[word.written, word.spoken, word.key] for word in words], _("No readings of its own."))


def show_word_effect(effect: WordEffect) -> None:
    """Which bulletins are said otherwise with a word of the commune's own, and which must be approved again."""
    if not effect.changed:
        tell(_("No bulletin that there is now is said otherwise."))
    for name in effect.changed:
        again = name in effect.voided
        line = (
            _("“{bulletin}” is said otherwise and must be approved again")
            if again
            else _("“{bulletin}” is said otherwise")
        )
        tell(line.format(bulletin=name))


def _show(line: str, airings: Sequence[Airing]) -> None:
    for airing in airings[:MOST_LINES]:
        why = f" ({airing.why.say(_)})" if airing.why else ""
        tell(line.format(what=f"{day_hour(airing.scheduled_at)} {airing.village}: {airing.title}{why}"))
    if len(airings) > MOST_LINES:
        tell(_("… and {count} more").format(count=len(airings) - MOST_LINES))
