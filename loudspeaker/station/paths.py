"""Where a station keeps what is its own: known without opening it, for a command that only asks the daemon."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from ..errors import UNWRITABLE, Message

SOCKET = "control.sock"
LOG = "asrun.db"


@dataclass(frozen=True, slots=True)
class StationPaths:
    """The folders of one station: `home` holds people's files and the cache, `state` what the program writes."""

    home: Path
    state: Path

    @property
    def unwritable(self) -> Message | None:
        """Why this process could not keep a log here; None where it can."""
        return None if is_writable(self.log) and is_writable(self.state) else UNWRITABLE

    @property
    def cache(self) -> Path:
        """Sound that can be made again at any time."""
        return self.home / "audio_cache"

    @property
    def programmes(self) -> Path:
        return self.cache / "programmes"

    @property
    def clips(self) -> Path:
        return self.cache / "clips"

    @property
    def voices(self) -> Path:
        """Voices that were installed here."""
        return self.state / "voices"

    @property
    def voice_files(self) -> Path:
        """Files of voices that somebody has put onto the box, to be installed from there."""
        return self.home / "voices"

    @property
    def readings(self) -> Path:
        """What was read of texts and recordings, kept for the next process."""
        return self.state / "readings"

    @property
    def last_good(self) -> Path:
        """Copies of people's files from before a broken edit."""
        return self.state / "accepted"

    @property
    def received(self) -> Path:
        """What came signed from elsewhere (`store/received.py`)."""
        return self.state / "received"

    @property
    def membership(self) -> Path:
        """Whose signed files this box takes, and how far it has come with them; none where it takes people's own."""
        return self.state / "membership.json"

    @property
    def box_key(self) -> Path:
        """The key by which this box signs its log."""
        return self.state / "box.key"

    @property
    def fleet(self) -> Path:
        """The agent's own, the only folder that it writes to: what it has fetched, laid out as on a stick."""
        return self.state / "fleet"

    @property
    def hub_settings(self) -> Path:
        """Where the hub of this box is (`fleet/hub_settings.py`)."""
        return self.fleet / "hub.json"

    @property
    def hub_contact(self) -> Path:
        """When the agent has heard from it last (`station/box/hub_contact.py`)."""
        return self.fleet / "contact.json"

    @property
    def fetched_mark(self) -> Path:
        """Written by the agent when a delivery has been fetched: another text each time."""
        return self.fleet / "fetched"

    @property
    def taken(self) -> Path:
        """What became of the delivery that the agent has fetched last (`station/deliveries/fetched_answer.py`)."""
        return self.state / "taken.json"

    @property
    def log_wanted(self) -> Path:
        """Written by the agent where it wants to send more of the log (`station/box/log_request.py`)."""
        return self.fleet / "log-wanted.json"

    @property
    def log_piece(self) -> Path:
        """The piece of the log that it has asked for last."""
        return self.state / "log-piece"

    @property
    def time_wanted(self) -> Path:
        """Written by the agent where it can carry a question to the hub (`station/box/hub_time.py`)."""
        return self.fleet / "time-wanted"

    @property
    def time_nonce(self) -> Path:
        """The file with the question to the hub about the time."""
        return self.state / "time-nonce"

    @property
    def time_answer(self) -> Path:
        """Written by the agent: what the hub has answered."""
        return self.fleet / "time-answer"

    @property
    def hub_time(self) -> Path:
        """What the hub has said of the time, where it is believed."""
        return self.state / "hub-time.json"

    @property
    def known_boxes(self) -> Path:
        """At an office: what boxes were known by when their logs came back last."""
        return self.state / "boxes.json"

    @property
    def aired(self) -> Path:
        """Sound that was aired into files."""
        return self.state / "aired"

    @property
    def log(self) -> Path:
        return self.state / LOG

    @property
    def socket(self) -> Path:
        """Where the daemon is asked."""
        return self.state / SOCKET

    def command_line(self, *arguments: str) -> list[str]:
        """The command that runs this program on this station, as another process."""
        places = ("--home", str(self.home), "--state", str(self.state))
        return [sys.executable, "-m", "loudspeaker", *places, *arguments]


def is_writable(path: Path) -> bool:
    """May this process write the file, or make it where it does not exist?"""
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    return os.access(path, os.W_OK)
