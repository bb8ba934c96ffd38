"""The daemon's door: a Unix socket that takes one JSON line and gives one back. Knows no verb and decides nothing.

    → {"v": 1, "do": "stop", "args": {"why": "đám tang", "by": "chị Hoa"}}
    ← {"v": 1, "done": …}    or    {"v": 1, "failed": {"kind": "Refused", "template": …, "facts": {…}}}

Requests are carried out by whoever polls the `Door`, on its own thread. Errors travel as template and facts, so that
each side says them in its own language.
"""

from __future__ import annotations

import fcntl
import grp
import json
import logging
import os
import selectors
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import errors
from .errors import BadUsage, LoudspeakerError, Message, Refused, Unreachable

VERSION = 1
LONGEST_PATH = 107  # bytes; the kernel's sun_path holds 108 with its closing zero
LONGEST_LINE = 1 << 20  # bytes
PATIENCE = 10.0  # seconds that a client waits
GROUP = "loudspeaker"

logger = logging.getLogger(__name__)
CarryOut = Callable[[str, dict[str, Any], int], object]  # verb, arguments, uid of the peer -> what to answer


def ask(path: Path, do: str, **args: Any) -> Any:
    """Have the daemon do something and return what it answers.

    Raises `Unreachable` where nobody answers, and whatever `LoudspeakerError` the daemon met.
    """
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE)
            line.connect(_address(path))
            line.sendall(_packed({"v": VERSION, "do": do, "args": args}))
            answer = _line(line)
    except PermissionError as error:
        raise Unreachable(Message("you may not talk to the daemon: join the group “{group}”", group=GROUP)) from error
    except OSError as error:
        raise Unreachable(Message("the daemon is not running, or does not answer")) from error
    if "failed" in answer:
        raise _error(answer["failed"])
    return answer.get("done")


def _line(line: socket.socket) -> dict[str, Any]:
    told = b""
    while not told.endswith(b"\n"):
        more = line.recv(65536)
        if not more:
            raise ConnectionResetError
        told += more
    answer: dict[str, Any] = json.loads(told, object_hook=_revived)
    return answer


@dataclass(slots=True)
class _Caller:
    """One connection: what it has said so far, and what it has still to be told."""

    line: socket.socket
    uid: int
    said: bytearray = field(default_factory=bytearray)
    answer: bytearray = field(default_factory=bytearray)


class Door:
    """The listening end. Its owner registers nothing itself: it gives a selector and passes the events back."""

    def __init__(self, path: Path, selector: selectors.BaseSelector, carry_out: CarryOut) -> None:
        """Open the door. Raises `BadUsage` for a path that is too long, `Refused` where a daemon runs already."""
        self._path = path
        self._selector = selector
        self._carry_out = carry_out
        self._callers: list[_Caller] = []
        unseen = path.with_suffix(".new")
        _, address = _address(path), _address(unseen)
        self._lock = _lock(path.parent)
        unseen.unlink(missing_ok=True)  # a dead daemon's: we hold the lock
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(address)
        _protect(unseen)
        self._socket.listen()
        self._socket.setblocking(False)
        unseen.replace(path)  # whoever sees the door is heard at it
        selector.register(self._socket, selectors.EVENT_READ, self._admit)

    def close(self) -> None:
        for caller in list(self._callers):
            self._leave(caller)
        self._selector.unregister(self._socket)
        self._socket.close()
        self._path.unlink(missing_ok=True)
        os.close(self._lock)

    def _admit(self, _events: int) -> None:
        line, _ = self._socket.accept()
        line.setblocking(False)
        credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        caller = _Caller(line, struct.unpack("3i", credentials)[1])
        self._callers.append(caller)
        self._selector.register(line, selectors.EVENT_READ, lambda events: self._serve(caller, events))

    def _serve(self, caller: _Caller, events: int) -> None:
        try:
            over = self._write(caller) if events & selectors.EVENT_WRITE else self._read(caller)
        except OSError:
            over = True  # the caller hung up: what it asked for is done all the same
        if over:
            self._leave(caller)

    def _read(self, caller: _Caller) -> bool:
        said = caller.line.recv(65536)
        caller.said += said
        if caller.said.endswith(b"\n"):
            caller.answer += self._answer(bytes(caller.said), caller.uid)
            self._selector.modify(caller.line, selectors.EVENT_WRITE, lambda events: self._serve(caller, events))
            return self._write(caller)
        return not said or len(caller.said) > LONGEST_LINE

    def _write(self, caller: _Caller) -> bool:
        with suppress(BlockingIOError):
            del caller.answer[: caller.line.send(caller.answer)]
        return not caller.answer

    def _answer(self, said: bytes, uid: int) -> bytes:
        try:
            do, args = _request(said)
            return _packed({"v": VERSION, "done": self._carry_out(do, args, uid)})
        except LoudspeakerError as error:
            failed = error
        except Exception as error:  # whatever somebody says through the door, the daemon does not end of it
            logger.exception("%r", said)
            failed = BadUsage(Message("this cannot be carried out: {error}", error=repr(error)))
        return _packed({"v": VERSION, "failed": {"kind": type(failed).__name__, **_told(failed.message)}})

    def _leave(self, caller: _Caller) -> None:
        self._callers.remove(caller)
        self._selector.unregister(caller.line)
        caller.line.close()


def _request(said: bytes) -> tuple[str, dict[str, Any]]:
    try:
        request = json.loads(said)
        version, do, args = request["v"], request["do"], request.get("args", {})
    except (ValueError, KeyError, TypeError) as error:
        raise BadUsage(Message("this is not a request: one line of JSON with “v” and “do” is")) from error
    if version != VERSION or not isinstance(do, str) or not isinstance(args, dict):
        raise BadUsage(Message("this daemon speaks version {version} of its protocol", version=VERSION))
    return do, args


def _packed(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, default=_told).encode() + b"\n"


def _told(message: Message) -> dict[str, Any]:
    """A message as JSON; what is neither number nor message goes as text."""
    facts = {
        name: fact if isinstance(fact, int | float | Message) else str(fact) for name, fact in message.facts.items()
    }
    return {"template": message.template, "facts": facts}


def _revived(told: dict[str, Any]) -> object:
    """An object of JSON, or the message that it was."""
    return Message(told["template"], **told["facts"]) if told.keys() == {"template", "facts"} else told


def _error(failed: dict[str, Any]) -> LoudspeakerError:
    kind = getattr(errors, failed["kind"], LoudspeakerError)
    plain = isinstance(kind, type) and issubclass(kind, LoudspeakerError) and kind.__init__ is LoudspeakerError.__init__
    return (kind if plain else LoudspeakerError)(Message(failed["template"], **failed["facts"]))


def _address(path: Path) -> str:
    length = len(os.fsencode(path))
    if length > LONGEST_PATH:
        raise BadUsage(
            Message(
                "the path of the control socket has {length} bytes, more than {most}: choose a shorter state folder",
                length=length,
                most=LONGEST_PATH,
            )
        )
    return str(path)


def _lock(folder: Path) -> int:
    """One daemon a state folder: the kernel lets go of this lock however the daemon ends."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise Refused(Message("a daemon is running already on {folder}", folder=folder)) from error
    return lock


def _protect(path: Path) -> None:
    """For the owner and the group, where there is one; nobody else on this machine may make the village listen."""
    with suppress(KeyError, PermissionError):
        os.chown(path, -1, grp.getgrnam(GROUP).gr_gid)
    path.chmod(0o660)
