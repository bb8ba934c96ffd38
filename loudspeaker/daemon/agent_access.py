"""What the agent may ask of the daemon. It talks to the network, under a user of its own, and carries what is signed.

Who has taken it over may withhold what comes, and can neither speak nor decide: the daemon verifies what it is handed,
and the rest of what the agent may ask changes nothing. Everybody else whom the control socket lets in may ask all.

Nor may it write what the station reads. The files that it has fetched are taken by a child of the daemon, once for each
mark that it leaves (`station/fetched_answer.py`).
"""

from __future__ import annotations

import logging
import pwd
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import Message, Refused
from ..model.envelope import Envelope
from ..model.requests import AskHealth, AskOutcome, AskStatus, LookAgain, Request, TakeAlert
from ..station.fetched_answer import read_fetched_answer, read_mark
from ..station.paths import StationPaths
from .children import Children

AGENT = "loudspeaker-fleet"  # its user on a box
FOR_THE_AGENT: frozenset[type[Request]] = frozenset({TakeAlert, LookAgain, AskStatus, AskOutcome, AskHealth})
TAKE = ("fleet", "take-fetched")  # the child's command

logger = logging.getLogger(__name__)


def user_name(uid: int) -> str:
    """The name of a user of this machine, as it is now; "" for one who has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):  # OverflowError: -1, whoever asks within this process
        return ""


@dataclass(frozen=True, slots=True)
class AgentAccess:
    """Keeps the agent to what it may ask. `name_of` tells whose a uid is, which the kernel names and not the agent."""

    name_of: Callable[[int], str] = user_name

    def must_be_allowed(self, envelope: Envelope) -> None:
        """Raises `Refused`; the journal hears of it, since an agent that does its work never asks for more."""
        if type(envelope.request) in FOR_THE_AGENT or self.name_of(envelope.uid) != AGENT:
            return
        message = Message("the user {user} may not ask for “{verb}”", user=AGENT, verb=envelope.request.verb)
        logger.warning("%s", message)
        raise Refused(message)


class FetchedFiles:
    """Looks for a new mark of the agent's."""

    def __init__(self, paths: StationPaths, children: Children) -> None:
        self._paths = paths
        self._children = children
        self._begun: str | None = None  # the mark for which a child was started last

    def look(self) -> None:
        """Start the child for a new mark; while one is busy, the next time."""
        mark = read_mark(self._paths.fetched_mark)
        if not mark or mark == self._begun or self._children.is_running(TAKE[0]):
            return
        is_first, self._begun = self._begun is None, mark
        if is_first and read_fetched_answer(self._paths.taken).mark == mark:
            return  # it was taken before this process began
        self._children.start(*TAKE)
