"""The daemon's end of the control socket: hears callers and answers them. Knows no verb and decides nothing.

Requests are carried out by whoever polls the `ControlSocket`, on its own thread.
"""

from __future__ import annotations

import errno
import fcntl
import grp
import logging
import os
import selectors
import socket
import stat
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from ..codec import encode
from ..errors import BadUsage, LoudspeakerError, Message, Occupied, Refused, reason
from .protocol import GROUP, VERSION, address_of, pack, parse_request

LONGEST_LINE = 1 << 20  # bytes
HEARING = 10.0  # seconds that a caller has for its request, and as many to take the answer
MOST, MOST_OF_ONE = 32, 8  # callers at a time, and of one user
PAUSE = 0.5  # seconds without new callers when the system cannot take one
LOCK = "daemon.lock"

logger = logging.getLogger(__name__)
CarryOut = Callable[[str, dict[str, object], int], object]  # verb, arguments, uid of the peer -> what to answer


@dataclass(slots=True, eq=False)
class _Caller:
    """One connection: the request as far as it has come, and what of the answer has still to be sent."""

    line: socket.socket
    uid: int
    until: float  # monotonic: then its time is over
    request: bytearray = field(default_factory=bytearray)
    answer: bytearray = field(default_factory=bytearray)

    @property
    def idle(self) -> bool:
        return not self.request


class ControlSocket:
    """The listening end. Its owner gives a selector, passes the events back and calls `tend` about once a second.

    At most `MOST` callers are heard at a time and `MOST_OF_ONE` of one user: a new one takes the place of the user's
    oldest idle one, or of that of whoever holds the most lines, so that nobody keeps others from giving an alarm.
    """

    def __init__(
        self,
        path: Path,
        selector: selectors.BaseSelector,
        carry_out: CarryOut,
        now: Callable[[], float] = monotonic,
        owner: Callable[[socket.socket], int] | None = None,
    ) -> None:
        """Open it. Raises `BadUsage` for a path that is too long, `Refused` where a daemon runs already.

        `owner` tells whose a connection is; the kernel knows, where nobody else is named.
        """
        self._path = path
        self._selector = selector
        self._carry_out = carry_out
        self._now = now
        self._owner = owner or _peer
        self._callers: list[_Caller] = []  # the oldest first
        self._deaf_until: float | None = None  # monotonic
        unseen = path.with_suffix(".new")
        _, address = address_of(path), address_of(unseen)
        with ExitStack() as undo:
            self._lock = _lock(path.parent)
            undo.callback(os.close, self._lock)
            unseen.unlink(missing_ok=True)  # a dead daemon's: we hold the lock
            self._socket = undo.enter_context(socket.socket(socket.AF_UNIX))
            _bind(self._socket, address)
            self._socket.listen()
            self._socket.setblocking(False)
            unseen.replace(path)  # whoever sees it is heard at it
            selector.register(self._socket, selectors.EVENT_READ, self._admit)
            undo.pop_all()

    def close(self) -> None:
        """Let go of everything, whatever goes wrong with one part; the lock last."""
        with ExitStack() as parts:
            parts.callback(os.close, self._lock)
            parts.callback(self.shut)

    def shut(self) -> None:
        """Hear nobody any more. Until `close`, nobody else may open the outputs."""
        if self._socket.fileno() < 0:
            return
        with ExitStack() as parts:
            parts.callback(self._forget_path)
            parts.callback(self._socket.close)
            if self._deaf_until is None:
                parts.callback(self._selector.unregister, self._socket)
            for caller in self._callers:
                parts.callback(self._leave, caller)

    def _forget_path(self) -> None:
        with suppress(OSError):  # somebody took the folder away: so is the socket
            self._path.unlink()

    def tend(self) -> None:
        """Close connections whose time is over, and accept callers again after a pause."""
        now = self._now()
        for caller in [caller for caller in self._callers if caller.until <= now]:
            self._leave(caller)
        if self._deaf_until is not None and self._deaf_until <= now:
            self._selector.register(self._socket, selectors.EVENT_READ, self._admit)
            self._deaf_until = None

    def _admit(self, _events: int) -> None:
        try:
            line, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # it has gone again
        except OSError as error:  # no file left: asking again at once would keep the machine busy
            logger.error("%s", Message("no caller can be heard now: {error}", error=reason(error)))
            self._selector.unregister(self._socket)
            self._deaf_until = self._now() + PAUSE
            return
        try:
            line.setblocking(False)
            caller = _Caller(line, self._owner(line), self._now() + HEARING)
            self._make_room(caller.uid)
            self._selector.register(line, selectors.EVENT_READ, lambda events: self._serve(caller, events))
        except BaseException:
            line.close()
            raise
        self._callers.append(caller)
        self._serve(caller, selectors.EVENT_READ)  # who came while the daemon was busy has mostly asked already

    def _make_room(self, uid: int) -> None:
        lines = Counter(caller.uid for caller in self._callers)
        if lines[uid] >= MOST_OF_ONE:
            self._yield(uid)
        elif len(self._callers) >= MOST:
            self._yield(max(lines, key=lambda other: lines[other]))

    def _yield(self, uid: int) -> None:
        """The user's oldest idle caller goes, or the oldest where each is in the middle of something."""
        own = [caller for caller in self._callers if caller.uid == uid]
        self._leave(next((caller for caller in own if caller.idle), own[0]))

    def _serve(self, caller: _Caller, events: int) -> None:
        if caller not in self._callers:
            return  # it had to make room in this very round
        try:
            over = self._write(caller) if events & selectors.EVENT_WRITE else self._read(caller)
        except OSError:
            over = True  # the caller hung up: what it asked for is done all the same
        if over:
            self._leave(caller)

    def _read(self, caller: _Caller) -> bool:
        try:
            data = caller.line.recv(65536)
        except BlockingIOError:
            return False  # woken for nothing
        caller.request += data
        if caller.request.endswith(b"\n"):
            caller.answer += self._answer(bytes(caller.request), caller.uid)
        elif len(caller.request) > LONGEST_LINE:
            caller.answer += _failure_line(BadUsage(Message("a request has at most {most} bytes", most=LONGEST_LINE)))
        else:
            return not data
        caller.until = self._now() + HEARING
        self._selector.modify(caller.line, selectors.EVENT_WRITE, lambda events: self._serve(caller, events))
        return self._write(caller)

    def _write(self, caller: _Caller) -> bool:
        with suppress(BlockingIOError):
            del caller.answer[: caller.line.send(caller.answer)]
        return not caller.answer

    def _answer(self, line: bytes, uid: int) -> bytes:
        """The answer to a request, or its failure: no request ends the daemon."""
        try:
            do, args = parse_request(line)
            return pack({"v": VERSION, "done": self._carry_out(do, args, uid)})
        except LoudspeakerError as error:
            failed = error
        except Exception as error:
            logger.exception("%r", line[:300])
            failed = BadUsage(Message("this cannot be carried out: {error}", error=repr(error)))
        return _failure_line(failed)

    def _leave(self, caller: _Caller) -> None:
        self._callers.remove(caller)
        try:
            self._selector.unregister(caller.line)
        finally:
            caller.line.close()


