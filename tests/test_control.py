"""The daemon's door: one JSON line each way, for those who may, and never in the way of the loop."""

from __future__ import annotations

import json
import os
import selectors
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from house import House

from loudspeaker.control import LONGEST_PATH, Door, ask
from loudspeaker.errors import BadUsage, EngineError, LoudspeakerError, Message, RateLimited, Refused, Unreachable


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "control.sock")
    yield house
    house.close()


def say(path: Path, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(5)
        caller.connect(str(path))
        caller.sendall(line)
        return caller.makefile("rb").readline()


def test_a_request_is_carried_out_and_answered(house: House) -> None:
    answer = ask(house.path, "stop", why="đám tang", answer=["na-hoa/bluezone/2026-11-24T17:30"])

    assert answer == ["na-hoa/bluezone/2026-11-24T17:30"]
    assert house.asked[0][0] == "stop"
    assert house.asked[0][1]["why"] == "đám tang"


def test_the_door_knows_who_asks(house: House) -> None:
    ask(house.path, "stop")

    assert house.asked[0][2] == os.getuid()


def test_the_line_is_as_the_contract_has_it(house: House) -> None:
    assert json.loads(say(house.path, b'{"v": 1, "do": "stop", "args": {"answer": 7}}\n')) == {"v": 1, "done": 7}


def test_a_message_in_an_answer_comes_back_as_one(house: House) -> None:
    told = {"template": "{file}: {reason}", "facts": {"file": "a.md", "reason": {"template": "night", "facts": {}}}}

    answer = ask(house.path, "compose", answer={"doubts": [told]})

    assert answer == {"doubts": [Message("{file}: {reason}", file="a.md", reason=Message("night"))]}


def test_an_error_comes_back_as_it_was_raised(house: House) -> None:
    house.error = Refused(Message("the policy does not allow it: {why}", why=Message("it is night")))

    with pytest.raises(Refused) as caught:
        ask(house.path, "play")

    assert str(caught.value.message) == "the policy does not allow it: it is night"
    assert caught.value.message == house.error.message


def test_an_error_that_needs_more_than_a_message_comes_back_as_its_family(house: House) -> None:
    house.error = RateLimited(Message("leave me alone"))
    assert isinstance(house.error, EngineError)

    with pytest.raises(LoudspeakerError, match="leave me alone"):
        ask(house.path, "play")


@pytest.mark.parametrize(
    "line", [b"hello\n", b"[]\n", b'{"v": 2, "do": "stop"}\n', b'{"v": 1}\n', b"\xff\xfe\n", b"3\n"]
)
def test_what_is_no_request_is_refused_with_a_sentence(house: House, line: bytes) -> None:
    assert json.loads(say(house.path, line))["failed"]["kind"] == "BadUsage"
    assert house.asked == []


def test_what_nobody_thought_of_is_answered_and_the_door_stays_open(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.bug = TypeError("villages is no list")

    with pytest.raises(BadUsage, match="villages is no list"):
        ask(house.path, "play", villages=7)

    house.bug = None
    assert "villages is no list" in caplog.text
    assert ask(house.path, "stop", answer=1) == 1


def test_a_caller_who_says_half_a_line_holds_nobody_up(house: House) -> None:
    with socket.socket(socket.AF_UNIX) as slow:
        slow.connect(str(house.path))
        slow.sendall(b'{"v": 1, "do":')

        assert ask(house.path, "stop", answer=1) == 1


def test_a_caller_who_hangs_up_does_not_hurt(house: House) -> None:
    with socket.socket(socket.AF_UNIX) as rude:
        rude.connect(str(house.path))
        rude.sendall(b'{"v": 1, "do": "stop", "args": {"answer": "' + b"x" * 500_000 + b'"}}\n')

    assert ask(house.path, "stop", answer=1) == 1


def test_a_long_answer_arrives_whole(house: House) -> None:
    assert len(ask(house.path, "stop", answer="x" * 900_000)) == 900_000


def test_owner_and_group_may_others_not(house: House) -> None:
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

    house = House(path)

    assert ask(path, "stop", answer=1) == 1
    house.close()


def test_whoever_sees_the_door_is_heard_at_it(tmp_path: Path) -> None:
    for turn in range(50):
        path = tmp_path / f"{turn}.sock"
        seen: list[bool] = []
        caller = Thread(target=lambda path=path, seen=seen: seen.append(met(path)))
        caller.start()
        with selectors.DefaultSelector() as selector:
            door = Door(path, selector, lambda do, args, uid: None)
            caller.join()
            door.close()
        assert seen == [True]


def met(path: Path) -> bool:
    """Somebody who comes to the door as soon as it is there."""
    with socket.socket(socket.AF_UNIX) as caller:
        while not path.exists():
            pass
        return caller.connect_ex(str(path)) == 0


def test_one_daemon_a_state_folder(house: House) -> None:
    with selectors.DefaultSelector() as selector, pytest.raises(Refused):
        Door(house.path, selector, lambda do, args, uid: None)

    assert ask(house.path, "stop", answer=1) == 1


def test_a_path_that_the_kernel_would_cut_is_told(tmp_path: Path) -> None:
    long = tmp_path / ("x" * LONGEST_PATH)

    with pytest.raises(BadUsage, match="shorter state folder"):
        ask(long, "stop")
    with selectors.DefaultSelector() as selector, pytest.raises(BadUsage):
        Door(long, selector, lambda do, args, uid: None)
