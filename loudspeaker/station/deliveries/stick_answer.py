"""What a box writes onto a stick after it has taken, or refused, what lay on it.

    out/BOX/KET-QUA.txt    what came of it, for whoever carries the stick
    out/BOX/log.jsonl      the as-run log, as `log --export` writes it and `report` reads it
    out/BOX/head.json      how far that log goes, signed by the box
    out/BOX/box.yaml       what this box plays, by which it can be set up anew

BOX is made of the box's own key. Loads `cryptography`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...errors import LoudspeakerError, Message
from ...model.alert_answer import HandedAlert
from ...reports.log_export import BoxLog, export_log
from ...store.atomic import read_regular_file, write_atomic
from ...trust.dsse import format_envelope
from ...trust.key_file import SigningKey
from ...trust.opening import seal
from ...trust.signed_documents import LogHead
from ..box.box_key import open_box_key
from ..preparation import joining_words
from ..restrictions import awaits_village
from ..station import Station
from .delivery import RefusedDelivery, TakenDelivery

FOLDER, RESULT = "out", "KET-QUA.txt"
LARGEST_BOX_FILE = 1_000_000  # bytes
LINE_END = "\r\n"  # so that the oldest Notepad shows lines


@dataclass(frozen=True, slots=True)
class StickJoined:
    """A box has joined a commune (its name) by the invitation on a stick, or has not, and why."""

    commune: str
    why: LoudspeakerError | None = None

    def message(self) -> Message:
        if self.why:
            return Message("NOT JOINED: {why}", why=self.why.message)
        return Message("This box has joined {commune}.", commune=self.commune)


Result = TakenDelivery | RefusedDelivery | HandedAlert | StickJoined


def write_answer(
    station: Station,
    stick: Path,
    results: Sequence[Result],
    translate: Callable[[str], str],
) -> Path:
    """Write the answer of this box onto `stick`; its folder. Raises `WriteError`, `LogUnusable`."""
    key = open_box_key(station.paths)
    folder = stick / FOLDER / key.public.person
    written = export_log(station.log, station.files.box.plays, station.clock.now(), folder / "log.jsonl")
    head = _head(written, key, station.log.life())
    write_atomic(folder / "head.json", format_envelope(key.sign(seal(head))))
    if box := read_regular_file(station.paths.home / "box.yaml", LARGEST_BOX_FILE):
        write_atomic(folder / "box.yaml", box)
    _write_paragraphs(folder, [LINE_END.join(lines) for lines in _paragraphs(station, head, results, translate)])
    return folder


def write_result(
    stick: Path, box: str, now: datetime, results: Sequence[Result], translate: Callable[[str], str]
) -> Path:
    """Write only what came of it, for a box that has not joined; its folder. Raises `WriteError`."""
    paragraphs = [[f"{box}, {now.astimezone():%d/%m/%Y %H:%M}"], *([*_tell(result, translate)] for result in results)]
    _write_paragraphs(stick / FOLDER / box, (LINE_END.join(lines) for lines in paragraphs))
    return stick / FOLDER / box


def _write_paragraphs(folder: Path, paragraphs: Iterable[str]) -> None:
    for draft in folder.glob("*.part"):  # left by a stick that was pulled out while an answer was written
        draft.unlink(missing_ok=True)
    write_atomic(folder / RESULT, f"{LINE_END * 2}".join([*paragraphs, ""]).encode("utf-8-sig"))


def _head(log: BoxLog, key: SigningKey, life: str) -> LogHead:
    """The end of the log that was written: the daemon may go on with it meanwhile."""
    return LogHead(log.commune, key.public.person, log.ends, log.entries, log.head, life, key.public.public)


def _paragraphs(
    station: Station, head: LogHead, results: Sequence[Result], translate: Callable[[str], str]
) -> Iterator[Iterable[str]]:
    """What came of it, for people who know no command."""
    names = {schedule.id: schedule.name for schedule in station.files.contents.schedules}
    villages = ", ".join(names.get(village, village) for village in station.files.box.plays) or "–"
    who = {"commune": station.files.commune.name, "box": head.box}
    place = Message("{commune}: box {box}, heard in {villages}", **who, villages=villages)
    yield place.say(translate), f"{head.issued:%d/%m/%Y %H:%M}"
    for result in results:
        yield [sentence for said in _tell(result, translate) for sentence in said.splitlines()]
    if awaits_village(station.log):
        heard = [names.get(village, village) for village in station.files.box.plays]
        yield _tell_unconfirmed(joining_words(heard, station.files.commune.name), translate)
    log = Message("The log lies beside this file: {count} entries, head {head}", count=head.entries, head=head.head)
    yield (log.say(translate),)


def _tell_unconfirmed(words: str, translate: Callable[[str], str]) -> Iterator[str]:
    """What a box says that has joined by itself, and what is to be done then."""
    yield Message("By day it says: “{words}”", words=words).say(translate)
    yield Message(
        "Is it heard in the right village? Hold the stop button for three seconds, or confirm it at the box’s pages:"
        " until then it airs alarms only."
    ).say(translate)


def _tell(result: Result, translate: Callable[[str], str]) -> Iterator[str]:
    yield result.message().say(translate)
    if isinstance(result, StickJoined) and result.why:
        yield Message("Nothing has been changed on this box.").say(translate)
    elif isinstance(result, RefusedDelivery):
        yield Message("What was in force before stays in force.").say(translate)
    elif isinstance(result, TakenDelivery) and result.is_new:
        yield from (Message("  new: {file}", file=path).say(translate) for path in result.changed)
        yield from (Message("  no more: {file}", file=path).say(translate) for path in result.gone)
    if isinstance(result, TakenDelivery):
        yield from (Message("  whole again: {file}", file=path).say(translate) for path in result.mended)
