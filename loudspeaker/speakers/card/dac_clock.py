"""When does a frame leave the card? Learnt from when the card asks and from what it says. No clock is read here.

Two witnesses. The card says how much sound it holds when it asks for a block: right in the long run, but a busy sound
server takes its own word late and errs by milliseconds, for seconds on end. And it asks at its own pace: many blocks
are asked for late, none early, so the early edge of its asking is as steady as the card. The edge is believed for
the pace; what the card holds at that edge is a habit of the card, learnt over many seconds and many airings.

A card that ran out of sound leaves a gap, and all that follows is heard later. Not every sound server reports it, and
what it says of its buffer is then wrong by some 10 ms for many seconds. So a gap is also recognised from the asking:
after a delay a card catches up with its early edge, after a gap it never does.
"""

from __future__ import annotations

from collections import deque
from statistics import median

MEMORY = 200  # blocks: card and computer drift apart
FILLING = 12  # blocks at the start that a card takes in a burst, before it plays: they say nothing
EDGE = 10  # one block in so many is asked for on time
EVERY = 20  # blocks
WOBBLE = 0.025  # seconds by which a busy server's word was seen to err
GAP = 0.005  # seconds behind the early edge …
BEHIND = 8  # … for so many blocks in a row: the card ran out of sound (gaps of 33 to 55 ms were seen)

Habit = deque[float]


def habit() -> Habit:
    """What a card holds when it asks on time, in seconds: its last words on it, kept from stream to stream."""
    return deque(maxlen=300)


class Anchor:
    """The moment, in monotonic seconds, at which frame 0 of a running stream left (or would have left) the card."""

    def __init__(self, rate: int, habit: Habit) -> None:
        self.rate = rate
        self._habit = habit
        self.dry = False  # the card ran out of sound: a server's word is then wrong for ten seconds and more
        self._noted = 0
        self._behind = 0  # blocks in a row that were asked for behind the early edge
        self._asked: deque[float] = deque(maxlen=MEMORY)  # moments, as if each block were the first
        self._held: deque[float] = deque(maxlen=MEMORY)  # seconds

    def note(self, asked: float, held: float, frame: int) -> None:
        """At `asked` the card wanted `frame` and the ones after it, and said that it held `held` seconds of sound."""
        if self._noted == FILLING:
            self._forget()
        self._noted += 1
        start = asked - frame / self.rate
        self._behind = self._behind + 1 if self._asked and start > min(self._asked) + GAP else 0
        if self._behind == BEHIND and self._noted > FILLING + BEHIND:
            self.ran_dry()
        self._asked.append(start)
        self._held.append(held)
        if self._noted > FILLING and self._noted % EVERY == 0 and not self.dry:
            self._habit.append(self._word() - self._edge())

    def ran_dry(self) -> None:
        """The card ran out of sound, so all that follows leaves later than was learnt."""
        self.dry = True
        self._forget()

    def moment(self, frame: int) -> float:
        """When `frame` leaves. Raises `StatisticsError` before the first note."""
        return self._origin() + frame / self.rate

    def frame(self, moment: float) -> int:
        """The frame that leaves nearest to `moment`."""
        return round((moment - self._origin()) * self.rate)

    def _origin(self) -> float:
        word = self._word()
        usual = self._edge() + median(self._habit) if self._habit else word
        return usual if self.dry or abs(usual - word) < WOBBLE else word

    def _word(self) -> float:
        return median(asked + held for asked, held in zip(self._asked, self._held, strict=True))

    def _edge(self) -> float:
        return sorted(self._asked)[len(self._asked) // EDGE]

    def _forget(self) -> None:
        self._behind = 0
        self._asked.clear()
        self._held.clear()
