"""The daemon's door: one JSON line each way, for those who may, and never in the way of the loop."""

from __future__ import annotations

import errno
import fcntl
import importlib
import inspect
import json
import os
import pkgutil
import selectors
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.waiting import PATIENCE

import loudspeaker
from loudspeaker.codec import decode, decode_error
from loudspeaker.daemon.control_socket import HEARING, LOCK, LONGEST_LINE, MOST, MOST_OF_ONE, ControlSocket
from loudspeaker.daemon.protocol import LONGEST_PATH, ask
from loudspeaker.errors import (
    BadFile,
    BadUsage,
    LoudspeakerError,
    Message,
    Occupied,
    Problem,
    Refused,
    Unanswered,
    Unreachable,
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[FakeDaemon]:
    house = FakeDaemon(tmp_path / "control.sock")
    yield house
    house.close()


def say(path: Path, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(PATIENCE)
        caller.connect(str(path))
        caller.sendall(line)
        return caller.makefile("rb").readline()


def test_a_request_is_carried_out_and_answered(house: FakeDaemon) -> None:
    answer = ask(house.path, "stop", why="đám tang", answer=["na-hoa/bluezone/2026-11-24T17:30"])

    assert answer == ["na-hoa/bluezone/2026-11-24T17:30"]
    assert house.asked[0][0] == "stop"
    assert house.asked[0][1]["why"] == "đám tang"


def test_the_door_knows_who_asks(house: FakeDaemon) -> None:
    ask(house.path, "stop")

    assert house.asked[0][2] == os.getuid()


def test_the_line_is_as_the_contract_has_it(house: FakeDaemon) -> None:
    assert json.loads(say(house.path, b'{"v": 1, "do": "stop", "args": {"answer": 7}}\n')) == {"v": 1, "done": 7}


def test_a_message_in_an_answer_comes_back_as_one(house: FakeDaemon) -> None:
    told = {"template": "{file}: {reason}", "facts": {"file": "a.md", "reason": {"template": "night", "facts": {}}}}

    answer = ask(house.path, "compose", answer={"doubts": [told]})

    assert [decode(Message, doubt) for doubt in answer["doubts"]] == [
        Message("{file}: {reason}", file="a.md", reason=Message("night"))
    ]


def test_an_error_comes_back_as_it_was_raised(house: FakeDaemon) -> None:
    house.error = Refused(Message("the policy does not allow it: {why}", why=Message("it is night")))

    with pytest.raises(Refused) as caught:
        ask(house.path, "play")

    assert str(caught.value.message) == "the policy does not allow it: it is night"
    assert caught.value.message == house.error.message


@pytest.mark.parametrize(
    "line", [b"hello\n", b"[]\n", b'{"v": 2, "do": "stop"}\n', b'{"v": 1}\n', b"\xff\xfe\n", b"3\n"]
)
def test_what_is_no_request_is_refused_with_a_sentence(house: FakeDaemon, line: bytes) -> None:
    assert json.loads(say(house.path, line))["failed"]["kind"] == "BadUsage"
    assert house.asked == []


def test_what_nobody_thought_of_is_answered_and_the_door_stays_open(
    house: FakeDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    house.bug = TypeError("villages is no list")

    with pytest.raises(BadUsage, match="villages is no list"):
        ask(house.path, "play", villages=7)

    house.bug = None
    assert "villages is no list" in caplog.text
    assert ask(house.path, "stop", answer=1) == 1


def test_a_caller_who_says_half_a_line_holds_nobody_up(house: FakeDaemon) -> None:
    with socket.socket(socket.AF_UNIX) as slow:
        slow.connect(str(house.path))
        slow.sendall(b'{"v": 1, "do":')

        assert ask(house.path, "stop", answer=1) == 1


def test_a_caller_who_hangs_up_does_not_hurt(house: FakeDaemon) -> None:
    with socket.socket(socket.AF_UNIX) as rude:
        rude.connect(str(house.path))
        rude.sendall(b'{"v": 1, "do": "stop", "args": {"answer": "' + b"x" * 500_000 + b'"}}\n')

    assert ask(house.path, "stop", answer=1) == 1


def test_a_long_answer_arrives_whole(house: FakeDaemon) -> None:
    assert len(ask(house.path, "stop", answer="x" * 900_000)) == 900_000


def test_owner_and_group_may_others_not(house: FakeDaemon) -> None:
    assert stat.S_IMODE(house.path.stat().st_mode) == 0o660


def test_where_no_daemon_runs_it_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        ask(tmp_path / "control.sock", "stop")


def test_a_dead_daemons_socket_is_unreachable_and_does_not_bar_the_next(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(Unreachable):
        ask(path, "stop")

    house = FakeDaemon(path)

    assert ask(path, "stop", answer=1) == 1
    house.close()


def test_whoever_sees_the_door_is_heard_at_it(tmp_path: Path) -> None:
    for turn in range(50):
        path = tmp_path / f"{turn}.sock"
        seen: list[bool] = []
        caller = Thread(target=lambda path=path, seen=seen: seen.append(met(path)))
        caller.start()
        with selectors.DefaultSelector() as selector:
            door = ControlSocket(path, selector, lambda do, args, uid: None)
            caller.join()
            door.close()
        assert seen == [True]


def met(path: Path) -> bool:
    """Somebody who comes to the door as soon as it is there."""
    with socket.socket(socket.AF_UNIX) as caller:
        while not path.exists():
            pass
        return caller.connect_ex(str(path)) == 0


def test_one_daemon_a_state_folder(house: FakeDaemon) -> None:
    with selectors.DefaultSelector() as selector, pytest.raises(Refused):
        ControlSocket(house.path, selector, lambda do, args, uid: None)

    assert ask(house.path, "stop", answer=1) == 1


def test_a_door_whose_folder_was_taken_away_is_shut_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    with selectors.DefaultSelector() as selector:
        door = ControlSocket(folder / "sock", selector, lambda do, args, uid: None)
        folder.rename(tmp_path / "gone")
        folder.write_text("no folder any more")

        door.close()


def test_a_path_that_the_kernel_would_cut_is_told(tmp_path: Path) -> None:
    long = tmp_path / ("x" * LONGEST_PATH)

    with pytest.raises(BadUsage, match="shorter state folder"):
        ask(long, "stop")
    with selectors.DefaultSelector() as selector, pytest.raises(BadUsage):
        ControlSocket(long, selector, lambda do, args, uid: None)


# Whatever comes in.

HALF = "\ud800"  # half a character: JSON can write it, UTF-8 cannot


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"v": 1, "do": HALF}).encode(),
        json.dumps({"v": 1, "do": "stop", "args": {"why": HALF}}).encode(),
        json.dumps({"v": 1, "do": "stop", "args": {HALF: 1}}).encode(),
        json.dumps({"v": 1, "do": "stop", "args": {"why": [{"a": "\0"}]}}).encode(),
        b'{"v": 1, "do": "stop", "args": {"gap": NaN}}',
        b'{"v": 1, "do": "stop", "args": {"n": ' + b"9" * 5000 + b"}}",
        b'{"v": 1, "do": "stop", "args": {"n": ' + b"[" * 100 + b"]" * 100 + b"}}",
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b'{"v": 1, "do": ' + b"[" * 100_000,
        b"x" * (LONGEST_LINE + 1),
        b"",
        b"\xff\xfe\x00",
    ],
    ids=lambda line: repr(line[:40]),
)
def test_no_line_ends_the_door_and_each_is_told_that_it_is_wrong(house: FakeDaemon, line: bytes) -> None:
    assert json.loads(say(house.path, line + b"\n"))["failed"]["kind"] == "BadUsage"

    assert house.asked == []
    assert ask(house.path, "stop", answer=1) == 1


