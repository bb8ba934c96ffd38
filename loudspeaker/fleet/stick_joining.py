"""A box that joins by itself, by the invitation on a stick: all of it, or nothing has changed.

What an untouched box lacks comes with it: which villages it plays, or the whole box.yaml of one whose place it takes.
Until somebody has confirmed that it is in the right village it airs alarms only (`station/restrictions.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import Message, Refused
from ..station.box.box_key import open_box_key
from ..station.box.box_villages import (
    box_yaml_in_place,
    box_yaml_of_another,
    played_villages,
    read_box_yaml,
    undo_unless_joined,
    with_villages,
)
from ..station.box.log_lives import begin_life, is_blank
from ..station.deliveries.delivery import Deliveries, TakenDelivery
from ..station.deliveries.membership import read_membership
from ..station.restrictions import JOINED_ALONE
from ..store.asrun import AsRunLog, read_commune
from .join_client import join_hub
from .join_stick import JoinStick, write_join_stick

BY = "USB"


@dataclass(frozen=True, slots=True)
class StickJoining:
    """The box of `deliveries` before the stick in `folder`, on which `invitation` lies.

    Where it `begins_anew` no daemon may run meanwhile.
    """

    deliveries: Deliveries
    folder: Path
    invitation: JoinStick

    @property
    def begins_anew(self) -> bool:
        """Is its log another commune's that says nothing yet? It is closed then, and no daemon may have it open."""
        commune = read_commune(self.deliveries.paths.log)
        return commune not in (None, self.invitation.scope) and is_blank(self.deliveries.paths)

    def join(self) -> Sequence[TakenDelivery]:
        """Take the first files of the commune, then of the offices above it.

        Raises `Refused` where the stick is not for this box, was used, or has ended, where this box has joined already
        or has a log of another commune; what is on the stick is marked as used by this box before anything else, and
        that is taken back where it fails. Raises as `join_hub` and `Deliveries.join`, `WriteError` too.
        """
        box, data = open_box_key(self.deliveries.paths).public.person, read_box_yaml(self.deliveries.paths)
        self._must_be_for_us(box, data)
        taker = replace(self.deliveries, before_joining=self._begin_log)
        with self._mark_used(box), box_yaml_in_place(self.deliveries.paths, self._wanted_box_yaml(data)):
            return list(self._join_by_code(taker) if self.invitation.code else self._join_by_files(taker))

    def _must_be_for_us(self, box: str, data: bytes) -> None:
        paths = self.deliveries.paths
        joined = read_membership(paths)
        broken_off = self.invitation.code and self.invitation.used_by == box and not paths.hub_settings.exists()
        if joined and not (broken_off and joined.scope == self.invitation.scope):
            raise Refused(Message("this box has joined {scope} already", scope=joined.scope))
        now = self.deliveries.now if self.deliveries.trusted else None
        self.invitation.must_be_for(box, () if self.invitation.replaces else played_villages(data), now)
        if read_commune(paths.log) not in (None, self.invitation.scope) and not self.begins_anew:
            AsRunLog.open_read_only(paths.log, self.invitation.scope).close()  # which is refused, and says why

    def _wanted_box_yaml(self, before: bytes) -> bytes:
        """As it is to be once it has joined. Raises `BadFile`."""
        if self.invitation.box_yaml:
            return box_yaml_of_another(self.invitation.box_yaml.encode())
        return before if played_villages(before) else with_villages(before, self.invitation.villages)

    @contextmanager
    def _mark_used(self, box: str) -> Iterator[None]:
        """Nobody else's box takes it from now on; where this fails, another may."""
        write_join_stick(self.folder, self.invitation.mark_used(box))
        with undo_unless_joined(self.deliveries.paths, lambda: write_join_stick(self.folder, self.invitation)):
            yield

    def _join_by_code(self, taker: Deliveries) -> Iterator[TakenDelivery]:
        plays = played_villages(read_box_yaml(self.deliveries.paths))
        return join_hub(taker, plays, self.invitation.address, self.invitation.code, BY, self.invitation.replaces)

    def _join_by_files(self, taker: Deliveries) -> Iterator[TakenDelivery]:
        for scope, sha256 in self.invitation.trust.items():
            first = taker.first_trust(self.folder, scope)
            if first.sha256 != sha256:
                raise Refused(Message("the trust document of {scope} on the stick is another one", scope=scope))
            yield taker.join(self.folder, first, BY)

    def _begin_log(self, scope: str) -> None:
        """From its first moment on the box waits for somebody who confirms its village."""
        paths, now = self.deliveries.paths, self.deliveries.now
        begin_life(paths, scope, now)
        with closing(AsRunLog.open(paths.log, scope)) as log:
            log.event(JOINED_ALONE, "", now, by=BY, commune=self.invitation.commune)
