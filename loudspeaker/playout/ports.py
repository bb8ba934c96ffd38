"""What the controller asks its station, on one page. Answers come at once: nothing is prepared or fetched here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ..errors import Message
from ..schedule.airing import Airing

if TYPE_CHECKING:
    from ..sound.programme import Programme


class StationPort(Protocol):
    """The station as playout sees it."""

    def ready(self, airing: Airing) -> Sequence[Programme] | Message:
        """What is to be heard, in this order and without a gap; or why there is nothing."""

    def instead(self, airing: Airing) -> Programme | None:
        """What stands in for a stream that does not come, if it may be heard whole; None while that is not known."""

    def permits(self, airing: Airing, begins: datetime, ends: datetime) -> Message | None:
        """None if policy, pauses and approvals allow it for everybody who would hear it; else why not."""

    def revision(self, airing: Airing) -> str:
        """Hash of the bulletin's file as it is now."""

    def say(self, message: Message) -> str:
        """The sentence, in the station's language, as it is to stand in the log."""