def test_an_answer_with_half_a_character_arrives(house: FakeDaemon) -> None:
    assert json.loads(say(house.path, b'{"v": 1, "do": "stop", "args": {}}\n')) == {"v": 1, "done": None}
    house.answers["stop"] = f"th{HALF}ng"

    assert ask(house.path, "stop") == f"th{HALF}ng"


# Who may be heard, and for how long.


class Hall:
    """A door without a thread: one round at a time, at a time of the test's own. Whose a caller is, it decides."""

    def __init__(self, path: Path) -> None:
        self.path, self.now, self.uid = path, 0.0, 1000
        self.heard: list[tuple[str, int]] = []
        self.selector = selectors.DefaultSelector()
        self.door = ControlSocket(path, self.selector, self._carry_out, lambda: self.now, lambda line: self.uid)
        self.lines: list[socket.socket] = []

    def _carry_out(self, do: str, args: dict[str, Any], uid: int) -> object:
        self.heard.append((do, uid))
        return "heard"

    def come(self, uid: int) -> socket.socket:
        self.uid = uid
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        line.connect(str(self.path))
        self.lines.append(line)
        self.turn()
        return line

    def turn(self) -> None:
        """Until nothing more comes in."""
        while events := self.selector.select(0):
            for key, mask in events:
                key.data(mask)
        self.door.tend()

    def ask(self, line: socket.socket) -> bytes:
        line.sendall(b'{"v": 1, "do": "urgent"}\n')
        self.turn()
        return line.recv(1000)

    def gone(self, line: socket.socket) -> bool:
        line.setblocking(False)
        try:
            return line.recv(1) == b""
        except BlockingIOError:
            return False

    def close(self) -> None:
        self.door.close()
        self.selector.close()
        for line in self.lines:
            line.close()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path / "control.sock")
    yield hall
    hall.close()


