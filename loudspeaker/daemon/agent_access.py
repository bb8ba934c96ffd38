"""What the agent may ask of the daemon. It talks to the network, under a user of its own, and carries what is signed.

Who has taken it over may withhold what comes, and can neither speak nor decide: the daemon verifies what it is handed,
and the rest of what the agent may ask changes nothing. Everybody else whom the control socket lets in may ask all.

Nor may it write what the station reads, or sign for the box. The files that it has fetched are taken by a child of the
daemon (`station/deliveries/fetched_answer.py`), and another signs what it sends of the log
(`station/box/log_request.py`), each once for each mark that it leaves. So is the hub asked what time it is: by the
daemon itself (`time_check.py`).
"""

from __future__ import annotations

import logging
import pwd
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import Message, Refused
from ..interfaces import Clock
from ..model.envelope import Envelope
from ..model.requests import AskHealth, AskOutcome, AskStatus, LookAgain, Request, TakeAlert
from ..station.box.log_request import read_piece_mark, read_wanted_piece
from ..station.deliveries.fetched_answer import read_fetched_answer, read_mark
from ..station.deliveries.membership import AGENT
from ..station.paths import StationPaths
from .children import Children
from .time_check import TimeCheck

FOR_THE_AGENT: frozenset[type[Request]] = frozenset({TakeAlert, LookAgain, AskStatus, AskOutcome, AskHealth})
TAKE, SIGN = ("fleet", "take-fetched"), ("fleet", "sign-log")  # the children's commands

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


class MarkedWork:
    """A command of the station's own that runs once for each new mark that the agent leaves.

    `wanted` gives that mark, "" where there is none; `done` the mark of what the command has done last.
    """

    def __init__(
        self, children: Children, command: tuple[str, ...], wanted: Callable[[], str], done: Callable[[], str]
    ) -> None:
        self._children = children
        self._command = command
        self._wanted = wanted
        self._done = done
        self._begun: str | None = None  # the mark for which a child was started last

    def look(self) -> None:
        """Start the child for a new mark; while one is busy, the next time."""
        mark = self._wanted()
        if not mark or mark == self._begun or self._children.is_running(self._command[-1]):
            return
        is_first, self._begun = self._begun is None, mark
        if is_first and self._done() == mark:
            return  # it was done before this process began
        self._children.start(*self._command, name=self._command[-1])  # none of them waits for another


def work_for_agent(paths: StationPaths, children: Children, clock: Clock) -> tuple[MarkedWork | TimeCheck, ...]:
    """What the agent may have done: files taken that it has fetched, a piece of the log signed, and the hub asked."""
    fetched, log = paths.fetched_mark, paths.log_wanted
    return (
        MarkedWork(children, TAKE, lambda: read_mark(fetched), lambda: read_fetched_answer(paths.taken).mark),
        MarkedWork(children, SIGN, lambda: read_wanted_piece(log).mark, lambda: read_piece_mark(paths.log_piece)),
        TimeCheck(paths, clock),
    )
