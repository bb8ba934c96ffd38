"""What a player reports of what has ended between two of its ticks, whatever becomes of its card then.

It writes its reports to standard output and ends its process: so it runs in one of its own, on a stand-in of a stream.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from loudspeaker.interfaces import State
from loudspeaker.speakers.card.messages import Leaving, OutputReport, PlayerReport, decode_report

pytestmark = pytest.mark.waits

# Two sequences began a second ago, one of 0.1 s and one of 10 s; the daemon knows so much of both.
PLAYER = """
from array import array
from time import monotonic
from loudspeaker.interfaces import State
from loudspeaker.speakers.card import player
from loudspeaker.speakers.card.prebuffer import Prebuffer
from loudspeaker.speakers.card.render import Renderer
from loudspeaker.speakers.card.track import Track

RATE = 1000

class Stream:
    renderer, card, setup, active, has_moved = Renderer(RATE, 2), "hall", "hall", True, False
    def close(self): ...

class Samples(Prebuffer):
    def __init__(self, frames):
        super().__init__([], RATE)
        self._chunks.append(memoryview(array("h", [1] * frames)))
        self._read_out = True

stream, begun = Stream(), monotonic() - 1
one = player.Player("hall", 2, {})
one.stream = stream
for channel, (output, frames) in enumerate({"short": 100, "long": 10 * RATE}.items()):
    one.tracks[output] = track = Track(output, channel, Samples(frames), begun)
    stream.renderer.tracks.append(track)
    one._last_states[output] = State.PLAYING
stream.renderer.render(memoryview(bytearray(4 * 2 * RATE)), begun, 0.0)
one._blocks = stream.renderer.blocks
one._block_at = one._seen_at = monotonic()
"""


def hear(code: str) -> list[PlayerReport]:
    """What a player reports that does `code`."""
    done = subprocess.run([sys.executable, "-c", PLAYER + code], capture_output=True, check=False)
    assert not done.stderr, done.stderr.decode()
    return [decode_report(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("stream.has_moved = True; one.tick()", "gone"),
        ("stream.active = False; one.tick()", "frozen"),
    ],
)
def test_a_card_that_fails_takes_no_end_with_it(code: str, fault: str) -> None:
    short, long, last = hear(code)

    assert isinstance(short, OutputReport)
    assert (short.output, short.state, short.frames, short.fault) == ("short", State.DONE, 100, "")
    assert isinstance(long, OutputReport)
    assert (long.output, long.state, long.fault) == ("long", State.FAILED, fault)
    assert last == Leaving()


def test_what_ends_after_its_card_was_last_seen_is_not_told_as_whole() -> None:
    short, _long, _last = hear("one._seen_at = begun + 0.0605; stream.has_moved = True; one.tick()")

    assert isinstance(short, OutputReport)
    assert (short.output, short.state, short.frames, short.fault) == ("short", State.FAILED, 60, "gone")


def test_a_file_that_cannot_be_read_to_its_end_is_told_as_failed_once_the_rest_was_heard() -> None:
    code = """
class Damaged(Samples):
    def _read_chunk(self):
        raise OSError("input/output error")

damaged = Damaged(100)
damaged._read_out = False
stream.renderer = Renderer(RATE, 2)
one.tracks = {"short": Track("short", 0, damaged, begun)}
stream.renderer.tracks = [*one.tracks.values()]
one.tick()
stream.renderer.render(memoryview(bytearray(4 * 2 * RATE)), begun, 0.0)
one.tick()
"""
    failed = [report for report in hear(code) if isinstance(report, OutputReport)][-1]

    assert (failed.state, failed.frames) == (State.FAILED, 100)
    assert (failed.fault, failed.detail) == ("file", "input/output error")


def test_a_card_that_is_opened_at_another_rate_takes_no_end_with_it() -> None:
    reports = hear('del one.tracks["long"]; one._start = lambda rate: stream; one._open(2 * RATE)')

    assert [(one.output, one.state) for one in reports if isinstance(one, OutputReport)] == [("short", State.DONE)]


def test_a_card_is_not_opened_at_another_rate_while_its_last_samples_are_heard() -> None:
    code = """
one.tracks["long"].end, one.tracks["long"].ended_at = 10_000, monotonic() + 1000  # all was given to the card
try:
    one._open(2 * RATE)
except player.PlayerFault as fault:
    assert fault.kind == "rate"
else:
    raise AssertionError
"""
    assert hear(code) == []