def test_a_user_who_holds_all_the_lines_there_may_be_loses_the_oldest_idle_one(hall: Hall) -> None:
    busy, *idle = [hall.come(1000) for _ in range(MOST_OF_ONE)]
    busy.sendall(b'{"v": 1,')
    hall.turn()

    assert b"heard" in hall.ask(hall.come(1000))
    assert [hall.gone(line) for line in idle] == [True, *[False] * (MOST_OF_ONE - 2)]
    assert not hall.gone(busy)


def test_nobody_keeps_another_from_giving_an_alarm(hall: Hall) -> None:
    for uid in range(1000, 1000 + 2 * MOST // MOST_OF_ONE):
        for _ in range(2 * MOST_OF_ONE):
            hall.come(uid)

    assert len(hall.door._callers) == MOST
    assert b"heard" in hall.ask(hall.come(2000))
    assert hall.heard == [("urgent", 2000)]


def test_who_says_nothing_or_takes_no_answer_is_let_go_after_ten_seconds(hall: Hall) -> None:
    silent, half = hall.come(1), hall.come(2)
    half.sendall(b"{")
    hall.turn()
    hall.now = HEARING - 0.1
    hall.turn()
    assert not hall.gone(silent)

    hall.now = HEARING + 0.1
    hall.turn()
    assert hall.gone(silent)
    assert hall.gone(half)
    assert hall.door._callers == []


def test_where_no_caller_can_be_taken_the_door_waits_and_hears_the_next(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    sound = hall.door._socket
    hall.door._socket = Crowded(sound)  # type: ignore[assignment]
    waiting = socket.socket(socket.AF_UNIX)
    hall.lines.append(waiting)
    waiting.settimeout(PATIENCE)
    waiting.connect(str(hall.path))
    waiting.sendall(b'{"v": 1, "do": "urgent"}\n')
    hall.turn()
    assert caplog.text.count("too many files are open") == 1

    hall.door._socket = sound
    hall.now += 1
    hall.turn()
    hall.turn()

    assert b"heard" in waiting.recv(1000)


class Crowded:
    """A listening socket of a process that has no file left."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line

    def accept(self) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    def fileno(self) -> int:
        return self.line.fileno()


def test_a_thousand_idle_callers_do_not_keep_an_alarm_from_being_given(house: FakeDaemon) -> None:
    idle = []
    for _ in range(1015):
        idle.append(line := socket.socket(socket.AF_UNIX))
        line.connect(str(house.path))

    assert ask(house.path, "urgent", answer=1) == 1
    for line in idle:
        line.close()


def test_a_crowd_before_the_door_does_not_make_the_daemon_unreachable(hall: Hall) -> None:
    with pytest.raises(BlockingIOError):  # noqa: PT012 - until there is no place left
        while True:
            hall.lines.append(line := socket.socket(socket.AF_UNIX))
            line.setblocking(False)
            line.connect(str(hall.path))
    answers: list[object] = []
    caller = Thread(target=lambda: answers.append(ask(hall.path, "urgent")))
    caller.start()
    while caller.is_alive():
        hall.turn()

    assert answers == ["heard"]


def test_the_lock_is_on_a_file_that_others_may_not_open(house: FakeDaemon) -> None:
    lock = house.path.parent / LOCK

    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    folder = os.open(house.path.parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever may read the folder may do this
    os.close(folder)


def test_the_lock_of_a_groups_folder_is_the_groups(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    house = FakeDaemon(tmp_path / "control.sock")
    house.close()

    assert stat.S_IMODE((tmp_path / LOCK).stat().st_mode) == 0o660


def test_whoever_locks_the_folder_keeps_no_daemon_from_starting(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)

    house = FakeDaemon(tmp_path / "control.sock")

    assert ask(house.path, "stop", answer=1) == 1
    house.close()
    os.close(folder)


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / LOCK).symlink_to(tmp_path / "elsewhere")

    with selectors.DefaultSelector() as selector, pytest.raises(Refused, match="symbolic link"):
        ControlSocket(tmp_path / "control.sock", selector, lambda do, args, uid: None)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) != 0o600


# Errors, of whatever class.


def every_error() -> list[type[LoudspeakerError]]:
    for module in pkgutil.walk_packages(loudspeaker.__path__, "loudspeaker."):
        if "__main__" not in module.name:
            with suppress(ImportError):  # an engine that is not installed here
                importlib.import_module(module.name)
    found: list[type[LoudspeakerError]] = [LoudspeakerError]
    for kind in found:
        found += [one for one in kind.__subclasses__() if one not in found]
    return [kind for kind in found if kind.__module__.startswith("loudspeaker.")]


def sample(kind: type[LoudspeakerError]) -> LoudspeakerError:
    """One of the class, with everything that it carries."""
    message = Message("{file}: {reason}", file="a.md", reason=Message("it is night"))
    values: dict[str, object] = {
        "problems": [Problem("a.md", 3, message), Problem("b\udcf4.md", 0, Message("night"))],
        "message": message,
        "number": 7,
        "retry_after": 12.5,
        "draft": "a draft\n",
        "fault": "malformed",
        "left": 3,
        "paths": ["a.md"],
        "seconds": 60.0,
    }
    wanted = inspect.signature(kind).parameters
    assert wanted.keys() <= values.keys(), f"{kind}: a test needs to know what it is made of"
    return kind(*(values[name] for name in wanted))


def test_every_error_arrives_with_its_class_its_problems_and_its_exit_code(house: FakeDaemon) -> None:
    for kind in every_error():
        house.error = sample(kind)

        with pytest.raises(kind) as caught:
            ask(house.path, "play")

        assert type(caught.value) is kind
        assert caught.value.exit_code == house.error.exit_code, kind
        assert caught.value.say() == house.error.say(), kind
        assert vars(caught.value) == vars(house.error), kind


def test_an_error_of_another_version_keeps_its_exit_code(house: FakeDaemon) -> None:
    line = {"kind": "NewError", "module": "loudspeaker.later", "exit": 2, "template": "no", "facts": {}, "more": {}}

    error = decode_error(line)

    assert (type(error), error.exit_code, str(error)) == (LoudspeakerError, 2, "no")


def test_an_old_daemons_error_is_still_understood() -> None:
    assert isinstance(decode_error({"kind": "Refused", "template": "no", "facts": {}}), Refused)


def test_a_plug_ins_error_comes_as_the_nearest_of_ours(house: FakeDaemon) -> None:
    house.error = Foreign([Problem("a.md", 3, Message("night"))])

    with pytest.raises(BadFile) as caught:
        ask(house.path, "play")

    assert caught.value.say() == "a.md:3: night"


class Foreign(BadFile):
    """Of a module that the other side need not have."""


def test_a_daemon_that_does_not_answer_is_not_one_that_is_not_there(hall: Hall) -> None:
    with pytest.raises(Unanswered):
        ask(hall.path, "urgent", patience=0.05)


def test_a_shut_door_keeps_others_from_opening_the_outputs_until_it_is_closed(hall: Hall) -> None:
    hall.door.shut()

    with pytest.raises(Unreachable):
        ask(hall.path, "urgent")
    with selectors.DefaultSelector() as selector, pytest.raises(Occupied):
        ControlSocket(hall.path, selector, lambda do, args, uid: None)
