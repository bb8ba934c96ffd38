"""What the console asks of the daemon besides: the station at a glance, how well the box is, a voice on its way.

Commands do without: these values take as long to load as all else that gives an alarm.
"""

from __future__ import annotations

from ..codec import decode
from ..model.board import Board, Health, VoiceInstallation
from ..model.office_requests import AskInstallation
from ..model.requests import AskBoard, AskHealth
from . import protocol
from .client import Client


class BoardClient(Client):
    """A client that also shows how the station is."""

    def on_air(self) -> list[protocol.Row] | None:
        """What the daemon has on the air; None where none answers."""
        return protocol.on_air(self.paths.socket)

    def board(self, patience: float = protocol.PATIENCE) -> Board:
        """The station at a glance. Raises `Unreachable`, `BadUsage` by a daemon from before an update."""
        return decode(Board, self.ask(AskBoard(), patience=patience))

    def health(self, patience: float = protocol.PATIENCE) -> Health:
        """What the doctor said last. Raises as `board` does."""
        return decode(Health, self.ask(AskHealth(), patience=patience))

    def installation(self, patience: float = protocol.PATIENCE) -> VoiceInstallation:
        """How far the voice is that somebody had installed last. Raises as `board` does."""
        return decode(VoiceInstallation, self.ask(AskInstallation(), patience=patience))
