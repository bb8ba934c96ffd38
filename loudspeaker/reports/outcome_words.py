"""What became of an airing, or will, in a word or two: for lists on a terminal, on a page and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import Message
from ..model.enums import ALL_CLEAR, CORRECTION, Expected, Verdict, asked_kind
from ..model.refusal import LABELS, Refusal, parse_refusal

if TYPE_CHECKING:
    from ..model.asrun_record import AsRunRecord

FULLY_HEARD = frozenset({Verdict.AIRED, Verdict.AIRED_LATE, Verdict.TO_FILE})  # in full
MISSED: Mapping[Verdict | Refusal, Message] = {
    Verdict.AIRED_PARTLY: Message("aired in part"),
    Verdict.TO_FILE: Message("only to a file"),
    Verdict.PRE_EMPTED: Message("broken off by an alarm"),
    Verdict.STOPPED: Message("stopped"),
    Verdict.SKIPPED: Message("left out"),
    Verdict.WITHDRAWN: Message("withdrawn"),
    Verdict.REFUSED: Message("refused"),
    **{kind: LABELS[kind] for kind in Refusal},
    Verdict.DISPLACED: Message("displaced"),
    Verdict.EXPIRED: Message("too old"),
    Verdict.MISSED_OFF: Message("missed: no power, or switched off"),
    Verdict.MISSED_CLOCK: Message("missed: wrong clock"),
    Verdict.NO_AUDIO: Message("no sound from the horns"),
    Verdict.FAILED_SOUND: Message("no sound ready"),
    Verdict.FAILED_DEVICE: Message("sound card failed"),
}
VERDICTS: Mapping[Verdict | Refusal, Message] = {
    Verdict.AIRED: Message("aired"),
    Verdict.AIRED_LATE: Message("aired late"),
    **MISSED,
}
ON_AIR, UNKNOWN = Message("on the air now"), Message("past, and nothing on record")
# By the value of a `Verdict` or an `Expected`, or “on-air”.
WORDS: Mapping[str, Message] = {
    **{str(verdict): VERDICTS[verdict] for verdict in Verdict},
    Expected.AIR: Message("will air"),
    Expected.NOT_READY: Message("not ready"),
    "on-air": ON_AIR,
}
ENDINGS = {ALL_CLEAR: Message("all-clear"), CORRECTION: Message("correction of a false alarm")}


def outcome_word(outcome: str, refusal: str | None) -> Message:
    """What will become or became of it; of what is refused, by what. `outcome` is one of `WORDS`."""
    kind = parse_refusal(refusal or "") if outcome == Expected.REFUSED else None
    return LABELS[kind] if kind else WORDS[outcome]


def subject_words(record: AsRunRecord) -> Message:
    """What was aired: a bulletin (its id), a stream, the words of an alarm or what ended it; and was it a drill?"""
    words = " ".join(record.title.split())
    trial = Message("test of {output}", output=record.output) if record.broadcast == "test" else None
    what = record.bulletin or ENDINGS.get(asked_kind(record.broadcast)) or trial or words or record.broadcast
    if record.drill:
        return Message("{what} (drill)", what=what)
    return what if isinstance(what, Message) else Message("{said}", said=what)
