"""The pages of a station: what they have beside those of any site (`site_pages.py`)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from ..errors import BadUsage, Message, Refused
from ..store.edits import FileEdit
from .access.accounts import Session
from .console import Console
from .jobs import NICENESS
from .shared_station import AirState
from .site_pages import SitePage

LONGEST = 120.0  # s that a command may take whose answer a page waits for


@dataclass(frozen=True, slots=True)
class PageRequest(SitePage):
    """One request of one person at a station's console."""

    console: Console

    @property
    def air(self) -> AirState:
        return self.console.shared_station.air()

    def office_name(self, scope: str) -> str:
        """What an office above the commune is called."""
        return self.console.shared_station.contents().office_name(scope)

    def save(self, *edits: FileEdit) -> None:
        """Save files of the station, all or none, in the name of whoever asks. Raises as `apply_edits` does."""
        account = self.person.account
        self.console.shared_station.save(edits, account.name, account.login)

    def note_saved(self, edits: Sequence[FileEdit]) -> None:
        """Have it noted in the log that whoever asks has saved these files."""
        account = self.person.account
        self.console.shared_station.note_saved(edits, account.name, account.login)

    def run_command(self, *words: str, accepts: Collection[int] = (0,), is_long: bool = True) -> str:
        """What a command of this program prints; `accepts`: exit codes that are an answer.

        Raises `BadUsage` with what the command says where it fails, `Refused` where it does not end.
        """
        command = self.console.shared_station.paths.command_line(*words)
        try:
            ended = subprocess.run(
                ["nice", "-n", NICENESS, *command] if is_long else command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LONGEST,
                env={**os.environ, "LOUDSPEAKER_LANG": self.site.language},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            message = Message("this took too long and was given up: ask for less, or try again when it is quiet")
            raise Refused(message) from error
        if ended.returncode not in accepts:
            complaint = ended.stderr.strip().rpartition("\n")[2]
            raise BadUsage(Message("{said}", said=complaint or ended.returncode))
        return ended.stdout


def make_page(console: Console, request: Request, form: FormData, session: Session | None) -> PageRequest:
    """What somebody asks of the console of a station."""
    return PageRequest(console.site, request, form, session, console)


Handler = Callable[[PageRequest], Response | Awaitable[Response]]
Routes = Mapping[str, Handler]
Feeds = Mapping[str, Callable[[PageRequest], Response]]  # what programs are answered, by route
