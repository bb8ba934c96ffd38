"""What goes over the control socket: one line of JSON each way; and how to send one and take the answer.

    → {"v": 1, "do": "stop", "args": {"why": "đám tang", "by": "chị Hoa"}}
    ← {"v": 1, "done": …}    or    {"v": 1, "failed": {"kind": "Refused", "template": …, "facts": {…}, …}}

Errors travel as values (`codec`), so that each side says them in its own language.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from ..codec import Json, decode, decode_error
from ..errors import BadUsage, BeingMade, Message, Refused, Unanswered, Unreachable

T = TypeVar("T")
Row = dict[str, object]
VERSION = 1
LONGEST_PATH = 107  # bytes; the kernel's sun_path holds 108 with its closing zero
DEEPEST = 32  # lists and objects inside each other; no verb takes more than three
PATIENCE = 10.0  # seconds that a client waits
BLINK = 0.02  # … between two tries to be let in, and two questions whether sound has been made
GROUP = "loudspeaker"
ON_AIR = ("id", "village", "output", "title", "level", "drill", "started_at", "ends_at")  # of what is on


def ask(path: Path, do: str, /, *, patience: float = PATIENCE, **args: object) -> object:
    """Have the daemon do something and return what it answers, within `patience` seconds.

    Raises `Unreachable` where nobody is there, `Unanswered` where somebody is and the answer does not come, and
    whatever `LoudspeakerError` the daemon met.
    """
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(patience)
            _connect(line, address_of(path))
            line.sendall(pack({"v": VERSION, "do": do, "args": args}))
            answer = _read_answer(line)
    except PermissionError as error:
        raise Unreachable(Message("you may not talk to the daemon: join the group “{group}”", group=GROUP)) from error
    except TimeoutError as error:
        silent = Message(
            "the daemon does not answer; before asking again, see in “loudspeaker log” whether it was done"
        )
        raise Unanswered(silent) from error
    except OSError as error:
        raise Unreachable(Message("the daemon is not running, or does not answer")) from error
    if "failed" in answer:
        raise decode_error(answer["failed"])
    return answer.get("done")


def on_air(path: Path) -> list[Row] | None:
    """What the daemon has on the air; None where none answers.

    This and `pins` are asked by their verbs alone: whoever only looks loads no requests.
    """
    with suppress(Unreachable):
        items = decode(tuple[Row, ...], ask(path, "status"))
        return [{key: item.get(key) for key in ON_AIR} for item in items if item.get("on")]
    return None


def pins(path: Path) -> dict[str, str] | None:
    """What is wrong with the daemon's pins; None where none answers."""
    with suppress(Unreachable):
        return decode(dict[str, str], ask(path, "pins"))
    return None


def ask_until_made(
    ask: Callable[[], T],
    patience: float,
    waits: tuple[type[Refused], ...] = (BeingMade,),
    progress: Callable[[Message], object] = lambda making: None,
) -> T:
    """What `ask` returns once it raises none of `waits`, which are raised after `patience` seconds.

    `progress` is told how far the making is.
    """
    latest = monotonic() + patience
    while True:
        try:
            return ask()
        except waits as making:
            if monotonic() > latest:
                raise
            progress(making.message)
        sleep(BLINK)


def _connect(line: socket.socket, address: str) -> None:
    """Connect; where the queue of the socket is full, wait for a place: the kernel only says that there is none."""
    latest = monotonic() + PATIENCE
    while True:
        try:
            return line.connect(address)
        except BlockingIOError:
            if monotonic() > latest:
                raise
            sleep(BLINK)


def _read_answer(line: socket.socket) -> dict[str, Json]:
    received = b""
    while not received.endswith(b"\n"):
        more = line.recv(65536)
        if not more:
            raise ConnectionResetError
        received += more
    answer: dict[str, Json] = json.loads(received)
    return answer


def parse_request(line: bytes) -> tuple[str, dict[str, object]]:
    """Verb and arguments of a line. Raises `BadUsage`."""
    try:
        request = json.loads(line, parse_constant=_no_number)
        version, do, args = request["v"], request["do"], request.get("args", {})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadUsage(Message("this is not a request: one line of JSON with “v” and “do” is")) from error
    if version != VERSION or not isinstance(do, str) or not isinstance(args, dict):
        raise BadUsage(Message("this daemon speaks version {version} of its protocol", version=VERSION))
    if any(not _is_text(text) for text in _texts([do, args])):
        raise BadUsage(Message("a request holds what is no text: a NUL, or half a character"))
    return do, args


def _texts(value: object) -> Iterator[str]:
    """All strings in a value of JSON. Raises `BadUsage` where it is nested too deep to be a request."""
    level, depth = [value], 0
    while level:
        if (depth := depth + 1) > DEEPEST:
            raise BadUsage(Message("a request is nested at most {most} deep", most=DEEPEST))
        yield from (item for item in level if isinstance(item, str))
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner += [*item, *item.values()]
            elif isinstance(item, list):
                inner += item
        level = inner


def _is_text(text: str) -> bool:
    """Whole characters, none of them NUL."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:  # half a character
        return False


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def pack(message: dict[str, object]) -> bytes:
    """One line of JSON. What the daemon found in files may hold half characters: they go as JSON's escapes."""
    try:
        line = json.dumps(message, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        line = json.dumps(message).encode()
    return line + b"\n"


def address_of(path: Path) -> str:
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
