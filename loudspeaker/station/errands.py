"""How a command gets something done on the air: through the daemon, or where none runs, by its own hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from ..errors import Message, Unreachable
from ..store.asrun import LogUnusable
from .decisions import Decisions
from .interruptions import interruptions
from .planning import Row
from .record import Recording

Meanwhile = Callable[[], object]
LONGEST = timedelta(minutes=62)  # a manual replay never takes longer
LOOK = 0.1  # s, between questions what has become of it
UNFINISHED = (None, "on-air")


class Errands(Recording):
    """Gets things done."""

    def ask(self, verb: str, **facts: Any) -> Any:
        """What the daemon answers. Raises `Unreachable`."""
        from .. import control

        return control.ask(self.socket, verb, **facts)

    def _decided(self, verb: str, **facts: Any) -> None:
        """A decision goes into the log. Raises `Unreachable` where neither the daemon nor we can write it."""
        try:
            self.ask(verb, **facts)
        except Unreachable as error:
            self._must_write(error)
            getattr(Decisions(self), verb)(**facts)

    def _aired(self, verb: str, **facts: Any) -> list[Row]:
        """Something is heard, and is over: what became of each airing. An interruption stops it and waits for that."""
        return self._done(verb, facts, UNFINISHED, lambda: None)

    def _begun(self, verb: str, meanwhile: Meanwhile, **facts: Any) -> list[Row]:
        """The same, but back once it is on the air: whoever gave the alarm needs the terminal to end it.

        `meanwhile` is done when it is on its way.
        """
        return self._done(verb, facts, (None,), meanwhile)

    def _done(self, verb: str, facts: dict[str, Any], pending: Collection[object], meanwhile: Meanwhile) -> list[Row]:
        with interruptions() as interrupted:
            try:
                ids = self.ask(verb, **facts)
            except Unreachable as error:
                self._must_write(error)
            else:
                meanwhile()
                return self._followed(ids, pending, interrupted, facts["by"])
        meanwhile()
        from .byhand import by_hand

        return by_hand(self, verb, facts)

    def _followed(self, ids: Sequence[str], pending: Collection[object], interrupted: list[bool], by: str) -> list[Row]:
        """Ask the daemon what becomes of these until none is `pending`; once interrupted, have it stop them."""
        latest = self.now() + LONGEST
        rows = self._outcome(ids)
        while (interrupted or any(row["verdict"] in pending for row in rows)) and self.now() < latest:
            if interrupted:
                interrupted.clear()
                self.ask("interrupt", airings=list(ids), by=by)
                pending = UNFINISHED
            time.sleep(LOOK)
            rows = self._outcome(ids)
        return rows

    def _outcome(self, ids: Sequence[str]) -> list[Row]:
        try:
            rows: list[Row] = self.ask("outcome", airings=list(ids))
        except Unreachable as error:
            records = [record for record in map(self.record, ids) if record]
            if len(records) < len(ids):
                went = Message("the daemon went away; what was asked for is taken up again when it comes back")
                raise Unreachable(went) from error
            return [{"id": record.id, "verdict": record.verdict, "why": record.why} for record in records]
        return rows

    def _must_write(self, unreachable: Unreachable) -> None:
        """Whoever may not write the log can do nothing by hand."""
        try:
            self.must_write()
        except LogUnusable as error:
            neither = Message("{unreachable}; {unwritable}", unreachable=unreachable.message, unwritable=error.message)
            raise Unreachable(neither) from unreachable