def _failure_line(error: LoudspeakerError) -> bytes:
    return pack({"v": VERSION, "failed": encode(error)})


def _peer(line: socket.socket) -> int:
    """The uid of the process at the other end."""
    credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def _lock(folder: Path) -> int:
    """One daemon a state folder: the kernel lets go of this lock however the daemon ends.

    On a file that only those may open who may run a daemon here: anybody who may read the folder could lock that.
    """
    path = folder / LOCK
    shared = folder.stat().st_mode & (stat.S_ISGID | stat.S_IWGRP) == stat.S_ISGID | stat.S_IWGRP
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused(
                Message("{file} is a symbolic link, which is not followed here: delete it", file=path)
            ) from error
        raise Refused(Message("{file}: {reason}", file=path, reason=reason(error))) from error
    try:
        with suppress(PermissionError):  # a member of the group opened one that is another's
            os.fchmod(lock, 0o660 if shared else 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise Occupied(Message("a daemon is running already on {folder}", folder=folder)) from error
    return lock


def _bind(line: socket.socket, address: str) -> None:
    """For the owner and the group, where there is one; nobody else on this machine may make the village listen.

    From its first moment: a mode that is given later could be given to what somebody has put in its place.
    """
    before = os.umask(0o117)
    try:
        line.bind(address)
    finally:
        os.umask(before)
    with suppress(KeyError, PermissionError):
        os.chown(address, -1, grp.getgrnam(GROUP).gr_gid, follow_symlinks=False)
